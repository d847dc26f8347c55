"""A strong bias saturates early; a weaker one keeps improving and overtakes."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared
from priorscope.claims._cells import Cell, minus, negative, plus, twice
from priorscope.claims._sets import SIZES, digits, learners, loaded, mnist1d
from priorscope.tasks import Examples
from priorscope.tasks.parity import Parity


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
        "From the medium to the large training set: what the weaker bias gains less what the "
        "stronger gains, and bits of the stronger less those of the weaker at the end. A pair "
        "speaks for the claim only if both are above 0.",
        "학습 데이터를 중간 크기에서 큰 크기로 늘릴 때 약한 편향이 줄인 비트에서 강한 편향이 줄인 "
        "비트를 뺐고, 가장 큰 크기에서는 강한 쪽의 비트에서 약한 쪽의 비트를 뺐다. 둘 다 0보다 "
        "커야 주장과 일치하는 것으로 본다.",
    )
    change = Bilingual(
        "Larger training sets: an overtaking beyond them can't be seen here.",
        "더 큰 학습 데이터. 이 크기를 넘어서 일어나는 추월은 여기서 보이지 않는다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        tests: list[Compared] = []
        for name, data in (("digits", digits()), ("mnist1d", mnist1d())):
            for strong in ("linear", "cnn"):
                pair = f"{strong} against mlp, {name}"
                sizes = SIZES[name][1:]
                tests += self._pair(pair, getattr(own, strong), own.mlp, data, sizes)
        parity = loaded(Parity(order=2))
        controls = [
            dataclasses.replace(one, role="control")
            for one in self._pair("linear against mlp, parity", "linear", own.mlp, parity,
                                  (60, 960))
        ]  # fmt: skip
        null = Compared(
            label=f"mlp − mlp, digits, n = {SIZES['digits'][2]}",
            terms=twice(self.cell(own.mlp, digits(), SIZES["digits"][2])),
            role="null",
        )
        return [ClaimQuestion(predicted="depends", compared=[*tests, *controls, null])]

    def _pair(
        self, name: str, strong: str, weak: str, data: Examples, sizes: Sequence[int]
    ) -> list[Compared]:
        def at(learner: str, n: int) -> Cell:
            return self.cell(learner, data, n)

        before, after = sizes
        gains = plus(
            minus(at(weak, before), at(weak, after)),
            negative(minus(at(strong, before), at(strong, after))),
        )
        return [
            Compared(label=f"{name}: gain from {before} to {after}", terms=gains, condition=name),
            Compared(
                label=f"{name}: ahead at {after}",
                terms=minus(at(strong, after), at(weak, after)),
                condition=name,
            ),
        ]
