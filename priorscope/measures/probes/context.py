"""Local or global: what is left when parts of the input are hidden, shuffled or made poorer."""

import dataclasses
from typing import ClassVar

import torch
from torch import Tensor, nn

from priorscope.core.seeds import torch_stream
from priorscope.measures.probes import PROBES, Probe, Probed, Reading
from priorscope.measures.probes._estimates import relative, share_over
from priorscope.measures.probes._outputs import accuracy_reading, answers, outputs
from priorscope.measures.probes._transforms import existing, reordered
from priorscope.subjects import Subject
from priorscope.wording.page import english

SHARES = (0.1, 0.25, 0.5, 0.75)
GRIDS = (2, 4, 8, 16)
OCCLUSION = 8  # windows along each axis
MAPPED = 16  # examples whose occlusion maps are drawn
MAPPED_TEXTS, MOST_TOKENS = 4, 128  # and texts, with so many first tokens


def shown(x: Tensor, share: float, where: str, fill: Tensor) -> Tensor:
    """Only a share of the positions: the "centre", or the "border" around it.

    x: (batch, *positions, channels). fill: (*positions, channels) or broadcastable to it.
    """
    positions = x.shape[1:-1]
    inside = torch.ones(positions, dtype=torch.bool, device=x.device)
    kept = share if where == "centre" else 1 - share
    for axis, size in enumerate(positions):
        width = round(size * kept ** (1 / len(positions)))
        start = (size - width) // 2
        view = [1] * len(positions)
        view[axis] = size
        places = torch.arange(size, device=x.device)
        inside = inside & ((places >= start) & (places < start + width)).view(view)
    visible = inside if where == "centre" else ~inside
    return torch.where(visible.unsqueeze(-1), x, fill)


def patches_shuffled(x: Tensor, grid: int, seed: int = 0) -> Tensor:
    """Cut into grid x grid patches (a series: grid pieces), put together in a random order each.

    Positions that the grid doesn't divide stay where they are.
    """
    patches, put_back = _cut(x, grid)
    order = torch.rand(patches.shape[:2], generator=torch_stream(seed, "patches")).argsort(dim=1)
    index = order.to(x.device)[(...,) + (None,) * (patches.ndim - 2)].expand_as(patches)
    return put_back(patches.gather(1, index))


def patches_rotated(x: Tensor, grid: int, seed: int = 0) -> Tensor:
    """Each of grid x grid square patches of an image turned by a random quarter turn."""
    patches, put_back = _cut(x, grid)
    turns = torch.randint(4, patches.shape[:2], generator=torch_stream(seed, "turns"))
    turned = torch.stack([patches.rot90(k, (2, 3)) for k in range(4)])
    index = turns.to(x.device)[(None, ..., *(None,) * (patches.ndim - 2))]
    return put_back(turned.gather(0, index.expand(1, *patches.shape))[0])


def bilateral(x: Tensor, width: float = 2.0, reach: int = 3) -> Tensor:
    """Texture smoothed away where edges stay (Tomasi & Manduchi 1998), per example.

    x: (batch, rows, columns, channels). width: standard deviation in positions; differences of
    half a standard deviation of the values count as edges.
    """
    first = x.movedim(-1, 1)
    padded = nn.functional.pad(first, (reach,) * 4, mode="replicate")
    rows, columns = first.shape[2:]
    sigma = 0.5 * x.std().clamp(min=1e-6)
    total, weight = torch.zeros_like(first), torch.zeros_like(first[:, :1])
    for i in range(2 * reach + 1):
        for j in range(2 * reach + 1):
            moved = padded[:, :, i : i + rows, j : j + columns]
            apart = (i - reach) ** 2 + (j - reach) ** 2
            different = (moved - first).square().mean(dim=1, keepdim=True) / sigma.square()
            w = torch.exp(-0.5 * (apart / width**2 + different))
            total, weight = total + w * moved, weight + w
    return (total / weight).movedim(1, -1)


