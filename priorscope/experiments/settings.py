"""What a user can ask of a comparison: one set of keys for flags, TOML files and Python."""

import dataclasses
import errno
import re
import tomllib
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from cyclopts import Parameter
from msgspec import Meta

from priorscope.core.config import Config, Count, Seed, Share, Size
from priorscope.core.duration import LONGEST, duration_or_none
from priorscope.core.renamed import note_renamed
from priorscope.runs.shard import Shard
from priorscope.wording.language import Language

Preset = Literal["quick", "standard", "thorough"]
Metric = Literal[
    "accuracy", "balanced-accuracy", "macro-f1", "auroc", "average-precision", "log-loss",
    "rmse", "mae", "r2",
]  # fmt: skip
READING = (
    "input", "target", "kind", "strict", "drop_near", "image_size", "test_share", "test",
    "tokenizer", "max_tokens", "group", "time", "task", "missing", "encoding", "header", "decimal",
    "channels",
)  # fmt: skip
OLD_KEYS = {"draws": "repeats"}  # names of one version ago
RESULTS = Path("priorscope-runs")  # where comparisons are, a folder each
MOST_TOML = 2**20  # bytes
SEPARATOR = re.compile(r",(?!\s*\w+=)|\s")  # a comma that no hyperparameter follows
Repeats = Annotated[int, Meta(ge=1, le=1000)]
Workers = Annotated[int, Meta(ge=0, le=1024)]
Trials = Annotated[int, Meta(ge=1, le=6)]


def _converted(convert: Callable[[str], Any], **options: Any) -> Parameter:
    """A flag or key of a file whose text is read by `convert`; several are put together."""

    def read(hint: Any, tokens: Any) -> Any:
        parts = [convert(token.value) for token in tokens]
        return sum(parts, ()) if isinstance(parts[0], tuple) else parts[-1]

    return Parameter(converter=read, n_tokens=1, negative=(), **options)


def separated(text: str) -> tuple[str, ...]:
    """`linear, mlp:width=8,depth=3 cnn` -> three texts: no comma inside hyperparameters splits."""
    return tuple(part for part in SEPARATOR.split(text.strip()) if part) or ("",)


def whole_numbers(text: str) -> tuple[int, ...]:
    """`100,200,400` -> (100, 200, 400).

    Raises:
        ValueError: if a part isn't a whole number.
    """
    return tuple(_whole_number(part) for part in text.split(","))


def _whole_number(text: str) -> int:
    try:
        return int(text.strip().replace("_", ""))
    except ValueError:
        raise ValueError(
            f"sizes are whole numbers separated by commas, but {text!r} is not one."
        ) from None


