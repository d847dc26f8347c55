"""Names that people give to the parts of their data: train, test, validation, unlabelled."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

Part = Literal["train", "test", "validation", "unlabelled"]
SPELLINGS: dict[Part, tuple[str, ...]] = {
    "train": ("train", "training", "trn", "tr", "trainset", "학습", "훈련", "학습용", "훈련용",
              "訓練", "学習", "训练", "訓練用", "entrenamiento", "entrainement", "entraînement",
              "treino", "trainingsdaten", "addestramento"),
    "test": ("test", "testing", "tst", "eval", "evaluation", "testset", "t10k", "holdout", "테스트",
             "시험", "평가", "테스트용", "평가용", "テスト", "评估", "測試", "测试", "評価",
             "prueba", "teste", "testdaten"),
    "validation": ("val", "valid", "validation", "dev", "검증", "검증용", "検証", "验证", "驗證",
                   "validación", "validacion", "validação", "validierung", "validazione"),
    "unlabelled": ("unlabelled", "unlabeled", "unsup", "unsupervised", "pred", "predict",
                   "prediction", "predictions", "submission", "inference"),
}  # fmt: skip
WORDS: dict[str, Part] = {word: part for part, words in SPELLINGS.items() for word in words}
AROUND = {"set", "data", "dataset", "images", "image", "img", "imgs", "split", "folder", "samples",
          "데이터", "세트", "이미지", "데이터셋"}  # fmt: skip


def part_of(name: str) -> Part | None:
    """The part that a name of a file or folder says, such as `training_set` or `data-val2`.

    Words are parted by anything but letters; a word of `AROUND` says nothing by itself.
    """
    parts: set[Part] = {WORDS[word] for word in _words(name) if word in WORDS}
    return parts.pop() if len(parts) == 1 else None


def is_part_alone(name: str) -> bool:
    """Whether a name says a part and nothing else, as a folder of a split does."""
    words = _words(name)
    alone = all(w in WORDS or w in AROUND or w.isdigit() for w in words)
    return alone and part_of(name) is not None


def says_nothing(name: str) -> bool:
    """Whether a name such as `images` or `train_data` can't be that of a class."""
    words = _words(name)
    return any(w in AROUND for w in words) and all(w in AROUND or w in WORDS for w in words)


def split_names(names: Iterable[str]) -> dict[str, Part]:
    """The part of each name where together they are splits: all say one alone, or share a rest.

    `cats_train` and `cats_test` are splits; `train`, `boat` and `plane` are classes. `train` and
    `test` are splits whatever lies beside them. Empty where they aren't splits.
    """
    names = list(names)
    parts: dict[str, Part] = {name: part for name in names if (part := part_of(name)) is not None}
    plain: dict[str, Part] = {n: p for n, p in parts.items() if is_part_alone(n)}
    if "train" in plain.values() and len(set(plain.values())) > 1:  # whatever lies beside them
        return {n: p for n, p in parts.items() if n in plain or p == "unlabelled"}
    if len(parts) < 2 or "train" not in parts.values():
        alone: dict[str, Part] = {n: p for n, p in parts.items() if is_part_alone(n)}
        return alone if "train" in alone.values() and len(alone) == len(names) else {}
    rests = {tuple(w for w in _words(n) if w not in WORDS and w not in AROUND) for n in parts}
    return parts if len(rests) == 1 else {}


def _words(name: str) -> list[str]:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)  # TrainData
    name = unicodedata.normalize("NFC", name).lower()
    return [word for word in re.split(r"[\W_]+|(?<=[^\W\d_])(?=\d+$)", name) if word]
