"""Which tokens of a flat tensor belong together: a mask's counterpart where nothing is padded."""

import dataclasses
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Integer
from torch import Tensor

# Groups in attention: fewer, larger ones waste work on filled-up rows, more of them cost calls.
_SHORTEST_SHARE = 0.8
_SLACK = 4


class Sequences:
    """Sequences that lie one after the other on a flat token axis; each attends to itself alone.

    Layers that work token by token never see it: their cost has no padding in it. Attention
    (`nn.ragged`) puts sequences of nearly equal length together.

    Args:
        offsets: where each sequence starts, and the number of tokens at the end; none is empty.
        causal: each token attends to itself and to earlier tokens alone.
        device: of the tokens; None: that of the offsets. Offsets on the CPU spare a GPU a stop.

    Raises:
        ValueError: if offsets don't start at 0 or don't rise.
    """

    def __init__(
        self,
        offsets: Integer[Tensor, " sequences_and_end"],
        *,
        causal: bool = False,
        device: torch.device | None = None,
    ):
        self.offsets = offsets.to(device)
        self.causal = causal
        self._starts = offsets.cpu().numpy().astype(np.int64)
        if len(self._starts) < 2 or self._starts[0] != 0 or (np.diff(self._starts) < 1).any():
            raise ValueError(
                f"Offsets must rise from 0 to the number of tokens, but they are "
                f"{offsets.tolist()[:10]}; leave out empty sequences."
            )
        self.tokens = int(self._starts[-1])  # of all sequences together
        self.longest = int(np.diff(self._starts).max())
        self.equal = self.longest * (len(self._starts) - 1) == self.tokens  # all of one length
        self._plans: dict[int, AttentionPlan] = {}  # by number of heads, where all tokens attend

    @classmethod
    def of_lengths(cls, lengths: list[int], device: str | torch.device = "cpu") -> "Sequences":
        """Sequences of these lengths."""
        return cls(torch.tensor([0, *lengths]).cumsum(0).to(device))

    @property
    def squared_lengths(self) -> int:
        """The sum of the squares of the lengths: how many pairs attention weighs, per head."""
        return int((np.diff(self._starts) ** 2).sum())

    @cached_property
    def positions(self) -> Integer[Tensor, " tokens"]:
        """Each token's position in its own sequence."""
        positions = np.arange(self.tokens) - np.repeat(self._starts[:-1], np.diff(self._starts))
        return torch.from_numpy(positions).to(self.offsets.device)

    def plan(
        self, num_heads: int, at: Integer[Tensor, " queries"] | None = None
    ) -> "AttentionPlan":
        """How attention with so many heads gathers these sequences.

        at: flat indices of the only tokens that attend, in any order; None: all (kept for the
            next layer). All tokens are attended to still.

        Raises:
            ValueError: if there is no such token.
        """
        if at is not None:
            planner = _Planner(self._starts, self._checked(at), self.causal, num_heads)
            return planner.plan(self.offsets.device)
        if num_heads not in self._plans:
            planner = _Planner(self._starts, None, self.causal, num_heads)
            self._plans[num_heads] = planner.plan(self.offsets.device)
        return self._plans[num_heads]

    def _checked(self, at: Integer[Tensor, " queries"]) -> np.ndarray:
        indices = at.cpu().numpy()
        if not len(indices) or indices.min() < 0 or indices.max() >= self.tokens:
            raise ValueError(
                f"Outputs are wanted at one or more indices in [0, {self.tokens}), but they are "
                f"{indices.tolist()[:10]}; count from the first token of the batch."
            )
        return indices


@dataclasses.dataclass(frozen=True)
class Group:
    """Sequences of nearly equal length, computed together as (count, heads, tokens, head_width).

    count: sequences. queries, keys: of the longest; shorter ones are filled up.
    start: first row of this group in the gathered rows; queries, keys, values follow each other.
    out_start: first row in the rows that come out.
    penalty: added to the scores, (count, 1, queries or 1, keys), -inf where a query may not attend;
        None if it may attend everywhere.
    """

    count: int
    num_heads: int
    queries: int
    keys: int
    start: int
    out_start: int
    penalty: Tensor | None


@dataclasses.dataclass(frozen=True)
class AttentionPlan:
    """Row numbers for one batch and number of heads; a row is one head's vector of one token.

    Source rows are (tokens, 3, heads) in order or, if only some tokens attend, (queries, heads)
    and then (tokens, 2, heads).

    gather: source row of each gathered row. scatter: gathered row of each source row.
    out_gather: (query, head) of each row that comes out. out_scatter: the inverse.
    out_padding: rows that come out and mean nothing.
    """

    groups: list[Group]
    gather: Tensor
    scatter: Tensor
    out_gather: Tensor
    out_scatter: Tensor
    out_padding: Tensor


