import json

import pytest

from priorscope.core.printable import json_line, printable, shown_lines, without_controls

ACTS = [
    "\x1b[2J",
    "\x1b]8;;http://e\x1b\\",
    "a\rb",
    "\x9b31m",
    "\u202eabc",
    "\u2066",
    "\udcff",
    "\x07",
]


@pytest.mark.parametrize("name", ACTS, ids=ascii)
def test_nothing_that_is_shown_acts_on_a_terminal(name):
    for shown in (printable(name), shown_lines(name), json_line({name: [name]})):
        assert shown.isprintable()
    assert json.loads(json_line({name: [name]})) == {name: [name]}


def test_ordinary_text_is_shown_as_it_is():
    text = "고양이 café\u00a0👩\u200d🔬 😀"
    assert printable(text) == shown_lines(text) == text
    assert json_line(text) == f'"{text}"'
    assert shown_lines("a\tb\nc") == "a\tb\nc"


def test_a_number_that_json_does_not_have_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        json_line(float("nan"))


def test_text_for_a_file_can_be_encoded():
    assert without_controls("a\tb\n\udcff\x9b\x1b").encode() == rb"a" b"\tb\n" rb"\udcff\x9b\x1b"
