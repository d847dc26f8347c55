"""Trains the quantiles of `priorscope/analysis/curves/learned.py` on every cut of real curves.

    python benchmarks/fit_learned.py FILE.parquet [--out learned.json] [--networks 3]

FILE has LCDB's columns. Curves of neural networks are learned from as well (`NEURAL`: losses and
errors of our own runs), each cut counting `NEURAL_WEIGHT` times. A cut shows the first 4 sizes or
more of a curve (5 sizes at least, doubling); targets are the means of the next two sizes, in units
of the drifting process's standard deviation about its mean. The loss is the mean over 13 quantiles,
weighted by that standard deviation, as CRPS would. AdamW, 150 steps on all cuts at once. In a fifth
of all cuts, drawn anew in each step, the kind of learner is hidden, so that the network also knows
what to say of others.
"""

import argparse
import collections
import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from lcdb import Stored, read_curves

from priorscope.analysis.curves.constants import FITTED, Constants
from priorscope.analysis.curves.features import CurveEnd, features
from priorscope.analysis.curves.learned import KINDS, LEVELS, Learned, Network, kind_of
from priorscope.analysis.curves.noise import means_of
from priorscope.analysis.curves.tables import read_tables

WEIGHT = 0.5  # of the learned quantiles in a forecast; .45 to .65 are as good on LCDB
NEURAL = ("neural_curves", "mnist1d_32000", "fashion_60000")  # tables in results/
NEURAL_WEIGHT = 2.0
TESTED = 1000  # test examples where a table doesn't say
STEPS, RATE, DECAY, UNITS = 150, 0.01, 0.02, 8
FARTHEST = 32  # a cut shows at least this share of its curve's largest size
_CAP = 0.6  # standard deviations above this weigh no more
_HIDE = 0.2


