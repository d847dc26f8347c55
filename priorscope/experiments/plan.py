"""What a comparison will do: structures, sizes, folder; everything that can be refused early."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from priorscope.core.printable import file_safe
from priorscope.core.signature import Signature
from priorscope.experiments.dataset import Dataset
from priorscope.experiments.settings import AMOUNTS, RESULTS, Settings
from priorscope.runs.cost import nominal_seconds
from priorscope.runs.draws import default_sizes, usable
from priorscope.structures import Structure, default_structures, parse_structure
from priorscope.tasks import Examples
from priorscope.train.recipe import Learner

LEAST_SIZES = 3  # that a curve needs for a forecast
NOMINAL_CORES = 2
BEYOND = 1.0  # times the budget that a race without drops may need


def choose_structures(settings: Settings, signature: Signature) -> tuple[Structure, ...]:
    """Intact data first, then what is removed from them: as asked, or what such data can have.

    Raises:
        LookupError: if there is no structure of that name.
        ValueError: if it can't be removed from such data.
    """
    structures: dict[str, Structure] = {"intact": parse_structure("intact")}
    if settings.structures is None:
        chosen = default_structures(signature, settings.preset)
    else:
        chosen = [parse_structure(name) for name in settings.structures]
    for structure in chosen:
        if (reason := structure.why_not(signature)) is not None:
            raise ValueError(f"The structure {structure.label} can't be removed here: {reason}.")
        structures[structure.label] = structure
    return tuple(structures.values())


def choose_sizes(settings: Settings, examples: Examples) -> tuple[int, ...]:
    """Block ends, as asked or by the preset.

    Raises:
        ValueError: if there are too few examples, or the first block can't hold every class.
    """
    amount = AMOUNTS[settings.preset]
    count = usable(len(examples.targets), examples.ordered)
    classes = len(np.unique(examples.target.strata(examples.targets, most=1)))
    sizes = settings.sizes or default_sizes(
        count, classes, amount.sizes, amount.largest, _group_size(examples)
    )
    if sizes[-1] > count:
        raise ValueError(
            f"--sizes goes up to {sizes[-1]:,}, but the training split has {count:,} examples."
        )
    if sizes[0] < classes:
        raise ValueError(
            f"The smallest size is {sizes[0]}, but there are {classes} classes and each must "
            f"be in the first block; choose --sizes from {classes} on."
        )
    if len(sizes) < 2:
        raise ValueError(
            f"A learning curve needs two sizes or more, but there is {min(sizes):,} alone; "
            f"there are {count:,} training examples."
        )
    return sizes


def fitting_sizes(
    sizes: Sequence[int], settings: Settings, learners: Sequence[Learner], signature: Signature
) -> tuple[int, ...]:
    """Fewer small sizes, where a race over all of them is far beyond its time.

    Below the three largest they are four times apart instead of two. A run with few examples takes
    a network nearly as long as one with many, so that a curve of many sizes would end before the
    size that is asked about. What is decided here depends on data, learners and settings alone,
    not on the machine (`runs.cost.nominal_seconds`).
    """
    if settings.sizes is not None or settings.limit is None or len(sizes) <= LEAST_SIZES:
        return tuple(sizes)
    repeats = min(3, settings.repeats or 3)
    needed = sum(nominal_seconds(learner, signature, n) for learner in learners for n in sizes)
    given = settings.limit.total_seconds() * NOMINAL_CORES
    if needed * repeats <= BEYOND * given:
        return tuple(sizes)
    return thinned(sizes)


def thinned(sizes: Sequence[int]) -> tuple[int, ...]:
    """The three largest of sizes that double, and below them every second one."""
    smaller = sizes[:-LEAST_SIZES]
    return (*smaller[::-1][1::2][::-1], *sizes[-LEAST_SIZES:])


def check_target(settings: Settings, has_classes: bool) -> None:
    """The target that was asked for is one of such data.

    Raises:
        ValueError: if it isn't.
    """
    if settings.target_accuracy is not None and not has_classes:
        raise ValueError("These targets are quantities, which have no accuracy; use --target-rmse.")
    if settings.target_rmse is not None and has_classes:
        raise ValueError("These targets are classes, which have no RMSE; use --target-accuracy.")


def _group_size(examples: Examples) -> int:
    """Examples of a group, on average."""
    if examples.groups is None:
        return 1
    return -(-len(examples.groups) // len(np.unique(examples.groups)))


def choose_folder(settings: Settings, data: Dataset, results: Path = RESULTS) -> Path:
    """`--out`, or a folder named for the data; other data of the same name are told apart.

    A folder in which data of this name, but with other values, lie already is left to them: these
    get one with the first digits of their fingerprint.

    results: where such folders are.
    """
    if settings.out is not None:
        return settings.out
    folder = results / file_safe(data.name)
    stored = _stored(folder)
    if not stored or data.examples.fingerprint in stored:
        return folder
    return folder.with_name(f"{folder.name}-{data.examples.fingerprint[:8]}")


def _stored(folder: Path) -> Sequence[str]:
    """Fingerprints of the data whose runs are in a folder."""
    data = folder / "data"
    return [path.name for path in data.iterdir()] if data.is_dir() else []


def refuse_inside(folder: Path, data: str | Path) -> None:
    """Results never go into a folder of the user's data.

    Raises:
        ValueError: if they would.
    """
    source = Path(data).expanduser()
    if source.is_dir() and folder.resolve().is_relative_to(source.resolve()):
        raise ValueError(
            f"The output folder {folder} lies inside the data {source}; choose another with --out."
        )
