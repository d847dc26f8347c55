"""`priorscope clean DATA`: labels to look at again, from a finished comparison."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.experiments.settings import Settings


def run(
    data: str,
    /,
    *,
    comparison: Path | None = None,
    most: int = 30,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    settings: Settings | None = None,
) -> int:
    """Labels of DATA that the best learners doubt, and how many labels may be wrong.

    Nothing is trained and nothing changed: what a comparison stored of each example is read again.
    Only predictions of examples that a network had not been trained on count.

    Parameters
    ----------
    data
        As for `priorscope compare`, with the same flags on reading.
    comparison
        Folder of the comparison, if it isn't in priorscope-runs/DATA.
    most
        Suspects to print.
    json_
        Print all of them as JSON on stdout.
    """
    from priorscope.data.existing import existing
    from priorscope.wording.language import speak

    settings = settings or Settings()
    speak(settings.lang)
    existing(data)

    from rich.console import Console
    from rich.table import Table

    from priorscope.core.printable import json_line, printable
    from priorscope.experiments.suspects import doubts
    from priorscope.wording.clean import COLUMNS, sentences

    if most < 1:
        raise ValueError(f"--most is 1 or more, but it is {most}.")
    facts = doubts(data, settings, comparison).to_json()
    if json_:
        print(json_line(facts))
        return Exit.DONE
    console = Console(highlight=False, markup=False)
    for sentence in sentences(facts):
        console.print(sentence)
    if facts["suspects"]:
        table = Table(*COLUMNS, box=None, padding=(0, 2, 0, 0))
        for one in facts["suspects"][:most]:
            place = printable(one["name"], 60) or f"row {one['row']}"
            cells = (one["split"], place, one["label"], f"{one['label_probability']:.0%}",
                     one["other"], f"{one['other_probability']:.0%}")  # fmt: skip
            table.add_row(*(printable(cell, 60) for cell in cells))
        console.print(table)
    return Exit.DONE
