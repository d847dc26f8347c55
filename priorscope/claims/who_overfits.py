"""Two readings that contradict each other: who overfits, a strong or a weak bias?"""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule
from priorscope.claims._cells import gap, minus, twice
from priorscope.claims._sets import SIZES, digits, learners, mnist1d

MATTERS = Rule("above", 0.01)  # of accuracy


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class WhoOverfits(Claim):
    """The generalisation gap of strong and weak biases, and its trend; two verdicts."""

    number = 3
    statement = Bilingual(
        'Who overfits? "A strong bias overfits once it saturates" and "a weak bias means '
        'overfitting" contradict each other.',
        '누가 과적합하는가? "강한 편향은 포화하면 과적합한다"와 "약한 편향이 곧 '
        '과적합이다"는 서로 어긋난다.',
    )
    said_by = Bilingual(
        "Two lectures of the same course, weeks apart.",
        "같은 과목의 서로 다른 두 강의.",
    )
    prediction = Bilingual(
        "The first is wrong: gaps shrink with more data. The second holds while labels are few.",
        "첫째는 틀리다. 데이터가 늘면 일반화 격차는 줄어든다. 둘째는 라벨이 적을 때만 맞다.",
    )
    done = Bilingual(
        "Gap: training accuracy less test accuracy. First reading: how much the stronger bias's "
        "gap grows from the medium to the large training set, and whether it is then larger than "
        "the weaker one's; both must hold. Second: gap of the weaker less gap of the stronger, by "
        "size.",
        "일반화 격차는 학습 정확도에서 테스트 정확도를 뺀 값이다. 첫째: 학습 데이터를 중간 "
        "크기에서 큰 크기로 늘릴 때 강한 쪽의 격차가 벌어지는지, 그때 약한 쪽의 격차보다 큰지를 "
        "보았고, 둘 다 맞아야 한다. 둘째: 크기마다 약한 쪽의 격차에서 강한 쪽의 격차를 뺐다.",
    )
    change = Bilingual(
        "Training without early stopping, which all learners have here alike.",
        "조기 종료를 빼면 바뀔 수 있다. 여기서는 모든 모델이 똑같이 조기 종료를 쓴다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        strong_grows, weak_larger = [], []
        for name, data in (("digits", digits()), ("mnist1d", mnist1d())):
            for strong in ("linear", "cnn"):
                cells = {
                    (learner, n): self.cell(getattr(own, learner), data, n)
                    for learner in (strong, "mlp")
                    for n in SIZES[name]
                }
                _, before, after = SIZES[name]
                strong_grows += [
                    Compared(label=f"{label}, {name}, n = {at}", terms=terms, unit="accuracy",
                             rule=MATTERS, condition=f"{strong} against mlp, {name}")
                    for label, at, terms in (
                        (f"{strong}: its gap grows", f"{before} to {after}",
                         minus(cells[strong, after], cells[strong, before], gap)),
                        (f"{strong} − mlp, gaps", after,
                         minus(cells[strong, after], cells["mlp", after], gap)),
                    )
                ]  # fmt: skip
                weak_larger += [
                    Compared(label=f"mlp − {strong}, {name}, n = {n}", unit="accuracy",
                             terms=minus(cells["mlp", n], cells[strong, n], gap), rule=MATTERS)
                    for n in SIZES[name]
                ]  # fmt: skip
        return [
            ClaimQuestion(
                part="strong",
                predicted="refuted",
                statement=Bilingual(
                    "A strong bias overfits once it saturates; a weak one is less prone to it.",
                    "편향이 강하면 포화한 뒤에 과적합하고, 약하면 덜 그렇다.",
                ),
                compared=[*strong_grows, *self._controls()],
            ),
            ClaimQuestion(
                part="weak",
                predicted="depends",
                statement=Bilingual(
                    "A weak bias does well on the training data only: it means overfitting.",
                    "편향이 약하면 학습 데이터만 잘 맞힌다. 그것이 곧 과적합이다.",
                ),
                compared=[*weak_larger, *self._controls()],
            ),
        ]

    def _controls(self) -> list[Compared]:
        mlp = learners(self.effort).mlp
        small, _, large = (self.cell(mlp, digits(), n) for n in SIZES["digits"])
        return [
            Compared(label="mlp − mlp, digits, large n", terms=twice(large, gap), role="null",
                     unit="accuracy", rule=MATTERS),
            Compared(label="mlp, digits: the gap is larger at small n", role="control",
                     terms=minus(small, large, gap), unit="accuracy"),
        ]  # fmt: skip
