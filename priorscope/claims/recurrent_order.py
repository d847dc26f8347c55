"""Recurrent nets are built for order."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule
from priorscope.claims._cells import lost, minus, negative, plus, twice
from priorscope.claims._sets import MARKER_SIZES, SIZES, learners, marker, mnist1d
from priorscope.claims._texts import encoded
from priorscope.data.own_copies import lacking

MATTERS = Rule("above", 0.05)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class RecurrentOrder(Claim):
    """Who loses most without order, and who wins where order decides; two verdicts."""

    number = 7
    wants = ("FSDD", "NSMC")
    statement = Bilingual(
        "Recurrent nets are built for order: they lose most when order is destroyed, and win "
        "where order decides.",
        "순환 신경망은 순서를 위한 구조다. 순서를 깨면 손해가 가장 크고, 순서가 답을 정하는 "
        "문제에서는 이긴다.",
    )
    said_by = Bilingual("Introductions to sequence models.", "시퀀스 모델을 소개하는 글.")
    prediction = Bilingual(
        "A convolutional net loses as much or more on series; on short texts in which order "
        "decides a convolution over neighbours is enough to win.",
        "시계열에서는 합성곱 신경망의 손해도 그만큼이거나 더 크다. 순서가 답을 정하는 짧은 "
        "문장이라면 이웃을 보는 합성곱만으로도 이길 수 있다.",
    )
    done = Bilingual(
        "Loses: bits that shuffled positions cost a GRU less what they cost others. Wins: bits of "
        "others less the GRU's where the class is the word after a marker.",
        "손해: 위치를 섞었을 때 GRU에 더 드는 비트에서 다른 모델에 더 드는 비트를 뺐다. 승리: "
        "마커 다음 단어가 클래스인 데이터에서 다른 모델의 비트에서 GRU의 비트를 뺐다.",
    )
    change = Bilingual(
        "Long sequences, in which what counts lies far apart.",
        "중요한 것이 서로 멀리 떨어진 긴 시퀀스.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        others = ("cnn", "transformer", "mlp")
        sets = {"mnist1d": (mnist1d(), SIZES["mnist1d"][1], 0)}
        sets |= {name: (data, 1000, 0) for name, data in self.external().items()}
        if self.preset != "quick" and not lacking(self.data, ["NSMC"]):
            sets["NSMC"] = (encoded(self.data, "wordpiece"), 1000, self.effort.of_large)
        loses = []
        for name, (data, n, repeats) in sets.items():
            of_gru = lost(self.cell(own.gru, data, n, repeats=repeats), "permuted")
            for other in others:
                cell = self.cell(getattr(own, other), data, n, repeats=repeats)
                of_other = lost(cell, "permuted")
                loses.append(
                    Compared(label=f"gru − {other}, {name}, n = {n}", rule=MATTERS,
                             terms=plus(of_gru, negative(of_other)))
                )  # fmt: skip
        wins = [
            Compared(
                label=f"{other} − gru, word after a marker, n = {n}", rule=MATTERS,
                terms=minus(self.cell(getattr(own, other), marker(), n),
                            self.cell(own.gru, marker(), n)),
            )
            for n in MARKER_SIZES
            for other in others
        ]  # fmt: skip
        medium = SIZES["mnist1d"][1]
        mlp = self.cell(own.mlp, mnist1d(), medium)
        controls = [
            Compared(label=f"mlp, which is invariant, mnist1d, n = {medium}", role="null",
                     terms=lost(mlp, "permuted"), rule=MATTERS),
            Compared(label=f"gru loses the order of words, n = {MARKER_SIZES[1]}", role="control",
                     terms=lost(self.cell(own.gru, marker(), MARKER_SIZES[1]), "permuted")),
        ]  # fmt: skip
        null = Compared(label=f"gru − gru, word after a marker, n = {MARKER_SIZES[1]}",
                        rule=MATTERS, role="null",
                        terms=twice(self.cell(own.gru, marker(), MARKER_SIZES[1])))  # fmt: skip
        return [
            ClaimQuestion(
                part="loses",
                predicted="depends",
                statement=Bilingual(
                    "Recurrent nets lose most when order is destroyed.",
                    "순서를 깨면 순환 신경망의 손해가 가장 크다.",
                ),
                compared=[*loses, *controls],
            ),
            ClaimQuestion(
                part="wins",
                predicted="depends",
                statement=Bilingual(
                    "Recurrent nets win where order decides.",
                    "순서가 답을 정하는 문제에서는 순환 신경망이 이긴다.",
                ),
                compared=[*wins, null, controls[1]],
            ),
        ]
