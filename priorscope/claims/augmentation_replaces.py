"""A transformer lacks the bias, so augmentation replaces it."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, learns
from priorscope.claims._cells import doublings, minus, twice
from priorscope.claims._sets import SIZES, digits, learners, patched, pattern

MATTERS = Rule("above", 0.05)
AS_GOOD = Rule("beyond", -0.1)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class AugmentationReplaces(Claim):
    """A vision transformer with shifted and rotated examples, beside a convolutional net."""

    number = 5
    wants = ("Fashion-MNIST",)
    statement = Bilingual(
        "A transformer lacks that bias, so it needs shifted and rotated examples in its training "
        "data: augmentation replaces the bias.",
        "트랜스포머에는 그 편향이 없으니 이동하거나 회전한 학습 데이터가 필요하다. 증강이 편향을 "
        "대신한다.",
    )
    said_by = Bilingual(
        "Papers that train vision transformers on small data.",
        "작은 데이터로 비전 트랜스포머를 학습하는 논문들.",
    )
    prediction = Bilingual(
        "Augmentation helps where the data vary in that way, and closes a part of the distance to "
        "the convolutional net, not all of it.",
        "데이터에 실제로 그런 변화가 있으면 도움이 되지만, 합성곱 신경망과의 차이를 다 메우지는 "
        "못한다.",
    )
    done = Bilingual(
        "Bits of the plain transformer less those of the augmented one; whether the augmented one "
        "comes within 0.1 bits of the convolutional net; and how many doublings of the labels the "
        "augmentation is worth on the plain one's curve.",
        "증강하지 않은 트랜스포머의 비트에서 증강한 것의 비트를 뺐다. 증강한 트랜스포머와 합성곱 "
        "신경망의 차이가 0.1비트 안으로 좁혀지는지도 보았고, 증강의 효과가 라벨을 두 배로 몇 번 "
        "늘린 것과 같은지도 구했다.",
    )
    change = Bilingual(
        "Stronger augmentation or longer training, and data with more variety of that kind.",
        "더 강한 증강이나 더 긴 학습, 그런 변화가 더 많은 데이터.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        helps, replaces, learnt, worth = [], [], [], []
        for name, data in {"digits": digits(), **self.external()}.items():
            sizes = SIZES["digits"] if name == "digits" else (250, 500, 1000)
            vit = patched(own.vit, data, 4)
            plain = [self.cell(vit, data, n) for n in sizes]
            for part in ("+shift", "+rotate"):
                for cell in plain[:2]:
                    taught = self.cell(vit + part, data, cell.size)
                    label = f"vit − vit{part}, {name}, n = {cell.size}"
                    helps.append(Compared(label=label, terms=minus(cell, taught), rule=MATTERS))
                    if part == "+shift":
                        bias, at = self.cell(own.cnn, data, cell.size), f"{name}, n = {cell.size}"
                        replaces += [
                            Compared(label=f"{text}, {at}", terms=terms, rule=rule, condition=at)
                            for text, terms, rule in (
                                (f"cnn − vit{part}", minus(bias, taught), AS_GOOD),
                                (f"vit − vit{part}", minus(cell, taught), MATTERS),
                            )
                        ]
                        learnt.append(learns(f"vit{part}, {at}", taught))
                    worth.append(
                        Compared(label=f"labels that {part} is worth, {name}, n = {cell.size}",
                                 values=doublings(plain, taught), cells=(*plain, taught),
                                 unit="doublings", role="context")
                    )  # fmt: skip
        return [
            ClaimQuestion(
                part="helps",
                predicted="supported",
                statement=Bilingual(
                    "A transformer learns from fewer labels with shifted and rotated examples.",
                    "이동하거나 회전한 데이터를 더해 주면 트랜스포머는 더 적은 라벨로도 배운다.",
                ),
                compared=[*helps, *worth, *self._controls()],
            ),
            ClaimQuestion(
                part="replaces",
                predicted="refuted",
                statement=Bilingual(
                    "Augmentation replaces the bias of a convolutional net.",
                    "증강이 합성곱 신경망의 편향을 대신한다.",
                ),
                compared=[*replaces, *learnt, *self._controls()],
            ),
        ]

    def _controls(self) -> list[Compared]:
        own = learners(self.effort)
        medium = SIZES["digits"][1]
        mlp = self.cell(own.mlp, digits(), medium)
        plain, taught = [self.cell(text, pattern(), 960) for text in (own.mlp, own.mlp + "+shift")]
        return [
            Compared(label=f"mlp − mlp, digits, n = {medium}", terms=twice(mlp), role="null",
                     rule=MATTERS),
            Compared(label="mlp − mlp+shift, a pattern anywhere, n = 960", role="control",
                     terms=minus(plain, taught)),
        ]  # fmt: skip
