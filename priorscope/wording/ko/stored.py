"""Korean of English sentences that are stored with data and runs; `wording.stored` looks them up.

Each pair: the English sentence with {names} for what varies, and the Korean one. Longer and more
special sentences stand before those that would fit as well. What stands for {what}, {why},
{reason}, {form} or {origin} is told again itself; everything else is a name or a number.
"""

from priorscope.wording.ko.stored_files import ARRAYS, TABLES

LABELS: list[tuple[str, str]] = [
    (
        "{n} of {all} labels are missing (first: example {first})",
        "라벨 {all}개 중 {n}개가 비어 있습니다(첫 번째: 예제 {first})",
    ),
    ("{what}; these examples are left out.", "{what}. 이 예제들은 제외했습니다."),
    ("the label is missing", "라벨이 비어 있음"),
    (
        "A class has one example ({names}), too few to learn from one and test on another; left "
        "out.",
        "예제가 하나뿐인 클래스가 있습니다({names}). 하나로 학습하고 다른 하나로 테스트할 수 없어 "
        "제외했습니다.",
    ),
    (
        "{n} classes have one example each ({names}), too few to learn from one and test on "
        "another; left out.",
        "예제가 하나뿐인 클래스가 {n}개 있습니다({names}). 하나로 학습하고 다른 하나로 테스트할 수 "
        "없어 제외했습니다.",
    ),
    ("it is the only example of its class", "클래스에 예제가 이것뿐임"),
    ("no label", "라벨이 없음"),
    (
        "The label {label} is read as a class; --missing {word} leaves it out.",
        "라벨 {label:을} 클래스로 읽었습니다. 제외하려면 --missing {word}를 쓰세요.",
    ),
    ("The labels {labels} are one class.", "라벨 {labels:은} 같은 클래스입니다."),
    (
        "The classes {classes} look alike, but differ in blanks, signs or unseen characters.",
        "클래스 {classes:은} 비슷해 보이지만 공백, 기호, 보이지 않는 문자가 다릅니다.",
    ),
    (
        "{n} of {all} targets are {value}: there is little to learn.",
        "타깃 {all}개 중 {n}개가 {value}입니다. 배울 것이 거의 없습니다.",
    ),
    ("The classes {classes} differ in case alone.", "클래스 {classes:은} 대소문자만 다릅니다."),
    (
        "The target is read as a quantity: {reason}; --task classification reads classes.",
        "타깃을 수치로 읽었습니다({reason}). 클래스로 읽으려면 --task classification을 쓰세요.",
    ),
    ("it has fractions, such as {value}", "소수가 있음: {value} 등"),
    (
        "it has {n} distinct whole numbers from {low} to {high}",
        "서로 다른 정수 {n}개, {low}~{high}",
    ),
    ("as asked", "요청에 따름"),
    (
        "The labels are {name}; --target {other} takes {again}.",
        "라벨은 {name}입니다. {again:을} 쓰려면 --target {other:을} 붙이세요.",
    ),
    (
        "Labels are those of the .cls files (webdataset).",
        "라벨은 .cls 파일(webdataset)의 것입니다.",
    ),
]

SPLITS: list[tuple[str, str]] = [
    ("made by the task", "과제가 생성"),
    ("given by the data", "데이터에 지정됨"),
    ("the folder {name}", "폴더 {name}"),
    ("the latest {share} held out", "가장 최근 {share}를 떼어 둠"),
    ("{share} held out, whole groups, seed {seed}", "그룹째로 {share}를 떼어 둠, 시드 {seed}"),
    ("{share} of each class held out, seed {seed}", "클래스마다 {share}를 떼어 둠, 시드 {seed}"),
    ("{share} at random held out, seed {seed}", "무작위로 {share}를 떼어 둠, 시드 {seed}"),
    (
        "There is no test folder; {name} is the test split.",
        "테스트 폴더가 없어 {name:을} 테스트 데이터로 씁니다.",
    ),
    (
        "There is no test file; {name} is the test split.",
        "테스트 파일이 없어 {name:을} 테스트 데이터로 씁니다.",
    ),
    (
        "There is no test split; {name} is the test split.",
        "테스트 분할이 없어 {name:을} 테스트 데이터로 씁니다.",
    ),
    (
        "{name} is part of training; choices are made inside it.",
        "{name:은} 학습 데이터에 포함됩니다. 모델 선택은 그 안에서 이루어집니다.",
    ),
    (
        "Below each split, the folder {name} is read as no class.",
        "각 분할 아래의 폴더 {name:은} 클래스로 보지 않습니다.",
    ),
    ("{name} is part of training.", "{name:은} 학습 데이터에 포함됩니다."),
    ("{name} beside it is the test split.", "옆에 있는 {name:을} 테스트 데이터로 씁니다."),
    (
        "{name} says neither train nor test and is not read.",
        "{name:은} 학습용인지 테스트용인지 알 수 없어 읽지 않습니다.",
    ),
    ("{name} holds no labels and is not read.", "{name}에는 라벨이 없어 읽지 않습니다."),
    (
        "{n} groups are in both splits: test figures flatter.",
        "그룹 {n}개가 학습과 테스트 양쪽에 있습니다. 테스트 수치가 실제보다 좋게 나옵니다.",
    ),
    (
        "{most} of the {n} test examples are used; --preset thorough uses more.",
        "테스트 예제 {n}개 중 {most}개를 씁니다. --preset thorough는 더 많이 씁니다.",
    ),
    (
        "The values of {name} come several times each, as those of persons or devices do; "
        "--group {again} keeps them in one split.",
        "{name}의 값이 사람이나 기기처럼 여러 번씩 나옵니다. --group {again:을} 쓰면 같은 값이 "
        "한쪽 분할에 모입니다.",
    ),
]