@dataclasses.dataclass
class Cuts:
    """inputs: (cuts, features); kinds: (cuts, kinds); targets: (cuts, 2), NaN where missing, in
    units of std (cuts, 2); weight: (cuts,), how many times each counts."""

    inputs: np.ndarray
    kinds: np.ndarray
    targets: np.ndarray
    std: np.ndarray
    weight: np.ndarray

    @classmethod
    def joined(cls, parts: Sequence["Cuts"]) -> "Cuts":
        """All of them, in this order."""
        names = [field.name for field in dataclasses.fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def all_cuts(lcdb: Stored, constants: Constants = FITTED, without: str | None = None) -> Cuts:
    """Of LCDB's curves and of the neural ones.

    without: a neural data set that is left out, with those of its kind (parity and parity-2).
    """
    parts = [cuts_of(lcdb, constants)] if lcdb else []
    for name, curves in neural_curves().items():
        if without is None or family(name) != family(without):
            cuts = cuts_of(curves, constants)
            parts.append(dataclasses.replace(cuts, weight=NEURAL_WEIGHT * cuts.weight))
    return Cuts.joined(parts)


def family(dataset: str) -> str:
    """parity for parity-2."""
    return dataset.rstrip("0123456789").rstrip("-")


def neural_curves() -> dict[str, Stored]:
    """By data set; in each, those of errors are of a data set 0 and those of losses of 1."""
    out: dict[str, Stored] = {}
    for stem in NEURAL:
        rows = read_tables([Path(__file__).parent / "results" / f"{stem}.csv"]).rows
        for name, table in rows.items():
            mine = out.setdefault(name or stem, {})
            for place, metric in enumerate(("error", "loss")):
                for learner in sorted({row["learner"] for row in table}):
                    mine[place, learner] = _curve(
                        [row for row in table if row["learner"] == learner], metric
                    )
    return out


def _curve(rows: Sequence[Mapping], metric: str) -> tuple[np.ndarray, np.ndarray, int]:
    """As `lcdb.read_curves` has them: sizes, values (sizes, repeats), test examples."""
    sizes = sorted({row["n"] for row in rows})
    repeats = sorted({row["repeat"] for row in rows})
    values = np.full((len(sizes), len(repeats)), np.nan)
    for row in rows:
        values[sizes.index(row["n"]), repeats.index(row["repeat"])] = row[metric]
    return np.array(sizes, dtype=float), values, int(rows[0].get("test_examples") or TESTED)


def cuts_of(curves: Stored, constants: Constants = FITTED) -> Cuts:
    """Every cut of every curve, each beside the other learners cut at the same size."""
    ends: dict[tuple[int, float], dict[str, CurveEnd]] = collections.defaultdict(dict)
    later: dict[tuple[int, float, str], np.ndarray] = {}
    for (dataset, learner), (sizes, values, test_examples) in curves.items():
        least = 0.5 / (test_examples * values.shape[1])
        for last in range(3, len(sizes) - 1):
            shown = values[: last + 1]
            some = np.nanmean(shown, axis=1) > 0
            enough = np.isfinite(shown[-1]).sum() >= 2 and some[-1] and some.sum() >= 3
            if not enough or sizes[-1] > FARTHEST * sizes[last]:
                continue
            means = means_of(sizes[: last + 1][some], shown[some])
            if not means.repeated:
                continue
            place = dataset, float(sizes[last])
            ends[place][learner] = CurveEnd.of(means, constants)
            later[*place, learner] = _targets(values[last + 1 : last + 3], least)
    rows = [
        (dataset, learner, end, [o for name, o in there.items() if name != learner], size)
        for (dataset, size), there in ends.items()
        for learner, end in there.items()
    ]
    std = np.array([end.std for _, _, end, _, _ in rows])
    goal = np.array([later[d, size, learner] for d, learner, _, _, size in rows])
    middle = np.array([end.level + end.mean for _, _, end, _, _ in rows])
    return Cuts(
        np.array([features(end, others) for _, _, end, others, _ in rows]),
        np.array([[0.5 * (kind_of(name) == k) for k in KINDS] for _, name, _, _, _ in rows]),
        (goal - middle) / std,
        std,
        np.ones(len(rows)),
    )


def _targets(values: np.ndarray, least: float) -> np.ndarray:
    """Log means of the next two sizes; NaN where fewer than two repeats are there."""
    out = np.full(2, np.nan)
    for i, line in enumerate(values):
        if np.isfinite(line).sum() >= 2:
            out[i] = np.log(max(np.nanmean(line), least))
    return out


def train(cuts: Cuts, networks: int = 3) -> Learned:
    center, scale = cuts.inputs.mean(axis=0), cuts.inputs.std(axis=0)
    inputs = np.clip((cuts.inputs - center) / scale, -4.0, 4.0)
    made = tuple(_network(inputs, cuts, seed) for seed in range(networks))
    return Learned(center, scale, made, WEIGHT)


def _network(inputs: np.ndarray, cuts: Cuts, seed: int) -> Network:
    torch.manual_seed(seed)
    x, kinds = (torch.tensor(a, dtype=torch.float32) for a in (inputs, cuts.kinds))
    have = np.isfinite(cuts.targets)
    goal = torch.tensor(np.clip(np.nan_to_num(cuts.targets), -15, 15), dtype=torch.float32)
    weight = np.minimum(cuts.std, _CAP) * have * cuts.weight[:, None]
    weight = torch.tensor(weight / weight.mean(), dtype=torch.float32)
    levels = torch.tensor(LEVELS)
    hidden = torch.nn.Linear(x.shape[1] + kinds.shape[1], UNITS)
    out = torch.nn.Linear(UNITS, 2 * len(LEVELS))
    _start(hidden, out, x.shape[1])
    parameters = [*hidden.parameters(), *out.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for _ in range(STEPS):
        shown = kinds * (torch.rand(len(x), 1) > _HIDE)
        told = _quantiles(out(torch.tanh(hidden(torch.cat([x, shown], dim=1)))))
        miss = goal[..., None] - told
        loss = torch.maximum(levels * miss, (levels - 1) * miss).mean(dim=-1)
        optimizer.zero_grad()
        (loss * weight).mean().backward()
        optimizer.step()
        schedule.step()
    arrays = (p.detach().double().numpy() for p in parameters)
    return Network(*arrays)


def _start(hidden: torch.nn.Linear, out: torch.nn.Linear, features: int) -> None:
    """From the process's own normal distribution, the same for every kind."""
    normal = torch.special.ndtri(torch.tensor(LEVELS, dtype=torch.float64))
    steps = torch.log(torch.expm1(torch.diff(normal)))
    bias = torch.cat([torch.zeros(1, dtype=torch.float64), steps])
    with torch.no_grad():
        hidden.weight[:, features:] = 0.0
        out.weight.mul_(0.1)
        out.bias.copy_(torch.cat([bias, bias]))


def _quantiles(raw: torch.Tensor) -> torch.Tensor:
    """As `Network.quantiles`, (cuts, 2, 13)."""
    raw = raw.view(-1, 2, len(LEVELS))
    steps = torch.cumsum(torch.nn.functional.softplus(raw[..., 1:]), dim=-1)
    steps = torch.cat([torch.zeros_like(raw[..., :1]), steps], dim=-1)
    middle = LEVELS.index(0.5)
    return raw[..., :1] + steps - steps[..., middle : middle + 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--networks", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cuts = all_cuts(read_curves(options.file, least=5))
    print(f"{(cuts.weight == 1).sum()} cuts of LCDB, {(cuts.weight != 1).sum()} of neural curves")
    made = train(cuts, options.networks)
    if options.out is not None:
        options.out.write_text(json.dumps(made.to_json()) + "\n", encoding="utf-8")
        print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
