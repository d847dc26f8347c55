"""Korean of what many sentences share: numbers, lists, structures, what networks do, checks."""

WORDS: dict[str, str] = {
    # Numbers and lists
    "number.to": "~",
    "number.range": "{low}~{high}",
    "number.shares": "{low}~{high}%",
    "number.least": "{low} 이상",
    "number.most": "{high} 이하",
    "number.below": "{value} 미만",
    "number.above": "{value} 초과",
    "time.seconds": "{s}초",
    "time.minutes": "{m}분 {s}초",
    "time.hours": "{h}시간 {m}분",
    "list.and.two": "{first:과} {last}",
    "list.and.many": "{first}, {last}",
    "list.or.two": "{first:이나} {last}",
    "list.or.many": "{first}, {last}",
    "list.then.two": "{first}, 이어서 {last}",
    "list.then.many": "{first}, 이어서 {last}",
    # What a structure is good for, and what takes it away
    "used.other": "{name}",
    "without.other": "{name} 제거",
    "used.permuted": "입력의 위치",
    "without.permuted": "위치 섞기",
    "used.within-patches": "세밀한 패턴",
    "without.within-patches": "패치 안 섞기",
    "used.between-patches": "패치의 배치",
    "without.between-patches": "패치끼리 섞기",
    "used.time-permuted": "순서",
    "without.time-permuted": "시간 순서 섞기",
    "used.channels-permuted": "채널의 순서",
    "without.channels-permuted": "채널 섞기",
    "used.shifted": "절대 위치",
    "without.shifted": "예제마다 무작위 이동",
    "used.rotated": "방향",
    "without.rotated": "예제마다 무작위 회전",
    "used.turned": "방향",
    "without.turned": "예제마다 무작위 회전",
    "used.blurred": "세밀한 패턴",
    "without.blurred": "흐리게 하기",
    "used.cropped": "가장자리",
    "without.cropped": "잘라 내기",
    "used.patches-dropped": "모든 패치",
    "without.patches-dropped": "패치 지우기",
    # What the cheap measures of a comparison say
    "behaviour.shift": "한 칸 이동",
    "behaviour.mirror": "좌우 반전",
    "behaviour.rotation": "90° 회전",
    "behaviour.reversal": "순서 뒤집기",
    "behaviour.order": "입력 순서 섞기",
    "behaviour.ignores": "다음 변화에는 답이 거의 달라지지 않습니다: {changes}.",
    "behaviour.moves": (
        "다음 변화에는 답이 달라집니다: {changes}. 100%이면 무관한 예제를 준 것만큼 달라진 "
        "것입니다."
    ),
    "behaviour.change": "{change} ({share})",
    "behaviour.frequency": (
        "{band} 주파수에 가장 크게 의존합니다. 이 대역을 없애면 답이 {share} 달라집니다."
    ),
    "behaviour.reach": "어텐션이 닿는 거리는 모든 위치를 똑같이 볼 때의 {share}입니다.",
    "behaviour.reaches": (
        "어텐션이 닿는 거리는 모든 위치를 똑같이 볼 때와 비교해 첫 블록에서 {first}, 마지막 "
        "블록에서 {last}입니다."
    ),
    "frequency.low": "낮은",
    "frequency.middle": "중간",
    "frequency.high": "높은",
    # Measures and their numbers
    "measure.attention-distance": "어텐션 거리",
    "measure.frequency": "주파수",
    "measure.symmetry": "대칭",
    "quantity.shift": "이동",
    "quantity.mirror": "좌우 반전",
    "quantity.rotation": "회전",
    "quantity.reversal": "뒤집기",
    "quantity.order": "순서",
    "quantity.low": "낮음",
    "quantity.middle": "중간",
    "quantity.high": "높음",
    "quantity.block": "블록 {n}",
    "split.test": "테스트",
    "split.train": "학습",
    # Tests with a known answer, and why runs are missing
    "check.random-labels": "{learner:은} 무작위 라벨을 압축하지 못함",
    "check.invariance": "{learner:은} ‘{title}’에 불변",
    "check.random-labels.meaning": (
        "무작위 라벨의 코드 길이를 n log2 K로 나눈 값입니다(n = {n}, {repeats}). 하한보다 "
        "작으면 라벨이 새는 것이고, 상한보다 크면 비트를 낭비하는 것입니다."
    ),
    "check.one_repeat": "반복 1회로는 그 잡음의 크기를 알 수 없습니다. 2회 이상이 필요합니다.",
    "check.invariance.meaning": (
        "코드 길이가 라벨당 {value}비트 변합니다. 구간이 0을 포함해야 합니다. {half}비트보다 큰 "
        "변화만 알아챌 수 있습니다.{few}"
    ),
    "check.few": " 반복 2회로는 검정력이 낮습니다. 3회 이상 실행하세요.",
    "reason.budget_ended": "이 실행에 이르기 전에 시간 예산이 끝남",
    # What a race says of itself
    "race.by": "{time}까지 라벨 {size}개",
    "race.later": "라벨 {size}개에는 {time} 필요 (대부분 {learner})",
}
