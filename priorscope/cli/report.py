"""`priorscope report FOLDER`: make the page again from what a comparison stored."""

import json
from pathlib import Path
from typing import Any

from priorscope.cli.exit_codes import Exit
from priorscope.wording.language import Language, speak


def run(folder: Path, /, *, lang: Language | None = None) -> int:
    """Write FOLDER/report.html and FOLDER/figures again; nothing is trained.

    Parameters
    ----------
    folder
        What `priorscope compare` printed as its output folder; it holds `summary.json`.
    lang
        Language of the page when it is opened: en or ko (PRIORSCOPE_LANG, else en).
    """
    speak(lang)
    from priorscope.experiments.result import report_into

    summary = read_summary(folder)
    refuse_foreign(folder)
    print(report_into(folder, summary))
    return Exit.DONE


def refuse_foreign(folder: Path) -> None:
    """Make sure that `folder` is one of ours, also if an earlier version made it.

    Raises:
        ValueError: if it is foreign.
    """
    from priorscope.core.files import is_own
    from priorscope.runs.store import made_by_earlier_version

    if not is_own(folder) and not made_by_earlier_version(folder):
        raise ValueError(
            f"{folder} isn't a folder that `priorscope compare` made (it has neither the marker "
            "`.priorscope` nor stored runs), so no report is written there; give the folder that "
            "`priorscope compare` printed."
        )


def read_summary(folder: Path) -> dict[str, Any]:
    """The JSON in `folder/summary.json`.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if it is not JSON, or not an object.
    """
    from priorscope.analysis.summary import SCHEMA
    from priorscope.analysis.summary_json import from_json

    path = folder / "summary.json"
    if not path.is_file():
        raise FileNotFoundError(
            f"A report is made from {path}, which is not there; "
            "give the folder that `priorscope compare` printed."
        )
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{path} is not JSON ({error}); run `priorscope compare` again to rewrite it."
        ) from error
    if not isinstance(summary, dict):
        raise ValueError(
            f"{path} must hold an object, but it holds a {type(summary).__name__}; "
            "run `priorscope compare` again to rewrite it."
        )
    if summary.get("schema") == SCHEMA:  # older files are checked where they are brought up to it
        try:
            from_json(summary)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise ValueError(
                f"{path} is damaged ({error}); run `priorscope compare` again to rewrite it."
            ) from error
    return summary
