import contextlib
import json
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import four_examples

from priorscope.core.files import is_own
from priorscope.runs.rows import done_row, failed_row
from priorscope.runs.store import Store
from priorscope.tasks import Examples

RUN = {"data": "0" * 16, "learner": {}, "structure": {"kind": "intact"}, "size": 10, "stop": 10,
       "first": 10, "repeat": 0, "seed": 0, "text": "mlp"}  # fmt: skip


def row(**changes):
    """A believable row, as JSON, and its digest."""
    part = {"examples": 10, "bits": 0.5, "bits_std": 0.1, "uncalibrated_bits": 0.6, "accuracy": 0.9}
    costs = {"seconds": 1.5, "learning_rate": 1e-3, "weight_decay": 0.01}
    facts = {
        "measures": [{"measure": "symmetry", "quantity": "shift", "value": 0.5}],
        "calibration": {"temperature": 1.0},
        "steps": 10,
        "planned_steps": 20,
        "best_step": 7,
        "parameters": 100,
        "multiply_adds": None,
        **costs,
    }
    return done_row(RUN, {"test": part}, facts) | changes


def forged(**changes):
    """A row, as JSON, of another run under this run's name: its digest fits."""
    run = {key: value for key, value in (RUN | changes).items() if value is not None}
    return failed_row(run, "forged")


ROW = row()
NAME = ROW["digest"]


def test_a_row_comes_back(tmp_path):
    store = Store(tmp_path)
    store.save(NAME, ROW)
    assert store.load(NAME) == ROW
    assert store.finished() == {NAME}
    assert store.load("missing") is None
    failed = failed_row(RUN | {"size": 11}, " why \n")
    store.save(failed["digest"], failed)
    assert store.load(failed["digest"]) == failed
    assert failed["reason"] == "why"
    assert store.damaged == {}
    assert store.notes() == []


FORGED = [{"size": None}, {"size": "10"}, {"size": -1}, {"repeat": {}}, {"structure": {}},
          {"structure": "intact"}, {"learner": []}, {"text": ["mlp"]}, {"data": 5}]  # fmt: skip


@pytest.mark.parametrize("changes", FORGED, ids=str)
def test_a_run_that_is_none_is_not_believed_though_its_digest_fits(tmp_path, changes):
    bad, store = forged(**changes), Store(tmp_path)
    store.save(bad["digest"], bad)
    assert store.load(bad["digest"]) is None
    assert store.damaged == {bad["digest"]: "its run can't be read"}


def part(**changes):
    return {"test": ROW["test"] | changes}


