"""Libraries that log, each with its part played or in earnest, and a way to read what they have."""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import pytest


class Played:
    """What a played library was given. fails_after: points after which it raises."""

    def __init__(self):
        self.points, self.texts, self.files = [], [], []
        self.runs, self.closed, self.fails_after = [], 0, None

    def point(self, series, n, value):
        if self.fails_after is not None and len(self.points) >= self.fails_after:
            raise ConnectionError("the server is gone")
        self.points.append((series, n, value))


def played_mlflow(seen):
    class MlflowClient:
        def get_experiment_by_name(self, name):
            return None

        def create_experiment(self, name):
            return "1"

        def create_run(self, experiment, run_name):
            seen.runs.append(f"run{len(seen.runs)}")
            return SimpleNamespace(info=SimpleNamespace(run_id=seen.runs[-1]))

        def set_terminated(self, run_id, status="FINISHED"):
            assert run_id in seen.runs
            seen.closed += status == "FINISHED"

        def log_metric(self, run_id, key, value, timestamp=None, step=0):
            if not key.startswith("answer/"):
                seen.point(key, step, value)

        def log_param(self, run_id, key, value):
            assert isinstance(value, str)

        def set_tag(self, run_id, key, value):
            assert isinstance(value, str)

        def log_text(self, run_id, text, path):
            seen.texts.append(text)

        def log_artifact(self, run_id, path):
            seen.files.append(path)

    return {"MlflowClient": MlflowClient, "get_tracking_uri": lambda: "sqlite:///played.db"}


def played_wandb(seen):
    class WandbRun:
        url, dir = None, "played"

        def __init__(self, id):
            self.id = id or f"run{len(seen.runs)}"
            self.summary = {}
            if self.id not in seen.runs:
                seen.runs.append(self.id)

        def define_metric(self, name, step_metric=None):
            assert (name, step_metric) in [("n", None), ("*", "n")]

        def log(self, values):
            for series, value in values.items():
                if series != "n":
                    seen.point(series, values["n"], value)

        def log_artifact(self, artifact):
            seen.files += artifact.files

        def finish(self):
            seen.closed += 1
            if "card" in self.summary:
                seen.texts.append(self.summary["card"])

    class Artifact:
        def __init__(self, name, type):
            self.files = []

        def add_file(self, path):
            self.files.append(path)

    def init(*, project, name, id, resume, dir, config, settings):
        assert (id is None) == (resume is None)
        return WandbRun(id)

    return {"init": init, "Artifact": Artifact, "Settings": lambda **settings: settings}


PLAYED = {"mlflow": played_mlflow, "wandb": played_wandb}


@pytest.fixture
def play(monkeypatch):
    """A function that puts a played library in place of the real one and gives what it has."""

    def put(name):
        seen = Played()
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        vars(module).update(PLAYED[name](seen))
        monkeypatch.setitem(sys.modules, name, module)
        return seen

    return put
