"""Verdicts in the time a person gives, against what plain scripts and references say.

    python benchmarks/verdicts.py digits
    python benchmarks/verdicts.py fashion_mnist --data DIR [--plain plain.py [--arrays FILE.npz]]
    python benchmarks/verdicts.py breast-cancer

Each data set is compared once by `priorscope compare DATA` within its time, in an empty folder, and
its row is printed as JSON: seconds of the whole command, labels reached, the pick and its test
accuracy, and what it is held against. Pictures, series and texts: `plain.py` on the same files (the
best of a few models by validation) and as many labels, if it is given; --arrays are the same
examples where it can't read them. Tables: scikit-learn's repeated
cross-validation of the learners that both have; a contradiction is a learner that one of them shows
to be better, by more than two standard errors, and the other to be worse. "reference": the family
that wins in a thorough run (`references.py`), where one was made.

`announced`: what the command said, from one minute on, about when a size would be done, against
when its runs were done: how many times, within a factor of 1.5, the worst factor.
"""

import argparse
import csv
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """file: below --data; empty: comes with scikit-learn or is generated. least: labels that must
    be reached, 0 for all of them.
    """

    file: str
    budget: str
    least: int = 0
    flags: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()


STORED = Path(__file__).parent / "results" / "references.csv"
TEXT = ("--input", "text", "--target", "label", "--kind", "text")
PLAIN_TEXT = ("--text", "text", "--target", "label")
CASES = {
    "digits": Case("", "3m"),
    "mnist1d": Case("", "3m"),
    "neu_steel_64": Case("neu_steel_64.npz", "10m", flags=("--kind", "image")),
    "fsdd": Case("fsdd_logspec_64x32.npz", "10m", flags=("--kind", "image")),
    "fashion_mnist": Case("fashion_mnist.npz", "10m", least=2500),
    "cifar10": Case("cifar10_jpeg.tar.xz", "10m", least=2500),
    "sst2": Case("sst2/train.tsv", "10m", flags=TEXT, plain=PLAIN_TEXT),
    "nsmc": Case(
        "nsmc/nsmc_train.tsv.gz", "10m", flags=("--input", "document", "--target", "label")
    ),
    "breast-cancer": Case("", "2m", flags=("--target", "target")),
    "wine": Case("", "2m", flags=("--target", "target")),
    "diabetes": Case("", "2m", flags=("--target", "target")),
    "large-table": Case("", "2m", flags=("--target", "target")),
}
TABLES = ("breast-cancer", "wine", "diabetes", "large-table")


