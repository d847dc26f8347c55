"""Convolutional nets are robust to shifted and to rotated inputs."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, learns
from priorscope.claims._cells import accuracy, lost, negative, twice
from priorscope.claims._sets import SIZES, digits, learners, pattern
from priorscope.tasks import Examples

KEEPS = Rule("beyond", -0.05)  # robust: it loses less than 5 points of accuracy


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class ConvolutionRobust(Claim):
    """Accuracy on tests that are shifted by an eighth, or rotated by 30 degrees; two verdicts."""

    number = 4
    wants = ("Fashion-MNIST",)
    statement = Bilingual(
        "Convolutional nets are robust to shifted and to rotated inputs.",
        "합성곱 신경망은 입력의 이동과 회전에 강건하다.",
    )
    said_by = Bilingual(
        "Slides that list what weight sharing and pooling give.",
        "가중치 공유와 풀링의 장점을 나열하는 강의 자료.",
    )
    prediction = Bilingual(
        "Shifted: nearly, as pooling and borders break what convolution gives. Rotated: no, "
        "nothing in a convolution knows rotations.",
        "이동: 거의 맞지만 풀링과 가장자리 때문에 완전하지는 않다. 회전: 틀리다. 합성곱에는 "
        "회전을 다루는 장치가 없다.",
    )
    done = Bilingual(
        "Networks are trained on intact images; the accuracy on moved test images less that on "
        "intact ones. Robust means to lose less than 5 points. Other learners are for comparison.",
        "원래 이미지로 학습한 뒤, 이동하거나 회전한 테스트 이미지의 정확도에서 원래 테스트 "
        "이미지의 정확도를 뺐다. 정확도가 떨어지는 폭이 5%p 미만이면 강건하다고 본다. 다른 모델은 "
        "참고로 함께 쟀다.",
    )
    change = Bilingual(
        "Another bound than 5 points, larger moves, or moved images in the training data.",
        "5%p가 아닌 다른 기준, 더 큰 이동이나 회전, 이동하거나 회전한 이미지를 넣은 학습 데이터.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        return [
            self._question("shifted", "shifted-tests", "Convolutional nets are robust to shifted "
                           "inputs.", "합성곱 신경망은 입력의 이동에 강건하다."),
            self._question("rotated", "rotated-tests", "Convolutional nets are robust to rotated "
                           "inputs.", "합성곱 신경망은 입력의 회전에 강건하다."),
        ]  # fmt: skip

    def _question(self, part: str, structure: str, english: str, korean: str) -> ClaimQuestion:
        own = learners(self.effort)
        sets: dict[str, Examples] = {"digits": digits(), **self.external()}
        compared, learnt = [], []
        for name, data in sets.items():
            for n in SIZES["digits"][1:] if name == "digits" else (1000,):
                last = n != SIZES["digits"][1]
                for learner in ("cnn",) if last else ("cnn", "vit", "mlp"):
                    cell = self.cell(getattr(own, learner), data, n)
                    if learner == "cnn":
                        learnt.append(learns(f"cnn, {name}, n = {n}", cell))
                    compared.append(
                        Compared(
                            label=f"{learner}, {name}, n = {n}",
                            terms=lost(cell, structure, accuracy),
                            unit="accuracy",
                            role="test" if learner == "cnn" else "context",
                            rule=KEEPS,
                        )
                    )
        n = SIZES["digits"][1]
        mlp = self.cell(own.mlp, digits(), n)
        controls = [
            Compared(label=f"cnn − cnn, digits, n = {n}", role="null", unit="accuracy",
                     terms=twice(self.cell(own.cnn, digits(), n), accuracy),
                     rule=Rule("beyond", 0.02)),
            Compared(label=f"what mlp loses is noticed, digits, n = {n}", role="control",
                     terms=negative(lost(mlp, structure, accuracy)), unit="accuracy"),
        ]  # fmt: skip
        if part == "shifted":
            moving = self.cell(own.cnn, pattern(), 960)
            controls.append(
                Compared(
                    label="cnn, a pattern anywhere, n = 960", role="control", unit="accuracy",
                    terms=lost(moving, structure, accuracy), rule=KEEPS,
                )
            )  # fmt: skip
        predicted = "supported" if part == "shifted" else "refuted"
        return ClaimQuestion(
            predicted=predicted,
            part=part,
            statement=Bilingual(english, korean),
            compared=[*compared, *learnt, *controls],
        )
