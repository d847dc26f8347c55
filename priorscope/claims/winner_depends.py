"""Neither strong nor weak is better: it depends on the problem and the amount of data."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, Terms
from priorscope.claims._cells import minus, negative, twice
from priorscope.claims._sets import (
    MARKER_SIZES,
    SIZES,
    digits,
    learners,
    linear_rule,
    loaded,
    marker,
    mnist1d,
)
from priorscope.tasks import Examples
from priorscope.tasks.parity import Parity

MATTERS = Rule("above", 0.0)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class WinnerDepends(Claim):
    """The winner's map: a strong bias against a weak one, over data sets and sizes."""

    number = 15
    statement = Bilingual(
        "Neither strong nor weak is better: the winner depends on the problem and the amount of "
        "data.",
        "강한 편향과 약한 편향 가운데 늘 나은 쪽은 없다. 승자는 문제와 데이터의 양에 달려 있다.",
    )
    said_by = Bilingual(
        "The no-free-lunch theorem, in words.", "공짜 점심은 없다는 정리를 말로 옮긴 것."
    )
    prediction = Bilingual(
        "True: each wins somewhere on this map.", "맞다. 이 지도에는 각자가 이기는 칸이 있다."
    )
    done = Bilingual(
        "Bits of a fully connected net less those of a stronger bias (convolutional or linear) in "
        "each cell of a map of data sets and sizes. The claim is that both signs occur beyond "
        "doubt.",
        "데이터와 크기로 된 지도의 칸마다 완전 연결 신경망의 비트에서 더 강한 편향(합성곱 또는 "
        "선형)의 비트를 뺐다. 두 부호가 모두 확실하게 나타난다는 것이 주장이다.",
    )
    change = Bilingual(
        "A map on which one of the two never wins.", "둘 중 하나가 한 번도 이기지 못하는 지도."
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        small, medium, large = SIZES["digits"]
        cells = [
            ("cnn", digits(), "digits", (small, large)),
            ("linear", digits(), "digits", (small, large)),
            ("cnn", mnist1d(), "mnist1d", (SIZES["mnist1d"][0], SIZES["mnist1d"][2])),
            ("linear", mnist1d(), "mnist1d", (SIZES["mnist1d"][0], SIZES["mnist1d"][2])),
            ("linear", linear_rule(), "a linear rule", (medium,)),
            ("linear", loaded(Parity(order=2)), "parity of two signs", (small,)),
            ("cnn", marker(), "word after a marker", MARKER_SIZES),
        ]
        tests = [
            Compared(label=f"mlp − {strong}, {name}, n = {n}", rule=MATTERS,
                     terms=self._weak_less(getattr(own, strong), data, n))
            for strong, data, name, sizes in cells
            for n in sizes
        ]  # fmt: skip
        tests.append(
            Compared(label=f"mlp − cnn, digits permuted, n = {medium}", rule=MATTERS,
                     terms=minus(self.cell(own.mlp, digits(), medium, structure="permuted"),
                                 self.cell(own.cnn, digits(), medium, structure="permuted")))
        )  # fmt: skip
        null = Compared(label=f"mlp − mlp, digits, n = {medium}", role="null",
                        rule=Rule("above", 0.05),
                        terms=twice(self.cell(own.mlp, digits(), medium)))  # fmt: skip
        controls = [
            Compared(label=f"linear wins on a linear rule, n = {small}", role="control",
                     terms=self._weak_less(own.linear, linear_rule(), small)),
            Compared(label=f"mlp wins on parity of two signs, n = {large}", role="control",
                     terms=negative(self._weak_less(own.linear, loaded(Parity(order=2)), large))),
        ]  # fmt: skip
        compared = [*tests, null, *controls]
        return [ClaimQuestion(predicted="supported", compared=compared, mode="both")]

    def _weak_less(self, strong: str, data: Examples, n: int) -> Terms:
        weak = self.cell(learners(self.effort).mlp, data, n)
        return minus(weak, self.cell(strong, data, n))
