"""Attention helps where one thing must be found by another."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, learns
from priorscope.claims._cells import minus, twice
from priorscope.claims._sets import MARKER_SIZES, learners, loaded, marker
from priorscope.tasks.grounding import Grounding

MATTERS = Rule("above", 0.05)
LABELS = 1600
PATTERNS = 6  # with 2 of them all learn it to the last example, and nothing is compared


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class FindingByAnother(Claim):
    """The pattern right of a marker, in images and in texts; a dial for the distance."""

    number = 12
    statement = Bilingual(
        'Attention helps where one thing must be found by another ("the digit to the right of '
        'the triangle").',
        '다른 것을 기준으로 어떤 것을 찾아야 할 때("삼각형 오른쪽의 숫자") 어텐션이 도움이 된다.',
    )
    said_by = Bilingual(
        "Papers on visual grounding and on reading text in images.",
        "시각적 그라운딩과 이미지 속 글자 읽기를 다루는 논문.",
    )
    prediction = Bilingual(
        "It helps where the two stand far apart; side by side a convolution sees both in one "
        "window and learns from fewer labels.",
        "둘이 멀리 있을 때는 도움이 된다. 나란히 있으면 합성곱 필터 하나가 둘을 함께 보므로 더 "
        "적은 라벨로 배운다.",
    )
    done = Bilingual(
        "The class is which of 6 patterns stands 1 or 3 slots right of a marker in an image, or "
        "the word after a marker in a text. Bits of a convolutional, and of a fully connected "
        "net, less those of a transformer.",
        "클래스는 이미지에서 마커의 오른쪽으로 한 칸 또는 세 칸 떨어진 패턴(6가지 중 하나), 또는 "
        "문장에서 마커 다음 단어다. 합성곱 신경망과 완전 연결 신경망의 비트에서 트랜스포머의 "
        "비트를 뺐다.",
    )
    change = Bilingual(
        "More labels: attention has to learn first what to look for.",
        "더 많은 라벨. 어텐션은 무엇을 찾아야 하는지부터 배워야 한다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        tests, controls = [], []
        for distance in (1, 3):
            data = loaded(
                Grounding(num_train=2000, num_test=600, distance=distance, num_classes=PATTERNS)
            )
            vit = self.cell(own.vit + ",patch=4", data, LABELS)
            tests += [
                Compared(label=f"{name} − vit, image, distance {distance}, n = {LABELS}",
                         terms=minus(self.cell(text, data, LABELS), vit), rule=MATTERS)
                for name, text in (("cnn", own.cnn), ("mlp", own.mlp))
            ]  # fmt: skip
            controls.append(learns(f"vit, image, distance {distance}", vit))
        many = MARKER_SIZES[1]
        word = self.cell(own.transformer, marker(), many)
        tests += [
            Compared(label=f"{name} − transformer, word after a marker, n = {many}", rule=MATTERS,
                     terms=minus(self.cell(text, marker(), many), word))
            for name, text in (("cnn", own.cnn), ("mlp", own.mlp))
        ]  # fmt: skip
        null = Compared(label=f"transformer − transformer, word after a marker, n = {many}",
                        role="null", rule=MATTERS, terms=twice(word))  # fmt: skip
        controls += [null, learns("transformer, word after a marker", word)]
        return [ClaimQuestion(predicted="depends", compared=[*tests, *controls])]