def compare(source: str, case: Case, folder: Path) -> tuple[dict[str, Any], float, dict[str, Any]]:
    """The summary, the seconds of the whole command, and how right its announcements were."""
    started, clock = time.perf_counter(), time.time()
    command = [sys.executable, "-m", "priorscope", "compare", source, "--budget", case.budget]
    command += [*case.flags, "--json", "--out", "out"]
    said: list[tuple[float, str]] = []
    with (folder / "answer.json").open("w") as answer:
        process = subprocess.Popen(
            command, cwd=folder, stdout=answer, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        for line in process.stderr:
            said.append((time.perf_counter() - started, line))
        code = process.wait()
    seconds = time.perf_counter() - started
    if code not in (0, 1):
        raise SystemExit("".join(line for _, line in said))
    summary = json.loads((folder / "answer.json").read_text())
    return summary, seconds, announced(said, folder / "out", clock)


BY = re.compile(r"([\d,]+) labels by (?:(\d+) h )?(?:(\d+) min )?(?:([\d.]+) ?s)?")


def announced(said: list[tuple[float, str]], out: Path, clock: float) -> dict[str, Any]:
    """What was said of a size's end from one minute on, against when it came, if it did.

    A size ends with its ordinary runs: first and second repeats, and third ones unless a larger
    size had a run before, as they were not waited for then.

    clock: `time.time()` when the command began.
    """
    done = [(path.stat().st_mtime - clock, json.loads(path.read_text())["run"])
            for path in out.glob("runs/*.json")]  # fmt: skip
    ordinary = [
        (end, run["size"], run["repeat"])
        for end, run in done
        if run["structure"]["kind"] == "intact" and run["tune"] == 1
    ]
    largest = max(size for _, size, _ in ordinary)
    ends: dict[int, float] = {}
    for end, size, repeat in ordinary:
        larger = min((other for other, above, _ in ordinary if above > size), default=0.0)
        if repeat < 2 or (repeat == 2 and size < largest and end < larger):
            ends[size] = max(ends.get(size, 0.0), end)
    factors = []
    for at, line in said:
        for size, hours, minutes, rest in BY.findall(line) if at >= 60 else ():
            told = 3600 * int(hours or 0) + 60 * int(minutes or 0) + float(rest or 0)
            end = ends.get(int(size.replace(",", "")))
            if end is not None and told:
                factors.append(abs(math.log(told / end)))
    right = sum(f <= math.log(1.5) for f in factors)
    worst = round(math.exp(max(factors)), 2) if factors else None
    return {"times": len(factors), "within 1.5": right, "worst": worst}


def row_of(name: str, summary: dict[str, Any], seconds: float) -> dict[str, Any]:
    """What is told of one verdict."""
    answer = summary["answer"]
    value = answer["value"] or {}
    return {
        "data": name,
        "seconds": round(seconds),
        "reached": answer["size"],
        "of": summary["sizes"][-1],
        "pick": answer["pick"],
        "tied": answer["tied"],
        "metric": answer["metric"],
        "value": [value.get(key) for key in ("center", "low", "high")],
        "probability": answer["probability"],
        "word": answer["word"],
        "stopped_by": answer["stopped_by"],
        "depends_on_recipe": answer["depends_on_recipe"],
        "dropped": [[d["learner"], d["at"]] for d in summary["dropped"]],
    }


def table(name: str, folder: Path) -> str:
    """A CSV of one of scikit-learn's tables, or of 50,000 rows like Covertype's; its name."""
    from sklearn import datasets

    path = folder / f"{name}.csv"
    if name == "large-table":
        x, y = datasets.make_classification(
            50_000, 54, n_informative=12, n_redundant=8, n_classes=7, n_clusters_per_class=3,
            class_sep=0.8, random_state=0,
        )  # fmt: skip
        header = ",".join([*(f"x{i}" for i in range(54)), "target"])
        rows = np.column_stack([np.round(x, 4), y])
        np.savetxt(path, rows, delimiter=",", header=header, comments="", fmt="%g")
        return path.name
    load = getattr(datasets, f"load_{name.replace('-', '_')}")
    load(as_frame=True).frame.to_csv(path, index=False)
    return path.name


def cross_validated(path: Path, quantity: bool) -> dict[str, np.ndarray]:
    """Learner -> scores of 3 x 5-fold cross-validation, paired over folds."""
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        RandomForestClassifier,
        RandomForestRegressor,
    )
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.model_selection import RepeatedKFold, cross_val_score
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    values = np.loadtxt(path, delimiter=",", skiprows=1)[:10_000]
    x, y = values[:, :-1], values[:, -1]
    folds = RepeatedKFold(n_splits=5, n_repeats=3, random_state=0)
    if quantity:
        models = {
            "ridge": make_pipeline(StandardScaler(), Ridge(10.0)),
            "knn": make_pipeline(StandardScaler(), KNeighborsRegressor(15)),
            "forest": RandomForestRegressor(200, random_state=0),
            "boosting": HistGradientBoostingRegressor(random_state=0),
        }
        scoring = "neg_root_mean_squared_error"
    else:
        models = {
            "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
            "knn": make_pipeline(StandardScaler(), KNeighborsClassifier(5)),
            "forest": RandomForestClassifier(200, random_state=0),
            "boosting": HistGradientBoostingClassifier(random_state=0),
        }
        scoring = "accuracy"
    return {n: cross_val_score(m, x, y, cv=folds, scoring=scoring) for n, m in models.items()}


