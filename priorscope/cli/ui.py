"""`priorscope ui [FOLDER]`: a local page where results live together."""

from contextlib import suppress
from pathlib import Path

from priorscope.cli.exit_codes import Exit
from priorscope.wording.language import Language, speak, spoken


def run(
    folder: Path | None = None,
    /,
    *,
    port: int = 0,
    lang: Language | None = None,
) -> int:
    """Open a page of this machine with all comparisons in FOLDER, and start new ones there.

    Only this machine can open it, by the address that is printed; it loads nothing from elsewhere.
    Ctrl-C ends it and stops the comparisons that it started; what they finished is kept.

    Parameters
    ----------
    folder
        Of results (priorscope-runs, where `priorscope compare` puts them).
    port
        To listen on; 0 takes one that is free.
    lang
        Language in which the page opens: en or ko (PRIORSCOPE_LANG, else en).
    """
    from priorscope.experiments.settings import RESULTS
    from priorscope.ui.server import serve
    from priorscope.wording.page import t

    speak(lang)
    if folder is not None and not folder.is_dir():
        raise LookupError(f"There is no folder {folder}; name one that holds results, or none.")

    def opened(address: str) -> None:
        print(t("ui.open"))
        print(address, flush=True)

    with suppress(KeyboardInterrupt):
        serve(folder or RESULTS, port, spoken(), opened)
    print(t("ui.ended"))
    return Exit.DONE
