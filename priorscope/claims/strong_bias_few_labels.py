"""A strong inductive bias learns from fewer examples."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule
from priorscope.claims._cells import minus, twice
from priorscope.claims._sets import SIZES, digits, learners, mnist1d, pattern

MATTERS = Rule("above", 0.05)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class StrongBiasFewLabels(Claim):
    """A convolutional net against a fully connected one on few labels, with and without order."""

    number = 1
    wants = ("Fashion-MNIST",)
    statement = Bilingual(
        "A strong inductive bias learns from fewer examples.",
        "귀납 편향이 강하면 적은 데이터로도 배운다.",
    )
    said_by = Bilingual(
        "Every introduction to convolutional networks.",
        "합성곱 신경망을 소개하는 거의 모든 강의.",
    )
    prediction = Bilingual(
        "True where the data have the structure that the bias assumes. With the positions of the "
        "pixels shuffled the same bias costs labels.",
        "데이터에 편향이 가정하는 구조가 있을 때만 맞다. 픽셀 위치를 섞으면 같은 편향 때문에 "
        "오히려 라벨이 더 든다.",
    )
    done = Bilingual(
        "Bits per test label of a fully connected net less those of a convolutional net, on the "
        "smallest training sets, intact and with one fixed shuffle of all positions.",
        "가장 작은 학습 데이터에서 완전 연결 신경망의 테스트 라벨당 비트에서 합성곱 신경망의 "
        "비트를 뺐다. 원래 데이터와, 모든 위치를 한 가지 순서로 섞은 데이터에서 쟀다.",
    )
    change = Bilingual(
        "A convolutional net that isn't behind when the order of the positions is gone.",
        "위치 순서가 사라져도 합성곱 신경망이 뒤지지 않는다면 바뀐다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        sets = {"digits": digits(), "mnist1d": mnist1d(), **self.external()}
        tests = []
        for name, data in sets.items():
            n = SIZES.get(name, (200,))[0]
            for structure in ("intact", "permuted"):
                mlp, cnn = (
                    self.cell(learner, data, n, structure=structure)
                    for learner in (own.mlp, own.cnn)
                )
                label = f"mlp − cnn, {name} {structure}, n = {n}"
                tests.append(Compared(label=label, terms=minus(mlp, cnn), rule=MATTERS))
        n = SIZES["digits"][0]
        mlp, cnn = [self.cell(learner, pattern(), 4 * n) for learner in (own.mlp, own.cnn)]
        controls = [
            Compared(
                label=f"mlp − mlp, digits, n = {n}",
                terms=twice(self.cell(own.mlp, digits(), n)),
                role="null",
                rule=MATTERS,
            ),
            Compared(
                label=f"mlp − cnn, a pattern anywhere, n = {4 * n}",
                terms=minus(mlp, cnn),
                role="control",
                rule=MATTERS,
            ),
        ]
        return [ClaimQuestion(predicted="depends", compared=[*tests, *controls])]