def contradictions(summary: dict[str, Any], scores: dict[str, np.ndarray]) -> list[str]:
    """Learners said to be behind the pick, though cross-validation shows them to be ahead of it."""
    answer, out = summary["answer"], []
    pick = answer["pick"]
    if pick not in scores:
        return out
    for other, values in scores.items():
        ahead = values - scores[pick]
        # folds of one repeat share training examples: Nadeau & Bengio's (2003) correction
        error = np.sqrt((1 / len(ahead) + 1 / 4) * ahead.var(ddof=1))
        if other not in answer["tied"] and ahead.mean() > 2 * error:
            out.append(f"{other} over {pick} by {ahead.mean():.3f}")
    return out


def source_of(name: str, data: Path | None, folder: Path) -> str:
    """What `compare` is given, relative to a folder in which tables are made."""
    case = CASES[name]
    if name in TABLES:
        return table(name, folder)
    if not case.file:
        return name
    if data is None:
        raise SystemExit(f"{name} needs --data, the folder that holds {case.file}.")
    return str((data / case.file).resolve())


def stored() -> list[dict[str, Any]]:
    """Rows of thorough runs of all data sets so far."""
    if not STORED.is_file():
        return []
    with STORED.open(newline="") as file:
        return list(csv.DictReader(file))


def winners(name: str) -> dict[str, float]:
    """Families whose mean at all labels is the best or within the indifference of it, best first.

    Empty where it wasn't run. The indifference is half a point of accuracy; none of an RMSE.
    """
    rows = [row for row in stored() if row["data"] == name]
    largest = max((int(row["size"]) for row in rows), default=0)
    values = defaultdict(list)
    for row in rows:
        if int(row["size"]) == largest:
            sign = 1 if row["metric"] == "accuracy" else -1
            values[family(row["learner"])].append(sign * float(row["value"]))
    means = {learner: float(np.mean(of_learner)) for learner, of_learner in values.items()}
    best = max(means.values(), default=0.0)
    margin = 0.005 if best > 0 else 0.0
    ahead = sorted((k for k in means if means[k] >= best - margin), key=lambda k: -means[k])
    return {learner: round(abs(means[learner]), 4) for learner in ahead}


def family(learner: str) -> str:
    """A learner without the parts of its recipe: `cnn+shift` is a `cnn`."""
    return learner.partition("+")[0]


def against_reference(name: str, answer: dict[str, Any]) -> dict[str, Any] | None:
    """Whether the tie set has a learner of a family that wins where all is trained."""
    best = winners(name)
    tied = {family(learner) for learner in answer["tied"]}
    return {"winners": best, "in the tie set": bool(tied & set(best))} if best else None


def main() -> None:
    """One data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(CASES))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--plain", type=Path)
    parser.add_argument("--arrays", type=Path)
    args = parser.parse_args()
    case = CASES[args.name]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source = source_of(args.name, args.data, folder)
        summary, seconds, told = compare(source, case, folder)
        row = row_of(args.name, summary, seconds)
        row["announced"] = told
        row["reference"] = against_reference(args.name, summary["answer"])
        row["reached enough"] = row["reached"] >= (case.least or row["of"])
        if args.name in TABLES:
            scores = cross_validated(folder / source, args.name == "diabetes")
            row["cross-validation"] = {n: round(float(v.mean()), 4) for n, v in scores.items()}
            row["contradictions"] = contradictions(summary, scores)
        elif args.plain is not None and case.file:
            command = [sys.executable, str(args.plain), str(args.arrays or source), *case.plain]
            command += ["--labels", str(row["reached"])]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            row["plain"] = json.loads(done.stdout)
    print(json.dumps(row))


if __name__ == "__main__":
    main()
