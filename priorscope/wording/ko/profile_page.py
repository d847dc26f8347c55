"""Korean words of the page of a profile and of the attention viewer, by key."""

PAGE: dict[str, str] = {
    "title": "{data}에서 네트워크가 하는 일",
    "brand": "프로파일",
    "untrained": "학습 전",
    "trained": "학습 후",
    "skip": "네트워크로 건너뛰기",
    "words": "요약",
    "words_explain": (
        "어떤 네트워크도 학습에 쓰지 않은 예제 {n}개로 측정했습니다. 변화의 백분율은 답 사이 "
        "거리의 제곱을 무관한 예제 사이 거리의 제곱으로 나눈 값입니다. 0%이면 변화를 무시하고, "
        "100%이면 다른 예제를 본 것처럼 답합니다."
    ),
    "symmetry": "이동, 반전, 회전",
    "symmetry_explain": (
        "보간이 생기지 않도록 칸 단위로, 가장자리를 돌아서 옮깁니다. 값이 낮으면 네트워크가 그 "
        "변화를 무시하는 것입니다. 주의: 데이터 증강과 풀링도 이 값을 낮추고, 모두 똑같이 답하는 "
        "네트워크는 모든 대칭을 가집니다. 정확도와 함께 읽으세요."
    ),
    "shift_change": "이동 거리별 답의 변화",
    "shift_accuracy": "이동 거리별 정확도",
    "angle_accuracy": "각도별 정확도",
    "shift_layers": "층: 한 칸 이동이 그대로 전달되지 못하는 정도",
    "layer_number": "층(입력에서 출력으로)",
    "distance": "이동 거리",
    "angle": "각도(°)",
    "change": "변화",
    "accuracy": "정확도",
    "smooth": "답이 바뀌는 속도",
    "smooth_explain": (
        "리 미분으로, 위치 한 칸(제곱평균제곱근)당 값입니다. 주의: 매끄러운 함수는 대칭과 "
        "상관없이 값이 작습니다. 항등 대조군은 데이터가 얼마나 거친지, 흐림 대조군은 매끄럽게 "
        "하는 것만으로 얼마나 달라지는지 보여 줍니다."
    ),
    "arises_translation_right": "이동에 따른 변화가 생기는 층",
    "arises_translation_in_time": "이동에 따른 변화가 생기는 층",
    "arises_rotation": "회전에 따른 변화가 생기는 층",
    "looks": "얼마나 멀리 보는가",
    "looks_explain": (
        "왼쪽은 마지막 맵의 가운데 유닛이, 오른쪽은 답이 의존하는 곳입니다(어두울수록 큼). 주의: "
        "이론적 수용 영역은 아무것도 말해 주지 않으며, 학습하지 않은 네트워크의 그림은 보는 법을 "
        "배우지 못한 네트워크의 그림과 비슷합니다."
    ),
    "unit_field": "유닛",
    "answer_field": "답",
    "attention": "어텐션이 가는 곳",
    "attention_explain": (
        "블록별 평균 거리(토큰)입니다. 주의: 클래스 토큰은 어텐션을 끌어당기므로 빼고 나머지를 "
        "다시 정규화했습니다."
    ),
    "depth": "블록",
    "reach": "거리(토큰)",
    "context": "부분인가 전체인가",
    "context_explain": (
        "일부만 보여 주거나 패치를 섞었을 때의 정확도입니다. 그림은 가렸을 때 답이 달라지는 "
        "곳입니다(어두울수록 큼). 주의: 잘린 가장자리와 섞인 경계도 새로운 특징이 됩니다. 수치 "
        "자체보다 네트워크끼리 비교하세요."
    ),
    "shown_centre": "가운데만 보임",
    "shown_border": "가장자리만 보임",
    "shown_first": "앞쪽 단어만 보임",
    "shown_last": "뒤쪽 단어만 보임",
    "shuffled": "패치나 조각 섞기",
    "turned": "패치 회전",
    "share_shown": "보이는 비율",
    "pieces": "한 축의 조각 수",
    "example": "예제",
    "map": "맵",
    "bands": "주파수",
    "bands_explain": (
        "느린 것부터 빠른 것까지 여섯 대역 중 하나를 없앴을 때 답이 얼마나 달라지는지, 하나만 "
        "남겼을 때 정확도가 얼마인지 보여 줍니다. 주의: 이미지는 파워 대부분이 느린 대역에 있어, "
        "선호가 없는 네트워크도 느린 대역에 의존합니다."
    ),
    "passed": "한 대역만 남김",
    "stopped": "한 대역을 제거",
    "high_layers": "특징 맵: 주파수 위쪽 절반에 있는 파워의 비율",
    "share_of_power": "파워의 비율",
    "band": "대역",
    "order": "순서",
    "order_explain": (
        "패딩과 [CLS] 같은 표시는 그대로 둡니다. 주의: 순서가 필요 없는 과제에서는 어떤 "
        "네트워크든 순서를 무시할 수 있습니다."
    ),
    "memorisation": "암기, 일치, 휨",
    "memorisation_explain": (
        "예제 256개로, 모델 자신의 학습률을 쓰고 스케줄 없이 측정했습니다. 주의: 파라미터가 많고 "
        "학습률이 클수록 잡음을 빨리 외웁니다. 같은 크기끼리 비교하세요."
    ),
    "similarity": "층은 서로 얼마나 닮았는가",
    "similarity_explain": (
        "편향을 보정한 선형 CKA입니다. 색이 가장 진하면 1이고, 회전과 크기를 빼면 같다는 뜻입니다. "
        "층 번호는 입력에서 출력 순서이고, 첫째 네트워크의 층이 위에서 아래로 놓입니다. 주의: "
        "흔히 쓰는 편향된 추정값은 잡음에서도 닮음을 찾아냅니다."
    ),
    "weights": "가중치",
    "weights_explain": (
        "행렬마다 유효 랭크를 가능한 최댓값으로 나눈 값으로, 입력에서 출력 순서입니다. 주의: "
        "가중치 감쇠와 정규화는 함수를 바꾸지 않고 노름을 바꿉니다."
    ),
    "matrix": "행렬, 입력에서 출력 순서",
    "rank": "유효 랭크",
    "viewer": "어텐션 보기",
    "viewer_explain": "단어를 가리키거나 패치를 클릭하면 어디를 보는지 나타납니다.",
    "all": "모든 수치",
    "network": "네트워크",
    "measure": "측정 항목",
    "quantity": "값의 이름",
    "layer": "층",
    "value": "값",
    "sentence": "설명",
    "notes": "참고",
    "made": "priorscope profile이 {written}에 만든 페이지입니다. 네트워크 연결이 필요 없습니다.",
    "attention_title": "어텐션",
    "viewer.layer": "층",
    "viewer.head": "헤드",
    "viewer.mean": "헤드 평균",
    "viewer.rollout": "모든 층을 거쳐(롤아웃)",
    "viewer.class": "클래스 토큰",
    "viewer.heads": "층(세로)과 헤드(가로): 클릭하거나 화살표 키로 고르세요",
    "viewer.large": "행이 열을 봅니다",
    "viewer.from": "‘{word}’에서 보는 곳",
    "viewer.patch": "{row}행 {column}열",
    "viewer.old": "이 브라우저는 가중치의 압축을 풀 수 없습니다. 2023년 이후의 브라우저를 쓰세요.",
    "viewer.image": "패치로 나눈 이미지: 클릭하거나 화살표 키로 옮기세요",
}
