"""The linear model's bias is that output is linear in the input."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule
from priorscope.claims._cells import below_chance, minus, twice
from priorscope.claims._sets import SIZES, digits, learners, linear_rule, loaded, mnist1d, pattern
from priorscope.tasks.parity import Parity

MATTERS = Rule("above", 0.02)
NOTHING = Rule("within", 0.05)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class LinearRule(Claim):
    """The linear model where its assumption is true, and where it isn't; two verdicts."""

    number = 9
    statement = Bilingual(
        "The linear model's bias is that output is linear in the input: best when that is true, "
        "helpless otherwise.",
        "선형 모델의 편향은 출력이 입력의 선형 함수라는 가정이다. 맞으면 가장 낫고, 틀리면 "
        "무력하다.",
    )
    said_by = Bilingual(
        "Statistics courses, before they come to neural networks.",
        "신경망에 들어가기 전의 통계학 수업.",
    )
    prediction = Bilingual(
        "Best when true: yes. Helpless otherwise: only where nothing of the class is linear, as "
        "with a parity; most real data are neither.",
        "가정이 맞을 때 가장 낫다는 말은 맞다. 틀릴 때 무력하다는 말은 패리티처럼 선형 성분이 "
        "전혀 없을 때만 맞고, 실제 데이터는 대개 그 중간이다.",
    )
    done = Bilingual(
        "Best: bits of a fully connected and a convolutional net less those of the linear model "
        "on classes that follow a linear rule. Helpless: bits by which it beats guessing on data "
        "whose classes follow no linear rule.",
        "가장 나은지: 클래스가 선형 규칙을 따르는 데이터에서 완전 연결 신경망과 합성곱 신경망의 "
        "비트에서 선형 모델의 비트를 뺐다. 무력한지: 선형 규칙을 따르지 않는 데이터에서 추측보다 "
        "얼마나 나은지를 비트로 쟀다.",
    )
    change = Bilingual(
        "Data without a linear rule on which a linear model still learns, or doesn't.",
        "선형 규칙이 없는 다른 데이터에서 선형 모델이 배우는지에 따라 바뀐다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        true, small, medium = linear_rule(), *SIZES["digits"][:2]
        best = [
            Compared(
                label=f"{name} − linear, a linear rule, n = {n}",
                terms=minus(self.cell(learner, true, n), self.cell("linear", true, n)),
                rule=MATTERS,
            )
            for n in (small, medium)
            for name, learner in (("mlp", own.mlp), ("cnn", own.cnn))
        ]
        null = Compared(
            label=f"linear − linear, a linear rule, n = {medium}",
            terms=twice(self.cell("linear", true, medium)),
            role="null",
            rule=MATTERS,
        )
        others = {
            "parity of two signs": (loaded(Parity(order=2)), medium),
            "a pattern anywhere": (pattern(), medium),
            "mnist1d": (mnist1d(), 400),
            "digits": (digits(), medium),
        }
        cells = {name: self.cell("linear", *one) for name, one in others.items()}
        helpless = [
            Compared(
                label=f"linear over guessing, {name}, n = {cell.size}",
                values=below_chance(cell),
                cells=(cell,),
                rule=NOTHING,
            )
            for name, cell in cells.items()
        ]
        learnt = self.cell("linear", true, medium)
        noticed = Compared(
            label=f"linear over guessing, a linear rule, n = {medium}",
            values=below_chance(learnt),
            cells=(learnt,),
            role="control",
        )
        return [
            ClaimQuestion(
                part="true",
                predicted="supported",
                statement=Bilingual(
                    "Where the class is linear in the input, the linear model is best.",
                    "클래스가 입력의 선형 규칙으로 정해지면 선형 모델이 가장 낫다.",
                ),
                compared=[*best, null, noticed],
            ),
            ClaimQuestion(
                part="otherwise",
                predicted="depends",
                statement=Bilingual(
                    "Where it isn't, the linear model is helpless.",
                    "선형 규칙이 아니면 선형 모델은 무력하다.",
                ),
                compared=[*helpless, null, noticed],
            ),
        ]
