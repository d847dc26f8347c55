"""Korean of the sentences about flags, folders and saved models; see `errors`."""

SETTINGS: list[tuple[str, str]] = [
    (
        "A duration is written 90s, 10m, 1h30m or as seconds, but it is {value}.",
        "시간은 90s, 10m, 1h30m처럼 쓰거나 초로 쓰는데 {value}입니다.",
    ),
    (
        "A duration must be positive and at most a year, but it is {value}.",
        "시간은 0보다 크고 1년 이하여야 하는데 {value}입니다.",
    ),
    (
        "--sizes goes up to {size}, but the training split has {n} examples.",
        "--sizes는 {size}까지인데 학습 데이터는 {n}개입니다.",
    ),
    (
        "The smallest size is {size}, but there are {classes} classes and each must be in the "
        "first "
        "block; choose --sizes from {least} on.",
        "가장 작은 크기가 {size}인데 클래스가 {classes}개이고 첫 블록에 모두 있어야 합니다. "
        "--sizes를 "
        "{least} 이상에서 고르세요.",
    ),
    (
        "A learning curve needs two sizes or more, but there is {size} alone; there are {n} "
        "training "
        "examples.",
        "학습 곡선에는 크기가 둘 이상 필요한데 {size} 하나뿐입니다. 학습 예제는 {n}개입니다.",
    ),
    (
        "sizes must be positive and increasing, but they are {sizes}.",
        "sizes는 0보다 크고 커지는 순서여야 하는데 {sizes}입니다.",
    ),
    (
        "sizes are whole numbers separated by commas, but {text} is not one.",
        "sizes는 쉼표로 나눈 정수인데 {text:은} 아닙니다.",
    ),
    (
        "These targets are quantities, which have no accuracy; use --target-rmse.",
        "타깃이 수치여서 정확도가 없습니다. --target-rmse를 쓰세요.",
    ),
    (
        "These targets are classes, which have no RMSE; use --target-accuracy.",
        "타깃이 클래스여서 RMSE가 없습니다. --target-accuracy를 쓰세요.",
    ),
    (
        "--target-accuracy lies between 0 and 1, but it is {value}.",
        "--target-accuracy는 0과 1 사이여야 하는데 {value}입니다.",
    ),
    (
        "{path} can't be read as TOML ({why}); give a file with lines such as repeats = 3.",
        "{path:을} TOML로 읽을 수 없습니다({why}). repeats = 3 같은 줄이 있는 파일을 주세요.",
    ),
    (
        "--device is one of {names}, not {name}.",
        "--device는 {names} 중 하나여야 하는데 {name}입니다.",
    ),
    (
        "--device cuda, but torch finds no CUDA GPU; leave it out or say cpu.",
        "--device cuda인데 torch가 CUDA GPU를 찾지 못했습니다. 빼거나 cpu라고 쓰세요.",
    ),
    (
        "--shard is I/N with I from 1 to N, such as 2/16, but it is {text}.",
        "--shard는 2/16처럼 I/N(I는 1부터 N까지)으로 쓰는데 {text}입니다.",
    ),
    (
        "{name} takes a whole number, but it is {value}; write it without a fraction.",
        "{name:은} 정수를 받는데 {value}입니다. 소수 없이 쓰세요.",
    ),
    (
        "--log {name} needs {library}: pip install {what}.",
        "--log {name}에는 {library:이} 필요합니다: pip install {what}.",
    ),
]

