"""When the label hangs on the whole scene, attention over everything beats local filters."""

import dataclasses
from collections.abc import Iterable, Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule
from priorscope.claims._cells import below_chance, minus, twice
from priorscope.claims._sets import learners, loaded, reduced
from priorscope.tasks import Examples
from priorscope.tasks.scene import Scene

MATTERS = Rule("above", 0.05)
LABELS = 1600
CLOTHES = (1, 0, 8, 9)  # of Fashion-MNIST: trousers or a shirt, with a bag or a boot


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class WholeScene(Claim):
    """A vision transformer against convolutional nets of several reaches; a dial for distance."""

    number = 11
    wants = ("Fashion-MNIST",)
    statement = Bilingual(
        "When the label hangs on the whole scene (a car on a road, a boat on water), attention "
        "over everything beats local filters.",
        "라벨이 장면 전체에 달려 있으면(도로 위의 차, 물 위의 배) 전체를 보는 어텐션이 국소 "
        "필터보다 낫다.",
    )
    said_by = Bilingual("Introductions to vision transformers.", "비전 트랜스포머를 소개하는 글.")
    prediction = Bilingual(
        "Not at a few thousand labels: a convolutional net whose windows reach the cue learns the "
        "pair sooner; the distance matters to one whose windows don't.",
        "라벨 수천 개로는 아니다. 수용 영역이 단서까지 닿는 합성곱 신경망이 먼저 배운다. 거리는 "
        "수용 영역이 단서에 닿지 않을 때만 문제가 된다.",
    )
    done = Bilingual(
        "The class says whether a cue belongs to an object that stands 1 or 4 slots away; neither "
        "alone tells anything. Bits of convolutional nets, as they are, with larger windows and, "
        "from the preset standard on, without pooling over places or deeper, less those of the "
        "transformer; the same with handwritten digits, and with clothes of 7 x 7 pixels where "
        "Fashion-MNIST is at hand.",
        "클래스는 한 칸 또는 네 칸 떨어진 단서가 물체와 짝이 맞는지이고, 하나만 봐서는 알 수 "
        "없다. 기본형과 커널이 큰 것, standard부터는 위치 풀링을 뺀 것과 층이 깊은 것까지 "
        "합성곱 신경망의 비트에서 트랜스포머의 비트를 뺐다. 손글씨 숫자로도 같은 실험을 했고, "
        "Fashion-MNIST가 있으면 7 x 7 픽셀로 줄인 옷 사진으로도 했다.",
    )
    change = Bilingual(
        "More labels and longer training; a transformer that was pre-trained.",
        "더 많은 라벨과 긴 학습, 사전 학습한 트랜스포머.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        variants = {"cnn": own.cnn, "cnn:kernel=7": own.cnn + ",kernel=7",
                    "cnn:readout=flatten": own.cnn + ",readout=flatten",
                    "cnn:depth=5": own.cnn + ",depth=5"}  # fmt: skip
        tests, learnt = [], []
        for name, (data, kinds) in self._scenes(variants).items():
            vit = self.cell(f"{own.vit},patch={data.inputs.shape[1]}", data, LABELS)
            for kind in kinds:
                cnn = self.cell(variants[kind], data, LABELS)
                tests.append(
                    Compared(label=f"{kind} − vit, {name}, n = {LABELS}", rule=MATTERS,
                             terms=minus(cnn, vit))
                )  # fmt: skip
                learnt.append(self._over_chance(f"{kind}, {name}", cnn))
            learnt.append(self._over_chance(f"vit, {name}", vit))
        null = Compared(label="cnn − cnn, patterns, distance 1", role="null", rule=MATTERS,
                        terms=twice(self.cell(own.cnn, self._scene(1), LABELS)))  # fmt: skip
        control = dataclasses.replace(
            self._over_chance("cnn:kernel=7, patterns, distance 4",
                              self.cell(variants["cnn:kernel=7"], self._scene(4), LABELS)),
            role="control",
        )  # fmt: skip
        return [ClaimQuestion(predicted="refuted", compared=[*tests, *learnt, null, control])]

    def _scenes(self, variants: Iterable[str]) -> dict[str, tuple[Examples, list[str]]]:
        """Scenes by name, each with the convolutional nets that are tried on it."""
        quick = self.preset == "quick"  # without what would take it over 90 s
        kinds = list(variants)
        near, far = (kinds[:1], kinds[:2]) if quick else (kinds, kinds)
        scenes = {
            "patterns, distance 1": (self._scene(1), near),
            "patterns, distance 4": (self._scene(4), far),
        }
        of_pictures = Scene(num_train=2000, num_test=600, slots=5)
        of_digits = loaded(dataclasses.replace(of_pictures, real=True))
        scenes["digits, distance 1"] = (of_digits, near)
        for name, images in self.external().items():
            clothes = of_pictures.of(reduced(images, 7), CLOTHES)
            scenes[f"{name}, distance 1"] = (clothes, kinds[:2])
        return scenes

    def _scene(self, distance: int) -> Examples:
        return loaded(Scene(num_train=2000, num_test=600, distance=distance))

    def _over_chance(self, name: str, cell) -> Compared:
        return Compared(label=f"{name}: over guessing", values=below_chance(cell), cells=(cell,),
                        role="context")  # fmt: skip
