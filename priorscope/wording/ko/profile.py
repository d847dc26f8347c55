"""Korean of a profile: a sentence for each number, phrases for each network, the page's words.

See `wording.en.profile`; `NAMES` are what numbers are called, by the English name.
"""

SENTENCES: dict[str, str] = {
    "exact-symmetry/shift": (
        "{name:을} 적용하면 답이 무관한 예제 사이 거리의 {percent}만큼 달라집니다."
    ),
    "exact-symmetry/flip": (
        "{name:을} 적용하면 답이 무관한 예제 사이 거리의 {percent}만큼 달라집니다."
    ),
    "exact-symmetry/": "{name:을} 적용하면 답이 무관한 예제 사이 거리의 {percent}만큼 달라집니다.",
    "exact-symmetry/channels": (
        "{name:을} 적용하면 답이 무관한 예제 사이 거리의 {percent}만큼 달라집니다."
    ),
    "exact-symmetry/layer": (
        "{name:이} 그대로 전달되지 못하는 정도는 무관한 예제 사이 거리의 {percent}입니다."
    ),
    "exact-symmetry/accuracy": "이 변환을 적용했을 때({short}) 정답률: {share}.",
    "lie-derivative/": (
        "{name} 한 단계마다 답이 달라지는 정도(제곱)는 무관한 예제일 때의 {number}입니다."
    ),
    "lie-derivative/layer": (
        "{name} 한 단계마다 출력이 함께 움직이지 못하는 정도(제곱)는 무관한 예제 사이 거리의 "
        "{number}입니다."
    ),
    "lie-derivative/arises here": (
        "{what} 한 단계마다 이 층에서 생기는 변화(제곱)는 무관한 예제일 때의 {number}입니다."
    ),
    "lie-derivative/arises behind": (
        "{what} 한 단계마다 마지막 층 뒤에서 생기는 변화(제곱)는 무관한 예제일 때의 {number}입니다."
    ),
    "lie-derivative/identity control": (
        "{what} 한 단계마다 입력 자체가 달라지는 정도(제곱)는 무관한 입력일 때의 {number}입니다."
    ),
    "lie-derivative/blur control": (
        "흐리게 한 입력에서는 {what} 한 단계마다 답이 달라지는 정도(제곱)가 무관한 예제일 때의 "
        "{number}입니다."
    ),
    "lie-derivative/accuracy": "정답률({short}): {share}.",
    "locality/unit": (
        "마지막 맵의 가운데 유닛이 의존하는 것의 {short:이} 한 변 {count}{unit}인 정사각형 안에 "
        "있습니다."
    ),
    "locality/answer": (
        "답이 의존하는 것의 {short:이} 한 변 {count}{unit}인 정사각형 안에 있습니다."
    ),
    "locality/unit along": (
        "마지막 맵의 가운데 유닛이 의존하는 것의 {short:이} {count}{unit} 안에 있습니다."
    ),
    "locality/answer along": (
        "답이 의존하는 것의 {short:이} 가운데를 중심으로 {count}{unit} 안에 있습니다."
    ),
    "locality/gradient spread": (
        "한 답이 의존하는 위치들은, 모든 위치가 똑같이 중요할 때에 비해 {number}배 떨어져 있습니다."
    ),
    "locality/interaction distance": (
        "함께 작용하는 입력들은 임의의 두 입력에 비해 {number}배 떨어져 있습니다."
    ),
    "attention/distance": "어텐션은 평균 {number}토큰 떨어진 곳까지 닿습니다.",
    "attention/distance if equal": (
        "모든 토큰을 똑같이 본다면 어텐션은 {number}토큰 떨어진 곳까지 닿습니다."
    ),
    "attention/entropy": "어텐션이 퍼진 정도는 모든 토큰을 똑같이 볼 때의 {percent}입니다.",
    "attention/local heads": "헤드의 {percent}가 지역적입니다.",
    "attention/rollout distance": "모든 블록을 거치면 {number}토큰 떨어진 곳까지 닿습니다.",
    "context/accuracy": "정답률({short}): {share}.",
    "context/change": "{short}: 답이 무관한 예제 사이 거리의 {percent}만큼 달라집니다.",
    "context/shape share": (
        "모양과 질감이 엇갈릴 때, 둘 중 하나를 가리킨 답의 {share}가 모양을 따릅니다."
    ),
    "context/answers": "답의 {share}가 모양이나 질감을 가리킵니다.",
    "bands/accuracy": "정답률({short}): {share}.",
    "bands/change": "{short}: 답이 무관한 예제 사이 거리의 {percent}만큼 달라집니다.",
    "bands/high": "맵의 파워 중 {percent}가 주파수의 위쪽 절반에 있습니다.",
    "bands/power": "맵의 파워 중 {percent}가 대역 {band}에 있습니다.",
    "order/accuracy": "정답률({short}): {share}.",
    "order/change": "{short}: 답이 무관한 예제 사이 거리의 {percent}만큼 달라집니다.",
    "memorisation/updates": "{name}: {count}회.",
    "memorisation/random over real": (
        "무작위 라벨에는 실제 라벨의 {number}배만큼 업데이트가 필요합니다."
    ),
    "memorisation/agreement": (
        "같은 데이터로 학습한 두 네트워크가 예제의 {share}에서 같은 답을 냅니다."
    ),
    "memorisation/distance": "두 네트워크의 확률은 {percent}만큼 다릅니다.",
    "memorisation/bending": "두 입력을 잇는 선을 따라 답이 그 경로의 {number}만큼 휩니다.",
    "memorisation/class changes": "두 입력을 잇는 선을 따라 클래스가 {number}번 바뀝니다.",
    "similarity/next layer": "표현이 다음 층의 표현과 {number}만큼 닮았습니다(1이면 같음).",
    "similarity/last layer": "표현이 마지막 층의 표현과 {number}만큼 닮았습니다(1이면 같음).",
    "weights/effective rank": "유효 랭크는 가능한 최댓값의 {percent}입니다.",
    "weights/largest": "가장 큰 특잇값은 {number}입니다.",
    "weights/norm": "원소의 제곱평균제곱근은 {number}입니다.",
}
OTHER = "{name}: {number}."  # of a measure that a plug-in brings
LAYER = "층 {layer}: {sentence}"
NOT = "해당 없음: {reason}."
UNITS = {"image": "px", "series": "스텝", "tokens": "토큰", "vector": "특성", "other": "칸"}

