"""Distilling from a CNN gives its bias to a transformer or an MLP."""

import dataclasses
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from priorscope.claims import CLAIMS, Bilingual, Cell, Claim, ClaimQuestion, Compared, Rule
from priorscope.claims._cells import accuracy, minus, twice
from priorscope.claims._sets import SIZES, digits, learners
from priorscope.core.deadline import Deadline
from priorscope.core.files import whole
from priorscope.tasks import Examples
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import Recipe, parse_learner
from priorscope.train.trainer import trainer

MATTERS = Rule("above", 0.02)
CLASSES = 10
LABELS, POOL = 120, 800  # examples that the teacher is told the class of, and that it labels


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class DistilledBias(Claim):
    """Students on labels by a convolutional and by a fully connected teacher."""

    number = 24
    statement = Bilingual(
        "Distilling from a CNN gives its bias to a transformer or an MLP.",
        "합성곱 신경망에서 증류하면 그 편향이 트랜스포머나 완전 연결 신경망으로 옮겨 간다.",
    )
    said_by = Bilingual(
        "Touvron et al. 2021 (DeiT); Abnar et al. 2020.",
        "Touvron 외(2021, DeiT), Abnar 외(2020).",
    )
    prediction = Bilingual(
        "A part of it: the student needs fewer bits; robustness to shifts hardly comes along.",
        "일부만 옮겨 간다. 학생의 비트는 줄지만 이동에 대한 강건성은 거의 따라오지 않는다.",
    )
    done = Bilingual(
        "A teacher learns from 120 labelled digits and labels 800 others; students learn from its "
        "labels. Bits of students of a fully connected teacher less those of a convolutional "
        "one's, and the difference in accuracy on shifted tests. The students trained on the 120 "
        "labels alone stand beside.",
        "교사 모델이 라벨 120개로 학습한 뒤 다른 숫자 800개에 라벨을 달고, 학생 모델은 그 라벨로 "
        "학습한다. 완전 연결 교사를 둔 학생의 비트에서 합성곱 교사를 둔 학생의 비트를 뺐고, "
        "이동한 테스트 이미지에서 정확도 차이도 쟀다. 라벨 120개만으로 학습한 학생도 참고로 "
        "적었다.",
    )
    change = Bilingual(
        "Soft labels, or more unlabelled examples than 800.",
        "소프트 라벨이나, 라벨 없는 데이터를 800개보다 많이 쓰는 것.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        compared = []
        for student in ("mlp", "vit"):
            text = getattr(own, student)
            of_mlp, of_cnn = (self.cell(text, self.taught(t), POOL) for t in (own.mlp, own.cnn))
            alone = self.cell(text, digits(), LABELS)
            compared += [
                Compared(label=f"{student}: taught by mlp − by cnn", terms=minus(of_mlp, of_cnn),
                         rule=MATTERS),
                Compared(label=f"{student}: alone − taught by cnn", terms=minus(alone, of_cnn),
                         role="context"),
            ]  # fmt: skip
        by_cnn, by_mlp = (
            self.cell(own.mlp, self.taught(t), POOL, structure="shifted-tests")
            for t in (own.cnn, own.mlp)
        )
        compared.append(
            Compared(label="mlp, shifted tests: taught by cnn − by mlp", unit="accuracy",
                     terms=minus(by_cnn, by_mlp, accuracy), rule=MATTERS)
        )  # fmt: skip
        mlp = self.cell(own.mlp, self.taught(own.mlp), POOL)
        true: Cell = self.cell(own.mlp, digits(), SIZES["digits"][2])
        controls = [
            Compared(label="mlp taught by mlp, twice", terms=twice(mlp), role="null",
                     rule=Rule("above", 0.1)),
            Compared(label="true labels are better: mlp taught by mlp − 960 true ones",
                     terms=minus(mlp, true), role="control"),
        ]  # fmt: skip
        return [ClaimQuestion(predicted="depends", compared=[*compared, *controls])]

    def prepare(self, deadline: Deadline) -> None:
        own = learners(self.effort)
        for teacher in (own.mlp, own.cnn):
            if self.prepared is not None and self._labels(teacher) is None:
                effort = self.effort
                labels = labelled(teacher, effort.recipe, effort.repeats, deadline)
                with (
                    whole(self._kept(teacher), root=self.prepared) as part,
                    part.open("wb") as file,
                ):
                    np.save(file, labels)

    def taught(self, teacher: str) -> tuple[Examples, ...]:
        """Per repeat the examples that a teacher labelled."""
        labels, effort = self._labels(teacher), self.effort
        if labels is None:
            return taught(teacher, effort.recipe, effort.repeats)
        return pools(labels.tobytes(), effort.repeats)

    def _kept(self, teacher: str) -> Path:
        """Where a teacher's labels are."""
        assert self.prepared is not None, "there is no folder"
        learner = parse_learner(teacher, self.effort.recipe)
        return self.prepared / f"taught-{learner.digest}-{self.effort.repeats}.npy"

    def _labels(self, teacher: str) -> np.ndarray | None:
        """Labels that are kept; None where there are none that can be read."""
        if self.prepared is None:
            return None
        try:
            labels = np.load(self._kept(teacher), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        fits = labels.shape == (self.effort.repeats, POOL) and labels.dtype == np.int64
        return labels if fits and labels.min() >= 0 and labels.max() < CLASSES else None


@lru_cache(maxsize=4)
def taught(teacher: str, recipe: Recipe, repeats: int) -> tuple[Examples, ...]:
    """Per repeat `POOL` examples with the labels of a teacher that learnt from others."""
    return pools(labelled(teacher, recipe, repeats, Deadline()).tobytes(), repeats)


def labelled(teacher: str, recipe: Recipe, repeats: int, deadline: Deadline) -> np.ndarray:
    """(repeats, POOL): what a teacher says that learnt from other labelled examples.

    Raises:
        DeadlinePassed: if the time is over before.
    """
    deadline.check()
    data, learner = digits(), parse_learner(teacher, recipe)
    orders = _orders(repeats)
    prefixes = [
        Prefix(data.inputs[order[:LABELS]], data.targets[order[:LABELS]], repeat)
        for repeat, order in enumerate(orders)
    ]
    given = [data.inputs[order[LABELS : LABELS + POOL]] for order in orders]
    device, signature = torch.device("cpu"), data.signature
    together = learner.model.vectorises
    outputs = []
    groups = [range(repeats)] if together else [range(r, r + 1) for r in range(repeats)]
    for group in groups:
        training = trainer(learner, signature, [prefixes[r] for r in group], device, deadline)
        training.run()
        outputs += training.outputs([given[r] for r in group])
    return np.stack([each.argmax(dim=1).numpy().astype(np.int64) for each in outputs])


@lru_cache(maxsize=4)
def pools(labels: bytes, repeats: int) -> tuple[Examples, ...]:
    """Per repeat the examples that a teacher labelled, with its labels."""
    data = digits()
    given = np.frombuffer(labels, dtype=np.int64).reshape(repeats, POOL)
    return tuple(
        Examples(data.inputs[order[LABELS : LABELS + POOL]], own, data.test_inputs,
                 data.test_targets, data.class_names)
        for order, own in zip(_orders(repeats), given, strict=True)
    )  # fmt: skip


def _orders(repeats: int) -> list[np.ndarray]:
    """All digits, in another order in each repeat."""
    count = len(digits().targets)
    return [np.random.default_rng(r).permutation(count) for r in range(repeats)]
