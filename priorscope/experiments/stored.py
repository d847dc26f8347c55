"""What a comparison left in its folder: the summary, checked before it is believed."""

from pathlib import Path
from typing import Any

from priorscope.analysis.summary import SCHEMA
from priorscope.analysis.summary_json import from_json
from priorscope.core.files import read_regular
from priorscope.core.json_types import parsed

MOST_SUMMARY = 256 * 2**20  # bytes


def read_summary(folder: Path) -> dict[str, Any]:
    """The JSON in `folder/summary.json`.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if it is not JSON, or not an object.
    """

    path = folder / "summary.json"
    if not path.is_file():
        raise FileNotFoundError(
            f"A report is made from {path}, which is not there; "
            "give the folder that `priorscope compare` printed."
        )
    try:
        summary = parsed(read_regular(path, MOST_SUMMARY))
    except ValueError as error:
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
