"""A fully connected net has no bias at all."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, learns
from priorscope.claims._cells import lost, minus
from priorscope.claims._sets import SIZES, digits, learners, loaded
from priorscope.tasks.parity import Parity

NONE = Rule("within", 0.1)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class NoBiasMlp(Claim):
    """Against the null of shuffled pixels, and against its preference for simple rules."""

    number = 8
    statement = Bilingual(
        "A fully connected net has no bias at all.",
        "완전 연결 신경망에는 편향이 전혀 없다.",
    )
    said_by = Bilingual(
        "Whoever calls it the model without assumptions.",
        "아무 가정도 하지 않는 모델이라고 부르는 사람들.",
    )
    prediction = Bilingual(
        "It has none about places, but it prefers simple rules: of two rules that are free of "
        "noise it learns the simpler one first.",
        "위치에 대한 편향은 없지만 단순한 규칙을 선호한다. 노이즈가 없는 두 규칙 중에서 단순한 "
        "쪽을 먼저 배운다.",
    )
    done = Bilingual(
        "Bits that shuffled pixels cost it; and bits for a parity of three signs less those for "
        "one sign, which is as balanced and as free of noise. No bias means less than 0.1 bits.",
        "픽셀을 섞었을 때 더 드는 비트와, 부호 세 개의 패리티에 드는 비트에서 부호 하나에 드는 "
        "비트를 뺀 값을 쟀다. 두 문제 모두 클래스 비율이 고르고 노이즈가 없다. 0.1비트 미만이면 "
        "편향이 없다고 본다.",
    )
    change = Bilingual(
        "A network that learns every rule of equal entropy from equally many labels; there is "
        "none, says the no-free-lunch theorem.",
        "엔트로피가 같은 모든 규칙을 같은 수의 라벨로 배우는 신경망이 있다면 바뀐다. 공짜 점심은 "
        "없다는 정리에 따르면 그런 것은 없다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        n = SIZES["digits"][1]
        places = [
            Compared(label=f"pixels shuffled, digits, n = {size}", rule=NONE,
                     terms=lost(self.cell(own.mlp, digits(), size), "permuted"),
                     condition="places and rules")
            for size in SIZES["digits"][:2]
        ]  # fmt: skip
        simple, hard = (self.cell(own.mlp, loaded(Parity(order=k)), n) for k in (1, 3))
        rules = Compared(label=f"parity of 3 signs − 1 sign, n = {n}", terms=minus(hard, simple),
                         rule=NONE, condition="places and rules")  # fmt: skip
        noticed = Compared(
            label=f"cnn loses places, digits, n = {n}", role="control",
            terms=lost(self.cell(own.cnn, digits(), n), "permuted"),
        )  # fmt: skip
        null = Compared(
            label=f"linear, which is invariant, digits, n = {n}", role="null", rule=NONE,
            terms=lost(self.cell("linear", digits(), n), "permuted"),
        )  # fmt: skip
        learnt = [
            learns(f"mlp, parity of 1 sign, n = {n}", simple),
            learns(f"mlp, digits, n = {n}", self.cell(own.mlp, digits(), n)),
        ]
        compared = [*places, rules, noticed, *learnt, null]
        return [ClaimQuestion(predicted="refuted", compared=compared)]
