"""Transformers need large data."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from priorscope.claims import CLAIMS, Bilingual, Cell, Claim, ClaimQuestion, Compared, Rule, Term
from priorscope.claims._cells import minus, negative, plus, twice
from priorscope.claims._sets import MARKER_SIZES, SIZES, digits, learners, marker, mnist1d
from priorscope.runs.experiment import Rows

MATTERS = Rule("above", 0.05)
FURTHEST = 20.0  # doublings that a line is followed for


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class TransformersNeedData(Claim):
    """Who is ahead at which size, and where the transformer stops losing; two verdicts."""

    number = 13
    statement = Bilingual("Transformers need large data.", "트랜스포머에는 데이터가 많이 필요하다.")
    said_by = Bilingual(
        "Everyone who has trained a vision transformer from scratch.",
        "비전 트랜스포머를 처음부터 학습해 본 모든 사람.",
    )
    prediction = Bilingual(
        "On images and series they lose to a convolution at every size here and lose less as data "
        "grow; the crossing lies beyond these sizes.",
        "이미지와 시계열에서는 여기서 시험한 모든 크기에서 합성곱 신경망에 지고, 데이터가 늘수록 "
        "차이가 줄어든다. 따라잡는 지점은 이 크기 너머에 있다.",
    )
    done = Bilingual(
        "Bits of a transformer less those of a convolutional net at the smallest size, and by how "
        "much that shrinks up to the largest. For comparison the doublings until the line through "
        "both reaches 0: a prediction where it lies beyond the sizes.",
        "가장 작은 크기에서 트랜스포머의 비트에서 합성곱 신경망의 비트를 뺐고, 가장 큰 크기까지 "
        "그 차이가 얼마나 줄어드는지 쟀다. 두 점을 잇는 선이 0에 닿으려면 라벨을 두 배로 몇 번 "
        "늘려야 하는지도 참고로 적었다. 시험한 크기를 넘어가면 예측이다.",
    )
    change = Bilingual(
        "Augmentation or pre-training, which both take the place of data.",
        "데이터를 대신하는 증강이나 사전 학습.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        sets = {
            "digits": (digits(), own.vit, SIZES["digits"]),
            "mnist1d": (mnist1d(), own.transformer, SIZES["mnist1d"]),
            "word after a marker": (marker(), own.transformer, MARKER_SIZES),
        }
        loses, catches_up, crossing = [], [], []
        for name, (data, transformer, sizes) in sets.items():
            few, many = (
                (self.cell(transformer, data, n), self.cell(own.cnn, data, n))
                for n in (sizes[0], sizes[-1])
            )
            loses.append(
                Compared(label=f"transformer − cnn, {name}, n = {sizes[0]}", rule=MATTERS,
                         terms=minus(*few))
            )  # fmt: skip
            at_both = f"{name}, n = {sizes[0]} to {sizes[-1]}"
            catches_up += [
                Compared(label=f"what it catches up, {at_both}", rule=MATTERS, condition=at_both,
                         terms=plus(minus(*few), negative(minus(*many)))),
                Compared(label=f"what it is behind first, {name}, n = {sizes[0]}", rule=MATTERS,
                         terms=minus(*few), condition=at_both),
            ]  # fmt: skip
            crossing.append(
                Compared(label=f"from n = {sizes[0]} until it stops losing, {name}",
                         values=_crossing(few, many), cells=(*few, *many), unit="doublings",
                         role="context")
            )  # fmt: skip
        n = SIZES["digits"][0]
        controls = [
            Compared(label=f"vit − vit, digits, n = {n}", role="null", rule=MATTERS,
                     terms=twice(self.cell(own.vit, digits(), n))),
            Compared(label="a transformer gains from more data, digits", role="control",
                     terms=minus(self.cell(own.vit, digits(), SIZES["digits"][0]),
                                 self.cell(own.vit, digits(), SIZES["digits"][2]))),
        ]  # fmt: skip
        return [
            ClaimQuestion(
                part="few",
                predicted="supported",
                statement=Bilingual(
                    "With few labels a transformer loses to a convolutional net.",
                    "라벨이 적으면 트랜스포머는 합성곱 신경망에 진다.",
                ),
                compared=[*loses, *controls],
            ),
            ClaimQuestion(
                part="catches-up",
                predicted="supported",
                statement=Bilingual(
                    "A transformer's gap to a convolutional net shrinks as data grow.",
                    "데이터가 늘면 트랜스포머와 합성곱 신경망의 격차가 줄어든다.",
                ),
                compared=[*catches_up, *crossing, *controls],
            ),
        ]


def _crossing(few: tuple[Cell, Cell], many: tuple[Cell, Cell]) -> Callable[[Rows], np.ndarray]:
    """Doublings until a line through both differences reaches 0, per repeat; `FURTHEST` at most."""

    def values(rows: Rows) -> np.ndarray:
        at = [Term(1.0, a).values(rows) - Term(1.0, b).values(rows) for a, b in (few, many)]
        slope = (at[0] - at[1]) / np.log2(many[0].size / few[0].size)
        with np.errstate(divide="ignore", invalid="ignore"):
            reached = np.where(slope > 0, at[0] / slope, FURTHEST)
        return np.clip(np.where(at[0] <= 0, 0.0, reached), 0.0, FURTHEST)

    return values
