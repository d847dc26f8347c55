"""Why a network learns something else on a GPU than on a CPU: logits after 1, 10, 100 steps.

The same batches, seeds and initial parameters; the judge is float64 on the CPU. Columns: root mean
square difference of the logits on 500 test digits, relative to that of the logits themselves.
`bits`: on the test digits after the training, calibrated.

    python benchmarks/gpu_cnn.py
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from gpu_part import device, machine, table, turn
from torch import Tensor

from priorscope.core.signature import Signature
from priorscope.models.cnn import CNN
from priorscope.models.linear import Linear
from priorscope.models.mlp import MLP
from priorscope.nn.gemm import use_exact_products
from priorscope.tasks.digits import Digits
from priorscope.train.loop import Training
from priorscope.train.populations import DECKS, PopulationTraining
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import Recipe, parse_learner

STEPS = (1, 10, 100)
LEARNERS = ("cnn", "linear", "mlp", "cnn:norm=none,readout=flatten")
SIZE, SEED = 400, 5


def from_float32(build: Callable[..., Any], dtype: torch.dtype) -> Callable[..., Any]:
    """The same initial parameters in every precision."""

    def made(config: Any, signature: Signature) -> Any:
        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.float32)
        network = build(config, signature)
        torch.set_default_dtype(before)
        return network.to(dtype)

    return made


@contextlib.contextmanager
def arithmetic(dtype: torch.dtype, exact: bool, deterministic: bool) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    classes: list[Any] = [Linear, MLP, CNN]
    builds: dict[Any, Any] = {cls: cls.build for cls in classes}
    for cls, build in builds.items():
        cls.build = from_float32(build, dtype)
    use_exact_products(exact)
    torch.backends.cudnn.deterministic = deterministic
    DECKS.clear()
    yield
    torch.set_default_dtype(before)
    for cls, build in builds.items():
        cls.build = build
    use_exact_products()
    torch.backends.cudnn.deterministic = False


def train(text: str, steps: int, where: str) -> tuple[Tensor, float]:
    """Logits and bits after so many steps, early stopping off."""
    data = Digits().load()
    learner = parse_learner(
        text, Recipe(steps=steps, epochs=0, batch=64, plan="cosine", patience=1.0)
    )
    prefix = Prefix(data.inputs[:SIZE], data.targets[:SIZE], SEED)
    place = torch.device("cpu") if where == "cpu" else device()
    if where == "gpu population":
        training = PopulationTraining(learner, data.signature, [prefix] * 3, place)
    else:
        training = Training(learner, data.signature, [prefix], place)
    result = training.run()[0]
    test = data.test_inputs[:500]
    logits = training.outputs([test] * (3 if where == "gpu population" else 1))[0]
    assert result.calibration is not None
    return logits.double(), float(result.calibration.bits(logits, data.test_targets[:500]).mean())


SETTINGS = {  # where, dtype, exact float32, deterministic kernels
    "cpu float32": ("cpu", torch.float32, True, False),
    "gpu float64": ("gpu", torch.float64, True, False),
    "gpu float32": ("gpu", torch.float32, True, False),
    "gpu float32, deterministic": ("gpu", torch.float32, True, True),
    "gpu float32, population of 3": ("gpu population", torch.float32, True, False),
    "gpu float64, population of 3": ("gpu population", torch.float64, True, False),
    "gpu TF32 (torch's default for convolutions)": ("gpu", torch.float32, False, False),
}


def show(rows: list[list[object]], steps: Sequence[int]) -> None:
    print(f"\n## The same training on CPU and GPU: digits, {SIZE} examples; {machine()}\n")
    print(
        table(["learner", "arithmetic", *(f"after {n}" for n in steps), "bits"], rows), flush=True
    )


def main() -> None:
    """Print a Markdown table; without a GPU it runs on little, to show that it does."""
    rows: list[list[object]] = []
    steps = STEPS if torch.cuda.is_available() else STEPS[:1]
    torch.set_num_threads(4)
    for text in LEARNERS if torch.cuda.is_available() else LEARNERS[:1]:
        with arithmetic(torch.float64, True, False):
            judge = {n: train(text, n, "cpu") for n in steps}
        rows.append([text, "cpu float64", *[0.0] * len(steps), judge[steps[-1]][1]])
        for name, (where, dtype, exact, deterministic) in SETTINGS.items():
            with turn(), arithmetic(dtype, exact, deterministic):
                cells: list[object] = [text, name]
                bits = float("nan")
                for n in steps:
                    try:
                        logits, bits = train(text, n, where)
                        apart = (logits - judge[n][0]).norm() / judge[n][0].norm()
                        cells.append(apart.item())
                    except RuntimeError as error:
                        cells.append(str(error).splitlines()[0][:40])
                rows.append([*cells, bits])
                print(rows[-1], flush=True)
        show(rows, steps)


if __name__ == "__main__":
    main()