def columns(text: str) -> tuple[str, ...]:
    """`width, height` -> ("width", "height"); a column's name may hold spaces."""
    return tuple(part.strip() for part in text.split(","))


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(Config):
    """What is asked of `compare`; None is unset and follows from the preset and the data.

    Flags, the keys of a TOML file and the keywords of `priorscope.compare` are these fields.

    Raises:
        ValueError: if a value is out of its range.
    """

    names_itself: ClassVar[bool] = False

    learners: Annotated[tuple[str, ...] | None, _converted(separated, alias="-l")] = None
    "Learners, separated by commas or spaces: linear,mlp:width=256,depth=3,cnn+shift,vit+dropout"
    structures: Annotated[tuple[str, ...] | None, _converted(separated, alias="-s")] = None
    "Structures to remove, separated by commas or spaces: permuted,within-patches:4,shifted"
    sizes: Annotated[tuple[Count, ...] | None, _converted(whole_numbers)] = None
    "Numbers of training examples, increasing: 100,200,400"
    repeats: Repeats | None = None
    "Random orders of the data, each with its own initial parameters (5; thorough: 10)."
    preset: Preset = "standard"
    "Time and largest size: quick (2m, 1,500 labels), standard (10m, 10,000), thorough (no limit)."
    budget: Annotated[timedelta | None, _converted(duration_or_none)] = None
    "Time for everything: 90s, 10m, 1h30m, none. What it doesn't reach is reported as unresolved."
    full_grid: Annotated[bool, Parameter(negative=())] = False
    "Train every learner at every size, repeat and structure, without a race or a time limit."
    goal: Literal["accuracy", "code"] = "accuracy"
    "What is asked: the best at the largest size (accuracy), or who learns fastest (code)."
    metric: Metric | None = None
    "By what the best is judged, and its labels counted; accuracy, or RMSE for quantities."
    indifference: Annotated[float, Meta(ge=0)] | None = None
    "Differences up to this don't matter (0.005 accuracy, 0.02 bits, 1% of a quantity's spread)."
    target_accuracy: Annotated[float, Meta(gt=0, lt=1)] | None = None
    "Accuracy to reach: the answer says how many labels each model needs for it."
    target_rmse: Annotated[float, Meta(gt=0)] | None = None
    "The same for quantities: root mean squared error to come down to."
    labels: Annotated[int, Meta(ge=1)] | None = None
    "Labels there might be: the answer says what each model would do with them."
    seed: Seed = 0
    "Decides all randomness."
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    "Where networks are trained."
    workers: Workers | None = None
    "Processes (one per core); 0 works in this process."
    backend: Literal["local", "dask", "ray"] = "local"
    "Who does the runs: processes of this machine, or workers of Dask or Ray."
    scheduler: str | None = None
    "Dask's scheduler, tcp://HOST:PORT; without it workers are started here."
    address: str | None = None
    "Ray's head, HOST:PORT or auto; without it workers are started here."
    rows: Literal["auto", "shared", "returned"] = "auto"
    "Dask and Ray: rows go into the shared folder, or back to this process (by what workers see)."
    shard: str | None = None
    "I/N: begin with part I of N; others do theirs on the same folder. For array jobs."
    out: Annotated[Path | None, Parameter(alias="-o")] = None
    "Folder of runs and report (priorscope-runs/DATA)."
    tune: Trials = 1
    "Trials of learning rate and weight decay, the same for every learner, up to 6."
    steps: Count | None = None
    "Optimiser updates at most; left out, 100 and 50 passes over few examples."
    epochs: Size | None = None
    "Passes over the training part that are planned in addition to --steps."
    include: Annotated[tuple[Path, ...], Parameter(negative=())] = ()
    "Python files with learners, tasks or structures of your own."
    fresh: Annotated[bool, Parameter(negative=())] = False
    "Forget what the folder holds."
    input: Annotated[tuple[str, ...] | None, _converted(columns)] = None
    "Columns of the input, separated by commas, for tables and texts."
    target: str | None = None
    "Column or array of the labels."
    kind: Literal["vector", "series", "image", "tokens", "text"] | None = None
    "How to read arrays: vector, series, image or tokens; text for a column of text."
    strict: Annotated[bool, Parameter(negative=())] = False
    "Refuse what would be a warning: unreadable images, missing labels, leaks, doubtful readings."
    drop_near: Annotated[bool, Parameter(negative=())] = False
    "Leave out test images and texts that are nearly equal to a training one."
    image_size: Annotated[int, Meta(ge=1, le=4096)] | None = None
    "Side to which images are resized."
    test_share: Share | None = None
    "Share held out where the data have no test split (0.2)."
    test: Path | None = None
    "File of the test split, for tables and texts."
    extra_test: Path | None = None
    "Another test set with labels: every learner is scored on both, and the difference is told."
    tokenizer: Path | None = None
    "Folder of a tokenizer for texts (that of the first pre-trained learner, or a new one)."
    max_tokens: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    "Texts are cut to so many tokens (512; 128 with a tokenizer that is given)."
    group: str | None = None
    "Column of what belongs together (a person, a device): no split separates it."
    time: str | None = None
    "Column that orders the examples: the latest are the test split."
    task: Literal["classification", "regression"] | None = None
    "Whether targets are classes or quantities (decided by their values)."
    missing: Annotated[tuple[str, ...] | None, _converted(columns)] = None
    "Words that mean a missing label, separated by commas, besides the usual ones."
    encoding: str | None = None
    "Encoding of text files (decided by their bytes)."
    header: Literal["yes", "no"] | None = None
    "Whether the first line of a table names its columns (decided by its values)."
    decimal: Literal[",", "."] | None = None
    "A comma in numbers is a decimal mark (,) or separates thousands (.)."
    channels: Literal["first", "last"] | None = None
    "Axis of arrays that holds the channels (decided by the sizes)."
    log: str | None = None
    "Where it is logged as well while it runs: tensorboard, mlflow or wandb. See docs/tracking.md."
    lang: Language | None = None
    "Language of what is said: en or ko (PRIORSCOPE_LANG, else en). It changes no number."

    @classmethod
    def of(cls, **keys: Any) -> "Settings":
        """From plain values as Python code or a file has them; None is unset.

        Raises:
            ValueError: if a key doesn't exist, or a value has the wrong type or range.
        """
        given = {key: value for key, value in keys.items() if value is not None}
        for old, new in OLD_KEYS.items():
            if old in given:
                note_renamed(old, new)
                given.setdefault(new, given.pop(old))
        if "budget" in given:
            given["budget"] = duration_or_none(given["budget"])
        for key in ("learners", "structures", "sizes", "input", "include", "missing"):
            if isinstance(given.get(key), str | Path):
                given[key] = (given[key],)
            elif isinstance(given.get(key), Iterable):
                given[key] = tuple(given[key])
        return cls.from_json(given)

    @property
    def limit(self) -> timedelta | None:
        """Time for everything: as asked, or the preset's; a full grid has none of its own."""
        preset = None if self.full_grid else AMOUNTS[self.preset].budget
        asked = preset if self.budget is None else self.budget
        return None if asked == LONGEST else asked

    def reading(self) -> dict[str, Any]:
        """How to read the data, as `priorscope.data.resolve.resolve` wants it: what is set."""
        values = {name: getattr(self, name) for name in READING}
        set_ = {name: value for name, value in values.items() if value not in (None, False)}
        return {k: str(v) if isinstance(v, Path) else v for k, v in set_.items()}

    def changed(self) -> dict[str, Any]:
        """What differs from the defaults, as JSON types; `Settings.of(**changed)` is the same."""
        plain = self.to_json()
        fields = dataclasses.fields(self)
        return {f.name: plain[f.name] for f in fields if getattr(self, f.name) != f.default}

    def __post_init__(self) -> None:
        self.check()
        sizes = self.sizes or ()
        if list(sizes) != sorted(set(sizes)):
            raise ValueError(f"sizes must be positive and increasing, but they are {self.sizes}.")
        for key in ("learners", "structures", "sizes"):
            if (values := getattr(self, key)) is not None and (not values or "" in values):
                raise ValueError(f"{key} must name one or more, but {values!r} names none.")
        if self.structures and len(set(self.structures)) < len(self.structures):
            raise ValueError(f"structures name one twice: {', '.join(self.structures)}; drop one.")
        if self.target_accuracy is not None and self.target_rmse is not None:
            raise ValueError("Name one target: --target-accuracy for classes, or --target-rmse.")
        self._check_workers()

    def _check_workers(self) -> None:
        """What says who works fits together."""
        for key, backend in (("scheduler", "dask"), ("address", "ray")):
            if getattr(self, key) is not None and self.backend != backend:
                raise ValueError(f"--{key} is for --backend {backend}; add that, or leave it out.")
        if self.shard is not None:
            Shard.of(self.shard)
            if self.fresh:
                raise ValueError(
                    "--fresh forgets what the other shards did; leave out one of --fresh, --shard."
                )


