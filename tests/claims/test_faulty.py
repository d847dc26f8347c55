"""Claims of others that are wrong in some way: each is named, and leaves the others alone."""

import json
import signal

import pytest
from claims_command import called

from priorscope.analysis.claims_book import ClaimsBook, NamedVerdict
from priorscope.analysis.verdict import Contrast, judge
from priorscope.book import run as book_run
from priorscope.book.folder import read_book
from priorscope.book.run import run_claims
from priorscope.book.sound import MOST_VERDICTS, readable
from priorscope.claims import CLAIMS
from priorscope.core.registry import include

CLAIM = '''
import contextlib, dataclasses, os, signal
from priorscope.analysis.claims_book import NamedVerdict
from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared

@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class {name}(Claim):
    """Nothing to train."""
    statement = said_by = prediction = done = change = Bilingual("It is so.")
    unit = "bits"

    def questions(self):
        five = Compared(label="l", unit=self.unit, values=lambda rows: [1.0, 1.1, 0.9, 1.0, 1.05])
        return [ClaimQuestion(compared=[five])]
'''


@pytest.fixture
def claim(tmp_path):
    """Registers a claim with other lines, and returns its name."""
    made = []

    def write(name, lines=""):
        path = tmp_path / f"{name}.py"
        path.write_text(CLAIM.format(name=name.title()) + "".join(f"    {x}\n" for x in lines))
        include(path)
        made.append(name.replace("_", "-"))
        return made[-1]

    yield write
    for name in made:
        CLAIMS._classes.pop(name, None)


JUDGE = "def judge(self, rows): "
FAULTS = {
    "returns_texts": ([f"{JUDGE} return ['supported', 3]"], "list of NamedVerdict, but has 'supp"),
    "returns_nothing": ([f"{JUDGE} return None"], "list of NamedVerdict, but returned None"),
    "returns_no_verdict": ([f"{JUDGE} return []"], "it has no verdict."),
    "returns_twins": ([f"{JUDGE} return super({{cls}}, self).judge(rows) * 2"], "two verdicts"),
    "returns_thousands": (
        [f"{JUDGE} return super({{cls}}, self).judge(rows) * 1000"],
        f"more than {MOST_VERDICTS} verdicts",
    ),
    "named_like_another": (
        [f"{JUDGE} return [dataclasses.replace(super({{cls}}, self).judge(rows)[0], name='a')]"],
        "must begin with named-like-another, but is 'a'",
    ),
    "in_metres": (["unit = 'metres'"], "a unit must be one of bits, "),
    "numbered_x": (["number = 'x'"], "number must be a whole number from 0 to 1,000,000"),
    "numbered_below": (["number = -1"], "number must be a whole number from 0 to 1,000,000"),
    "states_plain_text": (["statement = 'S'"], "statement must be a Bilingual of texts"),
    "states_nothing": (["statement = Bilingual(' ')"], "statement must be a Bilingual of texts"),
    "states_surrogates": (["statement = Bilingual('\\ud800')"], "statement must be a Bilingual"),
    "needs_unknown": (["needs = ('Imagenet',)"], "needs must be of the data sets Fashion-MNIST, "),
    "wants_a_text": (["wants = 'FSDD'"], "wants must be a tuple of names, but is 'FSDD'"),
    "plans_nothing": (["def plan(self): return None"], "plan must return a Plan"),
    "plans_badly": (["def plan(self): 1 / 0"], "ZeroDivisionError: division by zero."),
    "exits": ([f"{JUDGE} raise SystemExit(7)"], "it ended the process by SystemExit."),
    "interrupts": ([f"{JUDGE} raise KeyboardInterrupt"], "it ended the process by KeyboardInt"),
    "lacks_a_file": ([f"{JUDGE} open('/nowhere/x')"], "/nowhere/x: No such file or directory."),
    "says_escapes": ([f"{JUDGE} raise RuntimeError('\\x1b[31m\\u202e\\nb')"], r"\x1b[31m\u202e b."),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_and_leaves_the_others(name, claim, tmp_path, capsys):
    lines, sentence = FAULTS[name]
    faulty = claim(name, [line.format(cls=name.title()) for line in lines])
    sound = claim(f"sound_beside_{name}")
    code, printed, error = called(capsys, "run", faulty, sound, "--out", tmp_path / "out")
    assert code == 1, error
    first, second = printed.splitlines()[:2]
    assert first.startswith(f"{faulty}: It failed: ")
    assert sentence in first
    assert second.startswith(f"{sound}: Supported: ")
    assert {e.name for e in read_book(tmp_path / "out").entries} == {faulty, sound}
    for language in ("en", "ko"):
        assert called(capsys, "report", "--out", tmp_path / "out", "--lang", language)[0] == 0
    assert called(capsys, "run", sound, "--out", tmp_path / "out")[0] == 0


def test_a_class_that_is_wrong_is_named_in_the_list(claim, capsys):
    claim("listed_without_number", ["number = 'x'"])
    claim("listed_in_colour", ["statement = Bilingual('\\x1b[31mred\\u202e')"])
    code, printed, error = called(capsys, "list")
    assert code == 1
    assert "The claim listed-without-number is skipped: number must be" in error
    assert "listed-without-number" not in printed
    assert r"\x1b[31mred\u202e" in printed
    assert "\x1b" not in printed + error
    assert "strong-bias-few-labels" in printed
    code, printed, _ = called(capsys, "list", "--json")
    assert code == 1
    assert "listed-in-colour" in {one["name"] for one in json.loads(printed)["claims"]}


def test_a_module_within_one_that_isnt_there_is_named(claim, tmp_path, capsys):
    name = claim("needs_a_submodule", ["modules = ('no_such_package.sub',)"])
    code, printed, _ = called(capsys, "run", name, "--out", tmp_path / "out")
    assert code == 0
    assert "It needs the Python package no_such_package.sub" in printed


@pytest.mark.parametrize(
    "line",
    [
        "os.kill(os.getpid(), signal.SIGINT)",
        """
        with contextlib.suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)""",
    ],
)
@pytest.mark.usefixtures("ctrl_c")
def test_the_users_own_interrupt_ends_the_command(line, claim, tmp_path, capsys):
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    name = claim(f"interrupted_{len(line)}", [JUDGE + line])
    code, _, error = called(capsys, "run", name, "fused-projection", "--out", tmp_path / "out")
    assert code == 130
    assert "fused-projection" not in error
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".priorscope"]