class _Planner:
    """Builds an `AttentionPlan` with numpy: of a hundred small operations torch makes more."""

    def __init__(
        self, starts: np.ndarray, queries: np.ndarray | None, causal: bool, num_heads: int
    ):
        self.starts, self.lengths = starts, np.diff(starts)
        self.causal, self.num_heads = causal, num_heads
        self.query_indices = np.arange(starts[-1]) if queries is None else queries
        if queries is None:  # source row of head 0: first row, step from token to token
            self.source = [(part * num_heads, 3 * num_heads) for part in range(3)]
        else:
            after = len(queries) * num_heads
            keys, values = (after, 2 * num_heads), (after + num_heads, 2 * num_heads)
            self.source = [(0, num_heads), keys, values]
        owner = np.searchsorted(starts, self.query_indices, side="right") - 1
        self.by_owner = np.argsort(owner, kind="stable")
        self.query_counts = np.bincount(owner, minlength=len(self.lengths))
        self.query_starts = np.cumsum(self.query_counts) - self.query_counts

    def plan(self, device: torch.device) -> AttentionPlan:
        groups: list[Group] = []
        rows: list[np.ndarray] = []  # source rows, -1 where one means nothing
        out_rows: list[np.ndarray] = []
        start = out_start = 0
        for members in _equalish(self.lengths):
            queries = _filled(self.query_starts[members], self.query_counts[members])
            queries = np.where(queries < 0, -1, self.by_owner[queries])
            keys = _filled(self.starts[members], self.lengths[members])
            penalty = self._penalty(queries, keys, device)
            shape = (len(members), self.num_heads, queries.shape[1], keys.shape[1])
            groups.append(Group(*shape, start, out_start, penalty))
            parts = zip((queries, keys, keys), self.source, strict=True)
            rows += [self._per_head(of, *source) for of, source in parts]
            out_rows.append(self._per_head(queries, 0, self.num_heads))
            start += sum(map(len, rows[-3:]))
            out_start += len(out_rows[-1])
        gather, out = np.concatenate(rows), np.concatenate(out_rows)
        pairs = (gather.clip(0), _inverse(gather), out.clip(0), _inverse(out))
        arrays = (*pairs, np.flatnonzero(out < 0))
        return AttentionPlan(groups, *(torch.from_numpy(array).to(device) for array in arrays))

    def _per_head(self, tokens: np.ndarray, first: int, step: int) -> np.ndarray:
        """(count, tokens) -> the rows of (count, heads, tokens); -1 stays."""
        rows = first + tokens[:, None, :] * step + np.arange(self.num_heads)[:, None]
        return np.where(tokens[:, None, :] < 0, -1, rows).ravel()

    def _penalty(
        self, queries: np.ndarray, keys: np.ndarray, device: torch.device
    ) -> Tensor | None:
        hidden = keys[:, None, None, :] < 0
        if self.causal:
            at = self.query_indices[queries][:, None, :, None]
            hidden = hidden | ((keys[:, None, None, :] > at) & (queries >= 0)[:, None, :, None])
        if not hidden.any():
            return None
        return torch.from_numpy(np.where(hidden, np.float32(-np.inf), np.float32(0))).to(device)


def _equalish(lengths: np.ndarray) -> list[np.ndarray]:
    """Sequences, longest first, cut where the next is much shorter than its group's longest."""
    order = np.argsort(-lengths, kind="stable")
    groups, begin = [], 0
    for i in range(1, len(order) + 1):
        longest = lengths[order[begin]]
        if i == len(order) or lengths[order[i]] < _SHORTEST_SHARE * longest - _SLACK:
            groups.append(order[begin:i])
            begin = i
    return groups


def _filled(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Rows start, start + 1, ... of `counts` numbers, filled up with -1 to the longest, or to 1."""
    steps = np.arange(max(counts.max(), 1))
    return np.where(steps < counts[:, None], starts[:, None] + steps, -1)


def _inverse(rows: np.ndarray) -> np.ndarray:
    """The index of each of the numbers 0, 1, ... in `rows`; -1 there means nothing."""
    indices = np.flatnonzero(rows >= 0)
    inverse = np.empty(len(indices), dtype=np.int64)
    inverse[rows[indices]] = indices
    return inverse
