"""What is asked of a GPU beside what benchmarks/gpu.sh measured, read from its logs.

python benchmarks/gpu_targets.py OUT
"""

import dataclasses
import re
import sys
from collections.abc import Callable
from pathlib import Path

from gpu_part import table

FASHION_RUNS = 1440  # of the whole grid, sizes up to 10,000


@dataclasses.dataclass(frozen=True)
class Target:
    """A figure that is asked for.

    file: the log that has it. pattern: finds the number in it, the last one that matches. least:
    that it has to be; or most.
    """

    what: str
    file: str
    pattern: str
    least: float | None = None
    most: float | None = None
    scale: float = 1.0
    unit: str = ""

    def row(self, folder: Path) -> list[str]:
        """What, asked, measured, whether that is met."""
        asked = f"≥ {self.least:,g}" if self.least is not None else f"≤ {self.most:g}"
        measured = self._measured(folder)
        if isinstance(measured, str):
            return [self.what, asked + self.unit, measured, "no figure"]
        met = measured >= self.least if self.least is not None else measured <= (self.most or 0.0)
        shown = f"{measured:,.0f}" if measured >= 1000 else f"{measured:.3g}"
        return [self.what, asked + self.unit, shown + self.unit, "yes" if met else "no"]

    def _measured(self, folder: Path) -> float | str:
        path = folder / self.file
        if not path.is_file():
            return "not run"
        matches = re.findall(self.pattern, path.read_text(errors="replace"), re.S | re.M)
        if matches:
            return float(matches[-1].replace(",", "")) * self.scale
        rows = re.findall(r"^rows: (\d+)$", path.read_text(errors="replace"), re.M)
        of = f" of {FASHION_RUNS:,}" if "fashion" in self.file else ""
        return f"not done: {int(rows[-1]):,} rows{of}" if rows else "failed or cut off"


def command(what: str, name: str, most: float) -> Target:
    """The wall time of a whole command."""
    pattern = r"^whole command: (\d+) ms, exit 0$"
    return Target(what, f"{name}.txt", pattern, most=most, scale=1e-3, unit=" s")


def bert(kind: str, length: int) -> list[Target]:
    """Speed and ratio of one kind of step; sections stand one after the other."""
    name, section = re.escape(f"priorscope, {kind}"), rf"rows of {length},(?:(?!^## ).)*?"
    speed, ratio = (7e5, 1.8) if length == 128 else (6.5e5, 2.2)
    what = f"BERT-Base, rows of {length}, {kind}"
    return [
        Target(
            f"{what}: tokens/s",
            "bert.md",
            rf"{section}^\| {name} \| [^|]+\| ([\d,]+) \|",
            least=speed,
        ),
        Target(
            f"{what}: × transformers, compiled",
            "bert.md",
            rf"{section}^{name}: ([\d.]+) × the peer",
            least=ratio,
        ),
    ]


def vit(phase: str) -> Callable[[Path], list[str]]:
    """Images/s of ours by timm's, from the first to the last pass."""

    def row(folder: Path) -> list[str]:
        path = folder / "vit.md"
        text = path.read_text() if path.is_file() else ""
        speeds = [
            [float(n.replace(",", "")) for n in re.findall(pattern, text)]
            for who in ("priorscope", "timm")
            for pattern in [rf"\| {phase} \| {who} \| [\d.]+ \| ([\d,]+) \|"]
        ]
        ratios = [ours / theirs for ours, theirs in zip(*speeds, strict=False)]
        what = f"ViT-S/16, {phase}: × timm, compiled"
        if not ratios:
            return [what, "≥ 1.2", "not run", "no figure"]
        shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        return [what, "≥ 1.2", shown, "yes" if min(ratios) >= 1.2 else "no"]

    return row


def plain_cnns(folder: Path) -> list[str]:
    """Bits of three cnns without normalisation, together in float32, from float64's."""
    path = folder / "cnn.txt"
    text = path.read_text() if path.is_file() else ""
    start = r"^\| cnn:norm=none,readout=flatten \| gpu "
    bits = [
        re.findall(rf"{start}{how} \|.*\| ([\d.]+) \|$", text, re.M)
        for how in ("float64", "float32, population of 3")
    ]
    row = ["three `cnn:norm=none` in float32: bits from float64", "≤ 0.003"]
    if not all(bits):
        return [*row, "not run", "no figure"]
    apart = abs(float(bits[0][-1]) - float(bits[1][-1]))
    return [*row, f"{apart:.4f}", "yes" if apart <= 0.003 else "no"]


TARGETS = [
    Target(
        "MNIST-1D grid: × the plain loop, first",
        "grid.txt",
        r"Ours, first.*?\(([\d.]+) ×\)",
        least=30,
    ),
    Target(
        "MNIST-1D grid: × the plain loop, again in the process",
        "grid.txt",
        r"Ours, again.*?\(([\d.]+) ×\)",
        least=30,
    ),
    command("`compare digits --preset quick --full-grid`", "digits", 12),
    command("`compare digits --preset quick`, the race", "digits-race", 12),
    command("`compare fashion_mnist.npz --full-grid --budget none`", "fashion-grid", 180),
    command("`compare` on the CIFAR-10 archive, whole grid", "cifar-grid", 300),
    *(target for kind in ("rows", "graph", "graph+chunks") for target in bert(kind, 128)),
    *(target for kind in ("rows", "graph", "graph+chunks") for target in bert(kind, 512)),
    Target("`pretrain` on real text by its bare step", "pretrain.md", r"ratio ([\d.]+)", most=1.1),
]


def main() -> None:
    folder = Path(sys.argv[1])
    rows = [target.row(folder) for target in TARGETS]
    rows += [plain_cnns(folder), *(vit(phase)(folder) for phase in ("training", "inference"))]
    print(table(["asked of one H100 or H200", "target", "measured", "met"], rows))


if __name__ == "__main__":
    main()
