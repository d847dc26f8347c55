"""MNIST-1D with the recipe of its authors: accuracy intact and with shuffled positions.

Greydanus & Kobak (2024): Adam at 1e-2, batches of 100 in sequence, 6,000 steps, 4,000 training and
1,000 test examples; logistic regression; an MLP 40-100-100-10 with a residual second layer, a CNN
of three layers with 25 channels and stride 2, and a bidirectional GRU of width 6, all its states
read out. All seeds of the linear, fully connected and recurrent networks, intact and
shuffled, train together as replicas. `gru-torch` is the same recurrence from torch.nn, each network
trained alone by torch.optim.Adam: nothing of it is ours but the data.

    python benchmarks/mnist1d_reference.py --seeds 5
    python benchmarks/mnist1d_reference.py --seeds 5 --learners gru-torch
"""

import argparse
import math
import time

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from priorscope.core.seeds import global_seed
from priorscope.models.gru import GRU
from priorscope.models.linear import Linear
from priorscope.tasks import Examples
from priorscope.tasks.mnist1d import Mnist1d, _draw
from priorscope.train.adamw import ReplicaAdamW
from priorscope.train.replicas import Replicas

BATCH, RATE = 100, 1e-2
PUBLISHED = {  # accuracy in %, and the tolerance of several seeds
    ("linear", "intact"): (31.6, 0.5),
    ("mlp", "intact"): (64.5, 4.0),
    ("cnn", "intact"): (93.5, 2.0),
    ("gru", "intact"): (91.0, 3.0),
    ("linear", "shuffled"): (31.5, 0.5),
    ("mlp", "shuffled"): (65.0, 6.0),
    ("cnn", "shuffled"): (56.5, 4.0),
    ("gru", "shuffled"): (55.0, 2.0),
}


class ResidualMLP(nn.Module):
    """40-100-100-10; the second layer is added to what it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(40, 100), nn.Linear(100, 100)
        self.readout = nn.Linear(100, 10)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.first(x.flatten(1)).relu()
        return self.readout(hidden + self.second(hidden).relu())


class ThreeConvolutions(nn.Module):
    """Windows of 5, 3 and 3, stride 2, padding 1, 25 channels."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(1, 25, 5, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv1d(25, 25, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv1d(25, 25, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(125, 10),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x.movedim(-1, 1))


class TorchGRU(nn.Module):
    """Six units in each direction, all their states read out."""

    def __init__(self) -> None:
        super().__init__()
        self.states = nn.GRU(1, 6, batch_first=True, bidirectional=True)
        self.readout = nn.Linear(2 * 6 * 40, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.readout(self.states(x)[0].flatten(1))


def build(name: str, data: Examples) -> nn.Module:
    """A network with initial parameters from torch's global generator."""
    made = {
        "linear": lambda: Linear().build(data.signature),
        "mlp": ResidualMLP,
        "cnn": ThreeConvolutions,
        "gru": lambda: GRU(width=6, readout="flatten").build(data.signature),
    }
    return made[name]()


def authors_permutation(notebook: str) -> np.ndarray:
    """The one in their notebook `building-mnist1d` or `mnist1d-classification`.

    The first draws it from the stream of the data, after the 5,000 examples.
    """
    stream = np.random.RandomState(42)
    if notebook == "building":
        for _ in range(5000):
            _draw(stream)
        stream.permutation(5000)
    return stream.permutation(40)


def accuracies(name: str, data: Examples, orders: list[np.ndarray], steps: int) -> list[float]:
    """Test accuracy after training, one network for each order of the positions, in %."""
    if name == "gru-torch":
        return [trained_by_torch(data, order, seed, steps) for seed, order in enumerate(orders)]
    together = name != "cnn"
    groups = [orders] if together else [[order] for order in orders]
    found = []
    for start, group in enumerate(groups):
        networks = []
        for seed in range(len(group)):
            with global_seed(seed + start, "init"):
                networks.append(build(name, data))
        replicas = Replicas(networks, torch.device("cpu"), together)
        found += train(replicas, data, group, steps)
    return found


def trained_by_torch(data: Examples, order: np.ndarray, seed: int, steps: int) -> float:
    """Test accuracy of one `TorchGRU` after the plain loop, in %."""
    torch.manual_seed(seed)
    network = TorchGRU()
    adam = torch.optim.Adam(network.parameters(), RATE)
    inputs, tests = (torch.from_numpy(x[:, order]) for x in (data.inputs, data.test_inputs))
    targets, test_targets = torch.from_numpy(data.targets), torch.from_numpy(data.test_targets)
    for step in range(steps):
        start = step * BATCH % len(targets)
        logits = network(inputs[start : start + BATCH].float())
        adam.zero_grad()
        functional.cross_entropy(logits, targets[start : start + BATCH]).backward()
        adam.step()
    with torch.no_grad():
        correct = network(tests.float()).argmax(-1) == test_targets
    return 100 * correct.double().mean().item()


def train(replicas: Replicas, data: Examples, orders: list[np.ndarray], steps: int) -> list[float]:
    """Batches in sequence for everybody; returns test accuracy in %."""
    inputs = torch.stack([torch.from_numpy(data.inputs[:, order]).float() for order in orders])
    tests = torch.stack([torch.from_numpy(data.test_inputs[:, order]).float() for order in orders])
    targets, test_targets = torch.from_numpy(data.targets), torch.from_numpy(data.test_targets)
    adam = ReplicaAdamW(replicas.parameters, weight_decay=0.0, largest_norm=math.inf)
    for step in range(steps):
        start = step * BATCH % len(targets)
        y = targets[start : start + BATCH].expand(len(orders), -1)
        logits = replicas(inputs[:, start : start + BATCH])
        loss = functional.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum")
        replicas.backward(loss / BATCH)
        adam.step(replicas.parameters, replicas.gradients, RATE)
    with torch.no_grad():
        correct = replicas(tests).argmax(-1) == test_targets
    return (100 * correct.double().mean(dim=1)).tolist()


def main() -> None:
    """Print a Markdown table of accuracies beside the published ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--learners", default="linear,mlp,cnn,gru")
    kinds = ("random", "building", "classification")
    parser.add_argument("--permutation", choices=kinds, default="random")
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = Mnist1d().load()
    print("| learner | positions | accuracy %, mean ± sd | seeds | published | inside | seconds |")
    print("|---|---|---|---|---|---|---|")
    for name in options.learners.split(","):
        started = time.perf_counter()
        intact = [np.arange(40)] * options.seeds
        shuffled = [np.random.default_rng(seed).permutation(40) for seed in range(options.seeds)]
        if options.permutation != "random":
            shuffled = [authors_permutation(options.permutation)] * options.seeds
        found = accuracies(name, data, intact + shuffled, options.steps)
        seconds = time.perf_counter() - started
        parts = {"intact": found[: options.seeds], "shuffled": found[options.seeds :]}
        for positions, values in parts.items():
            mean, spread = float(np.mean(values)), float(np.std(values, ddof=1))
            published, tolerance = PUBLISHED[name.removesuffix("-torch"), positions]
            inside = "yes" if abs(mean - published) <= tolerance else "NO"
            print(
                f"| {name} | {positions} | {mean:.1f} ± {spread:.1f} | {len(values)} | "
                f"{published} ± {tolerance} | {inside} | {seconds / 2:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
