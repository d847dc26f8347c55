"""Images need locality: nearby pixels matter more than distant ones."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, Terms, learns
from priorscope.claims._cells import Cell, lost, negative, plus
from priorscope.claims._sets import SIZES, digits, learners, loaded, patched
from priorscope.runs.experiment import Rows
from priorscope.tasks.template import Template

DEPENDENT = Rule("above", 0.05)  # of squared correlation
MATTERS = Rule("above", 0.05)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class LocalityOfImages(Claim):
    """How fast dependence falls with distance, and what shuffling near and far costs."""

    number = 10
    wants = ("Fashion-MNIST",)
    statement = Bilingual(
        "Images need locality: nearby pixels matter more than distant ones.",
        "이미지에는 국소성이 필요하다. 가까운 픽셀이 먼 픽셀보다 중요하다.",
    )
    said_by = Bilingual(
        "The motivation of every convolution.", "합성곱이 왜 필요한지 설명할 때마다 나오는 말."
    )
    prediction = Bilingual(
        "True of the data: dependence falls quickly with distance. For a learner the order inside "
        "patches matters more than that of the patches.",
        "데이터에 대해서는 맞다. 거리가 멀어지면 상관이 빠르게 줄어든다. 모델에는 패치 안의 "
        "순서가 패치끼리의 순서보다 중요하다.",
    )
    done = Bilingual(
        "Mean squared correlation of neighbouring pixels less that of pixels at least half a side "
        "apart, on disjoint parts of the images. And bits that shuffling inside patches costs less "
        "what shuffling the patches costs.",
        "이웃한 픽셀의 상관계수 제곱 평균에서 변의 절반 이상 떨어진 픽셀의 값을 뺐다. 이미지는 "
        "겹치지 않게 나누어 반복했다. 또 패치 안을 섞을 때 더 드는 비트에서 패치끼리 섞을 때 더 "
        "드는 비트를 뺐다.",
    )
    change = Bilingual(
        "Images whose content is spread, such as textures, and other sizes of the patch.",
        "무늬처럼 내용이 고르게 퍼진 이미지나 다른 패치 크기.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        sets = {"digits": digits(), **self.external()}
        data = [
            Compared(label=f"near − far pixels, {name}", values=self._correlations(one.inputs),
                     unit="correlation", rule=DEPENDENT)
            for name, one in sets.items()
        ]  # fmt: skip
        shuffled = self._shuffled(digits().inputs)
        controls = [
            Compared(label="near − far, pixels shuffled", role="null", unit="correlation",
                     values=self._correlations(shuffled, each=True), rule=DEPENDENT),
            Compared(label="near − far, blurred noise", role="control", unit="correlation",
                     values=self._correlations(_blurred_noise()), rule=DEPENDENT),
        ]  # fmt: skip
        learning, learnt = [], []
        for name, one in sets.items():
            n, patch = (SIZES["digits"][1], 2) if name == "digits" else (1000, 4)
            for learner, text in {"cnn": own.cnn, "vit": patched(own.vit, one, 4)}.items():
                cell = self.cell(text, one, n)
                learning.append(
                    Compared(label=f"{learner}: within − between patches of {patch}, {name}, "
                                   f"n = {n}", terms=_nearness(cell, patch), rule=MATTERS)
                )  # fmt: skip
                learnt.append(learns(f"{learner}, {name}", cell))
        null = Compared(label="mlp, which is invariant, digits", role="null", rule=MATTERS,
                        terms=lost(self.cell(own.mlp, digits(), 240), "permuted"))  # fmt: skip
        small = loaded(Template(num_train=2000, num_test=500, side=8, patch=2, num_classes=2,
                                noise=0.3))  # fmt: skip
        built = Compared(
            label="cnn, one of two small patterns anywhere, n = 960",
            role="control",
            terms=_nearness(self.cell(own.cnn, small, 960), 4),
            rule=MATTERS,
        )
        return [
            ClaimQuestion(
                part="data",
                predicted="supported",
                statement=Bilingual(
                    "In images nearby pixels depend on each other more than distant ones.",
                    "이미지에서는 가까운 픽셀끼리 상관이 더 강하다.",
                ),
                compared=[*data, *controls],
            ),
            ClaimQuestion(
                part="learning",
                predicted="supported",
                statement=Bilingual(
                    "To a learner the order of nearby pixels matters more than that of patches.",
                    "모델에는 가까운 픽셀의 순서가 패치끼리의 순서보다 중요하다.",
                ),
                compared=[*learning, null, built, *learnt],
            ),
        ]

    def _correlations(self, images: np.ndarray, each: bool = False):
        """Per part of the images; each: (repeats, ...) are the parts already."""
        repeats = self.effort.repeats

        def values(rows: Rows) -> list[float]:
            parts = list(images) if each else np.array_split(images, repeats)
            return [near_less_far(part[..., 0].astype(float)) for part in parts]

        return values

    def _shuffled(self, images: np.ndarray) -> np.ndarray:
        """(repeats, images, rows, columns, 1), each part under a permutation of its own."""
        parts = []
        size = len(images) // self.effort.repeats
        for repeat in range(self.effort.repeats):
            part = images[repeat * size : (repeat + 1) * size]
            order = np.random.default_rng(repeat).permutation(part[0].size)
            parts.append(part.reshape(size, -1)[:, order].reshape(part.shape))
        return np.stack(parts)


def _nearness(cell: Cell, patch: int) -> Terms:
    """What the order inside patches is worth less that of the patches."""
    near, far = (lost(cell, f"{s}-patches:{patch}") for s in ("within", "between"))
    return plus(near, negative(far))


def near_less_far(images: np.ndarray) -> float:
    """Mean squared correlation at distance 1 less that at half a side or more.

    Pixels that never change are left out. images: (images, rows, columns).
    """
    rows, columns = images.shape[1:]
    flat = images.reshape(len(images), -1)
    places = np.indices((rows, columns)).reshape(2, -1).T
    used = flat.std(axis=0) > 0
    squared = np.corrcoef(flat[:, used].T) ** 2
    distance = np.linalg.norm(places[used][:, None] - places[used][None], axis=-1)
    near, far = squared[distance == 1], squared[distance >= min(rows, columns) / 2]
    return float(near.mean() - far.mean())


def _blurred_noise() -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal((1200, 8, 8, 1))
    return gaussian_filter(noise, (0, 1, 1, 0))
