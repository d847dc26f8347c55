"""The whole grid of a comparison beside the plain loop that everybody writes.

MNIST-1D; linear, mlp, cnn, gru, transformer; sizes 125 ... 4000; 3 draws; intact and permuted.
The plain loop trains one network after another with PyTorch's defaults (nn.GRU,
nn.TransformerEncoderLayer, unfused AdamW, two threads), without a DataLoader, and evaluates once
on the test split. Ours does the same steps with the same batch and, beyond that, looks at the
validation part 25 times, calibrates, and predicts the next block too.

    python benchmarks/grid.py --steps 150

"Equal bits": the grid once more, each learner with the fewest steps (an eighth, and by roots of 2
more) with which its mean bits per test label are those of the plain loop or less.
"""

import argparse
import math
import platform
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from priorscope.experiments.comparison import Comparison
from priorscope.experiments.dataset import Dataset
from priorscope.experiments.settings import Settings
from priorscope.runs.draws import draw_order
from priorscope.tasks import Examples
from priorscope.tasks.mnist1d import Mnist1d

SIZES = (125, 250, 500, 1000, 2000, 4000)
DRAWS, BATCH = 3, 64
LEARNERS = (
    "linear",
    "mlp",
    "cnn:width=25,norm=none,readout=flatten",
    "gru:width=16",
    "transformer:patch=4,width=32,depth=2",
)


class PlainGRU(nn.Module):
    """nn.GRU in both directions, mean of the states, linear readout."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(1, 16, batch_first=True, bidirectional=True)
        self.readout = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.readout(self.gru(x)[0].mean(1))


class PlainTransformer(nn.Module):
    """nn.TransformerEncoder over 10 patches of 4 steps, learned positions, mean pooled."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(4, 32)
        self.positions = nn.Parameter(0.02 * torch.randn(10, 32))
        layer = nn.TransformerEncoderLayer(
            32, 4, 128, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm, self.readout = nn.LayerNorm(32), nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.embed(x.view(len(x), 10, 4)) + self.positions
        return self.readout(self.norm(self.blocks(tokens)).mean(1))


def plain_cnn() -> nn.Module:
    """Three convolutions with max pooling, as our `cnn:width=25`."""
    layers: list[nn.Module] = []
    for channels in (1, 25, 25):
        layers += [nn.Conv1d(channels, 25, 3, padding=1), nn.ReLU(), nn.MaxPool1d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(125, 10))


def plain_networks() -> dict[str, nn.Module]:
    """What everybody would write, by learner."""
    mlp = (nn.Linear(40, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10))
    return {
        "linear": nn.Sequential(nn.Flatten(), nn.Linear(40, 10)),
        "mlp": nn.Sequential(nn.Flatten(), *mlp),
        "cnn": plain_cnn(),
        "gru": PlainGRU(),
        "transformer": PlainTransformer(),
    }


def plain_run(name: str, x: Tensor, y: Tensor, test: tuple[Tensor, Tensor], steps: int) -> float:
    """Train one network, where the examples are, and return its bits per test label."""
    network = plain_networks()[name].to(x.device)
    if name == "cnn":
        x, test = x.mT.contiguous(), (test[0].mT.contiguous(), test[1])
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3)
    for _ in range(steps):
        chosen = torch.randint(len(x), (min(BATCH, len(x)),), device=x.device)
        optimiser.zero_grad()
        functional.cross_entropy(network(x[chosen]), y[chosen]).backward()
        optimiser.step()
    with torch.no_grad():
        return functional.cross_entropy(network(test[0]), test[1]).item() / math.log(2)


