"""WordPiece is nearly BPE."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule
from priorscope.claims._cells import below_chance, minus, twice
from priorscope.claims._texts import Kind, encoded, texts_of, tokenizer_of
from priorscope.data.own_copies import lacking
from priorscope.runs.experiment import Rows
from priorscope.text.encode import LineEncoder

NEAR = Rule("within", 0.05)
LABELS = 400


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class WordpieceBpe(Claim):
    """Same corpus, same size: number of tokens, and bits of a classifier on each; two verdicts."""

    number = 20
    wants = ("NSMC",)
    statement = Bilingual("WordPiece is nearly BPE.", "WordPiece는 BPE와 거의 같다.")
    said_by = Bilingual(
        "Surveys of tokenizers, in half a sentence.", "토크나이저를 훑어보는 글의 한 줄."
    )
    prediction = Bilingual(
        "Nearly the same to a classifier; the counts differ by more, as BPE here works on bytes.",
        "분류기로 보면 거의 같다. 토큰 수는 차이가 더 크다. 여기서 BPE는 바이트 단위이기 때문이다.",
    )
    done = Bilingual(
        "Both are trained on the same texts to 2,000 tokens. Count: tokens of WordPiece over those "
        "of BPE less 1 on held-out texts. Classifier: bits of a linear model on bags of WordPiece "
        "tokens less those on BPE; which package a docstring is of, and Korean film reviews.",
        "같은 텍스트로 둘 다 토큰 2,000개짜리 어휘를 학습했다. 토큰 수: 따로 떼어 둔 텍스트에서 "
        "WordPiece의 토큰 수를 BPE의 토큰 수로 나누고 1을 뺐다. 분류기: 토큰의 개수만 보는 선형 "
        "모델의 비트를 WordPiece와 BPE에서 각각 재어 그 차이를 구했다. 독스트링이 어느 패키지의 "
        "것인지 맞히는 문제와 한국어 영화 리뷰로 실험했다.",
    )
    change = Bilingual(
        "Larger vocabularies, with which both come to whole words.",
        "어휘를 키우면 둘 다 단어 전체에 가까워진다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        counts, bits, controls = [], [], []
        languages = ["English"]
        if not lacking(self.data, self.wants):
            languages.append("Korean")
        for language in languages:
            folder = self.data if language == "Korean" else None
            counts.append(
                Compared(label=f"tokens of WordPiece / BPE − 1, {language}", unit="ratio",
                         values=self._ratio(folder), rule=NEAR)
            )  # fmt: skip
            pieces, pairs = (
                self.cell("linear", encoded(folder, kind), LABELS) for kind in ("wordpiece", "bpe")
            )
            bits.append(
                Compared(label=f"WordPiece − BPE, {language}, n = {LABELS}", rule=NEAR,
                         terms=minus(pieces, pairs))
            )  # fmt: skip
            controls += [
                Compared(label=f"BPE − BPE, {language}", terms=twice(pairs), role="null",
                         rule=NEAR),
                Compared(label=f"it can be learnt, {language}", values=below_chance(pairs),
                         cells=(pairs,), role="control", rule=Rule("above", 0.05)),
            ]  # fmt: skip
        noticed = Compared(label="characters / BPE − 1 is noticed", unit="ratio", role="control",
                           values=self._ratio(None, characters=True),
                           rule=Rule("above", 0.05))  # fmt: skip
        return [
            ClaimQuestion(
                part="tokens",
                predicted="refuted",
                statement=Bilingual(
                    "WordPiece and BPE cut a text into equally many tokens.",
                    "WordPiece와 BPE는 텍스트를 같은 수의 토큰으로 나눈다.",
                ),
                compared=[*counts, noticed],
            ),
            ClaimQuestion(
                part="classifier",
                predicted="supported",
                statement=Bilingual(
                    "A classifier needs equally many bits on WordPiece and on BPE.",
                    "WordPiece를 쓰든 BPE를 쓰든 분류기에 드는 비트는 같다.",
                ),
                compared=[*bits, *controls],
            ),
        ]

    def _ratio(
        self, folder: Path | None, characters: bool = False
    ) -> Callable[[Rows], list[float]]:
        """Per disjoint part of the held-out texts."""

        def values(rows: Rows) -> list[float]:
            held_out = texts_of(folder)[1]
            result = []
            for part in range(self.effort.repeats):
                lines = held_out[part :: self.effort.repeats]
                first = sum(map(len, lines)) if characters else _count(folder, "wordpiece", lines)
                result.append(first / _count(folder, "bpe", lines) - 1)
            return result

        return values


def _count(folder: Path | None, kind: Kind, lines: Sequence[str]) -> int:
    return len(LineEncoder(tokenizer_of(folder, kind)).encode(list(lines)).ids)
