"""Korean of the sentences that answer a mistake; `wording.errors` looks them up.

Each pair: the English sentence with {names} for what varies, and the Korean one. The more special
stand first. What is asked for in English ("Did you mean 'cnn'?") is told apart by `wording.errors`.
"""

from priorscope.wording.ko.errors_of_commands import FOLDERS, MODELS, SETTINGS, USAGE

DATA: list[tuple[str, str]] = [
    ("There is no file or folder {path}.", "{path}: 그런 파일이나 폴더가 없습니다."),
    ("There is no file {path}.", "{path}: 그런 파일이 없습니다."),
    ("There is no test file {path}.", "{path}: 그런 테스트 파일이 없습니다."),
    (
        "{data} is neither a path nor a task. No task named {name}; there are {names}.",
        "{data}: 경로도 과제 이름도 아닙니다. 과제는 {names} 중에서 고르세요.",
    ),
    (
        "{data} is neither a file nor a folder; data are read from those alone.",
        "{data}: 파일도 폴더도 아닙니다. 데이터는 파일과 폴더에서만 읽습니다.",
    ),
    (
        "{path} is of no known kind; read are {kinds}.",
        "{path}: 알 수 없는 형식입니다. 읽는 형식: {kinds}.",
    ),
    (
        "{path} is a single image; name a folder of images.",
        "{path:은} 이미지 한 장입니다. 이미지가 든 폴더를 지정하세요.",
    ),
    (
        "{path} is a pickle, which can run code when it is opened and is never read; save its "
        "arrays as .npz.",
        "{path:은} 피클입니다. 여는 것만으로 코드가 실행될 수 있어 읽지 않습니다. 배열을 .npz로 "
        "저장하세요.",
    ),
    (
        "The folder {path} is empty; put CLASS/image files into it.",
        "폴더 {path:이} 비어 있습니다. 클래스별 폴더(CLASS/)에 이미지를 넣으세요.",
    ),
    (
        "{path} holds no images (.jpg, .png, ...) and no table; it must hold CLASS/image files, or "
        "train/CLASS and test/CLASS. Pickles are never read.",
        "{path}에 이미지(.jpg, .png 등)도 표도 없습니다. CLASS/ 폴더의 이미지 파일이나 "
        "train/CLASS, "
        "test/CLASS가 있어야 합니다. 피클은 읽지 않습니다.",
    ),
    (
        "There is no column {name}; there are {columns}.",
        "{name}: 그런 열이 없습니다. 있는 열: {columns}.",
    ),
    (
        "Which column holds the labels? Pass --target, in Python target=. The last column is "
        "{last}; the columns are {columns}.",
        "라벨이 어느 열에 있는지 알 수 없습니다. --target으로(Python에서는 target=) 지정하세요. "
        "마지막 열: {last}; 전체 열: {columns}.",
    ),
    (
        "Which column holds the labels? Several may ({names}): pass --target, in Python target=. "
        "The columns are {columns}.",
        "라벨일 수 있는 열이 여럿입니다({names}). --target으로(Python에서는 target=) 지정하세요. "
        "전체 열: {columns}.",
    ),
    (
        "The column {name} is both input and target; take it out of one.",
        "열 {name:이} 입력이자 타깃입니다. 한쪽에서 빼세요.",
    ),
    (
        "The column {name} holds lists or records, but a group is one value, such as a speaker's "
        "name; name another column with --group.",
        "열 {name:은} 목록이나 레코드입니다. 그룹은 화자 이름처럼 값 하나여야 합니다. --group으로 "
        "다른 열을 지정하세요.",
    ),
    ("{path} has no rows.", "{path}에 행이 없습니다."),
    ("{path} is encrypted; unpack it first.", "{path:은} 암호화되어 있습니다. 먼저 풀어 주세요."),
    (
        "{path} is damaged or no archive: {error}; fetch it again.",
        "{path:이} 손상되었거나 압축 파일이 아닙니다({error}). 다시 받으세요.",
    ),
    (
        "There are {n} examples in {where}; at least 4 are needed.",
        "{where}의 예제가 {n}개입니다. 4개 이상 필요합니다.",
    ),
    (
        "Each class needs 2 examples in {where} at least, but there are fewer of {classes}; add "
        "examples or take the class out.",
        "{where}에는 클래스마다 예제가 2개 이상 필요한데 {classes:은} 모자랍니다. 예제를 더하거나 "
        "그 "
        "클래스를 빼세요.",
    ),
    (
        "All {n} labels are {label}, but two classes are needed at least; name another target or "
        "add examples of another class.",
        "라벨 {n}개가 모두 {label}입니다. 클래스가 둘 이상이어야 합니다. 다른 타깃을 지정하거나 "
        "다른 "
        "클래스의 예제를 더하세요.",
    ),
    (
        "All {n} labels are missing; name another target.",
        "라벨 {n}개가 모두 비어 있습니다. 다른 타깃을 지정하세요.",
    ),
    (
        "All {n} targets are {value}: a constant has nothing to learn; name another target.",
        "타깃 {n}개가 모두 {value}입니다. 상수에서는 배울 것이 없습니다. 다른 타깃을 지정하세요.",
    ),
    (
        "The target has {n} distinct values in {examples} examples, too many for classes (at most "
        "{most}, and 2 examples each on average); it looks like an identifier or a text: name "
        "another target.",
        "타깃의 서로 다른 값이 예제 {examples}개에 {n}개로, 클래스로 보기에는 너무 많습니다(최대 "
        "{most}개, "
        "클래스당 평균 2개 이상). 식별자나 글로 보입니다. 다른 타깃을 지정하세요.",
    ),
    (
        "The labels are dates, such as {value}; name another target, or read each date as a class "
        "with --task classification.",
        "라벨이 날짜입니다(예: {value}). 다른 타깃을 지정하거나, 날짜마다 한 클래스로 읽으려면 "
        "--task "
        "classification을 쓰세요.",
    ),
    (
        "--task regression needs numbers as targets, but one is {value}; name another target.",
        "--task regression의 타깃은 수여야 하는데 {value} 같은 값이 있습니다. 다른 타깃을 "
        "지정하세요.",
    ),
    (
        "{n} of {all} {where} examples hold NaN or infinite values (first: example {first}); "
        "remove "
        "or fill them.",
        "{where} 예제 {all}개 중 {n}개에 NaN이나 무한대가 있습니다(첫 번째: 예제 {first}). 빼거나 "
        "채우세요.",
    ),
    (
        "{path} has {n} fields in line {line}, but {width} column names; repair the line, or its "
        "quotation marks.",
        "{path}: {line}번째 줄의 칸이 {n}개인데 열 이름은 {width}개입니다. 그 줄이나 따옴표를 "
        "고치세요.",
    ),
    (
        "The column {name} holds text, but a table needs numbers or categories; --kind text reads "
        "one column of text.",
        "열 {name:은} 글입니다. 표에는 수나 범주가 필요합니다. 글 한 열을 읽으려면 --kind text를 "
        "쓰세요.",
    ),
    (
        "There is no encoding {name}; there are utf-8, utf-16, {names} and Python's others.",
        "{name}: 그런 인코딩이 없습니다. utf-8, utf-16, {names} 등 파이썬이 아는 것을 쓰세요.",
    ),
    ("A path can't hold a NUL character.", "경로에는 NUL 문자를 쓸 수 없습니다."),
]

