"""Depth, width, resolution, decay, dropout, normalisation, augmentation are biases as well."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule
from priorscope.claims._cells import doublings, minus, twice
from priorscope.claims._sets import SIZES, digits, learners

MATTERS = Rule("apart", 0.03)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class RecipeIsBias(Claim):
    """What each part of a recipe is worth in bits and labels, on the axis of architectures."""

    number = 14
    statement = Bilingual(
        "Depth, width, resolution, weight decay, dropout, normalisation and augmentation are "
        "inductive biases as well.",
        "깊이, 너비, 해상도, 가중치 감쇠, 드롭아웃, 정규화, 증강도 귀납 편향이다.",
    )
    said_by = Bilingual(
        "Those who say that a bias belongs to the whole recipe, not to the architecture.",
        "편향은 아키텍처만이 아니라 학습 레시피 전체에 속한다고 말하는 사람들.",
    )
    prediction = Bilingual(
        "Some are worth as much as an architecture: normalisation and resolution; weight decay "
        "is worth nothing at these sizes.",
        "정규화와 해상도의 효과는 아키텍처를 바꾸는 것만큼 크다. 이 크기에서 가중치 감쇠는 거의 "
        "효과가 없다.",
    )
    done = Bilingual(
        "Bits of a convolutional net with one part changed less those of the plain one. A part is "
        "a bias if it moves them by 0.03 bits or more, either way. Another architecture stands "
        "beside for comparison.",
        "한 요소만 바꾼 합성곱 신경망의 비트에서 원래 신경망의 비트를 뺐다. 어느 쪽으로든 "
        "0.03비트 이상 움직이면 편향으로 본다. 다른 아키텍처도 참고로 함께 적었다.",
    )
    change = Bilingual(
        "Other strengths of the parts: each was tried at one.",
        "각 요소의 세기. 여기서는 한 가지 세기로만 시험했다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own, data, n = learners(self.effort), digits(), SIZES["digits"][1]
        plain = self.cell(own.cnn, data, n)
        wide = own.cnn.replace(f"width={8 * self.effort.wide}", f"width={16 * self.effort.wide}")
        parts = {
            "depth 1": own.cnn + ",depth=1", "twice as wide": wide,
            "resolution 4": own.cnn + "+resolution=4", "decay 1": own.cnn + "+decay=1",
            "dropout 0.5": own.cnn + "+dropout=0.5", "no normalisation": own.cnn + ",norm=none",
            "shifted examples": own.cnn + "+shift",
        }  # fmt: skip
        tests = [
            Compared(label=f"{name}, digits, n = {n}", rule=MATTERS,
                     terms=minus(self.cell(text, data, n), plain))
            for name, text in parts.items()
        ]  # fmt: skip
        curve = [self.cell(own.cnn, data, size) for size in SIZES["digits"]]
        worth = [
            Compared(label=f"labels that {name} is worth, n = {n}", unit="doublings",
                     values=doublings(curve, self.cell(parts[name], data, n)),
                     cells=(*curve, self.cell(parts[name], data, n)), role="context")
            for name in parts
        ]  # fmt: skip
        other = Compared(label=f"another architecture: mlp, digits, n = {n}", role="context",
                         terms=minus(self.cell(own.mlp, data, n), plain))  # fmt: skip
        controls = [
            Compared(label=f"mlp − mlp, digits, n = {n}", role="null", rule=Rule("above", 0.05),
                     terms=twice(self.cell(own.mlp, data, n))),
            Compared(label=f"pixels shuffled: cnn, digits, n = {n}", role="control",
                     terms=minus(self.cell(own.cnn, data, n, structure="permuted"), plain)),
        ]  # fmt: skip
        compared = [*tests, other, *worth, *controls]
        return [ClaimQuestion(predicted="depends", compared=compared, mode="all")]