DAMAGES = {
    "empty": (b"", "read as JSON"),
    "half a file": (json.dumps(ROW).encode()[:-20], "read as JSON"),
    "deep": (b"[" * 100_000, "read as JSON"),
    "no text": (b"\xff\xfe", "read as JSON"),
    "a list": ([], "isn't a JSON object"),
    "schema 1": (row(schema=1), "schema is 1, not 2"),
    "another digest": (row(digest="0" * 16), "digest isn't that of its run"),
    "another run": (row(run={"size": 11}), "digest isn't that of its run"),
    "no run": (row(run=None), "digest isn't that of its run"),
    "status": (row(status="maybe"), "status is 'maybe'"),
    "failed, no reason": (row(status="failed"), "failed without a reason"),
    "nothing measured": ({k: v for k, v in ROW.items() if k != "test"}, "neither a block nor"),
    "accuracy 2": (row(**part(accuracy=2.0)), "accuracy of test is 2.0"),
    "macro F1 of 7": (row(**part(macro_f1=7.0)), "macro_f1 of test is 7.0"),
    "negative bits": (row(**part(bits=-0.1)), "bits of test is -0.1"),
    "negative before": (row(**part(uncalibrated_bits=-3.0)), "uncalibrated_bits of test is -3.0"),
    "wall time": (row(wall_seconds=-1.0), "wall_seconds is -1.0"),
    "prediction": (row(predict_seconds="1"), "predict_seconds is '1'"),
    "limit": (row(at_limit=-1), "at_limit is -1"),
    "validation": (row(validation_loss=[1]), r"validation_loss is [1]"),
    "bits too large": (row(**part(bits=10**400)), "test has no bits"),
    "bits as text": (row(**part(bits="0.5")), "test has no bits"),
    "negative std": (row(**part(bits_std=-1.0)), "bits_std of test is -1.0"),
    "no examples": (row(**part(examples=0)), "no number of examples"),
    "true examples": (row(**part(examples=True)), "no number of examples"),
    "part": (row(test=3), "no number of examples"),
    "r2": (row(**part(r2=1.5)), "r2 of test is 1.5"),
    "coverage": (row(**part(coverage80=-0.5)), "coverage80 of test is -0.5"),
    "steps": (row(steps=-1), "steps is -1"),
    "best step": (row(best_step=None), "best_step is None"),
    "seconds": (row(seconds=-1.0), "seconds is -1.0"),
    "rate": (row(learning_rate=None), "learning_rate is None"),
    "parameters": (row(parameters=-5), "parameters is -5"),
    "calibration": (row(calibration=None), "no calibration"),
    "measures": (row(measures=[{"measure": "x"}]), "measures can't be read"),
    "measure": (row(measures=[{"measure": "x", "quantity": "y", "value": -1}]), "can't be read"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_row_that_is_not_believable_is_missing_and_named(tmp_path, damage):
    content, reason = DAMAGES[damage]
    store = Store(tmp_path)
    store.save(NAME, ROW)
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    store.path(NAME).write_bytes(raw)
    assert store.load(NAME) is None
    assert reason in store.damaged[NAME]
    (note,) = store.notes()
    assert note.startswith(f"1 stored row was damaged and not used: {store.path(NAME)}: ")
    store.save(NAME, ROW)
    assert store.load(NAME) == ROW
    assert store.notes() == [note]  # what was wrong is told, though it is mended now


def test_negative_bits_of_a_quantity_are_believed(tmp_path):
    store = Store(tmp_path)
    quantity = {"examples": 10, "bits": -0.5, "bits_std": 0.1, "rmse": 0.1, "r2": -3.0}
    store.save(NAME, row(test=quantity))
    assert store.load(NAME) == row(test=quantity)


def test_a_measure_that_raised_is_no_damage(tmp_path):
    store = Store(tmp_path)
    error = row(measures=[{"measure": "x", "quantity": None, "error": "RuntimeError: no"}])
    store.save(NAME, error)
    assert store.load(NAME) == error


def test_a_row_of_many_megabytes_is_not_read(tmp_path):
    store = Store(tmp_path)
    store.path(NAME).parent.mkdir()
    with store.path(NAME).open("wb") as file:
        file.truncate(10**9)
    assert store.load(NAME) is None
    assert "bytes" in store.damaged[NAME] or "JSON" in store.damaged[NAME]


def test_results_example_by_example_come_back_and_damaged_ones_are_missing(tmp_path):
    store = Store(tmp_path)
    arrays = {"test.log2_p": np.full((5, 2), -1, dtype=np.float16)}
    store.save(NAME, ROW, arrays)
    loaded = store.load_examples(NAME)
    assert loaded is not None
    np.testing.assert_array_equal(loaded["test.log2_p"], arrays["test.log2_p"])
    store.examples_path(NAME).write_bytes(store.examples_path(NAME).read_bytes()[:-40])
    assert store.load_examples(NAME) is None
    bad = np.array([{"a": 1}], dtype=object)
    np.savez(store.examples_path(NAME), bad, allow_pickle=True)
    assert store.load_examples(NAME) is None
    assert store.load_examples("missing") is None


def test_what_was_being_written_does_not_count(tmp_path, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    store = Store(tmp_path)
    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        store.save("abc", {"status": "done"})
    assert store.finished() == set()
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_disk_that_fills_up_names_the_file(tmp_path):
    resource = pytest.importorskip("resource", reason="limits of a process are Unix's")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    x = np.zeros((100, 300), dtype=np.float32)
    y = np.arange(100) % 2
    data = Examples(x, y, x, y, ("a", "b"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OSError, match="File too large") as raised:
            Store(tmp_path).save_data(data)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert raised.value.filename.endswith("inputs.npy")


def test_nan_is_no_result(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        Store(tmp_path).save("abc", {"bits": float("nan")})


def test_rows_are_plain_json(tmp_path):
    store = Store(tmp_path)
    store.save("abc", {"b": 1, "a": "한글"})
    assert json.loads(store.path("abc").read_text()) == {"a": "한글", "b": 1}


def test_rows_of_version_1_are_counted_and_never_read_as_results(tmp_path):
    store = Store(earlier_store(tmp_path))
    store.claim()
    (note,) = store.notes()
    assert "holds 1 runs of an earlier version of priorscope" in note
    assert "--fresh" in note
    Store(tmp_path).claim()
    assert Store(tmp_path).notes() == []  # told once
    assert store.load(DIGEST) is None
    assert "schema is 1" in store.damaged[DIGEST]


DIGEST = "0123456789abcdef"


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def earlier_store(folder):
    """As version 1 left it: rows and arrays, no marker."""
    row = {"schema": 1, "digest": DIGEST, "status": "done"}
    (folder / "runs").mkdir(parents=True)
    (folder / "runs" / f"{DIGEST}.json").write_text(json.dumps(row))
    (folder / "runs" / f".{DIGEST}.json.123.part").write_text("half")
    return folder


def test_clearing_removes_runs_and_data_and_nothing_else(tmp_path):
    store = Store(tmp_path)
    store.save_data(four_examples())
    store.save(DIGEST, {"status": "done"})
    for name in ("report.html", "runs/notes.txt", "runs/other.json", "data/mine.csv"):
        (tmp_path / name).write_text("mine")
    store.clear()
    left = {"report.html", "runs/notes.txt", "runs/other.json", "data/mine.csv", ".priorscope"}
    assert contents(tmp_path).keys() == left
    assert store.finished() == {"other"}


def test_a_store_of_version_1_is_recognised_claimed_and_cleared(tmp_path):
    store = Store(earlier_store(tmp_path))
    (tmp_path / "runs" / ("f" * 16 + ".json")).write_text('{"not": "a row"}')
    store.clear()
    assert contents(tmp_path).keys() == {"runs/" + "f" * 16 + ".json"}
    other = Store(earlier_store(tmp_path / "other"))
    other.save_data(four_examples())
    assert is_own(other.root, "comparison")


@pytest.mark.parametrize("name", ["runs", "data"])
def test_a_folder_of_ours_that_is_a_link_is_refused(tmp_path, name):
    away, out = tmp_path / "away", tmp_path / "out"
    away.mkdir()
    (away / f"{DIGEST}.json").write_text("{}")
    Store(out).save_data(four_examples())
    Store(out).clear()
    (out / name).symlink_to(away)
    with pytest.raises(ValueError, match=f"{name} is a link"):
        Store(out).save_data(four_examples())
    Store(out).clear()
    assert contents(away) == {f"{DIGEST}.json": b"{}"}


def test_results_that_unpack_to_more_than_any_run_has_are_not_read(tmp_path, monkeypatch):
    store = Store(tmp_path)
    store.save(NAME, ROW, {"test.log2_p": np.zeros((50, 1000), np.float16)})
    assert store.load_examples(NAME) is not None
    monkeypatch.setattr("priorscope.runs.store.LARGEST_EXAMPLES", 50_000)
    assert store.load_examples(NAME) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are Unix's")
def test_a_pipe_is_not_waited_for(tmp_path):
    store = Store(tmp_path)
    fingerprint = store.save_data(four_examples())
    for path in (store.path(NAME), store.examples_path(NAME)):
        path.parent.mkdir(exist_ok=True)
        os.mkfifo(path)
    for name in ("inputs.npy", "signature.json"):
        path = tmp_path / "data" / fingerprint / name
        path.unlink()
        os.mkfifo(path)
    assert store.load(NAME) is None
    assert store.load_examples(NAME) is None
    assert store.save_data(four_examples()) == fingerprint
    assert len(store.load_data(fingerprint)[0]) == 4


FOREIGN_NAMES = (
    "a.csv",
    "data/a.png",
    "runs/x.json",
    f"runs/{DIGEST}.json",
    f"runs/{DIGEST}.npz",
    f"data/{DIGEST}/inputs.npy",
    "report.html",
    "summary.json",
    "figures/a.svg",
)
FOREIGN = st.dictionaries(
    st.sampled_from(FOREIGN_NAMES), st.sampled_from([b"mine", b"{}", b"[1]"]), min_size=1
)


@settings(max_examples=40, deadline=None)
@given(foreign=FOREIGN, fresh=st.booleans())
def test_whatever_folder_is_chosen_no_foreign_file_changes(tmp_path_factory, foreign, fresh):
    folder = tmp_path_factory.mktemp("out")
    for name, content in foreign.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    store = Store(folder)
    if fresh:
        store.clear()
    with contextlib.suppress(ValueError):  # refused
        fingerprint = store.save_data(four_examples())
        store.save(fingerprint, {"status": "done"})
        store.clear()
    after = contents(folder)
    after.pop(".priorscope", None)
    assert after == foreign
