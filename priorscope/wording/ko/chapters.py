"""Korean words of the page's chapters, of structures and terms, by key; see `wording.page.t`."""

CHAPTERS: dict[str, str] = {
    # Chapter: models
    "models.explain": (
        "라벨당 비트는 입력을 이미 가진 사람에게 라벨을 전송하는 데 드는 비트 수입니다. 라벨 "
        "블록마다 앞선 블록으로 학습한 모델이 예측합니다. 낮을수록 좋습니다."
    ),
    "models.guessing": " 추측만 하면 {bits}비트가 듭니다.",
    "models.quantity": (
        " 절댓값이 아니라 차이를 보세요. 수치를 예측할 때는 비트가 음수일 수 있습니다."
    ),
    "models.small_print": " 숫자 아래 작은 글씨는 95% 신뢰 구간입니다.",
    "models.cost": "비용",
    "models.cost_explain": (
        "곱셈-덧셈 수는 가장 큰 학습 크기에서 순전파 한 번에 드는 양입니다. 실행당 시간은 작은 "
        "크기까지 포함해 그 모델의 모든 실행을 평균한 값이며, 하드웨어는 신뢰성 탭에 적혀 "
        "있습니다."
    ),
    # Chapter: more data
    "more.saturation": "라벨을 두 배로 늘리면",
    "more.saturation_explain": (
        "가장 큰 학습 크기에서 데이터를 두 배로 늘릴 때 {metric:이} 얼마나 줄어드는지 보여 "
        "줍니다. 초기 비용은 추측보다 확실히 나아지기까지 모델이 치르는 비트입니다."
    ),
    "more.falling": "계속 감소",
    "more.saturated": "포화",
    "more.undecided": "판단 불가",
    "more.not_yet": "아직 아님",
    "more.equivalence": "귀납 편향의 가치를 라벨 수로 환산하면",
    "more.equivalence_explain": (
        "행의 모델만큼 하려면 열의 모델에 라벨이 몇 배 필요한지 나타냅니다. 라벨 1,000개에서 "
        "3.4×이면 열의 모델에는 3,400개가 필요하다는 뜻입니다."
    ),
    "more.pairs": "모든 쌍, {metric} 기준, 행 모델의 라벨 {n}개",
    "more.at": "{n}개에서",
    "more.forecasts": "라벨이 2, 4, 8배일 때의 예측",
    "more.forecasts_explain": (
        "라벨이 늘어나면 각 모델이 도달할 것으로 기대되는 값입니다. 4배까지의 구간은 실제 학습 "
        "곡선 1,426개로 검증했고, 8배를 넘는 예측은 검증한 적이 없습니다."
    ),
    "more.times": "라벨 {times}배",
    "more.never_tested": "검증되지 않음",
    "more.rmse": "RMSE",
    "more.crossovers": "역전",
    "more.crossovers_explain": (
        "한 모델이 다른 모델보다 나아지기 시작하는 학습 크기입니다. 관측: 측정한 크기 안에서 "
        "일어남. 역전 유력: 데이터 4배 안에 일어날 확률이 60% 이상. 우위 유지: 역전될 확률이 10% "
        "이하. 미정: 그 사이."
    ),
    "more.no_crossovers": "측정하거나 예측한 크기 안에서는 역전이 없습니다.",
    "more.open_pairs": "역전이 없는 쌍 {n}개",
    "more.switch": "전환 코드",
    "more.switch_explain": (
        "라벨 블록마다 다른 모델을 쓸 수 있는 코드로, 데이터가 늘어날 때 모델을 갈아타는 가장 "
        "좋은 경로입니다. {learner}만 쓸 때보다 {saved}비트({interval})를 아낍니다. 모든 "
        "모델에서 비용이 같은 첫 블록은 뺐습니다."
    ),
    "more.step": "라벨 {start}~{end}개",
    "more.last_step": "라벨 {start}개부터",
    "more.loss": "테스트 손실",
    "more.error": "오류율",
    # Chapter: learning curves
    "curves.explain": (
        "선 하나가 모델 하나이고, 띠는 반복에 대한 95% 신뢰 구간입니다. 선에 마우스를 올리면 "
        "수치가 보입니다."
    ),
    "curves.few": " 반복이 3회 미만이면 띠 없이 평균만 표시합니다.",
    "curves.split": "학습 손실과 테스트 손실",
    "curves.split_explain": (
        "학습 손실(점선, 빈 점)과 테스트 손실(실선)을 라벨당 비트로, 같은 축에 그렸습니다. "
        "간격이 넓고 점점 벌어지면 과적합이고, 두 선이 높은 곳에서 만나면 이 데이터에 비해 귀납 "
        "편향이 너무 강하다는 뜻입니다."
    ),
    "curves.code": "코드 길이",
    "curves.code_explain": (
        "처음 n개 라벨을 블록 단위로 차례로 전송합니다. 블록마다 앞선 블록으로 학습한 모델이 "
        "예측합니다. 귀납 편향이 잘 맞는 모델은 처음 라벨들에 드는 비용이 적습니다. 선의 마지막 "
        "점이 순위표의 값입니다."
    ),
    # Chapter: cues
    "cues.strength": "구조",
    "cues.strength_explain": (
        "데이터의 구조 하나를 학습과 테스트에서 똑같이 섞었을 때 모델이 라벨당 몇 비트를 잃는지 "
        "보여 줍니다. 이때 정보는 사라지지 않습니다. 값이 크면 데이터에 그 구조가 있고 모델이 "
        "그것을 활용한다는 뜻입니다. ▲와 굵은 글씨: 95% 신뢰 구간이 0보다 큼. ▼와 굵은 글씨: "
        "0보다 작음. 회색: 0을 포함함."
    ),
    "cues.reliance": "단서",
    "cues.reliance_explain": (
        "이 변환들은 정보를 없앱니다. 따라서 손실이 늘어나는 것은 모델이 어떤 단서에 "
        "의존하는지를 보여 줄 뿐, 어떤 귀납 편향을 가졌는지를 보여 주지는 않습니다. 단위는 "
        "라벨당 비트이며 위와 같이 읽습니다."
    ),
    "cues.measures": "네트워크 내부",
    "cues.measures_explain": (
        "원본 데이터로 학습한 네트워크를 모델별 가장 큰 학습 크기에서, 라벨을 뺀 테스트 예제 "
        "최대 256개로 측정했습니다. 신뢰 구간은 반복에 대한 것입니다."
    ),
    # Chapter: behaviour
    "behaviour.explain": (
        "원본 데이터로 학습한 네트워크를 가장 큰 학습 크기에서 측정한 결과입니다. 수치는 "
        "‘네트워크 내부’의 표에 있습니다."
    ),
    "behaviour.size": "라벨 {n}개로 학습",
    "behaviour.more": (
        "`priorscope profile`은 지역성, 층, 어텐션, 주파수, 순서, 암기까지 더 많은 항목을 측정해 "
        "나란히, 그리고 학습 전과 비교해 보여 줍니다."
    ),
    # Chapter: data
    "data.classes": "클래스",
    "data.more": "클래스 {n}개는 표시하지 않았습니다.",
    "data.quantity": "타깃은 {low}~{high} 범위의 수치입니다{std}.",
    "data.std": " (표준 편차 {std})",
    "data.examples": "예제 몇 개",
    "data.columns": "열 ({n}개)",
    "data.unused": "사용 안 함",
    "data.dropped": "예제 {n}개 제외: {reason}",
    "data.notes": "건너뛰거나 채우거나 크기를 바꾼 것",
    # Chapter: checks
    "checks.validity": "정답을 아는 점검",
    "checks.validity_explain": (
        "바로 이 데이터에서, 결과를 미리 알고 있는 점검입니다. {n}개 중 {passed}개를 통과했습니다."
    ),
    "checks.validity_failed": " 실패한 항목을 감안해 결론을 읽으세요.",
    "checks.passed": "통과",
    "checks.failed": "실패",
    "checks.no_power": "검정력 없음",
    "checks.held": "적중",
    "checks.range": "{low}~{high}",
    "checks.audit": "숨겨 둔 크기의 예측",
    "checks.audit_explain": (
        "외삽하기 전에 가장 큰 학습 크기들을 숨기고 작은 크기들로 예측해 보았습니다. 예측 {n}개 "
        "중 {held}개가 들어맞았습니다."
    ),
    "checks.audit_missed": " {learners}에서는 빗나간 예측이 있으니 덜 믿는 것이 좋습니다.",
    "models.dropped": "중도에 탈락해 곡선이 거기서 끝난 모델: {list}.",
    "models.later": (
        " 그 뒤에 있는 {learners}의 점은 탈락 판단을 확인하거나 섞은 데이터와 비교하려고 학습한 "
        "실행입니다."
    ),
    "checks.dropped": "중도 탈락",
    "checks.dropped_explain": (
        "가장 유리하게 보아도 1위보다 나쁘기 때문에 더 작은 학습 크기에서 멈춘 모델입니다. 최선의 "
        "경우는 1위 오차(코드 길이를 물었다면 코드 길이)의 몇 배인지로 적었습니다. 그중 하나는 더 "
        "큰 크기에서 한 번 더 학습해 이 판단을 확인합니다."
    ),
    "checks.failed_runs": "실패한 실행",
    "checks.failed_explain": "아래 실행은 어떤 그림과 추정값에도 들어가지 않았습니다.",
    "checks.unresolved": "빠진 실행",
    "checks.causes": "이유: {causes}.",
    # Chapter: reproduce
    "reproduce.command": "명령",
    "reproduce.digest": "계획의 다이제스트: `{digest}`.",
    "reproduce.same": (
        "같은 시드로 같은 명령을 실행하면 부동소수점 오차 범위에서 같은 수치가 나옵니다."
    ),
    "reproduce.recipes": "학습 레시피",
    "reproduce.recipes_explain": "모델마다 다른 학습 설정입니다.",
    "reproduce.recipes_lacking": "줄표(–)는 스스로 학습해 그런 설정이 없는 모델입니다.",
    "reproduce.common": "모든 모델에 공통",
    "reproduce.common_trained": "이 설정이 있는 모든 모델에 공통",
    "sheet.tuning": "튜닝",
    "sheet.versions": "버전",
    "sheet.hardware": "하드웨어",
    "tuning.trials": "모델당 시도 횟수",
    "tuning.chosen_on": "선택에 쓴 데이터",
    "recipe.learning_rate": "학습률",
    "recipe.weight_decay": "가중치 감쇠",
    "recipe.batch": "배치 크기",
    "recipe.least_batch": "예제가 적을 때 최소 배치 크기",
    "recipe.steps": "스텝",
    "recipe.epochs": "에폭",
    "recipe.passes": "최대 패스",
    "recipe.plan": "학습 계획",
    "recipe.patience": "조기 종료 인내",
    "recipe.augment": "데이터 증강",
    "recipe.resolution": "해상도",
    "recipe.tokens": "읽는 토큰 수",
    "hardware.machine": "CPU 종류",
    "hardware.cores": "코어 수",
    "hardware.device": "장치",
    # Structures
    "structure.intact": "원본",
    "structure.permuted": "위치 섞기",
    "structure.within-patches": "패치 안 섞기",
    "structure.between-patches": "패치끼리 섞기",
    "structure.time-permuted": "시간 순서 섞기",
    "structure.channels-permuted": "채널 섞기",
    "structure.random-labels": "무작위 라벨",
    "structure.shifted": "무작위 이동",
    "structure.turned": "무작위 회전",
    "structure.rotated": "무작위 회전",
    "structure.rotated-tests": "테스트만 회전",
    "structure.shifted-tests": "테스트만 이동",
    "structure.blurred": "흐리게 하기",
    "structure.cropped": "잘라 내기",
    "structure.patches-dropped": "패치 지우기",
    # Terms
    "term.model": "모델(학습기)",
    "term.model.text": (
        "아키텍처에 더해 무엇을 배울지 결정하는 모든 것(초기 가중치, 옵티마이저, 정규화, 데이터 "
        "증강, 조기 종료)을 합친 것입니다. 귀납 편향은 이 전체가 갖는 성질입니다."
    ),
    "term.repeat": "반복(시드)",
    "term.repeat.text": (
        "데이터의 무작위 순서 하나와 그에 딸린 초기 가중치입니다. 모든 모델과 구조가 같은 반복을 "
        "쓰므로 차이는 쌍으로 비교됩니다."
    ),
    "term.interval": "신뢰 구간",
    "term.interval.text": (
        "반복에 대한 95% 구간입니다. 반복이 쌍을 이루므로 두 구간이 조금 겹쳐도 차이는 뚜렷할 수 "
        "있습니다. 결론은 쌍별 차이로 내립니다."
    ),
    "term.code_length": "라벨당 비트(코드 길이)",
    "term.code_length.text": (
        "라벨 블록마다 앞선 블록으로 학습한 모델이 예측하며, 모든 선택은 그 블록 안에서 "
        "이루어집니다. 비트는 이 예측 아래에서 정답 라벨에 드는 비용입니다. 일찍 배우고 확률이 "
        "잘 보정된 모델일수록 유리합니다."
    ),
    "term.code_length_quantity": "라벨당 비트(코드 길이)",
    "term.code_length_quantity.text": (
        "타깃 블록마다 앞선 블록으로 학습한 모델이 예측합니다. 비트는 표준화한 타깃의 예측 "
        "밀도에 -log2를 취한 값입니다. 차이만 의미가 있고 음수도 나올 수 있습니다."
    ),
    "term.fit": "적합도",
    "term.fit.text": (
        "1에서 (코드 길이 / 추측의 비용)을 뺀 값입니다. 0은 추측 수준이고, 1은 모든 라벨을 "
        "처음부터 아는 것입니다."
    ),
    "term.test_loss": "테스트 손실",
    "term.test_loss.text": (
        "학습 데이터 안에서 보정한 뒤 테스트 예제에서 잰 라벨당 비트입니다. 확신에 찬 오답은 "
        "비용이 큽니다."
    ),
    "term.best": "최고 또는 동률",
    "term.best.text": (
        "질문한 지표와 답이 말하는 라벨 수에서, 무시할 만한 차이를 넘어 더 나은 모델이 없을 "
        "확률입니다. 따라서 합이 100%를 넘을 수 있습니다. ‘최소 비트 또는 동률’은 코드 길이로 "
        "잰 같은 값입니다."
    ),
    "term.strength": "귀납 편향의 세기",
    "term.strength.text": (
        "정보를 모두 보존하는 변환으로 구조를 섞었을 때 라벨당 비트가 늘어나는 양입니다. 0에 "
        "가까우면 모델에 그 귀납 편향이 없거나 데이터에 그 구조가 없는 것입니다."
    ),
    "term.equivalence": "데이터 환산 배수",
    "term.equivalence.text": (
        "다른 모델이 라벨 n개로 내는 성능에 이르려면 이 모델에는 라벨이 몇 배 필요한지 나타냅니다."
    ),
    "term.crossover": "역전",
    "term.crossover.text": (
        "한 모델이 다른 모델보다 나아지기 시작하는 학습 크기로, 측정했거나 예측한 값입니다."
    ),
    "term.gap": "일반화 격차",
    "term.gap.text": "테스트 손실에서 학습 손실을 뺀 값입니다.",
    # The terminal
    "terminal.details": "모든 표를 보려면 `--details`를 붙이거나 리포트를 여세요.",
    "terminal.report": "리포트: {path}",
    "terminal.interval": "숫자 옆은 95% 신뢰 구간입니다. 라벨당 비트는 낮을수록 좋습니다.",
    "terminal.strength": "구조를 섞었을 때 라벨당 늘어나는 비트",
    "terminal.star": "* 95% 신뢰 구간이 0을 포함하지 않음",
    "terminal.verdict": "결론",
    "terminal.recommendation": "권장 사항",
    "terminal.notes": "참고",
    "terminal.best": "최소 비트",
    "terminal.time": "시간",
}
