"""Learned position embeddings and sinusoidal encodings; no positions at all."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, learns
from priorscope.claims._cells import below_chance, minus, twice
from priorscope.claims._sets import MARKER_SIZES, learners, marker, mnist1d

ALIKE = Rule("within", 0.1)
MATTERS = Rule("above", 0.1)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class PositionEncodings(Claim):
    """A transformer with each, and without; two verdicts."""

    number = 19
    statement = Bilingual(
        "Learned position embeddings and sinusoidal encodings work equally well; without "
        "positions, order is lost.",
        "학습한 위치 임베딩과 사인 위치 인코딩은 성능이 같다. 위치 정보가 없으면 순서를 잃는다.",
    )
    said_by = Bilingual(
        "Vaswani et al. 2017, table 3, row E.", "Vaswani 외(2017) 논문의 표 3, E행."
    )
    prediction = Bilingual(
        "Not equal with few labels, where fixed sinusoids needn't be learned. Without positions "
        "order is lost.",
        "라벨이 적으면 같지 않다. 사인 인코딩은 배울 필요가 없기 때문이다. 위치 정보가 없으면 "
        "순서를 잃는다.",
    )
    done = Bilingual(
        "Bits with learned positions less bits with sinusoids; equal is within 0.1. Bits without "
        "positions less bits with learned ones, on a text and a series in which order counts.",
        "학습한 위치를 쓸 때의 비트에서 사인 인코딩의 비트를 뺐고, 0.1비트 안이면 같다고 본다. 또 "
        "순서가 중요한 문장과 시계열에서 위치 정보가 없을 때의 비트에서 학습한 위치의 비트를 뺐다.",
    )
    change = Bilingual(
        "More labels, with which both come to the same.", "라벨이 많아지면 둘이 같아질 수 있다."
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        base = learners(self.effort).transformer
        sets = {"word after a marker": (marker(), MARKER_SIZES), "mnist1d": (mnist1d(), (100, 400))}
        equal, lost_order = [], []
        for name, (data, sizes) in sets.items():
            for n in sizes:
                learned = self.cell(base, data, n)
                sine = self.cell(base + ",positions=sinusoidal", data, n)
                equal.append(
                    Compared(label=f"learned − sinusoidal, {name}, n = {n}", rule=ALIKE,
                             terms=minus(learned, sine))
                )  # fmt: skip
            learned = self.cell(base, data, sizes[1])
            none = self.cell(base + ",positions=none", data, sizes[1])
            lost_order.append(
                Compared(label=f"none − learned, {name}, n = {sizes[1]}", rule=MATTERS,
                         terms=minus(none, learned))
            )  # fmt: skip
        null = Compared(label="learned − learned, mnist1d, n = 400", rule=ALIKE, role="null",
                        terms=twice(self.cell(base, mnist1d(), 400)))  # fmt: skip
        controls = [
            learns(f"learned, {name}", self.cell(base, data, sizes[1]))
            for name, (data, sizes) in sets.items()
        ]
        many = MARKER_SIZES[1]
        blind = self.cell(base + ",positions=none", marker(), many)
        over = Compared(label=f"none over guessing, word after a marker, n = {many}",
                        role="context", values=below_chance(blind), cells=(blind,))  # fmt: skip
        return [
            ClaimQuestion(
                part="equal",
                predicted="refuted",
                statement=Bilingual(
                    "Learned and sinusoidal positions work equally well.",
                    "학습한 위치와 사인 위치는 성능이 같다.",
                ),
                depends_on=Bilingual("the data and the number of labels", "데이터와 라벨 수"),
                compared=[*equal, null, *controls],
            ),
            ClaimQuestion(
                part="none",
                predicted="supported",
                statement=Bilingual(
                    "Without positions, order is lost.", "위치 정보가 없으면 순서를 잃는다."
                ),
                compared=[*lost_order, over, null, *controls],
            ),
        ]
