"""Shell and Python: the same data and settings give the same runs, folder and numbers."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from priorscope import compare
from priorscope.cli import main

TINY = {"learners": ["linear", "mlp:width=4,depth=1"], "structures": ["random-labels"]}
TINY |= {"repeats": 2, "steps": 3, "epochs": 0, "workers": 0, "seed": 3}
STREAM = np.random.default_rng(0)
WORDS = ["good", "bad", "fine", "poor", "great", "awful", "the", "film", "plot", "was"]


def images(folder):
    for label in ("cat", "dog"):
        (folder / "photos" / label).mkdir(parents=True)
        for i in range(30):
            pixels = STREAM.integers(0, 256, (5, 5, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / "photos" / label / f"{i}.png")
    return "photos"


def table(folder):
    with (folder / "table.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["width", "colour", "species"])
        for i in range(60):
            width = "" if i == 7 else STREAM.standard_normal()
            rows.writerow([width, STREAM.choice(["red", "blue"]), "ab"[i % 2]])
    return "table.csv"


def texts(folder):
    with (folder / "reviews.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "label"])
        for i in range(60):
            rows.writerow([" ".join(STREAM.choice(WORDS, 9)) + f" {i}", i % 2])
    return "reviews.csv"


def series(folder):
    lines = ["@problemName tiny", "@classLabel true up down", "@data"]
    for i in range(60):
        values = ",".join(f"{v:.4f}" for v in STREAM.standard_normal(12))
        lines.append(f"{values}:{('up', 'down')[i % 2]}")
    (folder / "tiny.ts").write_text("\n".join(lines))
    return "tiny.ts"


def arrays(folder):
    x = STREAM.standard_normal((60, 4)).astype(np.float32)
    np.savez(folder / "x.npz", x=x, y=np.arange(60) % 2)
    return "x.npz"


KINDS = {
    "digits": (lambda folder: "digits", {"sizes": [20, 40]}),
    "mnist1d": (lambda folder: "mnist1d:num_train=60,num_test=40", {"sizes": [20, 40]}),
    "images": (images, {"image_size": 4, "sizes": [8, 16]}),
    "table": (table, {"target": "species", "sizes": [8, 16], "test_share": 0.3}),
    "texts": (texts, {"kind": "text", "sizes": [8, 16]}),
    "series": (series, {"sizes": [8, 16]}),
    "arrays": (arrays, {"kind": "vector", "sizes": [8, 16]}),
}
TIMES = ("seconds", "finished", "seconds_per_run")


@pytest.fixture(autouse=True)
def _no_page(monkeypatch):
    """It takes longer than these comparisons, and tests/report draws it."""
    page = "priorscope.report.page.write_report"
    monkeypatch.setattr(page, lambda summary, folder: folder / "report.html")


def flags(settings):
    typed = []
    for key, value in settings.items():
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        typed += [f"--{key.replace('_', '-')}", text]
    return typed


def without_times(value):
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in (*TIMES, "command")}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def stored(folder):
    return sorted(p.relative_to(folder) for p in (folder / "priorscope-runs").glob("*/runs/*.json"))


@pytest.mark.parametrize("kind", KINDS)
def test_same_runs_folder_and_summary(kind, tmp_path, monkeypatch, capsys):
    make, more = KINDS[kind]
    settings = {**TINY, **more}
    for folder in ("shell", "python"):
        (tmp_path / folder).mkdir()
    STREAM.bit_generator.state = np.random.default_rng(1).bit_generator.state
    data = make(tmp_path / "shell")
    STREAM.bit_generator.state = np.random.default_rng(1).bit_generator.state
    assert make(tmp_path / "python") == data
    monkeypatch.chdir(tmp_path / "shell")
    with pytest.raises(SystemExit) as ended:
        main(["compare", data, *flags(settings), "--json", "--quiet"])
    shell = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0, shell["failed"]
    monkeypatch.chdir(tmp_path / "python")
    python = compare(data, progress=False, **settings).summary
    assert stored(tmp_path / "python") == stored(tmp_path / "shell") != []
    assert python["report"] == shell["report"]
    assert without_times(python) == without_times(shell)
    # and the one goes on where the other stopped: no run is done again
    monkeypatch.chdir(tmp_path / "shell")
    rows = {p: p.stat().st_mtime_ns for p in (tmp_path / "shell").rglob("runs/*.json")}
    compare(data, progress=False, **settings)
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "shell").rglob("runs/*.json")} == rows


def test_a_frame_is_read_as_the_table_on_disk(tmp_path, monkeypatch):
    import pandas as pd

    settings = {**TINY, "sizes": [8, 16], "target": "species", "progress": False}
    name = table(tmp_path)
    monkeypatch.chdir(tmp_path)
    on_disk = compare(name, **settings).summary
    frame = pd.read_csv(name, keep_default_na=True)
    in_memory = compare(frame, name="table", **settings).summary
    assert in_memory["reproduce"]["data"] == on_disk["reproduce"]["data"]
    assert in_memory["reproduce"]["digest"] == on_disk["reproduce"]["digest"]
    apart = compare(frame.drop(columns="species"), frame["species"], name="table",
                    **(settings | {"target": None})).summary  # fmt: skip
    assert apart["reproduce"]["data"] == on_disk["reproduce"]["data"]


def test_texts_in_a_list_are_read_as_those_on_disk(tmp_path, monkeypatch):
    import pandas as pd

    name = texts(tmp_path)
    monkeypatch.chdir(tmp_path)
    settings = {**TINY, "sizes": [8, 16], "progress": False}
    on_disk = compare(name, **settings).summary
    frame = pd.read_csv(name)
    in_memory = compare(list(frame["text"]), list(frame["label"]), **settings).summary
    assert in_memory["reproduce"]["data"] == on_disk["reproduce"]["data"]


def test_estimators_of_one_class_are_told_apart_by_their_parameters(tmp_path, monkeypatch):
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    monkeypatch.chdir(tmp_path)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    learners = [RandomForestClassifier(n_estimators=2), RandomForestClassifier(n_estimators=3)]
    result = compare(
        arrays(tmp_path), learners=[*learners, pipeline, "linear"], structures=["intact"],
        sizes=[8, 16], repeats=2, steps=2, epochs=0, workers=0, progress=False,
    )  # fmt: skip
    names = {row["learner"] for row in result.leaderboard()}
    forests = {f"RandomForestClassifier(n_estimators={n})" for n in (2, 3)}
    assert names == {*forests, "Pipeline", "linear"}
    assert result.summary["failed"] == []
