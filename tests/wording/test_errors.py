"""Mistakes are answered in the language spoken, where people meet them most."""

import ast
import re
from pathlib import Path

import pytest

import priorscope
from priorscope.cli import main
from priorscope.wording.errors import PAIRS, told_error
from priorscope.wording.ko.errors import WORDS
from priorscope.wording.ko.errors_of_commands import USAGE
from priorscope.wording.language import speaking

ROOT = Path(priorscope.__file__).parent
HINT = re.compile("_?hint|closest")  # what adds "Did you mean"


def template(node):
    """A message as raised, with {} for what is filled in; a hint at its end left out."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.BinOp):
        return template(node.left) + template(node.right)
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = [p.value if isinstance(p, ast.Constant) else "{}" for p in node.values]
    last = node.values[-1]
    is_hint = isinstance(last, ast.FormattedValue) and HINT.match(ast.unparse(last.value))
    return "".join(parts[:-1] if is_hint else parts)


def raised():
    """All messages of errors in the source."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                yield template(node.exc.args[0])


def test_each_pair_is_a_sentence_that_is_raised():
    """A sentence that changes takes its Korean along, or this fails."""
    patterns = {re.compile(re.escape(text).replace(r"\{\}", "(.+)")) for text in raised() if text}
    theirs = {english for english, _ in [*USAGE, *WORDS]}
    own = [english for english, _ in PAIRS["ko"] if english not in theirs]
    stale = [text for text in own if not any(pattern.fullmatch(text) for pattern in patterns)]
    assert stale == []


def test_a_pair_keeps_every_value():
    for english, korean in PAIRS["ko"]:
        filled = {name.split(":")[0] for name in re.findall(r"{(\w+(?::\w+)?)}", korean)}
        assert filled <= set(re.findall(r"{(\w+)}", english)), english


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("There is no file or folder a.csv.", "a.csv: 그런 파일이나 폴더가 없습니다."),
        (
            "No model named 'cn'; there are cnn, mlp. Did you mean 'cnn'?",
            "'cn': 그런 모델이 없습니다. 있는 모델: cnn, mlp. 혹시 cnn인가요?",
        ),
        (
            "Invalid value for --budget: A duration is written 90s, 10m, 1h30m or as seconds, but "
            "it is 'xx'.",
            "--budget: 시간은 90s, 10m, 1h30m처럼 쓰거나 초로 쓰는데 'xx'입니다.",
        ),
        (
            "There are 2 examples in the training split; at least 4 are needed.",
            "학습 데이터의 예제가 2개입니다. 4개 이상 필요합니다.",
        ),
        ("A sentence that nobody raises.", "A sentence that nobody raises."),
    ],
)
def test_in_korean(english, korean):
    assert told_error(english) == english
    with speaking("ko"):
        assert told_error(english) == korean


@pytest.mark.parametrize(
    ("arguments", "korean"),
    [
        (("compare", "nothing.csv"), "nothing.csv: 그런 파일이나 폴더가 없습니다."),
        (("compare", "digits", "--learners", "cn"), "혹시 cnn인가요?"),
        (
            ("compare", "digits", "--prest", "quick"),
            "--prest: 그런 옵션이 없습니다. 혹시 --preset인가요",
        ),
        (("compare", "digits", "--budget", "soon"), "시간은 90s, 10m, 1h30m처럼 쓰거나"),
        (("status", "."), "`priorscope compare`가 알려 준 폴더를 주세요."),
    ],
)
def test_at_the_end_of_a_command(arguments, korean, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRIORSCOPE_LANG", "ko")
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 2
    assert korean in capsys.readouterr().err
