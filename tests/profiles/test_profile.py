"""Profiles as a user takes them: learners, modules, folders, bad input, interruption."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from torch import nn

from priorscope.cli import main
from priorscope.core.signature import Signature
from priorscope.experiments.settings import Settings
from priorscope.fitted.fit import fit
from priorscope.profiles.run import profile
from priorscope.profiles.take import fitted
from priorscope.subjects.adapters import subject
from priorscope.targets.classes import Classes
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner

FAST = ["exact-symmetry", "weights", "context"]


def images(count=200, side=8, seed=0):
    """Bright squares: the class is whether it is wide or tall; anywhere in the image."""
    stream = np.random.default_rng(seed)
    x = stream.normal(0, 0.1, (count, side, side, 1)).astype(np.float32)
    y = stream.integers(0, 2, count)
    for image, label in zip(x, y, strict=True):
        r, c = stream.integers(0, side - 4, 2)
        height, width = (2, 4) if label else (4, 2)
        image[r : r + height, c : c + width] += 1.0
    return x, y.astype(np.int64)


@pytest.fixture(scope="module")
def task():
    x, y = images(260)
    return Examples(x[:200], y[:200], x[200:], y[200:], ("tall", "wide"))


@pytest.fixture(scope="module")
def quick():
    return Settings(preset="quick", steps=20, epochs=0)


def test_a_module_alone_and_a_learner_before_and_after(task, quick, tmp_path):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 2))
    result = profile({"mine": network}, task, measures=FAST, settings=quick)
    assert result.networks == ["mine"]
    both = profile(["cnn"], task, measures=FAST, settings=quick, out=tmp_path)
    assert both.networks == ["cnn, untrained", "cnn, trained"]
    for name in both.networks:
        shift = both.value(name, "exact-symmetry", "shift by 1")
        assert 0 <= shift["low"] <= shift["center"] <= shift["high"]
        assert shift["n"] == 60
    assert any("right" in phrase for phrase in both.words["cnn, trained"])
    assert both._repr_html_().startswith('<iframe sandbox="allow-scripts" srcdoc="&lt;!doctype')
    row = both.rows["cnn, trained"][0]
    assert row.keys() == {"measure", "name", "layer", "value", "applies", "sentence"}
    assert all(row["sentence"].endswith((".", ".)")) for row in both.rows["cnn, trained"])


def test_what_is_stored_is_not_measured_again(task, quick, tmp_path, monkeypatch):
    first = profile("mlp", task, measures=FAST, settings=quick, out=tmp_path)
    stored = sorted(p.name for p in (tmp_path / "measures").glob("*.json"))
    damaged = tmp_path / "measures" / stored[0]
    damaged.write_text("{")
    calls = []
    from priorscope.profiles import take

    monkeypatch.setattr(
        take, "probed", lambda probe, one, own=take.probed: calls.append(probe) or own(probe, one)
    )
    again = profile("mlp", task, measures=FAST, settings=quick, out=tmp_path)
    assert len(calls) == 1
    assert again.rows == first.rows
    fresh = Settings(preset="quick", steps=20, epochs=0, fresh=True)
    profile("mlp", task, measures=["weights"], settings=fresh, out=tmp_path)
    assert len(list((tmp_path / "measures").glob("*.json"))) == 2


def test_the_command_prints_rows_and_writes_a_page(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x, y = images()
    np.savez("squares.npz", x=x, y=y)
    arguments = ["profile", "mlp", "-d", "squares.npz", "-m", "weights,exact-symmetry", "--json"]
    arguments += ["--preset", "quick", "--steps", "10", "--epochs", "0", "--quiet"]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    printed = json.loads(capsys.readouterr().out)
    assert [n["name"] for n in printed["networks"]] == ["mlp, untrained", "mlp, trained"]
    (row,) = [r for r in printed["networks"][1]["measures"] if r["name"] == "shift by 2"]
    assert row["measure"] == "exact-symmetry"
    assert row["applies"] is True
    assert row["value"].keys() == {"center", "low", "high", "n", "method"}
    page = (tmp_path / "priorscope-runs" / "squares-profile" / "profile.html").read_text()
    assert printed["report"].endswith("profile.html")
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<script>") == 1  # the switch of languages; no viewer without attention


@pytest.mark.parametrize(
    ("networks", "options", "sentence"),
    [
        (["nothing"], [], "No network named 'nothing'; a network is a learner such as cnn"),
        (["mlp", "mlp"], [], "The network 'mlp' is named twice"),
        (["mlp"], ["-m", "localty"], "Did you mean 'locality'?"),
        (["mlp"], ["--examples", "3"], "--examples lies between 8 and 10,000, but it is 3."),
        (["mlp"], ["--memory", "0"], "--memory is in GB"),
        (["bert"], [], "bert reads token ids"),
        (["."], [], "has no config.json or model.json, so it is no saved model"),
        (["missing.py:build"], [], "missing.py"),
        (["mlp"], ["--conflict", "."], "--conflict takes a folder of images"),
    ],
)
def test_bad_input_is_one_sentence(networks, options, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["profile", *networks, "--data", "digits", *options])
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_foreign_folders_are_left_alone(task, quick, tmp_path):
    (tmp_path / "profile.html").write_text("mine")
    with pytest.raises(ValueError, match="didn't write and leaves alone"):
        profile("mlp", task, measures=["weights"], settings=quick, out=tmp_path)
    assert (tmp_path / "profile.html").read_text() == "mine"


def test_networks_that_misbehave_say_so_and_the_others_go_on(task, quick):
    class Random(nn.Module):
        def forward(self, x):
            return torch.randn(len(x), 2)

    class NotANumber(nn.Module):
        def forward(self, x):
            return torch.full((len(x), 2), float("nan"))

    class OtherSize(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(999, 2)

        def forward(self, x):
            return self.layer(x.flatten(1))

    networks = {"random": Random(), "nan": NotANumber(), "size": OtherSize(),
                "fine": nn.Sequential(nn.Flatten(), nn.Linear(64, 2))}  # fmt: skip
    result = profile(networks, task, measures=["exact-symmetry", "weights"], settings=quick)
    notes = {n["name"]: n["notes"] for n in result.to_json()["networks"]}
    assert "not deterministic" in notes["random"][0]
    assert "not finite" in notes["nan"][0]
    assert "can't read these inputs" in notes["size"][0]
    assert not any("Error" in note for note in notes["fine"])
    assert "not finite" in result.words["nan"][0]
    assert not any(row["applies"] for row in result.rows["nan"] + result.rows["size"])
    assert any(row["applies"] for row in result.rows["fine"])
    assert "NaN" in result.html()


def test_a_network_does_nothing_to_the_next_one_or_to_its_own_mode(task, quick):
    class InPlace(nn.Module):
        def forward(self, x):
            return x.mul_(0).flatten(1)[:, :2]

    class Chosen(nn.Module):
        def forward(self, x):
            return x.flatten(1).argmax(1)

    torch.manual_seed(0)
    fine = nn.Sequential(nn.Flatten(), nn.Linear(64, 2), nn.Dropout())
    fine[2].eval()
    same = {"measures": ["exact-symmetry"], "settings": quick, "standardise": False}
    alone = profile({"fine": fine}, task, **same)
    result = profile({"place": InPlace(), "chosen": Chosen(), "fine": fine}, task, **same)
    assert result.rows["fine"] == alone.rows["fine"]
    assert [part.training for part in fine.modules()] == [True, True, True, False]
    notes = {n["name"]: n["notes"] for n in result.to_json()["networks"]}
    assert "changes its input in place" in notes["place"][0]
    assert "gives outputs of shape (60,) for 60 examples" in result.words["chosen"][0]
    assert "deterministic" not in " ".join(notes["place"])


def test_a_killed_profile_goes_on_where_it_was(tmp_path, monkeypatch):
    x, y = images()
    np.savez(tmp_path / "squares.npz", x=x, y=y)
    command = ["profile", "mlp", "--data", "squares.npz",
               "--preset", "quick", "--steps", "10", "--epochs", "0", "--out", "out",
               "--measures", "weights,exact-symmetry,context,bands,similarity"]  # fmt: skip
    apart = [sys.executable, "-m", "priorscope", *command]
    rows = tmp_path / "out" / "measures"
    with subprocess.Popen(apart, cwd=tmp_path, env={**os.environ}) as process:
        while process.poll() is None and len(list(rows.glob("*.json"))) < 3:
            time.sleep(0.01)
        process.kill()
    before = {p.name: p.stat().st_mtime_ns for p in rows.glob("*.json")}
    assert before
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=r"^0$"):
        main(command)
    after = {p.name: p.stat().st_mtime_ns for p in rows.glob("*.json")}
    assert len(after) == 10
    assert before.items() <= after.items()


def test_random_labels_are_learnt_for_the_measure_of_memorisation(task, quick):
    result = profile("mlp", task, measures=["memorisation"], settings=quick)
    assert not any("measuring it failed" in r["sentence"] for r in result.rows["mlp, trained"])
    agree = result.value("mlp, trained", "memorisation", "agreement of two trainings")
    assert agree["center"] > 0.5
    steps = result.value("mlp, trained", "memorisation", "updates to fit real labels")
    assert 0 < steps["low"] <= steps["center"] <= steps["high"]  # of two trainings, no interval
    real, noise = (
        result.value("mlp, trained", "memorisation", f"updates to fit {kind} labels")
        for kind in ("real", "random")
    )
    assert real is not None
    assert noise is None or noise["center"] > real["center"]


class Pooled(nn.Module):
    """Its attribute decides what it computes; its weights and text don't tell."""

    def __init__(self, pool):
        super().__init__()
        torch.manual_seed(0)
        self.pool, self.layer = pool, nn.Linear(64, 2)

    def forward(self, x):
        x = x.flatten(1)
        return self.layer(x.mean(1, keepdim=True).expand_as(x) if self.pool else x)


