"""The class token, and pooling by it or by the mean."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, learns
from priorscope.claims._cells import minus, twice
from priorscope.claims._sets import SIZES, digits, learners
from priorscope.nn.attention import attention_maps
from priorscope.runs.experiment import Rows
from priorscope.vit.network import VisionTransformer
from priorscope.vit.shape import VitShape

EXACT = Rule("within", 0.5)
ALIKE = Rule("within", 0.1)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class ClassTokenClaim(Claim):
    """How many tokens it sees, and which pooling learns from less; two verdicts."""

    number = 18
    statement = Bilingual(
        "The class token sees h·w + 1 tokens; pooling by class token or by mean is equivalent.",
        "클래스 토큰은 h·w + 1개의 토큰을 보며, 클래스 토큰으로 풀링하든 평균으로 풀링하든 같다.",
    )
    said_by = Bilingual("Explanations of the vision transformer.", "비전 트랜스포머를 설명하는 글.")
    prediction = Bilingual(
        "The count is right. With few labels the mean learns from less.",
        "개수는 맞다. 라벨이 적을 때는 평균 풀링이 더 적은 데이터로 배운다.",
    )
    done = Bilingual(
        "Tokens in the class token's row of the attention less h·w + 1, for several images and "
        "patches. Bits with the class token less bits with the mean; equivalent is within 0.1.",
        "여러 이미지와 패치 크기에서 클래스 토큰의 어텐션 행에 있는 토큰 수에서 h·w + 1을 뺐다. "
        "클래스 토큰을 쓸 때의 비트에서 평균 풀링을 쓸 때의 비트를 뺐고, 0.1비트 안이면 같다고 "
        "본다.",
    )
    change = Bilingual(
        "Another bound than 0.1 bits, and more labels.", "0.1비트가 아닌 다른 기준, 더 많은 라벨."
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        count = Compared(label="tokens seen − (h·w + 1)", values=self._counts, unit="count",
                         rule=EXACT)  # fmt: skip
        noticed = Compared(label="the mean's network has a token less", unit="count",
                           values=lambda rows: -self._counts(rows, pooling="mean"),
                           role="control", rule=Rule("above", 0.5))  # fmt: skip
        tests = [
            Compared(label=f"class token − mean, digits, n = {n}", rule=ALIKE,
                     terms=minus(self.cell(own.vit + ",pooling=class", digits(), n),
                                 self.cell(own.vit, digits(), n)))
            for n in SIZES["digits"]
        ]  # fmt: skip
        n = SIZES["digits"][0]
        null = Compared(label=f"mean − mean, digits, n = {n}", role="null", rule=ALIKE,
                        terms=twice(self.cell(own.vit, digits(), n)))  # fmt: skip
        learnt = [
            learns(f"mean, digits, n = {n}", self.cell(own.vit, digits(), n))
            for n in SIZES["digits"]
        ]
        return [
            ClaimQuestion(
                part="tokens",
                predicted="supported",
                statement=Bilingual(
                    "The class token sees h·w + 1 tokens.",
                    "클래스 토큰은 h·w + 1개의 토큰을 본다.",
                ),
                compared=[count, noticed],
            ),
            ClaimQuestion(
                part="pooling",
                predicted="refuted",
                statement=Bilingual(
                    "Pooling by class token or by mean is equivalent.",
                    "클래스 토큰으로 풀링하든 평균으로 풀링하든 같다.",
                ),
                compared=[*tests, null, *learnt],
            ),
        ]

    def _counts(self, rows: Rows, pooling: str = "class") -> np.ndarray:
        """Tokens that the first one attends to, less h·w + 1; another patch per repeat."""
        return np.array([_count(repeat, pooling) for repeat in range(self.effort.repeats)])


def _count(repeat: int, pooling: str) -> float:
    patch = (1, 2, 3, 4, 6, 12)[repeat % 6]
    shape = VitShape(image=(12, 24, 1), patch=(patch, patch), width=8, depth=1, num_heads=2,
                     mlp_width=16, num_classes=2,
                     pooling="class" if pooling == "class" else "mean")  # fmt: skip
    network = VisionTransformer(shape).eval()
    with attention_maps(network) as maps, torch.no_grad():
        network(torch.zeros(1, 12, 24, 1))
    (weights,) = maps.values()
    tokens = int((weights[0, :, 0] > 0).all(dim=0).sum())
    return float(tokens - ((12 // patch) * (24 // patch) + 1))
