"""`priorscope report FOLDER…`: make pages again from what comparisons stored."""

import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.wording.language import Language, speak

PAGE = "data-sets.html"
KIND = "report"


def run(
    folders: list[Path],
    /,
    *,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    lang: Language | None = None,
) -> int:
    """Write FOLDER/report.html and FOLDER/figures again, or one page of several folders.

    Nothing is trained. The page of several has a table data set by model first, then each answer.

    Parameters
    ----------
    folders
        What `priorscope compare` printed as its output folder; it holds `summary.json`.
    out
        Folder for the page of several, data-sets.html (priorscope-runs/data-sets).
    lang
        Language of the page when it is opened: en or ko (PRIORSCOPE_LANG, else en).
    """
    speak(lang)
    from priorscope.experiments.result import report_into
    from priorscope.experiments.stored import read_summary

    summaries = [read_summary(folder) for folder in folders]
    if len(folders) > 1:
        print(_several(folders, summaries, out))
        return Exit.DONE
    if out is not None:
        raise ValueError("--out is for a page of several folders; one is written where it is.")
    refuse_foreign(folders[0])
    print(report_into(folders[0], summaries[0]))
    return Exit.DONE


def _several(folders: list[Path], summaries: list[dict[str, Any]], out: Path | None) -> Path:
    """The path of the page of several data sets."""
    from priorscope.core.files import own, write
    from priorscope.experiments.settings import RESULTS
    from priorscope.report.several_page import several_page

    target = out or RESULTS / "data-sets"
    last = [folder.resolve().name for folder in folders]
    names = [
        name if last.count(name) == 1 else str(folder)
        for name, folder in zip(last, folders, strict=True)
    ]
    if len(set(names)) < len(names):
        raise ValueError("A folder is named twice; name each once.")
    links = {
        name: quote(os.path.relpath(folder / "report.html", target))
        for name, folder in zip(names, folders, strict=True)
        if (folder / "report.html").is_file()
    }
    page = several_page(dict(zip(names, summaries, strict=True)), links)
    own(target, KIND, names=(PAGE,))
    write(target / PAGE, page, root=target)
    return target / PAGE


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
