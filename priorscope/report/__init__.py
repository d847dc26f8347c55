"""From a summary to one self-contained page and to the terminal; one file = one chapter."""

from pathlib import Path
from typing import Any

from rich.console import Console


def write_report(summary: dict[str, Any], folder: Path) -> Path:
    """Write the page and its figures, see `report.page`; charts are imported here, not before."""
    from priorscope.report.page import write_report as write_page

    return write_page(summary, folder)


def print_summary(summary: dict[str, Any], console: Console, details: bool = False) -> None:
    """Print the answer, see `report.terminal`."""
    from priorscope.report.terminal import print_summary as print_answer

    print_answer(summary, console, details)


__all__ = ["print_summary", "write_report"]