def test_modules_that_differ_in_an_attribute_or_in_code_have_rows_of_their_own(
    task, quick, tmp_path, monkeypatch
):
    def rows(network):
        given = {"net": network}
        return profile(given, task, measures=FAST[:1], settings=quick, out=tmp_path).rows["net"]

    pair = {"a": Pooled(True), "b": Pooled(False)}
    both = profile(pair, task, measures=FAST[:1], settings=quick, out=tmp_path).rows
    assert both["a"] != both["b"]
    assert rows(Pooled(True)) == both["a"]
    assert len(list((tmp_path / "measures").glob("*.json"))) == 2
    monkeypatch.setattr(Pooled, "forward", lambda self, x: self.layer(x.flatten(1) ** 2))
    assert rows(Pooled(True)) != both["a"]
    assert len(list((tmp_path / "measures").glob("*.json"))) == 3


def test_stimuli_with_other_cues_are_measured_again(task, quick, tmp_path):
    from PIL import Image

    for i in range(10):
        (tmp_path / "in" / str(i)).mkdir(parents=True)
        pixels = np.random.default_rng(i).integers(0, 255, (8, 8), np.uint8)
        name = "tall-wide" if i % 3 else "wide-tall"
        Image.fromarray(pixels).save(tmp_path / "in" / str(i) / f"{name}.png")

    def share():
        result = profile(
            "mlp", task, measures=["context"], settings=quick, out=tmp_path / "out",
            conflict=tmp_path / "in",
        )  # fmt: skip
        return result.value("mlp, trained", "context", "shape share")["center"]

    before, stored = share(), len(list((tmp_path / "out" / "measures").iterdir()))
    assert share() == before
    assert len(list((tmp_path / "out" / "measures").iterdir())) == stored
    for file in list((tmp_path / "in").rglob("*.png")):
        file.rename(file.with_name("-".join(file.stem.split("-")[::-1]) + ".png"))
    assert share() == pytest.approx(1 - before)
    assert len(list((tmp_path / "out" / "measures").iterdir())) == 2 * stored


