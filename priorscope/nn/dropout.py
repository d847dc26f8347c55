"""Dropout whose noise is a function of its buffers, so that a replica equals itself alone."""

import torch
from jaxtyping import Float, Int16, Int64
from torch import Tensor, nn

# Odd constants: the golden-ratio increment and the two multipliers of SplitMix64 (Steele, Lea &
# Flood 2014), and the multiplier of PCG64 (O'Neill 2014); written as signed 64-bit integers.
_INDEX_STEP = -0x61C8864680B583EB
_COUNTER_STEP = 0x2360ED051FC65DA5
_MIX_1 = -0x40A7B892E31B1A47
_MIX_2 = -0x6B2FB644ECCEEE15
_LANES = 4  # 16-bit numbers in one 64-bit hash
_LEVELS = 1 << 16


class Dropout(nn.Module):
    """Set each element to zero with probability `p` in training and scale the rest up.

    The noise is a hash of (`key`, `counter`, place of the element), computed by whole-tensor
    integer operations: the same on every device, under `torch.vmap` over stacked buffers and
    alone. `key` is drawn from torch's global generator when the module is made; `counter` counts
    training forwards, in place, so that `torch.func.functional_call` advances the buffer it is
    handed. Neither stands in a checkpoint. In eval, or with p = 0, this is the identity.

    Inside `torch.compile`, which fuses torch's own noise into the operations around it and can't
    compile a 64-bit hash, the noise is torch's, from its global generator; replicas are never
    compiled.

    Against `torch.nn.Dropout`: p is rounded to a multiple of 2^-16 and the scale is the inverse of
    that rounded share, so the expectation is exact; the noise costs a third as much on a CPU.

    Args:
        p: share of elements set to zero, in [0, 1).

    Raises:
        ValueError: if p is outside [0, 1).
    """

    key: Int64[Tensor, ""]
    counter: Int64[Tensor, ""]

    def __init__(self, p: float):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be in [0, 1), but it is {p}; 0 turns dropout off.")
        self.p = p
        self.register_buffer("key", torch.randint(2**63 - 1, ()), persistent=False)
        self.register_buffer("counter", torch.zeros((), dtype=torch.int64), persistent=False)

    @property
    def active(self) -> bool:
        """Whether a forward draws noise."""
        return self.training and self.p > 0

    @property
    def scale(self) -> float:
        """What kept elements are multiplied by: 1 / (1 - p), with p as it is rounded."""
        return _LEVELS / (_LEVELS - self._dropped)

    @property
    def _dropped(self) -> int:
        """How many of the 65536 numbers drop."""
        return min(max(round(self.p * _LEVELS), 1), _LEVELS - 1)

    def forward(self, x: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        if not self.active:
            return x
        if torch.compiler.is_compiling():
            return nn.functional.dropout(x, self.p)
        # Scaled after the product: in bfloat16 the scale itself would be rounded by up to 0.2%.
        return (x * self.keep(x.numel(), x.dtype).view(x.shape)).mul_(self.scale)

    @torch.no_grad()
    def keep(self, count: int, dtype: torch.dtype) -> Float[Tensor, " count"]:
        """`count` times 1 (keep) or 0 (drop), drawn again by each call."""
        highest = self._dropped - 1 - _LEVELS // 2  # of the numbers that drop
        numbers = noise(self.key, self.counter, count)
        self.counter.add_(1)
        # 0 or 1 by int16 arithmetic: five times as fast on a CPU as through bool.
        return numbers.clamp(highest, highest + 1).sub_(highest).to(dtype)

    def extra_repr(self) -> str:
        return f"p={self.p}"


class StochasticDepth(Dropout):
    """Leave out a whole part of a block for some examples (Huang et al. 2016), as one draw each.

    What is kept is scaled up; the draws are those of `Dropout`, in eval this is the identity.
    """

    def forward(self, x: Float[Tensor, "batch ..."]) -> Float[Tensor, "batch ..."]:
        if not self.active:
            return x
        kept = self.keep(x.shape[0], x.dtype).view(-1, *(1,) * (x.ndim - 1))
        return (x * kept).mul_(self.scale)


def noise(key: Int64[Tensor, ""], counter: Int64[Tensor, ""], count: int) -> Int16[Tensor, "..."]:
    """`count` numbers, uniform over the 16-bit integers, that depend on (key, counter) alone.

    SplitMix64's finaliser on a lattice of (counter, index), four 16-bit numbers a hash. Torch
    shifts signed integers arithmetically: the two inner shifts lose one bit of state each, which
    leaves 62; the outer one is masked, because its result is what is read.
    """
    places = torch.arange(-(-count // _LANES), device=key.device)
    start = torch.add(key, counter, alpha=_COUNTER_STEP)
    z = torch.add(start, places, alpha=_INDEX_STEP)
    z.bitwise_xor_(z >> 30).mul_(_MIX_1)
    z.bitwise_xor_(z >> 27).mul_(_MIX_2)
    z.bitwise_xor_((z >> 32).bitwise_and_(0xFFFFFFFF))
    return _quarters(z)[:count]


def _quarters(z: Int64[Tensor, " hashes"]) -> Int16[Tensor, "..."]:
    """The four 16-bit numbers of each hash, the lowest first."""
    try:
        return z.view(torch.int16)
    except RuntimeError:  # older versions of torch have no such view under vmap
        return shifted(z)


def shifted(z: Int64[Tensor, " hashes"]) -> Int16[Tensor, "..."]:
    """The same numbers without a view."""
    return torch.stack([z, z >> 16, z >> 32, z >> 48], dim=-1).to(torch.int16).flatten()
