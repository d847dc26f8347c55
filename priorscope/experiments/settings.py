"""What a user can ask of a comparison: one set of keys for flags, files and Python."""

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from priorscope.core.config import Config
from priorscope.core.signature import Layout, Signature

Preset = Literal["quick", "standard", "thorough"]
READING = ("input", "target", "kind", "strict", "image_size", "test_share", "test", "tokenizer")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(Config):
    """Settings of `compare`; what is left empty follows from the preset and the data.

    learners: `name:key=value,...+part`; see `parse_learner`.
    structures: what to destroy; `intact` is always there.
    sizes: block ends, increasing; the smallest holds every class.
    draws: random orders, each with its own initial parameters.
    preset: how much is run: quick (minutes), standard, thorough.
    budget: seconds for everything, data and report included; 0 is no limit.
    seed: decides all randomness. device: auto, cpu or cuda.
    workers: processes; -1 one a core, 0 this process.
    out: folder of runs and report; "" is priorscope-runs/<data>.
    tune: trials of learning rate and weight decay for every learner.
    steps, epochs: of every recipe that doesn't say otherwise; 0 follows the preset.
    include: Python files with learners, tasks or structures of your own.
    fresh: forget what the folder holds.
    input, target, kind, strict, image_size, test_share, test, tokenizer: how to read the data;
        see `priorscope.data.resolve.resolve`.
    """

    learners: tuple[str, ...] = ()
    structures: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    draws: int = 0
    preset: Preset = "standard"
    budget: float = 0.0
    seed: int = 0
    device: str = "auto"
    workers: int = -1
    out: str = ""
    tune: int = 1
    steps: int = 0
    epochs: int = 0
    include: tuple[str, ...] = ()
    fresh: bool = False
    input: tuple[str, ...] = ()
    target: str = ""
    kind: str = ""
    strict: bool = False
    image_size: int = 0
    test_share: float = 0.2
    test: str = ""
    tokenizer: str = ""

    def reading(self) -> dict[str, Any]:
        """How to read the data, as `resolve` wants it: what differs from the defaults."""
        fields = {f.name: f for f in dataclasses.fields(self)}
        values = {name: getattr(self, name) for name in READING}
        return {name: value for name, value in values.items() if value != fields[name].default}

    def __post_init__(self) -> None:
        leasts = {"draws": 0, "budget": 0, "workers": -1, "tune": 1, "steps": 0, "epochs": 0}
        for name, least in leasts.items():
            if getattr(self, name) < least:
                raise ValueError(
                    f"{name} must be at least {least}, but it is {getattr(self, name)}."
                )
        if self.tune > 6:
            raise ValueError(f"tune goes up to 6 trials, but it is {self.tune}.")
        if list(self.sizes) != sorted(set(self.sizes)) or any(size < 1 for size in self.sizes):
            raise ValueError(f"sizes must be positive and increasing, but they are {self.sizes}.")


@dataclasses.dataclass(frozen=True)
class Amount:
    """What a preset means. test: examples of the test split that are used, at most."""

    sizes: int
    largest: int
    draws: int
    steps: int
    epochs: int
    test: int


AMOUNTS: dict[Preset, Amount] = {
    "quick": Amount(sizes=5, largest=1500, draws=5, steps=150, epochs=8, test=2000),
    "standard": Amount(sizes=6, largest=10_000, draws=5, steps=1000, epochs=15, test=5000),
    "thorough": Amount(sizes=9, largest=1_000_000, draws=10, steps=3000, epochs=30, test=20_000),
}

LEARNERS: dict[Layout, tuple[str, ...]] = {
    "vector": ("linear", "mlp", "mlp+dropout", "mlp+decay"),
    "series": ("linear", "mlp", "cnn", "gru", "transformer"),
    "image": ("linear", "mlp", "cnn", "gru", "vit"),
    "tokens": ("linear", "mlp", "cnn", "gru", "transformer"),
}


def default_structures(signature: Signature, preset: Preset) -> tuple[str, ...]:
    """The structures that such data can have, by their labels; few of them for `quick`."""
    layout, shape = signature.layout, signature.input_shape
    order = "time-permuted" if layout == "tokens" else "permuted"
    if preset == "quick" or layout == "vector":
        return (order, "random-labels")
    if layout == "tokens":
        return (order, "within-patches:4", "between-patches:4", "random-labels")
    patch = next((p for p in (4, 2, 3, 5) if all(size % p == 0 for size in shape[:-1])), 0)
    names = [order]
    names += [f"within-patches:{patch}", f"between-patches:{patch}"] if patch else []
    names += ["time-permuted"] if layout == "image" else []
    names += ["shifted"]
    names += ["turned"] if layout == "image" and shape[0] == shape[1] else []
    names += ["channels-permuted"] if shape[-1] > 1 and not signature.padded else []
    if preset == "thorough":
        names += ["blurred", "cropped"]
    return (*names, "random-labels")


def parse_duration(text: str) -> float:
    """`90s`, `10m`, `1h30m` or plain seconds, in seconds.

    Raises:
        ValueError: if it is none of these, or not positive.
    """
    units = {"h": 3600.0, "m": 60.0, "s": 1.0}
    parts = re.findall(r"(\d+(?:\.\d+)?)([hms]?)", text.strip().lower())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip().lower():
        raise ValueError(f"A duration is written 90s, 10m or 1h30m, but it is {text!r}.")
    seconds = sum(float(number) * units[unit or "s"] for number, unit in parts)
    if seconds <= 0:
        raise ValueError(f"A duration must be positive, but it is {text!r}.")
    return seconds


def read_settings(path: Path) -> dict[str, object]:
    """The keys of a TOML file, named as the flags are; a duration may be text.

    Raises:
        ValueError: if the file can't be read or isn't TOML.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path} can't be read as TOML: {error}") from error
    keys = {key.replace("-", "_"): value for key, value in data.items()}
    if isinstance(keys.get("budget"), str):
        keys["budget"] = parse_duration(keys["budget"])
    return keys
