"""15% is the right share to mask; 80/10/10 beats always-mask."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Cell, Claim, ClaimQuestion, Compared, Rule
from priorscope.claims._cells import minus, twice
from priorscope.claims._sets import learners, loaded
from priorscope.tasks.masked_words import MaskedWords

MATTERS = Rule("above", 0.02)
RATES = (0.05, 0.15, 0.4)
TARGETS = 1200  # that a text gives at 15%; at another rate it gives proportionally many


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class MaskingRate(Claim):
    """A curve over rates for equally much text; what is shown at a target; two verdicts."""

    number = 22
    statement = Bilingual(
        "15% is the right share to mask; 80/10/10 beats always-mask.",
        "마스킹 비율은 15%가 적당하고, 80/10/10이 항상 [MASK]로 가리는 것보다 낫다.",
    )
    said_by = Bilingual(
        "Devlin et al. 2019, section 3.1 and appendix C.2.",
        "Devlin 외(2019) 논문 3.1절과 부록 C.2.",
    )
    prediction = Bilingual(
        "More than 15% is better on short trainings, since the text gives more targets. 80/10/10 "
        "pays only where texts without [MASK] are read later.",
        "학습이 짧으면 맞힐 토큰이 늘어나는 만큼 15%보다 많이 가리는 쪽이 낫다. 80/10/10은 나중에 "
        "[MASK]가 없는 텍스트를 읽을 때만 이득이다.",
    )
    done = Bilingual(
        "A hidden token is predicted while other tokens are masked at the rate of training; a "
        "text gives targets in proportion to the rate; tests are masked at 15%. Bits at 5% and "
        "40% less those at 15%. And bits of always-mask less 80/10/10, where tests show [MASK] "
        "and where they show the token. A simulation on single targets, not a pre-training.",
        "다른 토큰도 정해진 비율만큼 가린 채 가려진 토큰을 맞힌다. 같은 텍스트에서 나오는 타깃의 "
        "수는 비율에 비례하고, 테스트에서는 15%를 가린다. 5%와 40%로 가릴 때의 비트에서 15%로 "
        "가릴 때의 비트를 뺐다. 또 항상 [MASK]로 가릴 때의 비트에서 80/10/10의 비트를 뺐는데, "
        "테스트에 [MASK]가 보일 때와 토큰이 보일 때를 나누어 쟀다. 타깃을 하나씩 맞히는 "
        "모의실험이며 실제 사전 학습은 아니다.",
    )
    change = Bilingual(
        "A real pre-training to the end, and fine-tuning after it.",
        "실제 사전 학습을 끝까지 하고 미세 조정까지 한다면 바뀔 수 있다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        right = self._rate(0.15)
        rates = [
            Compared(label=f"masked at {rate:.0%} − at 15%, a Markov chain", rule=MATTERS,
                     terms=minus(self._rate(rate), right))
            for rate in RATES
            if rate != 0.15
        ]  # fmt: skip
        null = Compared(label="masked at 15%, twice", terms=twice(right), role="null",
                        rule=Rule("above", 0.05))  # fmt: skip
        learnt = Compared(
            label="more text is better: 400 − 1,200 targets", role="control",
            terms=minus(self._rate(0.15, targets=400), right),
        )  # fmt: skip
        shown = [
            Compared(label=f"always − 80/10/10, tests show {name}", rule=MATTERS,
                     terms=minus(self._shown(0.0, token), self._shown(0.1, token)))
            for name, token in (("[MASK]", False), ("the token", True))
        ]  # fmt: skip
        return [
            ClaimQuestion(
                part="rate",
                predicted="depends",
                statement=Bilingual(
                    "15% is the right share to mask.", "마스킹 비율은 15%가 적당하다."
                ),
                compared=[*rates, null, learnt],
            ),
            ClaimQuestion(
                part="shown",
                predicted="depends",
                statement=Bilingual(
                    "80/10/10 beats always-mask.", "80/10/10이 항상 [MASK]로 가리는 것보다 낫다."
                ),
                compared=[*shown, null, learnt],
                mode="all",
            ),
        ]

    def _rate(self, rate: float, targets: int = TARGETS) -> Cell:
        count = round(targets * rate / 0.15)
        task = MaskedWords(train_masks=rate, test_masks=0.15, num_train=4000)
        return self.cell(learners(self.effort).transformer, loaded(task), count)

    def _shown(self, replaced: float, token: bool) -> Cell:
        task = MaskedWords(
            train_masks=0.15, test_masks=0.15, replaced=replaced, test_shown=token, num_train=4000
        )
        return self.cell(learners(self.effort).transformer, loaded(task), TARGETS)
