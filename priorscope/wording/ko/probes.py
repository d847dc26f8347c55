"""Korean of why a number of a profile is missing, and of warnings about its measuring."""

PROBES: dict[str, str] = {
    "probe.no_targets": "타깃이 클래스가 아니어서 정확도가 없음",
    "probe.not_classes": "출력은 {n}개인데 클래스는 {classes}개라서 정확도가 없음",
    "probe.small_map": "한 변의 위치가 {n}개인 특징 맵이 없음",
    "probe.no_frequencies": "주파수는 이미지와 길이가 같은 시계열에만 있음",
    "probe.no_cue_named": "모양이나 질감을 가리키는 답이 없음",
    "probe.no_parts": "벡터에는 나란히 놓인 부분이 없음",
    "probe.no_positions": "벡터에는 옮기거나 돌릴 위치가 없음",
    "probe.no_parts_of_positions": (
        "위치의 일부만큼 옮기는 것은 이미지와 길이가 같은 시계열에서만 가능함"
    ),
    "probe.gradient_zero": "그래디언트가 모든 곳에서 0임",
    "probe.no_interaction": "함께 작용하는 입력 쌍이 없음",
    "probe.no_distance": "벡터의 특성 사이에는 거리가 없음",
    "probe.bag": "위치가 없는 토큰 주머니(bag of tokens)를 읽음",
    "probe.no_layer_on_input": "입력의 위치에 대응하는 위치를 가진 층이 없음",
    "probe.no_gradient_to_layer": "위치를 가진 마지막 층까지 그래디언트가 닿지 않음",
    "probe.no_gradient": "이 네트워크의 입력까지 그래디언트가 닿지 않음",
    "probe.as_saved": "다시 학습할 수 있는 모델이 필요한데, 이것은 저장된 네트워크임",
    "probe.not_learnt.real": "실제 라벨을 업데이트 {n}회 안에 학습하지 못함",
    "probe.not_learnt.random": "무작위 라벨을 업데이트 {n}회 안에 학습하지 못함",
    "probe.one_kind_not_learnt": "실제 라벨과 무작위 라벨 중 하나를 학습하지 못함",
    "probe.no_inputs_between": "두 텍스트 사이나 길이가 다른 시계열 사이에는 중간 입력이 없음",
    "probe.no_order.image": "순서는 시퀀스에만 있는데 입력이 이미지임",
    "probe.no_order.vector": "순서는 시퀀스에만 있는데 입력이 벡터임",
    "probe.single_layer": "층이 하나뿐임",
    "probe.noisy_cka": "예제 {n}개로 구한 CKA는 잡음이 큽니다. {least}개 이상을 쓰세요.",
    "probe.large_matrix": "{rows} x {columns} 행렬은 너무 큼",
    "probe.no_matrices": "네트워크에 가중치 행렬이 없음",
    "probe.no_attention": "읽을 수 있는 어텐션이 없음",
    "probe.empty_attention": (
        "네트워크가 어텐션 가중치를 내놓지 않음(퓨즈드 커널은 가중치를 내놓지 않으므로 "
        "{option:으로} 불러올 것)"
    ),
    "probe.partial_attention": (
        "토큰은 {tokens}개인데, 윈도우를 쓰는 네트워크처럼 한 블록의 어텐션 가중치가 "
        "{queries} x {keys}개임(모든 토큰 사이의 어텐션만 표시할 수 있음)"
    ),
    "probe.several_grids": (
        "네트워크의 패치 격자가 하나가 아니어서(설정의 {options}) 어텐션을 이미지 위에 놓을 수 없음"
    ),
    "probe.new_parameters": (
        "폴더에 맞는 값이 없어 무작위로 새로 만든 파라미터: {names}. 이 클래스들에 대해 학습하기 "
        "전 네트워크의 답입니다."
    ),
    "probe.all_new": "모든 파라미터가 무작위 초깃값입니다. {form:은} 아키텍처만 뜻합니다.",
    "probe.few_examples": "예제가 {least}개 이상 필요한데 {n}개뿐임",
    "probe.failed": "측정 중 오류: {error}",
    "probe.unreadable": "네트워크가 이 입력을 읽지 못합니다: {error}",
    "probe.no_tensor": "출력은 텐서여야 하는데 네트워크가 {type:을} 내놓습니다.",
    "probe.other_shape": (
        "예제 {n}개에 대한 네트워크의 출력 모양이 {shape}입니다. (예제, 출력) 모양의 텐서가 "
        "필요합니다."
    ),
    "probe.no_outputs": (
        "네트워크의 출력이 없습니다(모양 {shape}). 예제마다 출력이 하나 이상 있어야 합니다."
    ),
    "probe.input_changed": (
        "네트워크가 입력을 제자리에서 바꿉니다. 매번 복사본을 넣었으므로 수치는 바뀌기 전 입력에 "
        "대한 것입니다."
    ),
    "probe.batch_matters": (
        "한 예제에 대한 답이 같은 배치의 다른 예제에 따라 달라집니다. 예제 하나만 넣거나 배치를 "
        "반으로 나누면 최대 {change}만큼 다릅니다. 이보다 작은 수는 의미가 없습니다."
    ),
    "probe.only_batches": (
        "예제 하나나 배치의 절반으로는 네트워크를 실행할 수 없어({error}) 답이 배치에 따라 달라질 "
        "수 있습니다."
    ),
    "probe.not_finite": (
        "예제 {all}개 중 {n}개의 출력이 유한한 수가 아니어서(NaN 또는 무한대) 어떤 측정값도 "
        "의미가 없습니다."
    ),
    "probe.not_deterministic": (
        "네트워크가 결정적이지 않습니다. 평가 모드에서도 같은 입력을 두 번 넣으면 출력이 최대 "
        "{change}만큼 다릅니다. 이보다 작은 수는 의미가 없습니다."
    ),
    "probe.wide": "예제가 {n}개입니다. 64개보다 적으면 신뢰 구간이 넓습니다.",
    "probe.cut": "메모리 한도 때문에 예제 {all}개 중 {n}개로 측정했습니다.",
    "probe.nothing": "측정할 것이 없음",
}
