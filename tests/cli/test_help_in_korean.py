"""`--help` and the end of a command in Korean: everything has a text, and nothing has two."""

import re

import pytest

from priorscope.cli import build_app, main
from priorscope.wording.en.commands import COMMANDS
from priorscope.wording.ko import commands as ko

HANGUL = re.compile("[가-힣]")


def leave(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code, capsys.readouterr()


def test_every_command_and_every_flag_of_compare_has_a_text():
    assert set(ko.COMMANDS) == set(COMMANDS)
    arguments = build_app()["compare"].assemble_argument_collection(parse_docstring=True)
    flags = {a.name for a in arguments if a.show and a.name.startswith("--")}
    assert flags == set(ko.FLAGS) - {"DATA"}
    told = [*ko.COMMANDS.values(), *ko.FLAGS.values(), *ko.EVERYWHERE.values()]
    assert all(HANGUL.search(text) for text in told)


def test_help_speaks_as_the_environment_or_the_flag_says(capsys, monkeypatch):
    monkeypatch.setenv("PRIORSCOPE_LANG", "ko")
    _, said = leave(capsys, "--help")
    assert "원시 텍스트로 BERT를 사전 학습합니다." in said.out
    assert "명령" in said.out
    assert "Pre-train a BERT" not in said.out
    _, said = leave(capsys, "compare", "--help", "--lang=en")
    assert not HANGUL.search(said.out)
    monkeypatch.delenv("PRIORSCOPE_LANG")
    _, said = leave(capsys, "compare", "--help", "--lang", "ko")
    assert "모든 무작위를 정합니다." in said.out
    assert "Decides all randomness" not in said.out


def test_flags_of_other_commands_do_not_get_the_texts_of_compare(capsys, monkeypatch):
    monkeypatch.setenv("PRIORSCOPE_LANG", "ko")
    _, said = leave(capsys, "pretrain", "--help")
    assert "--out" in said.out
    assert "priorscope-runs/DATA" not in said.out


def test_the_end_of_a_command_is_told_in_korean(capsys, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("odd")

    monkeypatch.setenv("PRIORSCOPE_LANG", "ko")
    code, said = leave(capsys, "compare", "digits", "--nope")
    assert code == 2
    assert "--help로 사용법을" in said.err
    monkeypatch.setattr("priorscope.cli.ls._registered", broken)
    code, said = leave(capsys, "ls", "learners")
    assert code == 1
    assert "예상하지 못한 오류입니다(RuntimeError: odd)" in said.err


def test_a_language_that_there_is_not_is_told_in_english(capsys, monkeypatch):
    monkeypatch.setenv("PRIORSCOPE_LANG", "xx")
    code, said = leave(capsys, "compare", "digits", "--dry-run")
    assert code == 2
    assert "PRIORSCOPE_LANG is one of en, ko, but it is 'xx'." in said.err