FOLDERS: list[tuple[str, str]] = [
    (
        "The folder {folder} holds {name}, which priorscope didn't write and leaves alone; choose "
        "an "
        "empty or new folder with --out.",
        "폴더 {folder}에 priorscope가 만들지 않은 {name:이} 있어 건드리지 않습니다. --out으로 "
        "비었거나 새 "
        "폴더를 고르세요.",
    ),
    (
        "The folder {folder} holds a {other} made by priorscope, and this is a {kind}; choose "
        "another "
        "folder with --out.",
        "폴더 {folder}에는 priorscope의 다른 결과({other})가 있습니다. 지금 만들 것은 {kind}이니 "
        "--out으로 "
        "다른 폴더를 고르세요.",
    ),
    (
        "The output folder {folder} lies inside the data {data}; choose another with --out.",
        "결과 폴더 {folder:이} 데이터 {data} 안에 있습니다. --out으로 다른 폴더를 고르세요.",
    ),
    (
        "{path} is there already, and a file may hold somebody's work; give another {flag}, or add "
        "--overwrite.",
        "{path:은} 이미 있고 누군가의 작업일 수 있습니다. 다른 {flag:을} 주거나 --overwrite를 "
        "붙이세요.",
    ),
    (
        "{path} is a folder; give {flag} the name of a file.",
        "{path:은} 폴더입니다. {flag}에는 파일 이름을 주세요.",
    ),
    (
        "{folder} holds no comparison; give the folder that `priorscope compare` named.",
        "{folder}에 비교 결과가 없습니다. `priorscope compare`가 알려 준 폴더를 주세요.",
    ),
    (
        "A report is made from {path}, which is not there; give the folder that `priorscope "
        "compare` "
        "printed.",
        "보고서는 {path:으로} 만드는데 그 파일이 없습니다. `priorscope compare`가 알려 준 폴더를 "
        "주세요.",
    ),
    (
        "{folder} isn't a folder that `priorscope compare` made (it has neither the marker "
        "`.priorscope` nor stored runs), so no report is written there; give the folder that "
        "`priorscope compare` printed.",
        "{folder:은} `priorscope compare`가 만든 폴더가 아니어서(표시 `.priorscope`도 저장된 "
        "실행도 없음) "
        "보고서를 쓰지 않습니다. `priorscope compare`가 알려 준 폴더를 주세요.",
    ),
    (
        "{folder} holds no model ({file} is missing); give the folder that `priorscope fit --out` "
        "or "
        "`save` wrote.",
        "{folder}에 모델이 없습니다({file} 없음). `priorscope fit --out`이나 `save`가 쓴 폴더를 "
        "주세요.",
    ),
    (
        "claims {action} takes no {what}; leave it out, or write `priorscope claims run`.",
        "claims {action}에는 {what:을} 쓸 수 없습니다. 빼거나 `priorscope claims run`이라고 "
        "쓰세요.",
    ),
    (
        "--data takes a folder with data sets of others, but there is none at {path}; name one, or "
        "leave it out.",
        "--data에는 외부 데이터가 있는 폴더를 주는데 {path}에는 폴더가 없습니다. 다른 폴더를 "
        "주거나 빼세요.",
    ),
    (
        "--workers takes a number from 0 to {most}, but it is {value}; 0 works in this process.",
        "--workers는 0에서 {most}까지인데 {value}입니다. 0이면 이 프로세스에서 실행합니다.",
    ),
    (
        "claims run takes names of claims, or --all; `priorscope claims` lists.",
        "claims run에는 주장 이름이나 --all을 주세요. 목록은 `priorscope claims`가 보여 줍니다.",
    ),
    (
        "There is no claims book at {path}; run `priorscope claims run --all`.",
        "{path}에 주장 검증 노트가 없습니다. `priorscope claims run --all`을 실행하세요.",
    ),
    (
        "Where should the model go? Give a new folder with --out.",
        "모델을 어디에 둘까요? --out으로 새 폴더를 주세요.",
    ),
    (
        "Which learner? Give --learner, or run `priorscope compare` on these data first.",
        "어느 모델인가요? --learner로 지정하거나, 이 데이터로 `priorscope compare`를 먼저 "
        "실행하세요.",
    ),
    ("There is no folder {folder}; name one that holds results, or none.",
     "{folder}: 그런 폴더가 없습니다. 결과가 든 폴더를 주거나, 빼 주세요."),
    (
        "Port {port} is taken; leave out --port, and one that is free is chosen.",
        "포트 {port:은} 사용 중입니다. --port를 빼면 빈 포트를 고릅니다.",
    ),
]  # fmt: skip

MODELS: list[tuple[str, str]] = [
    (
        "{path} has no column {names}, which the model reads; its columns are {columns}.",
        "{path}에 모델이 읽는 열 {names:이} 없습니다. 있는 열: {columns}.",
    ),
    (
        "This model predicts a quantity; use predict.",
        "이 모델은 수치를 예측합니다. predict를 쓰세요.",
    ),
    (
        "ONNX needs {name}: pip install {what}.",
        "ONNX에는 {name:이} 필요합니다: pip install {what}.",
    ),
    (
        "No text was named; give one or more files.",
        "텍스트를 지정하지 않았습니다. 파일을 하나 이상 주세요.",
    ),
    (
        "No sentence was given; put one with [MASK] in it after the model.",
        "문장이 없습니다. 모델 뒤에 [MASK]가 든 문장을 쓰세요.",
    ),
]

# How cyclopts, which reads the command line, puts it.
USAGE: list[tuple[str, str]] = [
    (
        'Command "{command}" parameter {name} requires an argument',
        "{command} 명령의 {name}에 값이 필요합니다",
    ),
    ("Parameter {name} requires an argument", "{name}에 값이 필요합니다"),
    ("Unknown option: {name}", "{name}: 그런 옵션이 없습니다"),
    (
        'Unknown command "{name}". Did you mean "{near}"? Available commands: {names}',
        "{name}: 그런 명령이 없습니다. 혹시 {near}인가요? 있는 명령: {names}",
    ),
    (
        'Unknown command "{name}". Available commands: {names}',
        "{name}: 그런 명령이 없습니다. 있는 명령: {names}",
    ),
    (
        'Invalid value "{value}" for {name}. Choose from: {names}',
        "{name}의 값으로 {value:은} 쓸 수 없습니다. {names} 중에서 고르세요",
    ),
    (
        'Invalid value for {name}: unable to convert "{value}" into int',
        "{name}: 정수여야 하는데 {value}입니다",
    ),
    (
        'Invalid value for {name}: unable to convert "{value}" into float',
        "{name}: 수여야 하는데 {value}입니다",
    ),
    ("Invalid value for {name}: {problem}", "{name}: {problem}"),
    ("Unused Tokens: {names}", "쓰이지 않은 인자: {names}"),
]
