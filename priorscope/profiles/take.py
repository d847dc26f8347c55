"""Taking a profile: every measure of every network that isn't stored yet, one after another."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from priorscope.core.config import closest
from priorscope.measures.probes import PROBES, Probe, Probed, does_not_apply, probed
from priorscope.measures.probes.similarity import GRAMS, matrix
from priorscope.profiles.networks import Entry
from priorscope.profiles.store import ProfileStore, row_name
from priorscope.subjects import Subject
from priorscope.subjects.health import health, inputs_kept
from priorscope.wording.page import english

LARGEST_BATCH = 64
HEALTH = "the network"
ORDER = (
    "exact-symmetry", "lie-derivative", "locality", "attention", "context", "bands", "order",
    "memorisation", "similarity", "weights",
)  # fmt: skip
Show = Callable[[str, int, int], None]
"""Told what is measured now, how many are done, and how many there are."""


@dataclasses.dataclass(frozen=True)
class Measured:
    """One network with all that was measured of it, by the measure's name."""

    name: str
    results: dict[str, Probed]
    notes: tuple[str, ...] = ()


def chosen(names: Sequence[str] | None) -> list[Probe]:
    """These measures, or all, in the order of the page.

    Raises:
        LookupError: if there is none of such a name.
    """
    for name in names or ():
        if name not in PROBES:
            there = ", ".join(PROBES)
            raise LookupError(
                f"No measure named {name!r}; there are {there}.{closest(name, PROBES)}"
            )
    wanted = list(names or PROBES)
    ranked = sorted(wanted, key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n))
    return [PROBES[name]() for name in dict.fromkeys(ranked)]


def take(
    entries: Sequence[Entry],
    probes: Sequence[Probe],
    store: ProfileStore | None,
    *,
    examples: int,
    memory: float,
    more: dict[str, Any],
    show: Show = lambda what, done, of: None,
) -> list[Measured]:
    """Measure what is missing; each result is stored before the next is begun.

    examples: that networks are measured on. memory: bytes for activations. more: what else
    decides the numbers.
    """
    results = []
    total, done = len(entries) * len(probes), 0
    for entry in entries:
        made: list[_Made] = []
        own: dict[str, Probed] = {}
        for probe in probes:
            show(f"{entry.name}: {probe.name()}", done, total)
            name = row_name(entry, probe, examples, more)
            result = store.load(name) if store is not None else None
            if result is None:
                if not made:
                    made.append(_Made.of(entry, memory))
                result = made[0].measured(probe)
                if store is not None:
                    store.save(name, result)
            own[probe.name()] = result
            done += 1
        notes = tuple(dict.fromkeys(note for result in own.values() for note in result.notes))
        results.append(Measured(entry.name, own, notes))
    show("", total, total)
    return results


@dataclasses.dataclass(frozen=True)
class _Made:
    """A network that was built, with what every measure of it suffers from."""

    subject: Subject
    problems: tuple[str, ...]
    broken: str | None  # the one because of which nothing can be measured

    @classmethod
    def of(cls, entry: Entry, memory: float) -> "_Made":
        whole = entry.make()
        one = fitted(whole, memory)
        ailments = list(health(one))
        problems = [ailment.sentence for ailment in ailments]
        if len(one.inputs) < len(whole.inputs):
            problems.append(english("probe.cut", n=len(one.inputs), all=len(whole.inputs)))
        broken = next((ailment.sentence for ailment in ailments if ailment.fatal), None)
        return cls(answered(one) if broken is None else one, tuple(problems), broken)

    def measured(self, probe: Probe) -> Probed:
        if self.broken is None:
            result = probed(probe, self.subject)
        else:
            result = does_not_apply(self.broken.rstrip("."))
        return dataclasses.replace(result, notes=(*self.problems, *result.notes))


@torch.no_grad()
def answered(one: Subject) -> Subject:
    """With its outputs, which several measures start from."""
    with inputs_kept(one.network):
        parts = [one.network(part) for part in one.inputs.split(one.batch)]
    return dataclasses.replace(one, answers=torch.cat(parts).flatten(1))


@torch.no_grad()
def fitted(one: Subject, memory: float) -> Subject:
    """With batches whose activations fit the memory, and no more examples than fit."""
    total = [0]

    def count(module: Any, args: Any, output: Any) -> None:
        if isinstance(output, torch.Tensor):
            total[0] += output.numel() * output.element_size()

    handles = [module.register_forward_hook(count) for module in one.network.modules()]
    try:
        one.network(one.inputs[:1].clone())
    except Exception:  # what ails it is said by `health`
        return one
    finally:
        for handle in handles:
            handle.remove()
    each = max(total[0], 1)
    batch = int(min(LARGEST_BATCH, max(1, memory / 4 // each)))
    return dataclasses.replace(one.first(int(max(8, memory // (2 * each)))), batch=batch)


def crossed(results: Sequence[Measured]) -> list[dict[str, Any]]:
    """CKA between the layers of every two networks, from what is stored of each."""
    maps = []
    pictures = [m.results["similarity"].pictures for m in results if "similarity" in m.results]
    named = [m.name for m in results if "similarity" in m.results]
    for i, first in enumerate(pictures):
        for j, second in enumerate(pictures[:i]):
            if GRAMS not in first or GRAMS not in second:
                continue
            if first[GRAMS].shape[1:] != second[GRAMS].shape[1:]:
                continue
            rows, columns = (torch.from_numpy(p[GRAMS]).double() for p in (first, second))
            maps.append(
                {
                    "rows": named[i],
                    "columns": named[j],
                    "row_layers": np.asarray(first["layers"]).tolist(),
                    "column_layers": np.asarray(second["layers"]).tolist(),
                    "cka": matrix(list(rows), list(columns)),
                }
            )
    return maps
