"""`priorscope report FOLDER`: make the page again from what a comparison stored."""

from pathlib import Path

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
    from priorscope.experiments.stored import read_summary

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
