"""BERT sees both sides, so it fills masks better than a left-to-right reader."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule
from priorscope.claims._cells import minus
from priorscope.claims._sets import learners, loaded
from priorscope.tasks import Examples
from priorscope.tasks.masked_words import MaskedWords

MATTERS = Rule("above", 0.05)
LABELS = 1500


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class BothSides(Claim):
    """The same transformer on the same number of visible tokens, around the mask or before it."""

    number = 21
    statement = Bilingual(
        "BERT sees both sides, so it fills masks better than a left-to-right reader of the same "
        "size.",
        "BERT는 양쪽을 보므로, 왼쪽에서 오른쪽으로만 읽는 같은 크기의 모델보다 빈칸을 잘 채운다.",
    )
    said_by = Bilingual("Devlin et al. 2019, section 1.", "Devlin 외(2019) 논문 1절.")
    prediction = Bilingual(
        "True wherever a token depends on what follows it as much as on what precedes it.",
        "토큰이 앞의 토큰만큼 뒤의 토큰에도 의존하는 데이터라면 맞다.",
    )
    done = Bilingual(
        "Bits per hidden token of a reader that sees 12 tokens before it less those of one that "
        "sees 6 before and 6 behind: characters of English docstrings, and a Markov chain.",
        "빈칸 앞의 토큰 12개를 보는 모델의 비트에서 앞뒤로 6개씩 보는 모델의 비트를 뺐다. 영어 "
        "독스트링의 글자와 마르코프 연쇄로 실험했다.",
    )
    change = Bilingual(
        "Long contexts: a left-to-right reader gets a target from every token, not from the "
        "masked ones alone, and that isn't counted here.",
        "긴 문맥. 왼쪽에서 오른쪽으로 읽는 모델은 모든 토큰에서 배울 수 있지만, 여기서는 빈칸에서 "
        "배우는 것만 비교했다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        tests = [self._pair("letters", "letters of docstrings")]
        tests += [
            dataclasses.replace(
                self._pair("chain", f"a Markov chain, n = {n}", n), condition=f"chain {n}"
            )
            for n in (500, LABELS)
        ]
        null = dataclasses.replace(self._pair("independent", "independent tokens"), role="null")
        learner = learners(self.effort).transformer
        nothing, chain = (
            self.cell(learner, self._text(source, "both"), LABELS)
            for source in ("independent", "chain")
        )
        control = Compared(
            label="neighbours tell of a token: independent − chain", role="control", rule=MATTERS,
            terms=minus(nothing, chain),
        )  # fmt: skip
        return [ClaimQuestion(predicted="supported", compared=[*tests, null, control])]

    def _text(self, source, sides) -> Examples:
        return loaded(MaskedWords(source=source, sides=sides, num_train=2000, num_test=1000))

    def _pair(self, source: str, name: str, n: int = LABELS) -> Compared:
        learner = learners(self.effort).transformer
        left, both = (self.cell(learner, self._text(source, s), n) for s in ("left", "both"))
        return Compared(label=f"left − both, {name}", terms=minus(left, both), rule=MATTERS)