def test_cue_conflict_from_a_folder(task, quick, tmp_path):
    from PIL import Image

    for i in range(10):
        name = "tall-wide" if i % 2 else "wide2-tall1"
        pixels = np.random.default_rng(i).integers(0, 255, (8, 8), np.uint8)
        (tmp_path / str(i)).mkdir()
        Image.fromarray(pixels).save(tmp_path / str(i) / f"{name}.png")
    result = profile("mlp", task, measures=["context"], settings=quick, conflict=tmp_path)
    assert result.value("mlp, trained", "context", "shape share")["n"] == 10


def test_a_fitted_model_is_measured_as_it_was_saved(task, quick, tmp_path):
    model = fit(task, parse_learner("mlp", Recipe(steps=3, epochs=0)), seeds=2)
    model.save(tmp_path / "model")
    measures = ["context", "memorisation"]
    result = profile(str(tmp_path / "model"), task, measures=measures, settings=quick)
    (name,) = result.networks
    assert name == f"{tmp_path / 'model'}, 1 of 2"
    member = model.members[0]
    with torch.no_grad():
        own = (member.outputs(task.test_inputs).argmax(1).numpy() == task.test_targets).mean()
    assert result.value(name, "context", "accuracy")["center"] == pytest.approx(own)
    assert any("as saved" in row["sentence"] for row in result.rows[name])
    x, y = images(80, side=9)
    other = Examples(x[:60], y[:60], x[60:], y[60:], ("tall", "wide"))
    with pytest.raises(ValueError, match=r"of shape \(8, 8, 1\), and these have \(9, 9, 1\)"):
        profile(str(tmp_path / "model"), other, measures=["weights"], settings=quick)


