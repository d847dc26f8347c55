"""Learned position embeddings and sinusoidal encodings; no positions at all."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, learns
from priorscope.claims._cells import below_chance, minus, twice
from priorscope.claims._sets import MARKER_SIZES, learners, marker, mnist1d
from priorscope.core.seeds import global_seed
from priorscope.tasks import Examples
from priorscope.train.recipe import parse_learner

ALIKE = Rule("within", 0.1)
MATTERS = Rule("above", 0.1)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class PositionEncodings(Claim):
    """A transformer with each, and without; three verdicts."""

    number = 19
    statement = Bilingual(
        "Learned position embeddings and sinusoidal encodings work equally well; without "
        "positions, order is lost.",
        "학습한 위치 임베딩과 사인 위치 인코딩은 성능이 같다. 위치 정보가 없으면 순서를 잃는다.",
    )
    said_by = Bilingual(
        "Vaswani et al. 2017, table 3, row E.", "Vaswani 외(2017) 논문의 표 3, E행."
    )
    prediction = Bilingual(
        "Not equal with few labels, where fixed sinusoids needn't be learned. Without positions "
        "order is lost.",
        "라벨이 적으면 같지 않다. 사인 인코딩은 배울 필요가 없기 때문이다. 위치 정보가 없으면 "
        "순서를 잃는다.",
    )
    done = Bilingual(
        "Bits with learned positions less bits with sinusoids; equal is within 0.1. How much the "
        "outputs of new networks without positions move when tokens are shuffled, in float64. And "
        "bits without positions less bits with learned ones, on a text and a series, one token "
        "per time step, in which order counts.",
        "학습한 위치를 쓸 때의 비트에서 사인 인코딩의 비트를 뺐고, 0.1비트 안이면 같다고 본다. 또 "
        "위치 정보가 없는 새 신경망에서 토큰을 섞을 때 출력이 얼마나 움직이는지 float64로 재었다. "
        "그리고 순서가 중요한 문장과 시계열(시점 하나가 토큰 하나)에서 위치 정보가 없을 때의 "
        "비트에서 학습한 위치의 비트를 뺐다.",
    )
    change = Bilingual(
        "More labels, with which both come to the same.", "라벨이 많아지면 둘이 같아질 수 있다."
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        base = learners(self.effort).transformer
        return [self._equal(base), self._lost(base), self._costs(base)]

    def _equal(self, base: str) -> ClaimQuestion:
        sets = {
            "word after a marker": (marker(), MARKER_SIZES[1:]), "mnist1d": (mnist1d(), (100, 400)),
        }  # fmt: skip
        tests, controls = [], []
        for name, (data, sizes) in sets.items():
            for n in sizes:
                sine = self.cell(base + ",positions=sinusoidal", data, n)
                tests.append(
                    Compared(label=f"learned − sinusoidal, {name}, n = {n}", rule=ALIKE,
                             terms=minus(self.cell(base, data, n), sine))
                )  # fmt: skip
                controls.append(learns(f"learned, {name}, n = {n}", self.cell(base, data, n)))
        null = Compared(label="learned − learned, mnist1d, n = 400", rule=ALIKE, role="null",
                        terms=twice(self.cell(base, mnist1d(), 400)))  # fmt: skip
        return ClaimQuestion(
            part="equal",
            predicted="refuted",
            statement=Bilingual(
                "Learned and sinusoidal positions work equally well.",
                "학습한 위치와 사인 위치는 성능이 같다.",
            ),
            compared=[*tests, null, *controls],
        )

    def _lost(self, base: str) -> ClaimQuestion:
        """Without training: an order that is lost can't be learnt."""
        sets = {"word after a marker": marker(), "mnist1d": mnist1d()}
        moved = []
        for name, data in sets.items():
            blind, seeing = (
                _token_by_token(f"{base},positions={positions}", data)
                for positions in ("none", "learned")
            )
            moved += [
                Compared(label=f"outputs moved by shuffled tokens, {name}", unit="error",
                         values=lambda rows, of=blind, data=data: self._moved(of, data),
                         rule=Rule("within", 1e-10)),
                Compared(label=f"the same with learned positions, {name}", unit="error",
                         values=lambda rows, of=seeing, data=data: self._moved(of, data),
                         role="control", rule=Rule("above", 1e-4)),
            ]  # fmt: skip
        return ClaimQuestion(
            part="none",
            predicted="supported",
            statement=Bilingual(
                "Without positions, order is lost.", "위치 정보가 없으면 순서를 잃는다."
            ),
            compared=moved,
        )

    def _moved(self, learner: str, data: Examples) -> np.ndarray:
        """Largest change of an output over the largest output, per repeat."""
        inputs = data.test_inputs[:32]
        out = []
        for repeat in range(self.effort.repeats):
            order = np.random.default_rng(repeat).permutation(inputs.shape[1])
            with global_seed(repeat, "positions"):
                network = parse_learner(learner).model.build(data.signature).eval().double()
            with torch.no_grad():
                first, second = (network(_tensor(each)) for each in (inputs, inputs[:, order]))
            out.append(float((first - second).abs().max() / first.abs().max()))
        return np.array(out)

    def _costs(self, base: str) -> ClaimQuestion:
        sets = {"word after a marker": (marker(), MARKER_SIZES[1]), "mnist1d": (mnist1d(), 400)}
        tests, others = [], []
        for name, (data, n) in sets.items():
            learned = self.cell(_token_by_token(base, data), data, n)
            none = self.cell(_token_by_token(base + ",positions=none", data), data, n)
            tests.append(
                Compared(label=f"none − learned, {name}, n = {n}", rule=MATTERS,
                         terms=minus(none, learned))
            )  # fmt: skip
            others += [
                Compared(label=f"none over guessing, {name}, n = {n}", role="context",
                         values=below_chance(none), cells=(none,)),
                learns(f"learned, {name}", learned),
            ]  # fmt: skip
        many = MARKER_SIZES[1]
        null = Compared(label=f"learned − learned, word after a marker, n = {many}", rule=ALIKE,
                        role="null", terms=twice(self.cell(base, marker(), many)))  # fmt: skip
        return ClaimQuestion(
            part="costs",
            predicted="supported",
            statement=Bilingual(
                "Losing the order costs bits where order counts.",
                "순서가 중요한 데이터에서 순서를 잃으면 비트가 늘어난다.",
            ),
            compared=[*tests, *others, null],
        )


def _token_by_token(learner: str, data: Examples) -> str:
    """One token per time step: joined ones would keep the order inside a token."""
    return learner if data.signature.vocabulary else f"{learner},patch=1"


def _tensor(inputs: np.ndarray) -> torch.Tensor:
    """Token ids as they are, numbers in float64."""
    whole = np.issubdtype(inputs.dtype, np.integer)
    return torch.from_numpy(inputs.astype(np.int64 if whole else np.float64))
