"""Whatever is registered logs each run once, goes on where it ended, and says what it needs."""

import sys

import pytest

from priorscope.cli import main
from priorscope.tracking import TRACKERS, TrackedAnswer, TrackedComparison, TrackedRun, TrackingLog

NAMES = list(TRACKERS)
LIBRARIES = {"tensorboard": ("torch.utils.tensorboard", "tensorboard")}
SERIES = {
    "tensorboard": "{learner}/repeat-{repeat} {structure}/{name}",
    "mlflow": "{name}/{learner}/{structure}/repeat {repeat}",
    "wandb": "{name}/{learner}/{structure}/repeat {repeat}",
}


def run(n, repeat=0, bits=0.5, learner="cnn"):
    scalars = {"test_bits": bits, "accuracy": 0.75}
    return TrackedRun(
        learner=learner, structure="intact", n=n, repeat=repeat, scalars=scalars,
        seconds_since_1970=1.7e9 + n,
    )  # fmt: skip


def event_files(folder):
    """Series, n and value of everything in event files, read by TensorBoard itself."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    points, texts = [], []
    for path in sorted({p.parent for p in folder.rglob("events.*")}):
        read = EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0})
        read.Reload()
        place = "/".join(path.relative_to(folder).parts[3:])
        for tag in read.Tags()["scalars"]:
            if not tag.startswith("answer/"):
                points += [(f"{place} {tag}", e.step, e.value) for e in read.Scalars(tag)]
        for tag in read.Tags()["tensors"]:
            texts += [e.tensor_proto.string_val[0].decode() for e in read.Tensors(tag)]
    return points, texts


@pytest.mark.parametrize("name", NAMES)
def test_runs_are_logged_once_and_a_log_goes_on(name, tmp_path, play):
    seen = None if name == "tensorboard" else play(name)
    if seen is None:
        pytest.importorskip("tensorboard")
    about = TrackedComparison(title="digits", folder=tmp_path, facts={"learners": "cnn, mlp"})
    page = tmp_path / "report.html"
    page.write_text("page")
    log = TRACKERS[name]().open(about, None)
    assert isinstance(log, TrackingLog)
    wanted = [run(200), run(100), run(100, repeat=1, bits=0.75)]
    for one in wanted:
        log.log(one)
    log.close()
    again = TRACKERS[name]().open(about, log.run_id)
    assert again.run_id == log.run_id
    again.log(run(400))
    again.conclude(
        TrackedAnswer(
            text="CNN is best", markdown="**CNN** is best", numbers={"value": 0.75},
            words={"pick": "cnn"}, files=[page],
        )
    )  # fmt: skip
    again.close()
    points, texts = (seen.points, seen.texts) if seen else event_files(tmp_path)
    told = [
        (SERIES[name].format(learner=r.learner, structure=r.structure, repeat=r.repeat, name=key),
         r.n, value)
        for r in [*wanted, run(400)] for key, value in r.scalars.items()
    ]  # fmt: skip
    assert sorted(points) == sorted(told)
    assert any("best" in text for text in texts)
    if seen:
        assert seen.files == [str(page)]
        assert len(seen.runs) == 1
        assert seen.closed == 2


@pytest.mark.parametrize("name", NAMES)
def test_without_its_library_nothing_is_trained_and_one_sentence_says_how_to_install(
    name, tmp_path, monkeypatch, capsys
):
    for module in LIBRARIES.get(name, (name,)):
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["compare", "digits", "--log", name])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(f"priorscope: --log {name} needs ")
    assert f"pip install 'priorscope[{name}]'" in said
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_another_name_is_refused_with_what_there_is(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["compare", "digits", "--log", "tensorbord"])
    assert ended.value.code == 2
    assert "mlflow, tensorboard, wandb. Did you mean 'tensorboard'?" in capsys.readouterr().err