def test_a_comparison_gives_its_best_two_or_one_by_name(task, quick, tmp_path):
    recipe = {**Recipe(steps=4, epochs=0).to_json(), "learning_rate": 0.03}
    summary = {
        "schema": 2,
        "leaderboard": [{"learner": name} for name in ("cnn", "linear", "mlp")],
        "answer": {"pick": "linear"},
        "reproduce": {"settings": {"preset": "quick", "steps": 5, "epochs": 0}},
        "tuning": {"recipes": {"linear": recipe}},
    }
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    settings = Settings(preset="quick")
    best = profile(str(tmp_path), task, measures=["weights"], untrained=False, settings=settings)
    assert best.networks == ["linear, trained", "cnn, trained"]
    one = profile(f"{tmp_path}:mlp", task, measures=["weights"], untrained=False, settings=settings)
    assert one.networks == ["mlp, trained"]
    with pytest.raises(LookupError, match="has no 'gru'; it has cnn, linear, mlp"):
        profile(f"{tmp_path}:gru", task, settings=settings)
    summary["reproduce"]["settings"]["learners"] = ["gru", "mlp"]  # gru: not finished yet
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    late = profile(f"{tmp_path}:gru", task, measures=["weights"], untrained=False, settings=quick)
    assert late.networks == ["gru, trained"]
    (tmp_path / "none").mkdir()
    with pytest.raises(
        LookupError, match=r"but .*none has no summary\.json; run `priorscope compare"
    ):
        profile(f"{tmp_path / 'none'}:gru", task, settings=settings)
    plain = profile("linear", task, measures=["weights"], untrained=False, settings=settings)
    norm = ("linear, trained", "weights", "norm per entry")
    layer = next(r["layer"] for r in best.rows[norm[0]] if r["name"] == norm[2])
    assert best.value(*norm, layer) != plain.value(*norm, layer)  # the rate that was chosen
    (tmp_path / "summary.json").write_text("{}")
    with pytest.raises(ValueError, match="isn't the folder of a comparison of today"):
        profile(str(tmp_path), task, settings=settings)


def test_examples_that_memory_cuts_are_said(task, quick):
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 200_000), nn.Linear(200_000, 2))
    settings = {"measures": ["order"], "settings": quick, "examples": 20}
    result = profile({"wide": network}, task, memory=0.01, **settings)
    notes = result.to_json()["networks"][0]["notes"]
    assert "There are 8 examples; intervals are wide below 64." in notes
    assert "Measured on 8 of 20 examples, as many as --memory allows." in notes


def test_memory_bounds_what_is_run_at_once():
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 100), nn.ReLU())
    each = 4.0 * (64 + 100 + 100 + 100)  # bytes: of each module's output, and of the whole
    signature = Signature(input_shape=(8, 8, 1), target=Classes(num_classes=100))
    one = subject(network, torch.randn(300, 8, 8, 1), signature)
    assert fitted(one, 4 * 5 * each).batch == 5
    assert len(fitted(one, 4 * 5 * each).inputs) == 10
    assert fitted(one, 1e9).batch == 64
    assert len(fitted(one, 1e9).inputs) == 300
