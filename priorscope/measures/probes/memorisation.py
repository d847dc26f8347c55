"""How hard noise is to learn, how alike two trainings end, how simple the function is."""

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor

from priorscope.core.seeds import torch_stream
from priorscope.measures.probes import PROBES, Probe, Probed, Reading
from priorscope.measures.probes._estimates import exactly, mean_over, range_of, share_over
from priorscope.measures.probes._outputs import centred, outputs
from priorscope.subjects import Copy, Subject
from priorscope.wording.page import english

POINTS = 33  # along a line between two inputs
LINES = 32


@torch.no_grad()
def line_complexity(
    network: Callable[[Tensor], Tensor], first: Tensor, second: Tensor
) -> tuple[Tensor, Tensor]:
    """Of lines between inputs: how crooked the answers run, and how often the class changes.

    first, second: (lines, ...), real numbers. The first result is how much the answers' path
    changes its direction from point to point over its length: 0 for a linear function, larger for a
    wilder one. Both (lines,).
    """
    steps = torch.linspace(0, 1, POINTS, device=first.device, dtype=first.dtype)
    path = torch.stack(
        [centred(network(first + t * (second - first))) for t in steps], dim=1
    )  # (lines, points, outputs)
    bends = path.diff(n=2, dim=1).norm(dim=-1).sum(dim=1)
    length = path.diff(dim=1).norm(dim=-1).sum(dim=1)
    crooked = bends / length.clamp(min=1e-30)
    changes = (path.argmax(dim=-1).diff(dim=1) != 0).sum(dim=1).double()
    return torch.where(length > 0, crooked, torch.zeros_like(crooked)), changes


@PROBES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Memorisation(Probe):
    """How many more updates random labels take than real ones (1: noise is learnt as easily); how
    often two networks trained on the same data agree, and how far apart their answers are; and how
    wild the function is along lines between inputs.

    Both kinds of labels are learnt by new networks of the learner, on the same examples, with the
    learner's own rate and no schedule, until 99% of them are right. Bending: how much the answers'
    path changes its direction from point to point, over its length: 0 for a linear function.

    seeds: networks for each kind of labels.
    """

    seeds: int = 2

    def measure(self, subject: Subject) -> Probed:
        readings = _lines(subject)
        if subject.retraining is None:
            reason = english("probe.as_saved")
            return Probed([Reading(name="random over real", reason=reason), *readings])
        real = [subject.retraining("real", seed) for seed in range(self.seeds)]
        noise = [subject.retraining("random", seed) for seed in range(self.seeds)]
        return Probed([*_steps(real, noise), *_agreement(subject, real), *readings])


def _steps(real: list[Copy], noise: list[Copy]) -> list[Reading]:
    readings = []
    for name, copies in (("real", real), ("random", noise)):
        steps = [copy.steps for copy in copies if copy.steps is not None]
        title = f"updates to fit {name} labels"
        if len(steps) < len(copies):
            reason = english(f"probe.not_learnt.{name}", n=f"{copies[0].planned:,}")
            readings.append(Reading(name=title, reason=reason))
        else:
            readings.append(Reading(name=title, value=range_of(torch.tensor(steps))))
    values = [r.value.center for r in readings if r.value is not None]
    if len(values) == 2 and values[0] and values[1]:
        ratio = exactly(values[1] / values[0], len(real), "ratio of means over trainings")
        return [*readings, Reading(name="random over real", value=ratio)]
    reason = english("probe.one_kind_not_learnt")
    return [*readings, Reading(name="random over real", reason=reason)]


def _agreement(subject: Subject, copies: list[Copy]) -> list[Reading]:
    first, second = (
        outputs(dataclasses.replace(subject, network=copy.network), subject.inputs)
        for copy in copies[:2]
    )
    agree = share_over(first.argmax(dim=-1) == second.argmax(dim=-1))
    apart = (first.softmax(dim=-1) - second.softmax(dim=-1)).abs().sum(dim=-1) / 2
    return [
        Reading(name="agreement of two trainings", value=agree),
        Reading(name="distance of their probabilities", value=mean_over(apart)),
    ]


def _lines(subject: Subject) -> list[Reading]:
    x = subject.inputs
    if not x.is_floating_point() or subject.signature.padded:
        reason = english("probe.no_inputs_between")
        return [Reading(name="bending along lines", reason=reason)]
    order = torch.randperm(len(x), generator=torch_stream(0, "lines")).to(x.device)
    count = min(LINES, len(x) // 2)
    first, second = x[order[:count]], x[order[count : 2 * count]]
    bending, changes = line_complexity(subject.network, first, second)
    return [
        Reading(name="bending along lines", value=mean_over(bending)),
        Reading(name="class changes along lines", value=mean_over(changes)),
    ]
