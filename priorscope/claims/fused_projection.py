"""Three projections for Q, K and V compute the same as one fused; all tokens share them."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, learns
from priorscope.claims._cells import minus, twice
from priorscope.claims._sets import MARKER_SIZES, learners, marker, mnist1d
from priorscope.runs.experiment import Rows

EQUAL = Rule("within", 1e-12)  # float64 rounds at 1e-16 of a sum of 32 products
MATTERS = Rule("above", 0.05)
TOKENS, WIDTH = 16, 32


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class FusedProjection(Claim):
    """Equal numbers in float64, and what is lost if each position has its own; two verdicts."""

    number = 16
    statement = Bilingual(
        "Three projections for Q, K and V compute the same as one fused projection; all tokens "
        "share them.",
        "Q, K, V를 따로 투영해도 하나로 합쳐 투영해도 결과는 같고, 모든 토큰이 이를 공유한다.",
    )
    said_by = Bilingual(
        "Anyone who reads two implementations of attention side by side.",
        "어텐션 구현 두 가지를 나란히 읽어 본 사람.",
    )
    prediction = Bilingual(
        "Equal up to rounding. Without sharing a transformer needs more labels, wherever what is "
        "to be found may stand anywhere.",
        "반올림을 빼면 같다. 찾을 것이 어느 위치에나 나올 수 있는 데이터라면, 공유하지 않을 때 "
        "라벨이 더 필요하다.",
    )
    done = Bilingual(
        "Largest difference of the two ways on random inputs, relative to the largest value; bits "
        "of a transformer whose positions have projections of their own less those of one that "
        "shares them.",
        "무작위 입력에서 두 방식의 최대 차이를 최댓값으로 나누었다. 또 위치마다 투영이 따로 있는 "
        "트랜스포머의 비트에서 공유하는 트랜스포머의 비트를 뺐다.",
    )
    change = Bilingual(
        "For the equality nothing but a mistake; for the sharing, data in which each place has a "
        "meaning of its own.",
        "같다는 판정은 구현 오류가 아니면 바뀌지 않는다. 공유의 판정은 위치마다 뜻이 다른 "
        "데이터에서 바뀔 수 있다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        equality = Compared(
            label="three projections − one, float64", values=self._differences, unit="error",
            rule=EQUAL,
        )  # fmt: skip
        noticed = Compared(
            label="two different projections are told apart",
            values=lambda rows: self._differences(rows, other=True),
            unit="error",
            role="control",
            rule=Rule("above", 0.01),
        )
        shared = learners(self.effort).transformer
        own = shared.replace("transformer", "own-projections")
        sets = {"word after a marker": (marker(), MARKER_SIZES[1]), "mnist1d": (mnist1d(), 400)}
        tests = [
            Compared(
                label=f"own projections − shared, {name}, n = {n}",
                terms=minus(self.cell(own, data, n), self.cell(shared, data, n)),
                rule=MATTERS,
            )
            for name, (data, n) in sets.items()
        ]
        controls = [
            learns(f"shared, {name}", self.cell(shared, data, n))
            for name, (data, n) in sets.items()
        ]
        null = Compared(
            label="shared − shared, mnist1d, n = 400",
            terms=twice(self.cell(shared, mnist1d(), 400)),
            role="null",
            rule=MATTERS,
        )
        return [
            ClaimQuestion(
                part="fused",
                predicted="supported",
                statement=Bilingual(
                    "Three projections compute the same as one fused projection.",
                    "따로 투영하든 하나로 합쳐 투영하든 결과가 같다.",
                ),
                compared=[equality, noticed],
            ),
            ClaimQuestion(
                part="shared",
                predicted="supported",
                statement=Bilingual(
                    "It matters that all tokens share their projections.",
                    "모든 토큰이 투영을 공유하는 것이 중요하다.",
                ),
                compared=[*tests, null, *controls],
            ),
        ]

    def _differences(self, rows: Rows, other: bool = False) -> np.ndarray:
        """Per repeat; `other` fuses matrices of which one is another."""
        repeats = range(self.effort.repeats)
        return np.array([_difference(repeat, other) for repeat in repeats])


def _difference(seed: int, other: bool) -> float:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(8, TOKENS, WIDTH, generator=generator, dtype=torch.float64)
    weights = [
        torch.randn(WIDTH, WIDTH, generator=generator, dtype=torch.float64) for _ in range(4)
    ]
    apart = torch.cat([nn.functional.linear(x, w) for w in weights[:3]], dim=-1)
    together = weights[1:] if other else weights[:3]
    fused = nn.functional.linear(x, torch.cat(together))
    return float((fused - apart).abs().max() / apart.abs().max())