PHRASES: dict[str, str] = {
    "looks": "답이 의존하는 것의 절반이 {side}{unit} 안에 있음",
    "pairs": "함께 작용하는 입력의 거리는 임의의 두 입력의 {share}",
    "invariant": "{what}에 불변({share} 이내)",
    "invariant, several words": "{what}에 불변({share} 이내)",
    "variant": "{what}: 답이 {share} 달라짐",
    "ignores order": "순서를 무시함",
    "reads order": "순서를 읽음(섞으면 {share} 달라짐)",
    "attention": "어텐션이 닿는 거리는 균등하게 볼 때의 {share}",
    "frequencies": "주파수 대역 {bands}개 중 {band}번에 가장 크게 의존함",
    "texture": "질감이 없으면 정답률 {share}",
    "shape": "패치를 섞으면 정답률 {share}",
    "accuracy": "정답률 {share}",
}

SHORT = {"accuracy": "변화 없음"}  # behind `accuracy, `, where nothing was changed
# the English name of a number, with {n} for what varies, and the Korean one
NAMES: list[tuple[str, str]] = [
    ("all", "전체"),
    ("accuracy", "정확도"),
    ("accuracy, {rest}", "정확도, {rest}"),
    ("change, {rest}", "변화, {rest}"),
    ("distance", "거리"),
    ("distance if equal", "균등할 때의 거리"),
    ("entropy", "엔트로피"),
    ("local heads", "지역적 헤드"),
    ("rollout distance", "롤아웃 거리"),
    ("noise band {n}", "대역 {n}에 잡음"),
    ("pass band {n}", "대역 {n}만 남김"),
    ("stop band {n}", "대역 {n} 제거"),
    ("high frequencies", "높은 주파수"),
    ("power in band {n}", "대역 {n}의 파워"),
    ("shape share", "모양을 따른 비율"),
    ("answers that name either cue", "둘 중 하나를 가리킨 답"),
    ("{n} pieces shuffled", "{n}조각 섞기"),
    ("{n} patches shuffled", "패치 {n} 섞기"),
    ("{n} patches turned", "패치 {n} 회전"),
    ("{n} shown at the border", "가장자리 {n}만 보임"),
    ("{n} shown at the centre", "가운데 {n}만 보임"),
    ("first {n} of the words shown", "앞쪽 단어 {n}만 보임"),
    ("last {n} of the words shown", "뒤쪽 단어 {n}만 보임"),
    ("colour suppressed", "색 억제"),
    ("shape suppressed", "모양 억제"),
    ("texture suppressed", "질감 억제"),
    ("channels", "채널 교환"),
    ("channels exchanged", "채널 교환"),
    ("flip", "반전"),
    ("turn", "회전"),
    ("order", "순서 섞기"),
    ("random order", "무작위 순서"),
    ("flip left and right", "좌우 반전"),
    ("flip up and down", "상하 반전"),
    ("quarter turn", "90° 회전"),
    ("half turn", "180° 회전"),
    ("three quarter turns", "270° 회전"),
    ("reversal", "순서 뒤집기"),
    ("reversed", "순서 뒤집기"),
    ("shift", "이동"),
    ("shift by a position", "한 칸 이동"),
    ("shift by {n}", "{n}칸 이동"),
    ("shift down by {n}", "아래로 {n}칸 이동"),
    ("shift up by {n}", "위로 {n}칸 이동"),
    ("shift left by {n}", "왼쪽으로 {n}칸 이동"),
    ("shift right by {n}", "오른쪽으로 {n}칸 이동"),
    ("shift earlier by {n}", "{n}칸 앞으로 이동"),
    ("shift later by {n}", "{n}칸 뒤로 이동"),
    ("turned by {n}", "{n} 회전"),
    ("brightness", "밝기"),
    ("rotation", "회전"),
    ("scale", "확대·축소"),
    ("scale in time", "시간 방향 확대·축소"),
    ("shear", "전단"),
    ("translation down", "아래로 이동"),
    ("translation right", "오른쪽으로 이동"),
    ("translation in time", "시간 방향 이동"),
    ("{rest}, blur control", "{rest}, 흐림 대조군"),
    ("{rest}, identity control", "{rest}, 항등 대조군"),
    ("{rest}, arises here", "{rest}, 이 층에서 생김"),
    ("answer, {n}", "답, {n}"),
    ("unit, {n}", "유닛, {n}"),
    ("gradient spread", "그래디언트의 퍼짐"),
    ("interaction distance", "상호작용 거리"),
    ("updates to fit real labels", "실제 라벨을 외우는 데 필요한 업데이트"),
    ("updates to fit random labels", "무작위 라벨을 외우는 데 필요한 업데이트"),
    ("random over real", "무작위/실제 라벨의 업데이트 비"),
    ("agreement of two trainings", "두 번 학습한 결과의 일치"),
    ("distance of their probabilities", "두 결과의 확률 차이"),
    ("bending along lines", "선을 따라 휘는 정도"),
    ("class changes along lines", "선을 따라 클래스가 바뀌는 횟수"),
    ("{n}-grams shuffled", "{n}-그램 섞기"),
    ("half of the neighbours swapped", "이웃의 절반 바꾸기"),
    ("neighbours swapped", "이웃 바꾸기"),
    ("last layer", "마지막 층"),
    ("next layer", "다음 층"),
    ("effective rank", "유효 랭크"),
    ("largest singular value", "가장 큰 특잇값"),
    ("norm per entry", "원소당 노름"),
]
MEASURES: dict[str, str] = {
    "attention": "어텐션",
    "bands": "주파수 대역",
    "context": "문맥",
    "exact-symmetry": "정확한 대칭",
    "lie-derivative": "리 미분",
    "locality": "지역성",
    "memorisation": "암기",
    "order": "순서",
    "similarity": "층의 유사도",
    "weights": "가중치",
}
