"""Multi-head attention, head by head or at once; more heads at equal width."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, learns
from priorscope.claims._cells import minus, twice
from priorscope.claims._sets import MARKER_SIZES, learners, marker, mnist1d
from priorscope.nn.attention import attention_weights
from priorscope.runs.experiment import Rows

EQUAL = Rule("within", 1e-12)
MATTERS = Rule("above", 0.03)
TOKENS, WIDTH, HEADS = 10, 32, 4


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class MultiHead(Claim):
    """Equal numbers in float64; bits of one head less those of several; two verdicts."""

    number = 17
    statement = Bilingual(
        "Multi-head attention may be computed head by head and concatenated, or at once by a "
        "reshape: the same. More heads at equal width are better.",
        "멀티 헤드 어텐션은 헤드마다 계산해 이어 붙이든 reshape로 한 번에 계산하든 같다. 너비가 "
        "같으면 헤드가 많을수록 좋다.",
    )
    said_by = Bilingual(
        "Tutorials that implement attention twice.", "어텐션을 두 가지로 구현해 보이는 튜토리얼."
    )
    prediction = Bilingual(
        "The same: yes. More heads: at this size they hardly matter.",
        "같다는 말은 맞다. 이 크기에서 헤드 수는 거의 영향이 없다.",
    )
    done = Bilingual(
        "Largest difference of both ways, relative to the largest value. Bits of a transformer "
        "with one head less those with 4 and with 8 heads, at equal width.",
        "두 방식의 최대 차이를 최댓값으로 나누었다. 너비는 같게 두고 헤드가 하나인 트랜스포머의 "
        "비트에서 헤드가 4개, 8개인 것의 비트를 뺐다.",
    )
    change = Bilingual(
        "Wider networks and data in which several things must be looked at together.",
        "더 넓은 신경망이나 여러 가지를 한꺼번에 보아야 하는 데이터.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        equality = Compared(label="head by head − at once, float64", unit="error", rule=EQUAL,
                            values=lambda rows: self._differences(rows, cut=True))  # fmt: skip
        noticed = Compared(label="heads that share their scores are told apart", unit="error",
                           values=lambda rows: self._differences(rows, cut=False),
                           rule=Rule("above", 0.01), role="control")  # fmt: skip
        base = learners(self.effort).transformer
        sets = {"word after a marker": (marker(), MARKER_SIZES[1]), "mnist1d": (mnist1d(), 400)}
        tests = []
        for name, (data, n) in sets.items():
            one = self.cell(base.replace("num_heads=4", "num_heads=1"), data, n)
            for heads in (4, 8):
                several = self.cell(base.replace("num_heads=4", f"num_heads={heads}"), data, n)
                tests.append(
                    Compared(label=f"1 head − {heads} heads, {name}, n = {n}", rule=MATTERS,
                             terms=minus(one, several))
                )  # fmt: skip
        controls = [
            learns(f"4 heads, {name}", self.cell(base, data, n)) for name, (data, n) in sets.items()
        ]
        shared = self.cell(base, mnist1d(), 400)
        null = Compared(label="4 heads − 4 heads, mnist1d, n = 400", terms=twice(shared),
                        role="null", rule=Rule("above", 0.05))  # fmt: skip
        return [
            ClaimQuestion(
                part="reshape",
                predicted="supported",
                statement=Bilingual(
                    "Head by head or at once by a reshape is the same.",
                    "헤드마다 계산하든 reshape로 한 번에 계산하든 결과가 같다.",
                ),
                compared=[equality, noticed],
            ),
            ClaimQuestion(
                part="more-heads",
                predicted="refuted",
                statement=Bilingual(
                    "More heads at equal width are better.", "너비가 같으면 헤드가 많을수록 좋다."
                ),
                compared=[*tests, null, *controls],
            ),
        ]

    def _differences(self, rows: Rows, cut: bool) -> np.ndarray:
        """Per repeat; without `cut` every head uses the scores of the whole width."""
        repeats = range(self.effort.repeats)
        return np.array([_difference(repeat, cut) for repeat in repeats])


def _difference(seed: int, cut: bool) -> float:
    generator = torch.Generator().manual_seed(seed)
    q, k, v = torch.randn(3, 8, TOKENS, WIDTH, generator=generator, dtype=torch.float64)
    size = WIDTH // HEADS
    parts = []
    for head in range(HEADS):
        own = slice(head * size, (head + 1) * size)
        scores = attention_weights(q[..., own], k[..., own]) if cut else attention_weights(q, k)
        parts.append(scores @ v[..., own])
    apart = torch.cat(parts, dim=-1)
    heads = [x.unflatten(-1, (HEADS, size)).transpose(-3, -2) for x in (q, k, v)]
    together = attention_weights(*heads[:2]) @ heads[2]
    difference = together.transpose(-3, -2).flatten(-2) - apart
    return float(difference.abs().max() / apart.abs().max())
