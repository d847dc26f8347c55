"""`priorscope status FOLDER`: how far a comparison is, running or stopped, from any shell."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.wording.language import Language, speak


def run(
    folder: Path,
    /,
    *,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    lang: Language | None = None,
) -> int:
    """How far a comparison is: runs done and planned, the time left, who works, the last runs.

    Parameters
    ----------
    folder
        Of the comparison: what `--out` named, or priorscope-runs/DATA.
    json_
        Print it as JSON on stdout, and nothing else there.
    lang
        Language of what is said: en or ko (PRIORSCOPE_LANG, else en).
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from priorscope.runs.status import status
    from priorscope.wording.status import columns, headline, process_lines, run_cells

    speak(lang)
    facts = dataclasses.asdict(status(folder))
    facts["last"] = [_told(row) for row in facts["last"]]
    if json_:
        print(json.dumps(facts, allow_nan=False))
        return Exit.DONE
    console = Console()
    for line in [headline(facts), *process_lines(facts["processes"])]:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if facts["last"]:
        table = Table(*columns(), box=None, padding=(0, 2, 0, 0))
        for row in facts["last"]:
            table.add_row(*map(escape, run_cells(row)))
        console.print(table)
    return Exit.DONE


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it is listed: its scores on the test split, or else on the next block."""
    run, scores = row["run"], row.get("test") or row.get("block") or {}
    metric = next((name for name in ("accuracy", "rmse") if name in scores), None)
    return {
        "learner": run.get("text"),
        "structure": run["structure"]["kind"],
        "n": run["size"],
        "repeat": run["repeat"],
        "status": row["status"],
        "reason": row.get("reason"),
        "bits": scores.get("bits"),
        "metric": metric,
        "score": scores.get(metric),
    }