LEAKS: list[tuple[str, str]] = [
    (
        "{n} of {all} test inputs are also in training",
        "테스트 입력 {all}개 중 {n}개가 학습 데이터에도 있습니다",
    ),
    (
        "{what}; they stay, as {why}: test figures flatter.",
        "{what}. {why} 그대로 두었으므로 테스트 수치가 실제보다 좋게 나옵니다.",
    ),
    ("{what}; they are left out of the test split.", "{what}. 테스트 데이터에서 뺐습니다."),
    (
        "Training inputs go from {low} to {high}, but those of the test split from {start} to "
        "{end}: bring both to one scale.",
        "학습 입력은 {low}~{high}인데 테스트 입력은 {start}~{end}입니다. 같은 척도로 맞추세요.",
    ),
    ("inputs repeat by nature", "원래 반복되는 입력이어서"),
    ("too little would be left", "빼면 남는 것이 너무 적어"),
    ("test inputs that are also in training", "학습 데이터에도 있는 테스트 입력"),
    (
        "{n} training inputs occur more than once; equal ones are one {origin}.",
        "학습 입력 {n}개가 두 번 이상 나옵니다. 같은 것은 한 {origin:으로} 묶습니다.",
    ),
    ("group", "그룹"),
    ("unit", "단위"),
    (
        "{n} of {all} training inputs occur more than once.",
        "학습 입력 {all}개 중 {n}개가 두 번 이상 나옵니다.",
    ),
    (
        "{n} equal training inputs have different targets.",
        "같은 학습 입력인데 타깃이 다른 것이 {n}개 있습니다.",
    ),
    (
        "{n} test {kind} are nearly equal to a training one (first: example {first})",
        "테스트 {kind} {n}개가 학습 데이터에 있는 것과 거의 같습니다(첫 번째: 예제 {first})",
    ),
    ("{what}; --drop-near takes them out.", "{what}. --drop-near를 쓰면 뺍니다."),
    ("test {kind} that are nearly in training", "학습 데이터에 거의 같은 것이 있는 테스트 {kind}"),
    ("images", "이미지"),
    ("text files", "텍스트 파일"),
    ("texts", "텍스트"),
    (
        "{n} examples of {name} are an extra test set.",
        "{name}의 예제 {n}개를 추가 테스트 세트로 씁니다.",
    ),
    (
        "The column {name} alone tells the target; if it isn't known before the target is, leave "
        "it out with --input.",
        "열 {name:은} 혼자서 타깃을 알려 줍니다. 타깃보다 먼저 알 수 없는 값이라면 --input으로 "
        "제외하세요.",
    ),
    (
        "File names begin alike in groups of about {n} ({names}); if images of one group are of "
        "one origin, --group name keeps them in one split.",
        "파일 이름이 약 {n}개씩 같은 말로 시작합니다({names}). 한 그룹의 이미지가 같은 출처라면 "
        "--group name으로 한쪽 분할에 모으세요.",
    ),
]

RUNS: list[tuple[str, str]] = [
    ("the budget ended before these runs", "이 실행에 이르기 전에 시간 예산이 끝남"),
    ("there was no time for these runs", "이 실행을 할 시간이 없었음"),
    (
        "the validation part of the first repeat's prefix at {size} labels (20%)",
        "라벨 {size}개일 때 첫 반복의 검증용 부분(20%)",
    ),
    ("the validation part of each prefix (20%)", "학습 크기마다 검증용 부분(20%)"),
    (
        "{n} stored rows were damaged and not used: {path}: {reason}.",
        "저장된 행 {n}개가 손상되어 쓰지 않았습니다: {path}: {reason}.",
    ),
    (
        "1 stored row was damaged and not used: {path}: {reason}.",
        "저장된 행 1개가 손상되어 쓰지 않았습니다: {path}: {reason}.",
    ),
    (
        "{folder} holds {n} runs of an earlier version of priorscope, which mean something else "
        "now; they are not used, and --fresh removes them.",
        "{folder}에 이전 버전 priorscope의 실행 {n}건이 있습니다. 지금과 의미가 달라 쓰지 "
        "않습니다. --fresh를 쓰면 지워집니다.",
    ),
    (
        "its worker process died twice, perhaps out of memory",
        "작업 프로세스가 두 번 죽음(메모리 부족일 수 있음)",
    ),
    ("its predictions are not finite", "예측값이 유한하지 않음"),
    (
        "{learner}, {structure}, n = {n}, repeat {repeat}",
        "{learner}, {structure}, n = {n}, 반복 {repeat}",
    ),
]

PAIRS: list[tuple[str, str]] = [*LABELS, *SPLITS, *LEAKS, *TABLES, *ARRAYS, *RUNS]