LEARNERS: list[tuple[str, str]] = [
    (
        "No model named {name}; there are {names}.",
        "{name}: 그런 모델이 없습니다. 있는 모델: {names}.",
    ),
    (
        "No structure named {name}; there are {names}.",
        "{name}: 그런 구조가 없습니다. 있는 구조: {names}.",
    ),
    (
        "No task named {name}; there are {names}.",
        "{name}: 그런 과제가 없습니다. 있는 과제: {names}.",
    ),
    (
        "No claim named {name}; there are {names}.",
        "{name}: 그런 주장이 없습니다. 있는 주장: {names}.",
    ),
    (
        "No check named {name}; there are {names}.",
        "{name}: 그런 점검이 없습니다. 있는 점검: {names}.",
    ),
    (
        "No measure named {name}; there are {names}.",
        "{name}: 그런 측정이 없습니다. 있는 측정: {names}.",
    ),
    (
        "{text}: no part is named +{part}; there are {names}.",
        "{text}: +{part} 같은 요소는 없습니다. 있는 요소: {names}.",
    ),
    (
        "{text}: hyperparameters are written key=value, but {pair} is not.",
        "{text}: 하이퍼파라미터는 key=value로 쓰는데 {pair:은} 그렇지 않습니다.",
    ),
    (
        "{text}: +{part} changes how a network is trained, but {name} trains itself; leave it out.",
        "{text}: +{part:은} 네트워크의 학습을 바꾸는데 {name:은} 스스로 학습합니다. 빼 주세요.",
    ),
    (
        "The learner {name} is the same as {other}; drop one.",
        "모델 {name:은} {other:과} 같습니다. 하나를 빼세요.",
    ),
    ("{module} has no class {name}.", "{module}에 {name} 클래스가 없습니다."),
    (
        "{path} has no predict_proba; a learner of classes must give probabilities.",
        "{path}에 predict_proba가 없습니다. 클래스를 배우는 모델은 확률을 내야 합니다.",
    ),
    (
        "The estimator {path} can't be imported: {error}; is the package installed?",
        "추정기 {path:을} 불러올 수 없습니다({error}). 패키지가 설치되어 있나요?",
    ),
    (
        "{path} has no parameter {name}; it has {names}.",
        "{path}에 매개변수 {name:이} 없습니다. 있는 것: {names}.",
    ),
    (
        "The metric {name} doesn't fit targets that are {kind}; choose one of {names}.",
        "지표 {name:은} 이 타깃에 맞지 않습니다. {names} 중에서 고르세요.",
    ),
    (
        "The structure {name} can't be removed here: {reason}.",
        "여기서는 구조 {name:을} 없앨 수 없습니다: {reason}.",
    ),
]

WORDS: list[tuple[str, str]] = [
    ("training", "학습 데이터"),
    ("test", "테스트 데이터"),
    ("the training split", "학습 데이터"),
    ("the test split", "테스트 데이터"),
]

PAIRS: list[tuple[str, str]] = [*DATA, *LEARNERS, *SETTINGS, *FOLDERS, *MODELS, *USAGE, *WORDS]
