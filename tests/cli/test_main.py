"""What every command shares: old names, control characters, the last handler, the time to help."""

import os
import subprocess
import sys

import pytest

from priorscope.cli import main


def leave(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code, capsys.readouterr()


def test_a_flag_of_one_version_ago_works_with_a_note(capsys):
    code, said = leave(capsys, "compare", "digits", "--draws=0")
    assert code == 2
    assert "priorscope: --draws is now --repeats." in said.err
    assert "repeats must be int from 1 to 1,000 or None, but it is 0" in said.err


def test_control_characters_do_not_reach_the_terminal(capsys):
    code, said = leave(capsys, "compare", "digits", "--learners", "\x1b]0;evil\x07mlp\x1b[2J")
    assert code == 2
    assert "\x1b" not in said.err
    assert "\x07" not in said.err


@pytest.mark.parametrize("name", ["[1, 2]", "[a].csv", "{a}.csv"])
def test_a_name_in_brackets_is_the_name_of_a_file(capsys, name):
    code, said = leave(capsys, "curves", name)
    assert (code, said.err) == (2, f"priorscope: There is no file {name}; check the path.\n")


def test_a_fault_of_ours_is_one_sentence_too(capsys, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("odd\nstate")

    monkeypatch.setattr("priorscope.cli.ls._registered", broken)
    code, said = leave(capsys, "ls", "learners")
    assert code == 1
    assert said.err == (
        "priorscope: unexpected RuntimeError: odd state; --debug shows where. "
        "What was finished is kept.\n"
    )


HEAVY = {"torch", "numpy", "scipy", "sklearn", "pandas", "rich.markdown"}


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        ([["--help"]], "compare"),
        (
            [[verb, "nowhere.csv"] for verb in ("compare", "inspect", "clean", "fit")],
            "There is no file or folder nowhere.csv.",
        ),
    ],
)
def test_help_and_a_misspelt_path_import_nothing_heavy(commands, said):
    code = (
        "import sys\nfrom priorscope.cli import main\n"
        f"for command in {commands}:\n"
        "    try:\n        main(command)\n    except SystemExit:\n        pass\n"
        f"sys.exit(' '.join(sorted({HEAVY} & set(sys.modules))) or 0)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert process.returncode == 0, process.stderr
    assert (process.stdout + process.stderr).count(said) >= len(commands)


@pytest.mark.skipif(os.name != "posix", reason="closed by a shell")
def test_what_is_said_to_a_closed_stderr_is_not_in_the_output():
    code = "from priorscope.cli import open_streams; open_streams(); import sys; "
    code += "print('note', file=sys.stderr); f = open('/dev/null'); print(f.fileno())"
    closed = ["sh", "-c", '"$0" -c "$1" 2>&- <&-', sys.executable, code]
    said = subprocess.run(closed, capture_output=True, text=True, timeout=120)
    assert said.returncode == 0
    assert int(said.stdout) > 2
