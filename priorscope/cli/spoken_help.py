"""The help of the command line in the reader's language; English stands in the code itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from priorscope.wording.en.commands import COMMANDS
from priorscope.wording.language import Language


@dataclass(frozen=True)
class SpokenHelp:
    """purpose: of the whole. commands: what each does. formatter, compare: of everything, and of
    `compare`; None: cyclopts's own.
    """

    purpose: str
    commands: Mapping[str, str]
    formatter: Any = None
    compare: Any = None


def help_in(language: Language) -> SpokenHelp:
    """What `--help` says; flags of other commands than `compare` have English texts alone."""
    if language == "en":
        return SpokenHelp("How many labels is a prior worth?", COMMANDS)
    from priorscope.wording.ko import commands as ko

    everywhere = _formatter(ko.EVERYWHERE, ko.FRAME)
    return SpokenHelp(
        ko.PURPOSE, ko.COMMANDS, everywhere, _formatter({**ko.EVERYWHERE, **ko.FLAGS}, ko.FRAME)
    )


def _formatter(flags: Mapping[str, str], frame: Mapping[str, str]) -> Any:
    """One that puts each flag's and panel's text in place of the English one."""
    from cyclopts.help.formatters.default import DefaultFormatter
    from cyclopts.help.inline_text import InlineText

    class InPlace(DefaultFormatter):
        def __call__(self, console: Any, options: Any, panel: Any) -> None:
            panel.title = frame.get(panel.title, panel.title)
            for entry in panel.entries:
                names = (entry.positional_label, *entry.positive_names)
                text = next((flags[name] for name in names if name in flags), None)
                if text is not None:
                    entry.description = InlineText.from_format(text, "plaintext")
            super().__call__(console, options, panel)

    return InPlace()
