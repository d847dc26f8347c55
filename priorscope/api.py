"""The Python door: `compare` with the settings of the command line."""

import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Literal

from priorscope.core.calls import door
from priorscope.core.presets import Preset
from priorscope.experiments.comparison import Comparison
from priorscope.experiments.dataset import Data, Dataset, InMemory
from priorscope.experiments.progress import watching
from priorscope.experiments.result import Result
from priorscope.experiments.settings import Metric, Settings
from priorscope.runs.progress import Progress
from priorscope.tasks import Examples, TaskConfig
from priorscope.wording.language import Language, chosen, speaking, spoken
from priorscope.wording.page import t


@door
def compare(
    data: Any,
    y: Any = None,
    *,
    learners: Sequence[Any] | str | None = None,
    structures: Sequence[str] | str | None = None,
    sizes: Sequence[int] | None = None,
    repeats: int | None = None,
    preset: Preset = "standard",
    budget: str | float | timedelta | None = None,
    full_grid: bool = False,
    goal: Literal["accuracy", "code"] = "accuracy",
    metric: Metric | None = None,
    indifference: float | None = None,
    target_accuracy: float | None = None,
    target_rmse: float | None = None,
    labels: int | None = None,
    seed: int = 0,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    workers: int | None = None,
    backend: Literal["local", "dask", "ray"] = "local",
    scheduler: str | None = None,
    address: str | None = None,
    rows: Literal["auto", "shared", "returned"] = "auto",
    shard: str | None = None,
    out: str | Path | None = None,
    tune: int = 1,
    steps: int | None = None,
    epochs: int | None = None,
    include: Sequence[str | Path] | str | Path = (),
    fresh: bool = False,
    input: Sequence[str] | str | None = None,
    target: str | None = None,
    kind: Literal["vector", "series", "image", "tokens", "text"] | None = None,
    strict: bool = False,
    drop_near: bool = False,
    image_size: int | None = None,
    test_share: float | None = None,
    test: Any = None,
    extra_test: str | Path | None = None,
    tokenizer: str | Path | None = None,
    max_tokens: int | None = None,
    group: str | None = None,
    time: str | None = None,
    task: Literal["classification", "regression"] | None = None,
    missing: Sequence[str] | None = None,
    encoding: str | None = None,
    header: Literal["yes", "no"] | None = None,
    decimal: Literal[",", "."] | None = None,
    channels: Literal["first", "last"] | None = None,
    log: str | None = None,
    lang: Language | None = None,
    name: str | None = None,
    progress: bool | Callable[[Progress], None] | None = None,
    draws: int | None = None,
) -> Result:
    """Compare models on your data: which is best, how sure, and how many labels it saves.

    The same data and settings give the same runs, folder and numbers as `priorscope compare`.

    Args:
        data: what the command line takes (a path, a task's name), an array or tensor of inputs
            (examples, ...), a data frame, a list of texts or of Pillow's images, a `Dataset` or
            `DatasetDict` of Hugging Face's, a `Dataset` or `DataLoader` of torch's whose items
            are (input, label), a task or examples.
        y: labels of an array, a list or a frame without the labels' column, (examples,).
        learners: texts as on the command line, model configs, estimators in scikit-learn's
            manner (classifiers, pipelines, searches), and classes or instances of `nn.Module`;
            an instance starts from the parameters that it has. By default those for such data.
        structures: what to remove from the data: "permuted", "within-patches:4", ...
        sizes: numbers of training examples, increasing.
        repeats: random orders of the data, each with its own initial parameters.
        preset: time and largest size: quick (2m, 1,500 labels), standard (10m, 10,000) or
            thorough (no limit).
        budget: time for everything: "90s", "10m", "1h30m", or seconds.
        full_grid: train every learner at every size, repeat and structure, without a race.
        goal: what is asked: the best at the largest size (accuracy), or who learns fastest (code).
        metric: by what the best is judged; accuracy, or rmse for quantities, by default.
        indifference: differences up to this don't matter (0.005 accuracy, 0.02 bits).
        target_accuracy: accuracy to reach: `summary["plan"]` says how many labels that needs.
        target_rmse: the same for quantities.
        labels: how many there might be: `summary["plan"]` says what models would do with them.
        seed: decides all randomness.
        device: where networks are trained.
        workers: processes; 0 works in this one; by default one per core.
        backend: "local", or "dask" or "ray": who does the runs.
        scheduler: Dask's, "tcp://host:port"; workers are started here without it.
        address: Ray's head, "host:port" or "auto"; workers are started here without it.
        rows: "shared" or "returned", how workers of Dask or Ray hand over what they did.
        shard: "I/N": begin with part I of N; others do theirs on the same folder. While they are at
            work the result is of the rows so far, and nothing is written but rows.
        out: folder of runs and report; by default priorscope-runs/<data>.
        tune: trials of learning rate and weight decay, the same for every learner, up to 6.
        steps: optimiser updates planned at least, for every recipe that doesn't say otherwise.
        epochs: passes over the training part that are planned in addition to `steps`.
        include: Python files with learners, tasks or structures of your own.
        fresh: forget what the folder holds.
        input: columns of the input, for tables and frames.
        target: column or array of the labels.
        kind: how to read arrays; "text" for a column of text.
        strict: refuse unreadable images and missing labels instead of skipping them.
        drop_near: leave out test images and texts that are nearly equal to a training one.
        image_size: side to which images are resized.
        test_share: share held out where the data have no test split (0.2).
        test: a file of the test split, or (inputs, labels), a frame or a data set for what is in
            memory.
        extra_test: another test set, for data from files; every learner is scored on both.
        tokenizer: folder of a tokenizer for texts.
        max_tokens: length to which texts are cut (512; 128 with a tokenizer that is given).
        group: column of what belongs together; no split separates it.
        time: column that orders the examples; the latest are the test split.
        task: "classification" or "regression", where the target's values don't say.
        missing: words that mean a missing label, besides the usual ones.
        encoding: of text files; decided by their bytes.
        header: "yes" or "no", whether the first line of a table names its columns.
        decimal: "," or ".", what a comma in numbers is.
        channels: "first" or "last", the axis of arrays that holds the channels.
        log: "tensorboard", "mlflow" or "wandb", into which it is logged as well while it runs.
        lang: of what the result and its page say, "en" or "ko"; by default `PRIORSCOPE_LANG`,
            else English. It changes no number, and `summary` stays in English.
        name: what report and folder call the data.
        progress: called now and then with counts of runs; True, or a terminal or notebook,
            shows them, False doesn't.
        draws: the former name of repeats.

    Raises:
        ValueError, LookupError: if something doesn't exist or fit; one sentence.
        OSError: if the output folder can't be written.
    """
    started = monotonic()
    in_memory_test = None if isinstance(test, str | Path) else test
    texts = [learners] if isinstance(learners, str) else list(learners or ())
    settings = Settings.of(
        learners=texts if texts and all(isinstance(one, str) for one in texts) else None,
        structures=structures,
        sizes=sizes,
        repeats=repeats,
        preset=preset,
        budget=budget,
        full_grid=full_grid,
        goal=goal,
        metric=metric,
        indifference=indifference,
        target_accuracy=target_accuracy,
        target_rmse=target_rmse,
        labels=labels,
        seed=seed,
        device=device,
        workers=workers,
        backend=backend,
        scheduler=scheduler,
        address=address,
        rows=rows,
        shard=shard,
        out=out,
        tune=tune,
        steps=steps,
        epochs=epochs,
        include=include,
        fresh=fresh,
        input=input,
        target=target,
        kind=kind,
        strict=strict,
        drop_near=drop_near,
        image_size=image_size,
        test_share=test_share,
        test=test if in_memory_test is None else None,
        extra_test=extra_test,
        tokenizer=tokenizer,
        max_tokens=max_tokens,
        group=group,
        time=time,
        task=task,
        missing=missing,
        encoding=encoding,
        header=header,
        decimal=decimal,
        channels=channels,
        log=log,
        lang=lang,
        draws=draws,
    )
    given = _data(data, y, in_memory_test, name)
    with speaking(chosen(lang)):
        with _shown(progress, t("progress.reading")):
            comparison = Comparison.of(given, settings, texts, started)
        with _shown(progress, t("progress.training")) as show:
            return Result(comparison.run(show), comparison, spoken())


def _data(data: Any, y: Any, test: Any, name: str | None) -> Data:
    """What `Comparison.of` takes."""
    if isinstance(data, Examples) and name:
        return Dataset(name, data)
    if isinstance(data, str | Path | TaskConfig | Examples | Dataset):
        if y is not None:
            raise ValueError("Labels are given with arrays, lists and frames, not with a path.")
        return data
    return InMemory(data, y, test, name or "data")


def _shown(progress: bool | Callable[[Progress], None] | None, what: str) -> Any:
    """A context that gives the function to show progress with."""
    if callable(progress):
        return watching(what, quiet=True, show=progress)
    on_screen = sys.stderr.isatty() or "ipykernel" in sys.modules
    return watching(what, quiet=not (on_screen if progress is None else progress))
