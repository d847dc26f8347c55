"""`priorscope verify`: self-checks, numbers that are known in advance."""

import importlib.util
import json
import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.core.json_types import JsonObject


def run(
    *names: str,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    include: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
) -> int:
    """Measure what is known in advance: each figure, its bounds, pass or fail; exit 1 on a failure.

    Parameters
    ----------
    names
        Checks to run, by name (`priorscope ls checks`); all quick ones without.
    all_
        The slow ones too.
    json_
        JSON on stdout.
    include
        Python files with checks of your own.
    """
    from rich.console import Console

    from priorscope.checks import CHECKS
    from priorscope.core.registry import include as include_file
    from priorscope.runs.worker import prepare_process

    for path in include:
        include_file(path)
    prepare_process(threads=1)
    chosen = [CHECKS[name] for name in names] if names else [CHECKS[name] for name in CHECKS]
    console = Console(stderr=json_)
    results = []
    for check in chosen:
        if names or all_ or check.quick:
            results.append(_result(check))
            _show(results[-1], console)
    failed = [r for r in results if r["status"] == "failed"]
    skipped = [r for r in results if r["status"] == "skipped"]
    if json_:
        print(json.dumps({"schema": 1, "checks": results}, allow_nan=False))
    console.print(
        f"{len(results) - len(failed) - len(skipped)} checks passed, {len(failed)} failed, "
        f"{len(skipped)} skipped."
    )
    return Exit.SOME_FAILED if failed else Exit.DONE


def _result(check: Any) -> JsonObject:
    """One check's figures; one that breaks has failed, with its reason."""
    lacking = [module for module in check.needs if importlib.util.find_spec(module) is None]
    result: JsonObject = {"check": check.name(), "figures": []}
    if lacking:
        reason = f"{', '.join(lacking)} is not installed"
        return {**result, "status": "skipped", "reason": reason, "seconds": 0.0}
    started = time.perf_counter()
    try:
        figures = check().answer()
    except Exception as error:  # a check that breaks is a finding, and the others go on
        seconds = time.perf_counter() - started
        reason = f"{type(error).__name__}: {error}"
        return {**result, "status": "failed", "reason": reason, "seconds": seconds}
    passed = bool(figures) and all(figure.passed for figure in figures)
    rows = [{**vars(f), "value": _finite(f.value), "passed": f.passed} for f in figures]
    return {
        **result,
        "figures": [
            {**row, "low": _finite(row["low"]), "high": _finite(row["high"])} for row in rows
        ],
        "status": "passed" if passed else "failed",
        "seconds": time.perf_counter() - started,
    }


def _finite(value: float) -> float | None:
    """JSON has no infinity; None is an open end."""
    return value if abs(value) < float("inf") else None


def _show(result: JsonObject, console: Any) -> None:
    mark = {"passed": "[green]pass[/]", "failed": "[red]FAIL[/]", "skipped": "[yellow]skip[/]"}
    console.print(f"{mark[result['status']]} {result['check']} ({result['seconds']:.1f} s)")
    if "reason" in result:
        console.print(f"     {result['reason']}", markup=False)
    for figure in result["figures"]:
        low, high = (_bound(figure[key]) for key in ("low", "high"))
        line = f"     {'ok ' if figure['passed'] else 'NO '} {figure['name']}: "
        value = "NaN" if figure["value"] is None else f"{figure['value']:.6g}"
        console.print(f"{line}{value} in [{low}, {high}]", markup=False, highlight=False)


def _bound(value: float | None) -> str:
    return "..." if value is None else f"{value:.6g}"
