"""Korean of what commands print: how data were read, plans, progress, tables of curves."""

TERMINAL: dict[str, str] = {
    # How data were read
    "read.examples": (
        "학습 예제 {train}개, 테스트 예제 {test}개({source}); {kind}, {shape}, 값 {low}~{high}."
    ),
    "read.kind.vector": "벡터",
    "read.kind.series": "시계열",
    "read.kind.image": "이미지",
    "read.kind.tokens": "토큰",
    "read.kind.text": "텍스트",
    "read.quantity": "타깃: {low}~{high} 범위의 수치.",
    "read.classes": "클래스 {n}개: {list}.",
    "read.columns": "사용하는 열 {n}개: {list}.",
    "read.columns_parts": "입력이 아닌 열: {list}.",
    "read.columns_left": "제외한 열 {n}개: {list}.",
    "read.unknown_tokens": "토큰의 {share:은} 토크나이저가 모르는 토큰입니다.",
    "read.dropped": "제외: 예제 {n}개, {reason}.",
    "read.information": "정보: {text}",
    "read.warning": "경고: {text}",
    "read.more": " 외 {n}개",
    "read.title": "{name}에서 읽은 내용",
    "read.samples": "학습 예제 몇 개",
    # The plan of a comparison
    "dry.learner": "모델",
    "dry.parameters": "파라미터",
    "dry.multiply_adds": "곱셈-덧셈",
    "dry.step": "스텝당 ms",
    "dry.runs": "실행 수",
    "dry.seconds": "초",
    "dry.runs_of": (
        "실행 {n}건(이미 끝난 것 {done}건): 학습 크기 {sizes}; 반복 {repeats}회; 구조 {structures}."
    ),
    "dry.time.one": "작업자 {n}개로 약 {time}(시작 {start}, 보고서 {report} 포함).",
    "dry.time.many": "작업자 {n}개로 약 {time}(시작 {start}, 보고서 {report} 포함).",
    "dry.untimed": "여기서 실행된 적이 없어 시간에 넣지 못한 모델: {learners}.",
    "dry.race": "위는 전체 그리드이며, 레이스는 그 일부만 실행합니다.",
    "dry.race_ends": (
        "위는 전체 그리드이며, 레이스는 그 일부만 실행하고 시작과 보고서까지 {time} 안에 끝냅니다."
    ),
    "shard.others": (
        "샤드 {shard:은} 끝났지만 같은 폴더에서 다른 샤드가 아직 일하고 있습니다. 지금까지의 "
        "결과이며, 마지막으로 끝나는 샤드가 보고서를 만듭니다."
    ),
    "shard.nothing": (
        "샤드 {shard}에는 남은 일이 없습니다. 마지막까지 일하는 쪽이 리포트를 만듭니다."
    ),
    # The end of a command
    "cli.interrupted": "중단했습니다. 같은 명령을 다시 실행하면 이어집니다.",
    "cli.unexpected": (
        "예상하지 못한 오류입니다({fault}). --debug를 붙이면 위치를 보여 "
        "줍니다. 끝난 것은 남아 있습니다."
    ),
    "cli.unwritable": (
        "읽거나 쓸 수 없습니다: {place}({why}). 고치거나 다른 곳을 "
        "지정하세요. 끝난 것은 남아 있고, 같은 명령을 다시 실행하면 이어집니다."
    ),
    "cli.a_file": "파일",
    "cli.usage": "{problem} (--help로 사용법을 볼 수 있습니다)",
    "cli.did_you_mean": "혹시 {near}인가요?",
    "cli.nul": "경로에 널 문자를 쓸 수 없습니다. 다른 경로를 지정하세요.",
    "log.done": "기록한 곳: {place}",
    "log.failed": (
        "{tracker} 기록이 도중에 끝났습니다({problem}). 비교에는 영향이 없으며, 같은 명령을 다시 "
        "실행하면 빠진 기록이 채워집니다."
    ),
    "log.silent": "{time}초 안에 응답이 없었습니다",
    "predict.done": "예측 {n}건을 {path}에 저장했습니다",
    # `priorscope plan`
    "plan.goal.accuracy": "정확도 {target}",
    "plan.goal.rmse": "RMSE {target}",
    "plan.goal.other": "{on} {target}",
    "plan.beyond": "데이터의 8배 초과",
    "plan.labels.more": "라벨 {low}개 초과(90%)",
    "plan.labels.alone": "라벨 약 {n}개",
    "plan.labels.about": "라벨 약 {n}개({low}~{high})",
    "plan.too_few": "학습 크기 3개 이상에서 측정한 모델이 없어 아직 알 수 없음",
    "plan.value": "{value}({low}~{high})",
    "plan.value_untested": "{value}({low}~{high}, 이만큼 먼 예측은 검증된 적 없음)",
    "plan.for_all": "{goal} 기준(80% 구간): {list}.",
    "plan.all_with_labels": "라벨 {asked}개일 때(80% 구간): {list}.",
    "plan.reached": (
        "더 모을 필요가 없습니다. {learner:은} 지금 있는 라벨 {n}개로 이미 {goal:을} "
        "달성했습니다(확률 {odds})."
    ),
    "plan.collect": "라벨을 더 모으세요. {needs}",
    "plan.beyond_needs": "라벨만 늘려서는 어려워 보입니다. {needs}",
    "plan.needs": (
        "{learner:이} {goal:을} 달성하려면 {labels:이} 필요합니다. 데이터가 4배일 때 달성할 "
        "확률은 {odds}입니다."
    ),
    "plan.needs_more": (
        "{learner}의 {goal:은} {labels:이다}. 데이터가 4배일 때 달성할 확률은 {odds}입니다."
    ),
    "plan.with_labels": "라벨 {asked}개일 때 예상되는 {learner}의 {metric:은} {value}입니다.",
    "plan.labels_beyond": (
        "라벨 {asked}개에 대해서는 말할 수 없습니다. 예측은 가장 작은 크기 {least}개부터 가장 큰 "
        "크기의 8배인 {most}개까지만 합니다."
    ),
    "plan.change_then": (
        "그때는 모델을 바꾸세요. 지금은 {best_now:이} 앞서지만 그만큼 모으면 앞서지 못할 것으로 "
        "예상됩니다."
    ),
    "plan.keep_then": (
        "모델은 그대로 두세요. 시도한 모델 {tried}개 중 앞설 것으로 예상되는 것은 없습니다."
    ),
    "plan.change": (
        "라벨을 모으면서 모델을 바꾸세요. {learner:은} 지금 앞선 {best_now}보다 적은 라벨로 "
        "목표에 이릅니다: {goal}에 {labels}."
    ),
    "plan.keep": (
        "모델은 그대로 두세요. 시도한 모델 {tried}개 중 라벨이 더 적게 드는 것은 없습니다."
    ),
    "plan.keep_one": (
        "시도한 모델이 {learner}뿐입니다. 라벨이 더 적게 드는 다른 모델이 있을 수 있습니다."
    ),
    "plan.cost": "({time} 소요)",
    "plan.run": (
        "더 정확히 알려면: 라벨 {n}개에서 {learner:을} 한 번 더 반복하면 결론의 분산이 {share} "
        "줄 것으로 예상됩니다{cost}."
    ),
    # Progress of a comparison
    "progress.reading": "데이터 읽는 중",
    "progress.training": "학습 중",
    "progress.advice": (
        "앞으로 적어도 {time} 더 걸립니다. 언제든 멈춰도 됩니다. 같은 명령을 다시 실행하면 "
        "이어집니다. --budget 10m은 10분 안에 얻을 수 있는 답을 주고, --preset quick은 더 적게 "
        "계획합니다."
    ),
    "progress.runs": "{what}: 실행 {runs}건 중 {done}건, {time}초",
    "status.running": "실행 중",
    "status.finished": "완료",
    "status.stopped": "중단됨(같은 명령을 다시 실행하면 이어집니다)",
    "status.done": "{state}: 실행 {done}건 완료",
    "status.done_of": "{state}: 실행 {planned}건 중 {done}건 완료",
    "status.failed": "{n}건 실패",
    "status.left": "약 {time} 남음",
    "status.process": (
        "{host}(프로세스 {pid}): {backend}, 샤드 {shard}, 동시에 {lanes}건, {n}건 진행 중"
    ),
    "status.failed_because": "실패: {reason}",
    "status.column.runs": "최근 실행",
    "status.column.structure": "구조",
    "status.column.n": "n",
    "status.column.repeat": "반복",
    "status.column.state": "상태",
    "status.column.bits": "비트",
    "status.column.test": "테스트",
    "status.state.done": "완료",
    # Tables of `priorscope curves`
    "on.loss": "손실",
    "on.error": "오류율",
    "on.train_loss": "학습 손실",
    "on.accuracy": "정확도",
    "on.rmse": "RMSE",
    "on.mae": "MAE",
    "table.more": "{n}행 더: --json",
    "table.on": "지표",
    "table.data": "데이터",
    "table.n": "n",
    "table.median": "중앙값",
    "table.interval80": "80% 구간",
    "table.interval95": "95% 구간",
    "table.forecasts": "예측",
    "table.crossovers": "역전",
    "table.verdict": "판정",
    "table.within4": "P(4배 안)",
    "table.not_before": "최소 시점(90%)",
    "table.equivalence": "데이터 환산",
    "table.worth": "환산 배수(95%)",
    "table.saturation": "포화",
    "table.fall": "두 배당 감소율(95%)",
    "table.paid": "추측을 넘기까지의 비용",
    "table.times": "{times}배",
    "table.times_untested": "{times}배(검증되지 않음)",
    "table.overtakes": "{late:이} {early} 추월",
    "table.ahead": "{early:이} {late}보다 우위 유지",
    "table.in_data_of": "{a:을} {b}의 데이터로 환산",
    "table.beyond": "데이터의 8배 초과",
    "table.never": "없음",
    "table.beyond_8": "데이터의 8배 초과",
    "verdict.observed": "관측",
    "verdict.likely overtakes": "역전 유력",
    "verdict.open": "미정",
    "verdict.stays ahead": "우위 유지",
    "verdict.unknown": "알 수 없음",
    "verdict.predicted": "예측",
    "verdict.beyond support": "예측 범위 밖",
    "verdict.undecided": "판단 불가",
    "verdict.never": "역전 없음",
    "verdict.falling": "계속 감소",
    "verdict.saturated": "포화",
    "verdict.rising": "증가",
    "verdict.bound": "한계값",
    # The page of `priorscope curves`
    "curves_page.title": "학습 곡선: {title}",
    "curves_page.caption": "{on}: 선은 피팅한 곡선(점선은 예측), 띠는 80% 구간입니다.",
    "curves_page.learner": "모델",
    "curves_page.never_tested": "(검증되지 않음)",
    "curves_page.who": "어느 모델이 어느 모델을 앞지르는가",
    "curves_page.behind": "지금 뒤진 모델",
    "curves_page.ahead": "지금 앞선 모델",
    "curves_page.observed": "{n}개에서 관측됨",
    "curves_page.basis": (
        "구간과 확률은 곡선이 이런 종류의 곡선답게 이어진다는 가정에서 성립합니다. 상수는 "
        "데이터셋 111개의 학습 곡선 1,915개에서 얻었습니다. docs/curves.md를 보세요."
    ),
    "curves_page.chart": "예측을 포함한 학습 곡선, {on}",
    "curves_page.axis": "학습 예제 수",
}
