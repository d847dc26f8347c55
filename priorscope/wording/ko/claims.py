"""The claims book's words in Korean; the keys are those of English."""

CLAIMS: dict[str, str] = {
    "title": "주장 검증 노트",
    "brand": "주장 검증",
    "skip": "판정으로 건너뛰기",
    "intro": (
        "귀납 편향을 두고 흔히 하는 말을 하나씩 실험으로 옮겼습니다. 예상은 실험하기 전에 적어 "
        "두었고, 판정은 모두 실험 결과에서 계산했습니다."
    ),
    "overview": "전체 판정",
    "overview_explain": (
        "조건의 절반 이상에서(여러 가지를 하나하나 드는 주장은 모든 조건에서) 신뢰 구간이 한쪽에 "
        "있고 반대쪽에 있는 조건이 하나도 없을 때만 지지 또는 반박으로 판정합니다. 조건끼리 "
        "엇갈리면 둘을 가르는 요인을 찾아 '그것에 따라 다르다'고 하고, 나머지는 판단 "
        "보류입니다. 귀무 실험이나 양성 대조가 제대로 나오지 않은 주장도 판단을 보류합니다."
    ),
    "claim": "주장",
    "number": "번호",
    "effect_head": "효과",
    "interval": "95% 신뢰 구간",
    "n": "반복",
    "said_by": "누가 하는 말인가",
    "prediction": "실험 전의 예상",
    "done": "실험 방법",
    "change": "판정이 바뀌려면",
    "controls": "대조 실험",
    "controls.null": "귀무 실험 1개",
    "controls.nulls": "귀무 실험 {count}개",
    "controls.no_null": "귀무 실험은 없습니다.",
    "controls.control": "양성 대조 1개",
    "controls.controls": "양성 대조 {count}개",
    "controls.no_control": "양성 대조는 없습니다.",
    "controls.both": "{null}와 {control}",
    "controls.none": "귀무 실험도 양성 대조도 없습니다.",
    "controls.passed": "{counted}가 정상으로 나왔습니다.",
    "controls.all_passed": "{counted}가 모두 정상으로 나왔습니다.",
    "controls.failed": "{counted} 중 비정상: {controls}.",
    "cost": "{preset}: 학습 {runs}회, 코어 하나로 {seconds}.",
    "lacking": "{lacking} 데이터로는 실험하지 않았습니다. 데이터가 있는 폴더를 --data로 주세요.",
    "figure": (
        "그림에서 점은 평균, 굵은 가로선은 95% 신뢰 구간이고, 화살표는 값이 축 밖에 있다는 "
        "뜻입니다. 세로 실선은 0, 세로 점선은 의미 있는 차이가 시작되는 값입니다."
    ),
    "table": "효과({unit}): {name}",
    "effects": "효과와 신뢰 구간 ({count}개)",
    "estimate": "{center} ({low} ~ {high})",
    "compared": "비교",
    "decision": "결과",
    "role.test": "검정",
    "role.null": "귀무 실험",
    "role.control": "양성 대조",
    "role.context": "참고",
    "decision.yes": "주장과 일치",
    "decision.no": "주장과 불일치",
    "decision.open": "미정",
    "decision.passed": "정상",
    "decision.failed": "비정상",
    "method": (
        "추정값은 짝지은 반복의 평균이고 구간은 스튜던트 t로 구한 {level} 신뢰 구간입니다. 한 "
        "판정에 든 여러 검정은 모두 합쳐 95%가 되도록 본페로니 방법으로 보정했고, 그림의 가는 선이 "
        "보정한 구간입니다. 귀무 실험은 99% 구간으로 봅니다. 의미 있는 차이의 기준이 적혀 있으면, "
        "구간이 0보다 위에 있고 추정값이 그 기준 이상이어야 주장과 일치한다고 봅니다. "
        "모든 모델의 갱신 횟수와 학습률 탐색 횟수는 같습니다."
    ),
    "hardware": "실행 환경: {hardware}.",
    "made": "priorscope가 저장된 결과로 만든 페이지, {written}.",
    "verdict.supported": "지지",
    "verdict.refuted": "반박",
    "verdict.depends": "{on}에 따라 다름",
    "verdict.undecided": "판단 보류",
    "verdict.none": "판정 없음",
    "repeats": "{low}~{high}",
    "sentence.supported": "지지: {effect}{across}, 짝지은 반복 {n}회.",
    "sentence.refuted": "반박: {effect}{across}, 짝지은 반복 {n}회.",
    "sentence.depends": "{on}에 따라 다름 (짝지은 반복 {repeats}회).",
    "sentence.differ": (
        "지지: 조건에 따라 결과가 엇갈리며, {on}에 따라 나뉨 (짝지은 반복 {repeats}회)."
    ),
    "sentence.undecided": (
        "판단 보류: 조건 {count}개 중 판정이 난 것은 {decided}개입니다. {effect}, "
        "짝지은 반복 {n}회."
    ),
    "factor.compared": "비교 대상",
    "factor.data": "데이터",
    "factor.labels": "라벨 수",
    "factor.distance": "거리",
    "factor.none": "조건",
    "together": "{first} 및 {last}",
    "either": "{first} 또는 {last}",
    "either.of_several": "{first}, 또는 {last}",
    "across": ", 조건 {count}개의 평균",
    "sentence.failed": "대조 실험이 예상과 다르게 나왔습니다: {controls}.",
    "sentence.yes": "일치: {names}.",
    "sentence.no": "불일치: {names}.",
    "sentence.open": "미정: {names}.",
    "and_more": "; 그 밖에 {count}개",
    "effect": "{unit} {center} ({low} ~ {high})",
    "effect.same": "{unit} {center}",
    "more_repeats": "지금 미정인 조건은 반복을 {repeats}회쯤으로 늘리면 판정할 수 있습니다.",
    "more_repeats_hopeless": (
        "지금 미정인 조건은 일치와 불일치의 경계에 너무 가까워, 반복을 늘려도 현실적으로 판정하기 "
        "어렵습니다."
    ),
    "needed": "이 컴퓨터에서 약 {seconds} 더 필요합니다. --budget을 늘려 주세요.",
    "why.skipped": "{lacking} 데이터가 필요합니다. 데이터가 있는 폴더를 --data로 주세요.",
    "why.module": "파이썬 패키지를 설치해야 합니다: {reason}.",
    "why.unfinished": "학습 {runs}회 중 {done}회를 마치고 시간이 끝났습니다. {needed}",
    "why.failed": "실행하지 못했습니다: {reason}",
    "unit.bits": "라벨당 비트",
    "unit.accuracy": "정확도",
    "unit.gap": "테스트와 학습의 비트 차이",
    "unit.doublings": "라벨을 두 배로 늘린 횟수",
    "unit.error": "최댓값 대비",
    "unit.correlation": "상관계수의 제곱",
    "unit.count": "토큰 수",
    "unit.ratio": "상대 차이",
    "axis.bits": "비트/라벨",
    "axis.accuracy": "정확도",
    "axis.gap": "비트(테스트와 학습의 차이)",
    "axis.doublings": "라벨 수의 배가 횟수",
    "axis.error": "최댓값 대비 비율",
    "axis.correlation": "상관계수의 제곱",
    "axis.count": "토큰 수",
    "axis.ratio": "상대 차이",
    "why.unprepared": (
        "학습에 필요한 준비를 마치기 전에 시간이 끝났습니다. --budget을 늘려 주세요."
    ),
}
