"""Whatever the command and whatever `--out`: no file that isn't ours is changed or removed."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from priorscope.cli import main

FILES = {
    "table.csv": "a,b,label\n" + "".join(f"{i % 7},{i % 5},{i % 2}\n" for i in range(60)),
    "curves.csv": "learner,n,loss\n"
    + "".join(f"a,{n},{3 / n}\nb,{n},{2 / n}\n" for n in (8, 16, 32)),
    "runs/results.json": "{}",
    "runs/0123456789abcdef.json": '{"mine": true}',
    "data/notes.txt": "mine",
    "data/0123456789abcdef/inputs.npy": "mine",
    "figures/plot.svg": "<svg/>",
    "report.html": "my report",
    "summary.json": "my summary",
    "foreign/report.html": "another report",
    "foreign/summary.json": '{"schema": 1}',
    "foreign/runs/a.txt": "mine",
    "foreign/.priorscope": "not a marker",
    "marked/.priorscope": '{"priorscope": 1, "kind": "corpus"}',
    "marked/runs/0123456789abcdef.json": "{}",
    "precious.txt": "precious",
}
PLACES = [".", "data", "runs", "figures", "foreign", "marked", "foreign/runs", "data/new", "new"]
PLACES += ["table.csv", "report.html", "link", "linked", "..", "./", "data/..", "new/../foreign"]
TINY = ["--learners", "linear", "--structures", "intact", "--sizes", "10,20", "--repeats", "1"]
TINY += ["--steps", "1", "--epochs", "0", "--workers", "0", "--quiet"]


def make(root: Path) -> None:
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    np.savez(root / "x.npz", x=np.arange(120.0).reshape(60, 2), y=np.arange(60) % 2)
    (root / "link").symlink_to(root / "foreign")
    (root / "linked").mkdir()
    (root / "linked" / "figures").symlink_to(root / "figures")
    (root / "linked" / "report.html").symlink_to(root / "precious.txt")


def contents(root: Path) -> dict[str, bytes | str]:
    return {
        str(p.relative_to(root)): str(p.readlink()) if p.is_symlink() else p.read_bytes()
        for p in root.rglob("*")
        if p.is_symlink() or p.is_file()
    }


commands = st.one_of(
    st.tuples(
        st.sampled_from(["x.npz", "table.csv", "data"]), st.sampled_from(PLACES), st.booleans()
    ).map(lambda c: ["compare", c[0], *TINY, "--out", c[1], *(["--fresh"] if c[2] else [])]),
    st.sampled_from(PLACES).map(lambda place: ["report", place]),
    st.sampled_from(["curves.csv", "table.csv", ".", "foreign"]).map(lambda file: ["curves", file]),
    st.sampled_from(["parts", "structures", "checks"]).map(lambda kind: ["ls", kind]),
    st.just(["verify", "uniform"]),
)


@pytest.fixture(autouse=True)
def _back_where_it_began():
    before = Path.cwd()
    yield
    os.chdir(before)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(command=commands)
@example(command=["compare", "data", *TINY, "--out", ".", "--fresh"])
@example(command=["compare", "x.npz", *TINY, "--out", "linked", "--fresh"])
@example(command=["report", "foreign"])
def test_no_command_touches_what_is_not_ours(command, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    root = outside / "work"
    root.mkdir()
    make(root)
    before = contents(outside)
    os.chdir(root)
    with pytest.raises(SystemExit) as ended:
        main(command)
    after = contents(outside)
    assert {name: after.get(name) for name in before} == before, ended.value.code
