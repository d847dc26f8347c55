"""`priorscope claims [list|run|report]`: what people say about inductive bias, as experiments."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.core.config import closest
from priorscope.core.json_types import JsonObject
from priorscope.core.presets import Preset
from priorscope.core.printable import LINE, json_line, printable
from priorscope.wording.language import Language, speak, speaking, spoken

ACTIONS = ("list", "run", "report")
OUT = Path("priorscope-runs") / "claims"
LINE_EVERY = 10.0  # seconds, where there is no terminal


def run(
    action: str = "list",
    /,
    *names: str,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    preset: Preset = "quick",
    budget: Annotated[str | None, Parameter(alias="-b")] = None,
    data: Path | None = None,
    out: Annotated[Path, Parameter(alias="-o")] = OUT,
    lang: Language | None = None,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    include: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
    workers: int | None = None,
) -> int:
    """List the claims, run them, or write their page.

    `priorscope claims` lists them, `priorscope claims run NAME... | --all` runs them, and
    `priorscope claims report` writes the page again from what was run.

    Parameters
    ----------
    action
        list, run or report.
    names
        Claims to run.
    all_
        Run all of them.
    preset
        quick (minutes), standard (hours) or thorough (a GPU).
    budget
        Stop after this long (90s, 10m, 1h30m); the same command continues.
    data
        Folder with data sets of others: Fashion-MNIST, FSDD, NSMC; used from standard on.
    out
        Folder for rows, verdicts and pages.
    lang
        Language of sentences and page: en or ko; by default $PRIORSCOPE_LANG, else en.
    json_
        Verdicts, or the list, as JSON on stdout.
    include
        Python files with claims of your own.
    workers
        Processes; one per core by default, 0 for none.
    """
    if action not in ACTIONS:
        raise LookupError(
            f"claims takes {', '.join(ACTIONS)}, not {action!r}.{closest(action, ACTIONS)}"
        )
    speak(lang)
    broken = _include(include)
    if action == "list":
        _list(json_)
    elif action == "report":
        print(_write_page(out))
    else:
        budget_seconds = _seconds(budget)
        usable = [str(path.resolve()) for path in include if path not in broken]
        chosen = _chosen(names, all_)
        code = _run(
            chosen, out, preset, budget_seconds, data, json_, usable, workers
        )  # fmt: skip
        return Exit.SOME_FAILED if broken else code
    return Exit.SOME_FAILED if broken else Exit.DONE


def _include(paths: Sequence[Path]) -> list[Path]:
    """Those that can't be used; each is named, and the others are run."""
    from priorscope.core.registry import include

    broken = []
    for path in paths:
        try:
            include(path)
        except ValueError as error:
            print(f"priorscope: {error} It is skipped.", file=sys.stderr)
            broken.append(path)
    return broken


def _list(json_: bool) -> None:
    from priorscope.claims import CLAIMS

    listed = sorted(CLAIMS.classes().values(), key=lambda c: (c.number, c.name()))
    if json_:
        claims = [
            {"number": c.number, "name": c.name(), "statement": c.statement.of(spoken())}
            for c in listed
        ]
        print(json_line({"claims": claims}))
        return
    for cls in listed:
        print(f"{cls.number:>4}  {cls.name()}\n      {cls.statement.of(spoken())}")


def _seconds(budget: str | None) -> float:
    from priorscope.core.duration import duration

    return float("inf") if budget is None else duration(budget).total_seconds()


def _chosen(names: Sequence[str], all_: bool) -> list[str]:
    from priorscope.claims import CLAIMS

    if bool(names) == all_:
        raise ValueError("claims run takes names of claims, or --all; `priorscope claims` lists.")
    if all_:
        return sorted(CLAIMS, key=lambda name: (CLAIMS[name].number, name))
    for name in names:
        _ = CLAIMS[name]  # an unknown one is told before anything is run
    return list(names)


def _run(
    names: Sequence[str],
    out: Path,
    preset: Preset,
    budget_seconds: float,
    data: Path | None,
    json_: bool,
    include: Sequence[str],
    workers: int | None,
) -> int:
    from priorscope.book.run import run_claims
    from priorscope.wording import claims as words

    book = run_claims(
        names,
        out,
        preset=preset,
        budget_seconds=budget_seconds,
        data=data,
        include=include,
        workers=workers,
        told=_shown(),
    )
    page = _write_page(out)
    if json_:
        print(json_line(as_json(book)))
    else:
        for entry in book.entries:
            for judged in entry.verdicts:
                print(printable(f"{judged.name}: {words.sentence(judged)}", LINE))
            if not entry.verdicts:
                print(printable(f"{entry.name}: {words.why_not(entry)}", LINE))
        print(page)
    states = {entry.status for entry in book.entries}
    if "failed" in states:
        return Exit.SOME_FAILED
    return Exit.BUDGET_ENDED if "unfinished" in states else Exit.DONE


def as_json(book: Any) -> JsonObject:
    """One object per verdict; a claim without one has the reason in place of a sentence."""
    import dataclasses

    from priorscope.wording import claims as words

    claims: list[JsonObject] = []
    for entry in book.entries:
        claims += [
            {
                "name": judged.name,
                "verdict": _english(judged),
                "effect": dataclasses.asdict(judged.verdict.effect),
                "sentence": words.sentence(judged),
            }
            for judged in entry.verdicts
        ]
        if not entry.verdicts:
            why = words.why_not(entry)
            claims.append({"name": entry.name, "verdict": None, "effect": None, "sentence": why})
    return {"claims": claims}


def _english(judged: Any) -> str:
    """A verdict by its name in JSON, whatever is spoken."""
    from priorscope.wording import claims as words

    with speaking("en"):
        return words.verdict(judged)


def _write_page(out: Path) -> Path:
    from priorscope.book.run import PAGES, claim_folder, read_book
    from priorscope.core.files import write
    from priorscope.report.claims_page import claims_page

    book = read_book(out)
    claim_folder(out)
    path = out / PAGES[spoken()]
    write(path, claims_page(book), root=out)
    return path


def _shown() -> Callable[[str, Any], None]:
    """Lines on stderr: a claim when it begins, and how far it is now and then."""
    terminal, said = sys.stderr.isatty(), [0.0]

    def show(name: str, progress: Any) -> None:
        now = time.monotonic()
        if progress is None:
            print(f"claim {name}", file=sys.stderr, flush=True)
        elif now - said[0] > (0.5 if terminal else LINE_EVERY):
            said[0] = now
            end = "\r" if terminal else "\n"
            print(
                f"  {progress.finished} of {progress.runs} runs", end=end, file=sys.stderr,
                flush=True,
            )  # fmt: skip

    return show