@dataclasses.dataclass(frozen=True)
class Amount:
    """What a preset means.

    budget: time for everything, None without limit. sizes: number of training sizes. largest: of
    them, in examples. repeats: of a full grid; of a race at most. steps, epochs: see `Settings`;
    passes: over few examples in place of `steps`, see `Recipe`; 0: none instead. test: examples of
    the test split that are used, at most.
    """

    budget: timedelta | None
    sizes: int
    largest: int
    repeats: int
    steps: int
    epochs: int
    test: int
    passes: int = 0
    least_batch: int = 0


AMOUNTS: dict[Preset, Amount] = {
    "quick": Amount(
        budget=timedelta(minutes=2),
        sizes=5,
        largest=1500,
        repeats=5,
        steps=150,
        epochs=8,
        test=2000,
    ),
    "standard": Amount(
        budget=timedelta(minutes=10),
        sizes=6,
        largest=10_000,
        repeats=5,
        steps=1000,
        epochs=15,
        test=5000,
        passes=50,
        least_batch=16,
    ),
    "thorough": Amount(
        budget=None, sizes=9, largest=1_000_000, repeats=10, steps=3000, epochs=30, test=20_000
    ),
}


def read_settings(path: Path) -> dict[str, Any]:
    """The keys of a TOML file, named as the flags are, with - or _.

    Raises:
        ValueError: if the file can't be read or isn't TOML.
    """
    try:
        with path.open("rb") as file:  # may be what a shell's <(...) names, which has no size
            content = file.read(MOST_TOML + 1)
        if len(content) > MOST_TOML:
            raise OSError(errno.EFBIG, f"more than {MOST_TOML:,} bytes")
        data = tomllib.loads(content.decode("utf-8").replace("\r\n", "\n"))
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or error
        raise ValueError(
            f"{path} can't be read as TOML ({why}); give a file with lines such as repeats = 3."
        ) from error
    return {key.replace("-", "_"): value for key, value in data.items()}
