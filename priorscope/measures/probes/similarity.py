"""How alike representations are: unbiased CKA between layers, and between networks."""

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor

from priorscope.core.estimate import Estimate
from priorscope.measures.probes import PROBES, Probe, Probed, Reading
from priorscope.measures.probes._outputs import with_layers
from priorscope.subjects import Subject
from priorscope.subjects.layers import MOST, layer_names
from priorscope.wording.page import english

FEWEST = 64  # below it the estimate is noisy, and a warning says so
GROUPS = 10  # of examples that are left out in turn, for the interval
GRAMS = "grams"


def gram(features: Tensor) -> Tensor:
    """Products of all pairs of examples, (n, n), float64; features: (n, ...)."""
    flat = features.flatten(1).double()
    flat = flat - flat.mean(dim=0)
    return flat @ flat.mT


def hsic(first: Tensor, second: Tensor) -> float:
    """The unbiased estimator HSIC1 of two Gram matrices (n, n) (Song et al. 2012), n >= 4.

    Its mean is 0 for independent representations, whatever n is.
    """
    n = len(first)
    if n < 4:
        raise ValueError(f"The unbiased HSIC needs 4 examples or more, but there are {n}.")
    k, l = first.clone().double(), second.clone().double()  # noqa: E741
    k.fill_diagonal_(0)
    l.fill_diagonal_(0)
    trace = (k * l).sum()
    sums = k.sum() * l.sum() / ((n - 1) * (n - 2))
    crossed = 2 / (n - 2) * (k.sum(dim=0) * l.sum(dim=0)).sum()
    return float((trace + sums - crossed) / (n * (n - 3)))


def biased_hsic(first: Tensor, second: Tensor) -> float:
    """The usual estimator, whose mean isn't 0 for independent representations."""
    n = len(first)
    rows, columns = first.mean(dim=1, keepdim=True), first.mean(dim=0, keepdim=True)
    return float(((first - rows - columns + first.mean()) * second).sum() / (n - 1) ** 2)


def cka(first: Tensor, second: Tensor) -> float:
    """Linear CKA of two representations (n, ...) with unbiased HSIC: 1 alike, 0 unrelated.

    Invariant to rotation and scaling of either (Kornblith et al. 2019; Nguyen et al. 2021). A
    little below 0 where nothing is common; 0 if one of them is the same for all examples.
    """
    return cka_of_grams(gram(first), gram(second))


def cka_of_grams(first: Tensor, second: Tensor) -> float:
    """See `cka`; of Gram matrices."""
    both = hsic(first, second)
    own = hsic(first, first) * hsic(second, second)
    return both / own**0.5 if own > 0 else 0.0


def batched_cka(pairs: Iterable[tuple[Tensor, Tensor]]) -> float:
    """CKA of representations that come in minibatches (n, ...): HSICs are averaged over them.

    Unbiased in each of its three parts, for data that don't fit the memory; one batch gives `cka`.
    """
    parts = [
        (hsic(k, l), hsic(k, k), hsic(l, l))
        for k, l in ((gram(a), gram(b)) for a, b in pairs)  # noqa: E741
    ]
    both, first, second = np.mean(parts, axis=0)
    return float(both / (first * second) ** 0.5) if first > 0 and second > 0 else 0.0


def cka_estimate(first: Tensor, second: Tensor) -> Estimate:
    """CKA of Gram matrices with an interval: groups of examples are left out in turn."""
    n, center = len(first), cka_of_grams(first, second)
    groups = min(GROUPS, n // 4)
    if groups < 2:
        return Estimate(center=center, low=None, high=None, n=n, method="unbiased CKA")
    values = []
    for group in range(groups):
        kept = torch.arange(n, device=first.device) % groups != group
        values.append(cka_of_grams(first[kept][:, kept], second[kept][:, kept]))
    error = ((groups - 1) / groups * np.square(np.subtract(values, np.mean(values))).sum()) ** 0.5
    half = 1.96 * float(error)
    method = f"unbiased CKA, jackknife over {groups} groups of examples"
    return Estimate(center=center, low=center - half, high=center + half, n=n, method=method)


def matrix(rows: Sequence[Tensor], columns: Sequence[Tensor]) -> np.ndarray:
    """CKA of every pair of Gram matrices, (rows, columns)."""
    return np.array([[cka_of_grams(a, b) for b in columns] for a in rows], dtype=np.float32)


@PROBES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Similarity(Probe):
    """How alike the representations of two layers, or of two networks, are: 1 the same up to
    rotation and scale, 0 nothing in common. The readings compare each layer with the next one and
    with the last; the heat maps show all pairs.

    Linear CKA with the unbiased estimator of HSIC (Kornblith et al. 2019; Nguyen et al. 2021). The
    usual, biased one gives 0.2 for independent noise on 32 examples. Below 64 examples it is noisy.

    examples: how many are used, at most.
    """

    examples: int = 256

    def measure(self, subject: Subject) -> Probed:
        subject = subject.first(self.examples)
        names = layer_names(subject.network, subject.inputs[:2], MOST)
        if len(names) < 2:
            return Probed([Reading(name="next layer", reason=english("probe.single_layer"))])
        _, features = with_layers(subject, subject.inputs, names)
        grams = [gram(features[name]) for name in names]
        readings = []
        for name, own, after in zip(names, grams, grams[1:], strict=False):
            readings.append(Reading(name="next layer", layer=name, value=cka_estimate(own, after)))
        for name, own in zip(names[:-1], grams, strict=False):
            value = cka_estimate(own, grams[-1])
            readings.append(Reading(name="last layer", layer=name, value=value))
        notes = ()
        if len(subject.inputs) < FEWEST:
            notes = (english("probe.noisy_cka", n=len(subject.inputs), least=FEWEST),)
        stored = torch.stack([g / g.abs().max().clamp(min=1e-30) for g in grams]).float()
        pictures = {
            "cka": matrix(grams, grams),
            "layers": np.array(names),
            GRAMS: stored.cpu().numpy(),
        }
        return Probed(readings, pictures, notes)
