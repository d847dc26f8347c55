"""`priorscope claims [list|run|report]`: what people say about inductive bias, as experiments."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.core.config import closest, file_name
from priorscope.core.json_types import JsonObject
from priorscope.core.presets import Preset
from priorscope.core.printable import LINE, json_line, printable
from priorscope.wording.language import Language, speak, speaking, spoken

ACTIONS = ("list", "run", "report")
OUT = Path("priorscope-runs") / "claims"
MOST_WORKERS = 1024
LINE_EVERY = 10.0  # seconds, where there is no terminal


def run(
    action: str = "list",
    /,
    *names: str,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    preset: Preset | None = None,
    budget: Annotated[str | None, Parameter(alias="-b")] = None,
    data: Path | None = None,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
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
        quick (minutes; by default), standard (hours) or thorough (a GPU).
    budget
        Stop after this long (90s, 10m, 1h30m); the same command continues.
    data
        Folder with data sets of others: Fashion-MNIST, FSDD, NSMC; used from standard on.
    out
        Folder for rows, verdicts and pages; by default priorscope-runs/claims.
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
    if action != "run":
        given = {
            "--all": all_, "--budget": budget is not None, "--data": data is not None,
            "--workers": workers is not None, "NAME": bool(names),
            "--preset": preset is not None,
            "--out": out is not None and action == "list",
            "--json": json_ and action == "report",
            "--include": bool(include) and action == "report",
        }  # fmt: skip
        _refuse(action, [what for what, there in given.items() if there])
    _check(data, workers)
    out = out or OUT
    speak(lang)
    budget_seconds = _seconds(budget)
    broken = _include(include)
    if action == "list":
        faulty = _list(json_)
        return Exit.SOME_FAILED if broken or faulty else Exit.DONE
    if action == "report":
        print(printable(_write_page(out), LINE))
        return Exit.DONE
    usable = [str(path.resolve()) for path in include if path not in broken]
    chosen = _chosen(names, all_, [file_name(path.stem) for path in broken])
    if not chosen:  # all that were named are in files that can't be used
        return Exit.SOME_FAILED
    code = _run(chosen, out, preset or "quick", budget_seconds, data, json_, usable, workers)
    return Exit.SOME_FAILED if broken else code


def _refuse(action: str, given: Sequence[str]) -> None:
    """Say of what the action has no use for, rather than to leave it out."""
    if given:
        raise ValueError(
            f"claims {action} takes no {given[0]}; leave it out, or write `priorscope claims run`."
        )


def _check(data: Path | None, workers: int | None) -> None:
    if data is not None and not data.is_dir():
        raise ValueError(
            f"--data takes a folder with data sets of others, but there is none at {data}; name "
            "one, or leave it out."
        )
    if workers is not None and not 0 <= workers <= MOST_WORKERS:
        raise ValueError(
            f"--workers takes a number from 0 to {MOST_WORKERS:,}, but it is {workers}; 0 works "
            "in this process."
        )


def _include(paths: Sequence[Path]) -> list[Path]:
    """Those that can't be used; each is named, and the others are run."""
    from priorscope.core.registry import include

    broken = []
    for path in paths:
        try:
            include(path)
        except ValueError as error:
            _note(f"{error} It is skipped.")
            broken.append(path)
    return broken


def _list(json_: bool) -> bool:
    """Print the claims; whether one is left out because something of it is wrong."""
    from priorscope.book.sound import check_class, place
    from priorscope.claims import CLAIMS

    listed = []
    for cls in sorted(CLAIMS.classes().values(), key=place):
        try:
            check_class(cls)
            listed.append(cls)
        except ValueError as error:
            _note(f"The claim {cls.name()} is skipped: {error}.")
    if json_:
        claims = [
            {"number": c.number, "name": c.name(), "statement": c.statement.of(spoken())}
            for c in listed
        ]
        print(json_line({"claims": claims}))
    else:
        for cls in listed:
            print(printable(f"{cls.number:>4}  {cls.name()}", LINE))
            print(printable(f"      {cls.statement.of(spoken())}", LINE))
    return len(listed) < len(CLAIMS.classes())


def _note(sentence: str) -> None:
    """A sentence on stderr, beside what is asked for."""
    print(printable(f"priorscope: {sentence}", LINE), file=sys.stderr, flush=True)


def _seconds(budget: str | None) -> float:
    from priorscope.core.duration import duration

    return float("inf") if budget is None else duration(budget).total_seconds()


def _chosen(names: Sequence[str], all_: bool, broken: Sequence[str]) -> list[str]:
    """Names of claims, each once. broken: those of files that can't be used, which are told."""
    from priorscope.book.sound import place
    from priorscope.claims import CLAIMS

    if bool(names) == all_:
        raise ValueError("claims run takes names of claims, or --all; `priorscope claims` lists.")
    if all_:
        return [cls.name() for cls in sorted(CLAIMS.classes().values(), key=place)]
    chosen = [name for name in dict.fromkeys(names) if name not in broken or name in CLAIMS]
    for name in chosen:
        _ = CLAIMS[name]  # an unknown one is told before anything is run
    return chosen


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
        note=_note,
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
        print(printable(page, LINE))
    states = {entry.status for entry in book.entries}
    if "failed" in states:
        return Exit.SOME_FAILED
    return Exit.BUDGET_ENDED if states & {"unfinished", "unprepared"} else Exit.DONE


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
    from priorscope.book.folder import PAGES, claim_folder, read_book
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
            print(printable(f"claim {name}", LINE), file=sys.stderr, flush=True)
        elif now - said[0] > (0.5 if terminal else LINE_EVERY):
            said[0] = now
            end = "\r" if terminal else "\n"
            print(
                f"  {progress.finished} of {progress.runs} runs", end=end, file=sys.stderr,
                flush=True,
            )  # fmt: skip

    return show
