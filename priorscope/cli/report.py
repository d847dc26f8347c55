"""`priorscope report FOLDER`: make the page again from what a comparison stored."""

import json
from pathlib import Path
from typing import Any

from priorscope.cli._exit import Exit


def run(folder: Path, /) -> int:
    """Write FOLDER/report.html and FOLDER/figures again; nothing is trained.

    Parameters
    ----------
    folder
        What `priorscope compare` printed as its output folder; it holds `summary.json`.
    """
    from priorscope.report import write_report

    print(write_report(read_summary(folder), folder))
    return Exit.DONE


def read_summary(folder: Path) -> dict[str, Any]:
    """The JSON in `folder/summary.json`.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if it is no JSON, or no object.
    """
    path = folder / "summary.json"
    if not path.is_file():
        raise FileNotFoundError(
            f"A report is made from {path}, which is not there; "
            "give the folder that `priorscope compare` printed."
        )
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(
            f"{path} is no JSON ({error}); run `priorscope compare` again to write it anew."
        ) from error
    if not isinstance(summary, dict):
        raise ValueError(
            f"{path} must hold an object, but it holds a {type(summary).__name__}; "
            "run `priorscope compare` again to write it anew."
        )
    return summary
