"""The strength of the bias is ordered CNN > transformer > fully connected."""

import dataclasses
from collections.abc import Sequence

from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared, Rule, learns
from priorscope.claims._cells import lost, negative, plus
from priorscope.claims._sets import SIZES, digits, learners, patched, pattern

MATTERS = Rule("above", 0.05)


@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class StrengthOrder(Claim):
    """What each family loses when pixels are shuffled, with variants of pooling and patches."""

    number = 6
    wants = ("Fashion-MNIST",)
    statement = Bilingual(
        "The strength of the bias is ordered CNN > transformer > fully connected.",
        "귀납 편향의 세기는 합성곱 신경망 > 트랜스포머 > 완전 연결 신경망 순이다.",
    )
    said_by = Bilingual(
        "The slide that puts all architectures on one line.",
        "모든 아키텍처를 한 줄로 세우는 강의 자료.",
    )
    prediction = Bilingual(
        "True at both ends; between convolution and transformer pooling and patches decide.",
        "양 끝의 순서는 맞다. 합성곱 신경망과 트랜스포머의 순서는 풀링과 패치에 달려 있다.",
    )
    done = Bilingual(
        "Strength: bits per label that one fixed shuffle of the pixels costs. One family's less "
        "the next one's, for two readouts of the convolutional net and two patches of the "
        "transformer. From the preset standard on, the digits are also learnt by SGD with momentum "
        "in place of AdamW.",
        "세기는 픽셀을 한 가지 순서로 섞었을 때 더 드는 라벨당 비트다. 앞 아키텍처의 값에서 다음 "
        "아키텍처의 값을 뺐고, 합성곱 신경망은 출력층 두 가지, 트랜스포머는 패치 크기 두 가지로 "
        "쟀다. standard부터는 숫자 이미지를 AdamW 대신 모멘텀 SGD로도 학습했다.",
    )
    change = Bilingual(
        "Other sizes of the networks and other images; only the variants above were tried.",
        "다른 크기의 신경망이나 다른 이미지. 여기서는 위의 변형만 시험했다.",
    )

    def questions(self) -> Sequence[ClaimQuestion]:
        own = learners(self.effort)
        tests, learnt = [], []
        for name, data in {"digits": digits(), **self.external()}.items():
            coarse = f"vit:patch={data.signature.input_shape[0] // 2}"
            variants = {
                "cnn": own.cnn,
                "cnn:readout=flatten": own.cnn + ",readout=flatten",
                "vit": patched(own.vit, data, 4),
                coarse: patched(own.vit, data, 2),
                "mlp": own.mlp,
            }
            n = SIZES["digits"][1] if name == "digits" else 1000
            if name == "digits" and self.preset != "quick":
                variants |= {f"{key}+sgd": f"{variants[key]}+sgd" for key in ("cnn", "vit", "mlp")}
            loss = {
                key: lost(self.cell(text, data, n), "permuted") for key, text in variants.items()
            }
            pairs = [("cnn", "vit"), ("cnn:readout=flatten", "vit"), ("cnn", coarse),
                     ("vit", "mlp"), (coarse, "mlp")]  # fmt: skip
            if name == "digits" and self.preset != "quick":
                pairs += [("cnn+sgd", "vit+sgd"), ("vit+sgd", "mlp+sgd")]
            tests += [
                Compared(label=f"{first} − {second}, {name}, n = {n}", rule=MATTERS,
                         terms=plus(loss[first], negative(loss[second])))
                for first, second in pairs
            ]  # fmt: skip
            learnt += [
                learns(f"{key}, {name}, n = {n}", self.cell(text, data, n))
                for key, text in variants.items()
            ]
        n = SIZES["digits"][1]
        controls = [
            Compared(label=f"mlp, which is invariant, digits, n = {n}", role="null", rule=MATTERS,
                     terms=lost(self.cell(own.mlp, digits(), n), "permuted")),
            Compared(label="cnn, a pattern anywhere, n = 960", role="control", rule=MATTERS,
                     terms=lost(self.cell(own.cnn, pattern(), 960), "permuted")),
        ]  # fmt: skip
        return [ClaimQuestion(predicted="depends", compared=[*tests, *learnt, *controls])]