@torch.no_grad()
def occlusion_maps(subject: Subject, windows: int = OCCLUSION) -> Tensor:
    """How far the answer moves when a window is hidden, (examples, *windows), float64.

    The squared distance of the answers over that between unrelated examples.
    """
    x = subject.inputs
    positions = x.shape[1:-1]
    counts = [min(windows, size) for size in positions]
    fill = x.mean(dim=0)
    before = answers(subject)
    unrelated = 2 * before.var(dim=0).sum()
    tiles = torch.cartesian_prod(*(torch.arange(c) for c in counts)).reshape(-1, len(counts))
    moved = []
    for tile in tiles.tolist():
        window = tuple(
            slice(size * t // count, size * (t + 1) // count)
            for size, t, count in zip(positions, tile, counts, strict=True)
        )
        hidden = x.clone()
        hidden[(slice(None), *window)] = fill[window]
        moved.append((outputs(subject, hidden) - before).square().sum(dim=1))
    maps = torch.stack(moved, dim=1).reshape(len(x), *counts)
    return maps / unrelated.clamp(min=torch.finfo(torch.float64).tiny)


@PROBES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class PartsOrWhole(Probe):
    """Whether parts or the whole decide: accuracy when only the middle or only the border is shown,
    when patches are shuffled or turned, when texture, colour or the arrangement of patches is
    suppressed. Where two cues disagree: the share of answers that follow the shape.

    Hidden positions get the mean over the examples. Texture is suppressed by a bilateral filter,
    shape by shuffling a 4 x 4 grid, colour by the mean over channels. "change" is the squared
    distance of the answers over that between unrelated examples. Occlusion: how much the answer
    changes when one of 8 x 8 windows is hidden, or a word left out.

    examples: how many are used, at most.
    """

    version: ClassVar[int] = 2  # texts have maps as well

    examples: int = 192

    def why_not(self, subject: Subject) -> str | None:
        if subject.signature.layout == "vector":
            return english("probe.no_parts")
        return None

    def measure(self, subject: Subject) -> Probed:
        subject = subject.first(self.examples)
        before = answers(subject)
        readings = [accuracy_reading(subject, "accuracy", before)]
        for name, changed in _changed(subject):
            after = outputs(subject, changed)
            if readings[0].value is not None:
                readings.append(accuracy_reading(subject, f"accuracy, {name}", after))
            readings.append(Reading(name=f"change, {name}", value=relative(before, after)))
        if subject.signature.layout == "tokens":
            maps = words_left_out(subject)
            ids = subject.inputs[: len(maps), : maps.shape[1]].cpu().numpy()
            return Probed(readings, {"occlusion": maps.float().cpu().numpy(), "examples": ids})
        if subject.conflict is not None:
            readings += _conflict(subject)
        few = subject.first(MAPPED)
        maps = occlusion_maps(few)
        examples = few.inputs.float().cpu().numpy()
        pictures = {"occlusion": maps.float().cpu().numpy(), "examples": examples}
        return Probed(readings, pictures)


@torch.no_grad()
def words_left_out(subject: Subject, texts: int = MAPPED_TEXTS) -> Tensor:
    """How far the answer moves without a token, (texts, tokens), float64; marks and padding 0.

    Of the first texts and their first `MOST_TOKENS`. The squared distance of the answers over that
    between unrelated examples.
    """
    movable = existing(subject.signature, subject.inputs)[:texts, :MOST_TOKENS]
    before = answers(subject)
    unrelated = 2 * before.var(dim=0).sum().clamp(min=torch.finfo(torch.float64).tiny)
    moved = torch.zeros(movable.shape, dtype=torch.float64, device=movable.device)
    for text, own in enumerate(movable):
        places = own.nonzero()[:, 0]
        if not len(places):
            continue
        ids = subject.inputs[text].expand(len(places), -1)
        kept = ids != 0
        kept[torch.arange(len(places), device=places.device), places] = False
        change = (outputs(subject, _packed(ids, kept)) - before[text]).square().sum(dim=1)
        moved[text, places] = change / unrelated
    return moved


def _changed(subject: Subject) -> "list[tuple[str, Tensor]]":
    x, layout = subject.inputs, subject.signature.layout
    if layout == "tokens":
        return _of_texts(subject)
    fill = x.mean(dim=0)
    made = [
        (f"{share:.0%} shown at the {where}", shown(x, share, where, fill))
        for where in ("centre", "border")
        for share in SHARES
    ]
    fitting = [g for g in GRIDS if 2 * g <= min(x.shape[1:-1])]
    made += [(f"{g} x {g} patches shuffled" if layout == "image" else f"{g} pieces shuffled",
              patches_shuffled(x, g)) for g in fitting]  # fmt: skip
    if layout != "image":
        return made
    if x.shape[1] == x.shape[2]:
        made += [(f"{g} x {g} patches turned", patches_rotated(x, g)) for g in fitting]
    made.append(("texture suppressed", bilateral(x)))
    if 4 in fitting:
        made.append(("shape suppressed", patches_shuffled(x, 4, seed=1)))
    if x.shape[-1] > 1:
        made.append(("colour suppressed", x.mean(dim=-1, keepdim=True).expand_as(x).contiguous()))
    return made


def _of_texts(subject: Subject) -> list[tuple[str, Tensor]]:
    """The first or the last words alone; pieces of a text in another order."""
    ids, movable = subject.inputs, existing(subject.signature, subject.inputs)
    rank = movable.cumsum(dim=1)
    count = movable.sum(dim=1, keepdim=True)
    made = []
    for share in SHARES:
        kept = (share * count).ceil()
        first = ~movable | (rank <= kept)
        last = ~movable | (rank > count - kept)
        made.append((f"first {share:.0%} of the words shown", _packed(ids, first)))
        made.append((f"last {share:.0%} of the words shown", _packed(ids, last)))
    for pieces in GRIDS:
        if ids.shape[1] >= 2 * pieces:
            piece = ((rank - 1) * pieces / count.clamp(min=1)).floor()
            order = torch.rand(len(ids), pieces, generator=torch_stream(0, "pieces"))
            order = order.to(ids.device, torch.float64)
            keys = order.gather(1, piece.clamp(0, pieces - 1).long()) * ids.shape[1] * 2
            made.append((f"{pieces} pieces shuffled", reordered(ids, movable, keys + rank)))
    return made


def _packed(ids: Tensor, kept: Tensor) -> Tensor:
    """Kept tokens moved to the front, padding behind."""
    order = (~kept).to(torch.int8).argsort(dim=1, stable=True)
    return torch.where(kept, ids, 0).gather(1, order)


def _conflict(subject: Subject) -> list[Reading]:
    """Of the answers that name one of the two cues, the share that names the shape."""
    conflict = subject.conflict
    assert conflict is not None
    answer = outputs(subject, conflict.inputs).argmax(dim=-1)
    by_shape, by_texture = answer == conflict.shape, answer == conflict.texture
    decided = by_shape | by_texture
    readings = [Reading(name="answers that name either cue", value=share_over(decided))]
    if not decided.any():
        reason = english("probe.no_cue_named")
        return [*readings, Reading(name="shape share", reason=reason)]
    return [*readings, Reading(name="shape share", value=share_over(by_shape[decided]))]


def _cut(x: Tensor, grid: int):
    """(batch, patches, *patch, channels), and the way back; what the grid doesn't divide stays."""
    positions = x.shape[1:-1]
    sizes = [size // grid for size in positions]
    if len(positions) == 1:
        (length,) = sizes
        part = x[:, : grid * length]
        patches = part.reshape(len(x), grid, length, x.shape[-1])

        def series_back(p: Tensor) -> Tensor:
            return torch.cat([p.reshape(part.shape), x[:, grid * length :]], dim=1)

        return patches, series_back
    rows, columns = sizes
    part = x[:, : grid * rows, : grid * columns]
    cut = part.reshape(len(x), grid, rows, grid, columns, x.shape[-1]).transpose(2, 3)
    patches = cut.reshape(len(x), grid * grid, rows, columns, x.shape[-1])

    def image_back(p: Tensor) -> Tensor:
        whole = x.clone()
        joined = p.reshape(cut.shape).transpose(2, 3).reshape(part.shape)
        whole[:, : grid * rows, : grid * columns] = joined
        return whole

    return patches, image_back
