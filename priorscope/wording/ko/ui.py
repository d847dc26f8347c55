"""Korean of the local page (`priorscope ui`) and of pages with several data sets."""

UI: dict[str, str] = {
    # In the terminal
    "ui.open": (
        "이 컴퓨터에서 페이지를 열었습니다. `Ctrl-C`로 끝냅니다. "
        "주소가 곧 열쇠이니 공유하지 마세요."
    ),
    "ui.ended": (
        "페이지를 닫았습니다. 여기서 실행하던 비교는 멈췄고, 페이지에서 다시 이어 할 수 있습니다."
    ),
    # Who may not ask
    "ui.refused.host": "이 서버의 주소가 아닙니다. 터미널에 표시된 주소를 여세요.",
    "ui.refused.origin": "다른 페이지에서 온 요청은 거절합니다.",
    "ui.refused.token": "주소의 열쇠가 맞지 않습니다. 터미널에 표시된 주소를 여세요.",
    # The frame
    "ui.title": "비교 목록",
    "ui.skip": "본문으로 건너뛰기",
    "ui.problem": "처리하지 못했습니다",
    "ui.back": "비교 목록",
    # The list
    "ui.comparisons": "비교 목록",
    "ui.empty": (
        "아직 비교가 없습니다. 파일로 새 비교를 시작하거나, 터미널에서 `priorscope compare`를 "
        "실행한 뒤 이 페이지를 새로 고치세요."
    ),
    "ui.no_pick": "아직 결론 없음",
    "ui.column.state": "상태",
    "ui.column.score": "판단 기준",
    "ui.column.when": "시각",
    "ui.column.side": "둘 선택",
    "ui.choose": "나란히 보기에 {name} 선택",
    "ui.side": "둘을 나란히 보기",
    "ui.side.with": "나란히 볼 비교",
    "ui.side.choose": "다른 비교",
    "ui.side.two": "목록에서 비교 둘을 고르세요.",
    "ui.pages": "다른 페이지",
    "ui.page.profile": "프로필",
    "ui.page.attention": "어텐션",
    "ui.page.claims-book": "주장",
    # States
    "ui.state.starting": "읽는 중",
    "ui.state.running": "실행 중",
    "ui.state.ending": "마무리 중",
    "ui.state.finished": "완료",
    "ui.state.stopped": "중단됨",
    "ui.state.failed": "실패",
    "ui.state.starting.long": "데이터를 읽고 있습니다.",
    "ui.state.running.long": "실행 {n}건이 끝났습니다.",
    "ui.state.ending.long": "실행이 끝나 리포트를 만들고 있습니다.",
    "ui.state.finished.long": "실행 {n}건이 저장되어 있습니다.",
    "ui.state.stopped.long": (
        "실행 {n}건이 저장되어 있습니다. 같은 명령을 다시 실행하면 이어집니다. "
    ),
    "ui.state.failed.long": "실행 {n}건이 저장되어 있습니다.",
    # A new comparison
    "ui.new": "새 비교",
    "ui.drop": "파일을 여기에 놓거나 눌러서 고르세요",
    "ui.drop.kinds": "표, 텍스트, 배열, 시계열, 또는 클래스별 폴더에 이미지를 담은 압축 파일",
    "ui.path": "또는 이 컴퓨터의 경로나 내장 데이터 이름",
    "ui.path.hint": (
        "이미지 폴더는 그 자리에서 읽습니다. 내장 데이터: `digits`, `mnist1d`, `diabetes`. "
    ),
    "ui.look": "읽은 내용 보기",
    "ui.read": "읽은 내용",
    "ui.target": "타깃: 예측할 열",
    "ui.target.ask": "라벨이 든 열이 어느 것인가요? 이름만으로는 알 수 없습니다.",
    "ui.target.none": "열을 고르세요",
    "ui.settings": "비교하기",
    "ui.preset": "얼마나 꼼꼼히",
    "ui.preset.quick": "빠르게: 2분, 라벨 1,500개까지",
    "ui.preset.standard": "보통: 10분, 라벨 10,000개까지",
    "ui.preset.thorough": "꼼꼼히: 시간 제한 없음",
    "ui.budget": "전체 시간(다르게 하려면)",
    "ui.learners": "모델(기본값 대신 쓰려면)",
    "ui.learners.hint": "쉼표로 구분합니다. `priorscope ls learners`로 목록을 볼 수 있습니다.",
    "ui.start": "시작",
    # One comparison
    "ui.report": "전체 리포트",
    "ui.stop": "중단",
    "ui.resume": "이어 하기",
    "ui.continue": "이어 하기",
    "ui.again": "다시 실행",
    "ui.command": "터미널에서 같은 일을 하려면",
    "ui.models": "모델",
    "ui.waiting": "첫 결과가 나오면 여기에 표시됩니다.",
    "ui.nothing": "아직 실행을 마친 모델이 없습니다.",
    "ui.so_far": "지금까지",
    "ui.so_far.headline": "{learner:이} 앞서 있습니다: 라벨 {n}개에서 {metric} {value}.",
    "ui.so_far.only": "첫 결과는 {learner:이다}: 라벨 {n}개에서 {metric} {value}.",
    "ui.so_far.note": (
        "지금까지 끝난 실행의 평균이며 신뢰 구간은 없습니다. 답은 끝난 뒤에 나옵니다. "
    ),
    "ui.script.sending": "{name} 복사 중 …",
    "ui.script.reading": "데이터 읽는 중 …",
    "ui.script.starting": "시작하는 중 …",
    "ui.script.stopping": "멈추는 중 …",
    "ui.script.lost": (
        "서버가 응답하지 않습니다. 서버를 끝냈다면 `priorscope ui`를 다시 실행하세요. "
    ),
    # A picture to share
    "share.card": "공유용 카드",
    # Several data sets
    "several.title": "데이터 세트 {n}개",
    "several.data": "데이터",
    "several.grid": "데이터별 모델 성적",
    "several.explain": (
        "데이터마다 각 모델의 성적과 신뢰 구간입니다. 칸이 진할수록 그 행의 최고에 가깝습니다."
    ),
    "several.at": "라벨 {n}개",
    "several.pick": "선택",
    "several.report": "전체 리포트",
}
