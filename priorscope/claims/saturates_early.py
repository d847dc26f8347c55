"""A strong bias saturates early; a weaker one keeps improving and overtakes."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, learns
from priorscope.claims._cells import minus, twice
from priorscope.claims._sets import SIZES, digits, learners, loaded, mnist1d
from priorscope.tasks import Examples
from priorscope.tasks.parity import Parity

STOPPED = Rule("within", 0.05)  # bits that more data still bring


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class SaturatesEarly(Claim):
    """What more data give to a strong and to a weak bias, and who is ahead at the end."""

    number = 2
    statement = Bilingual(
        "A strong bias saturates early: more data stops helping, while a weaker one keeps "
        "improving and overtakes.",
        "편향이 강하면 일찍 포화한다. 데이터를 늘려도 나아지지 않고, 약한 쪽은 계속 나아져 "
        "결국 앞지른다.",
    )
    said_by = Bilingual(
        "Essays on scale: let the data speak, not the designer.",
        "설계보다 데이터의 규모가 중요하다고 말하는 글들.",
    )
    prediction = Bilingual(
        "True of a bias that is wrong for the data, such as linearity; a bias that fits, such as "
        "a convolution's, isn't overtaken within these sizes.",
        "선형성처럼 데이터에 맞지 않는 편향이라면 맞는 말이다. 합성곱처럼 데이터에 맞는 편향은 "
        "이 크기 안에서는 추월당하지 않는다.",
    )
    done = Bilingual(
        "From the medium to the large training set: what the stronger bias gains, which has "
        "stopped if it is within 0.05 bits; how far the weaker one is behind at first, and ahead "
        "at the end. A pair speaks for the claim only if all three hold.",
        "학습 데이터를 중간 크기에서 큰 크기로 늘릴 때 강한 편향이 줄인 비트(0.05비트 안이면 멈춘 "
        "것으로 본다), 처음에 약한 편향이 뒤진 정도, 마지막에 앞선 정도를 쟀다. 셋이 모두 맞아야 "
        "주장과 일치하는 것으로 본다.",
    )
    change = Bilingual(
        "Larger training sets: an overtaking beyond them can't be seen here.",
        "더 큰 학습 데이터. 이 크기를 넘어서 일어나는 추월은 여기서 보이지 않는다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        tests: list[Compared] = []
        for strong in ("linear", "cnn"):
            for name, data in (("digits", digits()), ("mnist1d", mnist1d())):
                pair = f"{strong} against mlp, {name}"
                sizes = SIZES[name][1:]
                tests += self._overtaken(pair, getattr(own, strong), own.mlp, data, sizes)
        parity = loaded(Parity(order=2))
        stays, turns = (
            [self.cell(learner, parity, n) for n in (60, 960)] for learner in ("linear", own.mlp)
        )
        controls = [
            *(
                learns(f"mlp, {name}", self.cell(own.mlp, data, SIZES[name][2]))
                for name, data in (("digits", digits()), ("mnist1d", mnist1d()))
            ),
            Compared(label="linear, parity: what it gains from 60 to 960", role="control",
                     terms=minus(stays[0], stays[1]), rule=STOPPED),
            Compared(label="linear against mlp, parity: ahead at 960", role="control",
                     terms=minus(stays[1], turns[1])),
        ]  # fmt: skip
        null = Compared(
            label=f"mlp − mlp, digits, n = {SIZES['digits'][2]}",
            terms=twice(self.cell(own.mlp, digits(), SIZES["digits"][2])),
            role="null",
        )
        return [ClaimQuestion(predicted="depends", compared=[*tests, *controls, null])]

    def _overtaken(
        self, name: str, strong: str, weak: str, data: Examples, sizes: Sequence[int]
    ) -> list[Compared]:
        """More data stop helping the one, who was ahead, and the other gets ahead."""
        before, after = sizes
        (strong_before, weak_before), (strong_after, weak_after) = (
            (self.cell(strong, data, n), self.cell(weak, data, n)) for n in sizes
        )
        return [
            Compared(label=f"{name}: ahead at {after}", condition=name,
                     terms=minus(strong_after, weak_after)),
            Compared(label=f"{name}: what the first gains from {before} to {after}",
                     terms=minus(strong_before, strong_after), rule=STOPPED, condition=name),
            Compared(label=f"{name}: behind at {before}", condition=name,
                     terms=minus(weak_before, strong_before)),
        ]  # fmt: skip
