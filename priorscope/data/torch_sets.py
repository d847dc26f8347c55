"""Data sets of torch, told by what they can do, as arrays, texts or images with labels."""

import dataclasses
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from priorscope.data.columns import TARGETS

MOST_EXAMPLES = 50_000_000
MOST_BYTES = 8 * 2**30
SAMPLERS = ("SequentialSampler", "RandomSampler")  # that leave nothing out


@dataclasses.dataclass(frozen=True)
class Unpacked:
    """Inputs and labels of a data set.

    inputs: an array, a list of texts, or a list of Pillow's images.
    class_names: of labels 0, 1, ..., where the data set says them.
    """

    inputs: Any
    targets: np.ndarray | list
    class_names: tuple[str, ...] = ()


def is_torch_set(data: Any) -> bool:
    """Whether it is a torch `Dataset` or `DataLoader`, or something that does as one."""
    loads = hasattr(data, "dataset") and hasattr(data, "batch_size")
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(data).__mro__}
    return loads or "torch.utils.data.dataset.Dataset" in kinds


def unpacked(data: Any) -> Unpacked:
    """All examples of a torch data set, each an (input, label) pair or a record of two.

    A loader that leaves nothing out is read through its data set, in order and without its
    batches; any other loader is read once, as it goes.

    Raises:
        ValueError: if its items aren't such pairs, or are too many.
    """
    sampler = type(getattr(data, "sampler", None)).__name__
    if hasattr(data, "dataset") and sampler in SAMPLERS:
        return unpacked(data.dataset)
    pairs = _of_batches(data) if hasattr(data, "dataset") else _pairs(_items(data))
    inputs, targets, size = [], [], 0
    for x, y in pairs:
        inputs.append(x)
        targets.append(y)
        size += getattr(x, "nbytes", 100)
        if len(inputs) > MOST_EXAMPLES or size > MOST_BYTES:
            raise ValueError(
                f"The data set takes more than {MOST_BYTES / 2**30:.0f} GiB; hand over a part."
            )
    if not inputs:
        raise ValueError("The data set has no examples.")
    names = getattr(getattr(data, "dataset", data), "classes", ())
    class_names = tuple(map(str, names)) if isinstance(names, list | tuple) else ()
    return Unpacked(_together(inputs), _labels(targets), class_names)


def encoded(images: Iterable[Any]) -> Iterator[bytes]:
    """Pillow's images as PNG files."""
    for image in images:
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        yield buffer.getvalue()


def is_image(value: Any) -> bool:
    """Whether it is one of Pillow's."""
    return hasattr(value, "save") and hasattr(value, "convert") and hasattr(value, "getexif")


def _items(data: Any) -> Iterator[Any]:
    if hasattr(data, "__len__") and hasattr(data, "__getitem__"):
        return (data[k] for k in range(len(data)))
    return iter(data)


def _of_batches(loader: Any) -> Iterator[tuple[Any, Any]]:
    for x, y in _pairs(iter(loader)):
        yield from zip(x, y, strict=True)


def _pairs(items: Iterator[Any]) -> Iterator[tuple[Any, Any]]:
    for item in items:
        if isinstance(item, Mapping):
            yield _of_record(item)
        elif isinstance(item, tuple | list) and len(item) == 2:
            yield _plain(item[0]), _plain(item[1])
        else:
            raise ValueError(
                "Each item of the data set must be an (input, label) pair, but one is a "
                f"{type(item).__name__}{f' of {len(item)}' if hasattr(item, '__len__') else ''}."
            )


def _of_record(item: Mapping[str, Any]) -> tuple[Any, Any]:
    labels = [key for key in item if str(key).lower() in TARGETS]
    others = [key for key in item if key not in labels]
    if len(labels) != 1 or len(others) != 1:
        raise ValueError(
            f"Each record must hold one input and one label, but one holds "
            f"{', '.join(map(str, item))}; keep two of them."
        )
    return _plain(item[others[0]]), _plain(item[labels[0]])


def _plain(value: Any) -> Any:
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _together(inputs: list[Any]) -> Any:
    if isinstance(inputs[0], str) or is_image(inputs[0]):
        return inputs
    shapes = {np.shape(x) for x in inputs}
    if len(shapes) > 1:
        raise ValueError(
            f"Inputs of the data set have several shapes, such as {sorted(shapes)[:2]}; make them "
            "one shape, for instance by a transform."
        )
    return np.stack([np.asarray(x) for x in inputs])


def _labels(targets: list[Any]) -> np.ndarray | list:
    return targets if isinstance(targets[0], str) else np.array([np.asarray(y) for y in targets])