def plain_loop(
    data: Examples, steps: int, device: torch.device | None = None, draws: int = DRAWS
) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds and mean bits per test label, by learner; examples are put on the device before."""
    test = (
        torch.from_numpy(data.test_inputs).to(device),
        torch.from_numpy(data.test_targets).to(device),
    )
    seconds: dict[str, float] = {}
    bits: dict[str, float] = {}
    for name in plain_networks():
        started, told = time.perf_counter(), []
        for draw in range(draws):
            order = draw_order(data.target.strata(data.targets), draw, 0, SIZES[0])
            for positions in (np.arange(40), np.random.default_rng(draw).permutation(40)):
                for size in SIZES:
                    seen = order[:size]
                    x = torch.from_numpy(np.ascontiguousarray(data.inputs[seen][:, positions]))
                    y = torch.from_numpy(data.targets[seen]).to(device)
                    told.append(plain_run(name, x.to(device), y, test, steps))
        seconds[name], bits[name] = time.perf_counter() - started, float(np.mean(told))
    return seconds, bits


def texts_of(steps: dict[str, int], patience: float = 1.0) -> list[str]:
    """These learners, each with its number of steps."""
    return [
        f"{text}{',' if ':' in text else ':'}epochs=0,plan=cosine,steps={steps[name]},{patience=}"
        for text in LEARNERS
        if (name := text.partition(":")[0]) in steps
    ]


def ours(data: Examples, learners: list[str]) -> tuple[float, dict[str, float]]:
    """Seconds of the grid, workers' start included and report left out; mean bits by learner.

    Raises:
        SystemExit: if a run is missing.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            learners=tuple(learners),
            structures=("permuted",),
            sizes=SIZES,
            repeats=DRAWS,
            full_grid=True,
            out=Path(folder),
        )
        comparison = Comparison.of(Dataset("mnist1d", data), settings)
        started = time.perf_counter()
        comparison.train()
        seconds = time.perf_counter() - started
        told: dict[str, list[float]] = {}
        for run in comparison.runs:
            row = comparison.store.load(run.digest)
            if row is None:
                raise SystemExit(f"{run.learner.text} has no result.")
            told.setdefault(run.learner.text.partition(":")[0], []).append(row["test"]["bits"])
        return seconds, {name: float(np.mean(bits)) for name, bits in told.items()}


def steps_to_equal_bits(data: Examples, steps: int, goals: dict[str, float]) -> dict[str, int]:
    """Learner -> the fewest steps, rising by a root of 2 from an eighth, with bits at the goal."""
    out = {}
    for name, goal in goals.items():
        for half_octaves in range(17):  # up to 32 times as many as at first
            out[name] = round(steps / 8 * 2 ** (half_octaves / 2))
            if ours(data, texts_of({name: out[name]}))[1][name] <= goal:
                break
    return out


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--repeats", type=int, default=1)
    options = parser.parse_args()
    data = Mnist1d().load()
    print(f"{platform.machine()}, torch {torch.__version__}, {torch.get_num_threads()} threads")
    print("| way | seconds | times as fast |\n|---|---|---|")
    for _ in range(options.repeats):
        by_learner, bits = plain_loop(data, options.steps)
        plain = sum(by_learner.values())
        everywhere = {name: options.steps for name in by_learner}
        same, own = ours(data, texts_of(everywhere))
        early, _ = ours(data, texts_of(everywhere, 0.3))
        fewer = steps_to_equal_bits(data, options.steps, bits)
        equal, reached = ours(data, texts_of(fewer))
        parts = ", ".join(f"{name} {value:.0f}" for name, value in by_learner.items())
        print(f"| plain loop ({parts}) | {plain:.0f} | 1 |")
        print(f"| priorscope, all {options.steps} steps | {same:.0f} | {plain / same:.1f} |")
        print(f"| priorscope, early stopping | {early:.0f} | {plain / early:.1f} |")
        parts = ", ".join(f"{name} {n} steps" for name, n in fewer.items())
        print(f"| priorscope, to equal bits ({parts}) | {equal:.0f} | {plain / equal:.1f} |\n")
        for way, told in {"plain loop": bits, "all steps": own, "equal bits": reached}.items():
            parts = ", ".join(f"{name} {value:.3f}" for name, value in told.items())
            print(f"Bits per test label, {way}: {parts}", flush=True)


if __name__ == "__main__":
    main()
