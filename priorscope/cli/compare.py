"""`priorscope compare DATA`: which learner fits these data, at this size, and how sure that is."""

import dataclasses
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from priorscope.cli._exit import Exit
from priorscope.experiments.settings import Preset, Settings, parse_duration, read_settings

if TYPE_CHECKING:
    from priorscope.tasks import TaskConfig

SEPARATOR = re.compile(r",(?!\s*\w+=)")  # a comma that no hyperparameter follows
STARTED = time.time()  # a budget counts from here: loading torch and the data is part of it


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Flags:
    """Every key of `Settings`, unset unless typed, so that a file's values stand."""

    learners: Annotated[str | None, Parameter(alias="-l")] = None
    "Learners, separated by commas or spaces: linear,mlp:width=256,depth=3,cnn+shift,vit+dropout"
    structures: Annotated[str | None, Parameter(alias="-s")] = None
    "Structures to destroy, separated by commas or spaces: permuted,within-patches:4,shifted"
    sizes: str | None = None
    "Numbers of training examples, increasing: 100,200,400"
    draws: int | None = None
    "Random orders of the data, each with its own initial parameters (5; thorough: 10)."
    preset: Preset | None = None
    "How much is run: quick, standard or thorough."
    budget: str | None = None
    "Time for everything: 90s, 10m, 1h30m. What it doesn't reach is reported as unresolved."
    seed: int | None = None
    "Decides all randomness (0)."
    device: Literal["auto", "cpu", "cuda"] | None = None
    "Where networks are trained (auto)."
    workers: int | None = None
    "Processes (one a core); 0 works in this process."
    out: Annotated[Path | None, Parameter(alias="-o")] = None
    "Folder of runs and report (priorscope-runs/DATA)."
    tune: int | None = None
    "Trials of learning rate and weight decay, the same for every learner (1)."
    steps: int | None = None
    "Optimiser updates planned at least, for every recipe."
    epochs: int | None = None
    "Passes over the training part planned, if more than --steps."
    include: list[Path] | None = None
    "Python files with learners, tasks or structures of your own."
    fresh: bool | None = None
    "Forget what the folder holds."
    input: str | None = None
    "Columns of the input, separated by commas, for tables and texts."
    target: str | None = None
    "Column or array of the labels."
    kind: str | None = None
    "How to read arrays: vector, series, image or tokens."
    strict: bool | None = None
    "Refuse unreadable images and missing labels instead of skipping them."
    image_size: int | None = None
    "Side to which images are resized."
    test_share: float | None = None
    "Share held out where the data have no test split (0.2)."
    test: Path | None = None
    "File of the test split, for tables and texts."
    tokenizer: Path | None = None
    "Folder of a tokenizer for texts (that of the first pre-trained learner, or a new one)."

    def given(self) -> dict[str, Any]:
        """What was typed, as `Settings` has it."""
        typed = {k: v for k, v in vars(self).items() if v is not None}
        for key in ("learners", "structures"):
            if key in typed:
                typed[key] = tuple(SEPARATOR.sub(" ", typed[key]).split())
        if "sizes" in typed:
            typed["sizes"] = tuple(_number(part) for part in typed["sizes"].split(","))
        if "input" in typed:
            typed["input"] = tuple(part.strip() for part in typed["input"].split(","))
        if "budget" in typed:
            typed["budget"] = parse_duration(typed["budget"])
        if "include" in typed:
            typed["include"] = tuple(str(path) for path in typed["include"])
        for key in typed.keys() & {"out", "test", "tokenizer"}:
            typed[key] = str(typed[key])
        return typed


def run(
    data: str,
    /,
    *,
    config: Path | None = None,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    quiet: Annotated[bool, Parameter(name=["--quiet", "-q"], negative="")] = False,
    flags: Flags | None = None,
) -> int:
    """Compare learners on DATA: how many labels is each prior worth?

    Parameters
    ----------
    data
        `digits`, `mnist1d` or another registered task; a folder or archive of images in one
        folder a class; .npz or .npy arrays; a .csv, .tsv, .jsonl or .parquet table; .ts or
        .arff series.
    config
        TOML file with the same keys as the flags; flags win.
    json_
        Print the summary as JSON on stdout, everything else on stderr.
    dry_run
        Print the plan and what it would cost, and train nothing.
    quiet
        No progress.
    """
    from priorscope.cli._plan import print_plan
    from priorscope.cli._progress import console, watching
    from priorscope.experiments.comparison import Comparison, Named

    values = (read_settings(config) if config else {}) | (flags or Flags()).given()
    settings = Settings.from_json(values)
    say = console(to_stderr=json_)
    _include(settings)
    task, name = _task(data, settings), _name(data)
    with watching("reading the data", quiet):
        examples = task.load(settings.seed)
    comparison = Comparison(Named(name, examples), settings, started=STARTED)
    if dry_run:
        print_plan(comparison, say)
        return Exit.DONE
    with watching("training", quiet, advise=not settings.budget) as show:
        summary = comparison.run(show)
    if json_:
        print(json.dumps(summary, ensure_ascii=False, allow_nan=False))
    else:
        from priorscope.report.terminal import print_summary

        print_summary(summary, say)
    return exit_code(summary, comparison.settings)


def exit_code(summary: dict[str, Any], settings: Settings) -> Exit:
    """Failures count before an ended budget."""
    if summary["failed"]:
        return Exit.SOME_FAILED
    return Exit.BUDGET_ENDED if summary["unresolved"] and settings.budget else Exit.DONE


def _include(settings: Settings) -> None:
    from priorscope.core.registry import include

    for path in settings.include:
        include(Path(path))


def _task(data: str, settings: Settings) -> "TaskConfig":
    from priorscope.data.resolve import resolve
    from priorscope.train.recipe import pretrained_folder

    return resolve(data, **settings.reading(), starting_from=pretrained_folder(settings.learners))


def _name(data: str) -> str:
    """What tables and the output folder call the data: a task's name, or a path's last part."""
    path = Path(data)
    if not path.exists():
        return data.partition(":")[0]
    name = path.resolve().name
    while (suffix := Path(name).suffix) and len(suffix) <= 8:
        name = name.removesuffix(suffix)
    return name or path.resolve().name


def _number(text: str) -> int:
    try:
        return int(text.strip().replace("_", ""))
    except ValueError:
        raise ValueError(
            f"--sizes takes whole numbers separated by commas, but {text!r} is none."
        ) from None