def test_a_full_disk_ends_the_run(claim, tmp_path, capsys, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "out/data/x.npy")

    monkeypatch.setattr("priorscope.runs.store.Store.save_data", full)
    code, _, error = called(
        capsys, "run", "linear-rule", "no-bias-mlp", "--out", tmp_path / "out", "--workers", 0
    )
    assert code == 2
    assert "out/data/x.npy" in error
    assert "No space left on device" in error
    assert "no-bias-mlp" not in error
    name = claim("meets_a_full_disk", [f"{JUDGE} raise OSError(28, 'No space left on device')"])
    with pytest.raises(OSError, match="No space left"):
        run_claims([name], tmp_path / "out")


def test_an_entry_that_cant_be_stored_or_shown_is_refused(claim, tmp_path):
    name = claim("entry_for_a_test")
    (entry,) = run_claims([name], tmp_path / "out").entries
    assert readable(entry) == entry
    made = judge([Contrast(label="\ud800", values=(1.0, 1.1, 0.9, 1.0, 1.05))])
    for verdict in (
        made,
        judge([Contrast(label="l" * 2**20, values=(1.0, 1.1, 0.9, 1.0, 1.05))]),
        judge([Contrast(label="l", unit="metres", values=(1.0, 1.1, 0.9, 1.0, 1.05))]),
    ):
        object.__setattr__(entry, "verdicts", (NamedVerdict(name, entry.statement, verdict),))
        with pytest.raises(ValueError, match="what it judged can't be in the book: "):
            readable(entry)


def test_a_claim_named_twice_is_judged_once(claim, tmp_path, capsys):
    name = claim("named_twice")
    printed = called(capsys, "run", name, name, "--out", tmp_path / "out", "--json")[1]
    assert len(json.loads(printed)["claims"]) == 1
    assert len(run_claims([name, name], tmp_path / "out").entries) == 1


def test_only_the_broken_file_is_skipped(claim, tmp_path, capsys):
    name, broken = claim("beside_a_broken_one"), tmp_path / "broken_beside.py"
    broken.write_text("raise KeyboardInterrupt")
    code, printed, error = called(
        capsys, "run", name, "broken-beside", "--include", broken, "--out", tmp_path / "out"
    )
    assert code == 1
    assert "broken_beside.py failed (KeyboardInterrupt)" in error
    assert f"{name}: Supported" in printed
    assert called(capsys, "run", "broken-beside", "--include", broken)[0] == 1


def test_the_book_stays_as_it_is_where_nothing_is_run(tmp_path):
    assert run_claims([], tmp_path / "out") == ClaimsBook(entries=(), hardware=book_run.hardware())
