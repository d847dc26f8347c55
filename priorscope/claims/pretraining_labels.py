"""Pre-training is worth labels: how many, and when does it stop?"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule
from priorscope.claims._cells import below_chance, doublings, minus, negative, plus, twice
from priorscope.claims._texts import encoded_by, texts_of
from priorscope.core.deadline import Deadline
from priorscope.core.files import write
from priorscope.tasks import Examples
from priorscope.text.stdlib import StandardLibrary
from priorscope.text.tokenizer import load_tokenizer

MATTERS = Rule("above", 0.03)
SIZES = (60, 240, 960)
STEPS = {"quick": 30, "standard": 600, "thorough": 3000}
EVERY = {"quick": 3, "standard": 1, "thorough": 1}  # one docstring in so many is read


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class PretrainingLabels(Claim):
    """Frozen features of a small BERT after and before its pre-training; two verdicts."""

    number = 23
    modules = ("transformers",)
    statement = Bilingual("Pre-training is worth labels.", "사전 학습은 라벨을 아껴 준다.")
    said_by = Bilingual("Everyone who fine-tunes.", "미세 조정을 하는 모든 사람.")
    prediction = Bilingual(
        "Worth a doubling or more at 60 labels, and less the more labels there are.",
        "라벨이 60개일 때는 라벨을 두 배 이상으로 늘린 것과 같고, 라벨이 많을수록 효과가 줄어든다.",
    )
    done = Bilingual(
        "In each repeat another BERT of two layers is pre-trained for a short time on Python's "
        "docstrings, without those of the tests; embeddings begin from their words' "
        "co-occurrences. A logistic regression on its frozen features tells which package a "
        "docstring is of. Bits with the features of a new network less bits with those of a "
        "pre-trained one, by number of labels.",
        "반복마다 다른 2층 BERT를 파이썬 독스트링(테스트에 쓰는 것은 제외)으로 잠깐 사전 학습했다. "
        "임베딩은 단어의 동시 출현에서 시작한다. 고정한 특징에 로지스틱 회귀를 얹어 독스트링이 "
        "어느 패키지의 것인지 맞힌다. 새 신경망의 특징을 쓸 때의 비트에서 사전 학습한 신경망의 "
        "특징을 쓸 때의 비트를 라벨 수마다 뺐다.",
    )
    change = Bilingual(
        "Longer pre-training, and fine-tuning all of the network.",
        "더 긴 사전 학습이나 신경망 전체의 미세 조정.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        before, after, data = self.features()
        raw, trained = ([self.cell(text, data, n) for n in SIZES] for text in (before, after))
        worth = [
            Compared(label=f"before − after, n = {n}", terms=minus(raw[i], trained[i]),
                     rule=MATTERS)
            for i, n in enumerate(SIZES)
        ]  # fmt: skip
        labels = [
            Compared(label=f"labels that it is worth, n = {n}", unit="doublings", role="context",
                     values=doublings(raw, trained[i]), cells=(*raw, trained[i]))
            for i, n in enumerate(SIZES[:-1])  # at the last the curve ends
        ]  # fmt: skip
        shrinks = Compared(
            label=f"what n = {SIZES[0]} saves − what n = {SIZES[-1]} saves", rule=MATTERS,
            terms=plus(minus(raw[0], trained[0]), negative(minus(raw[-1], trained[-1]))),
        )  # fmt: skip
        controls = [
            Compared(label="before − before", terms=twice(raw[1]), role="null",
                     rule=Rule("above", 0.05)),
            Compared(label="it can be learnt", values=below_chance(trained[-1]),
                     cells=(trained[-1],), role="control"),
        ]  # fmt: skip
        return [
            ClaimQuestion(
                part="worth",
                predicted="supported",
                statement=self.statement,
                compared=[*worth, *labels, *controls],
            ),
            ClaimQuestion(
                part="stops",
                predicted="supported",
                statement=Bilingual(
                    "Pre-training is worth less, the more labels there are.",
                    "라벨이 많을수록 사전 학습이 아껴 주는 양이 줄어든다.",
                ),
                compared=[shrinks, *controls],
            ),
        ]

    def prepare(self, deadline: Deadline) -> None:
        from priorscope.bert.pretrain import pretrain

        text, (before, after) = self._folder / f"docstrings-{self.preset}.txt", self._networks()
        for steps, folders in ((1, before), (STEPS[self.preset], after)):
            for seed, folder in enumerate(folders):
                if (folder / "model.safetensors").is_file():
                    continue
                deadline.check()
                if not text.is_file():
                    write(text, _others_text(EVERY[self.preset]), root=self._folder)
                pretrain(
                    text, out=folder, vocab=2000, size="tiny", steps=steps, max_tokens=64,
                    batch_tokens=2048, init="random" if steps == 1 else "cooccurrence", seed=seed,
                    tokenizer=None if folder == before[0] else before[0],
                )  # fmt: skip

    def features(self) -> tuple[list[str], list[str], Examples]:
        """Learners on the networks before and after, one per repeat, made once; and the texts."""
        self.prepare(Deadline())
        before, after = self._networks()
        first, second = ([f"embed:{folder}" for folder in folders] for folders in (before, after))
        return first, second, encoded_by(load_tokenizer(before[0]), None)

    @property
    def _folder(self) -> Path:
        if self.prepared is None:
            raise ValueError("pretraining-labels needs a folder for what it prepares.")
        return self.prepared

    def _networks(self) -> tuple[list[Path], list[Path]]:
        """Where the networks before and after are, one per repeat."""
        before, after = (
            [self._folder / f"bert-{self.preset}-{name}-{r}" for r in range(self.effort.repeats)]
            for name in ("before", "trained")
        )
        return before, after


def _others_text(every: int) -> str:
    """Of the standard library's docstrings those that aren't among the tests, one in `every`."""
    _, held_out, _ = texts_of(None)
    hidden, kept, paragraphs = set(held_out), list[list[str]](), list[str]()
    for line in (*StandardLibrary(), ""):
        if line:
            paragraphs.append(line)
            continue
        if paragraphs and " ".join(paragraphs) not in hidden:
            kept.append([*paragraphs, ""])
        paragraphs = []
    return "\n".join(line for lines in kept[::every] for line in lines)
