"""What a thorough run says of the data sets of `verdicts.py`: every learner, no race, five repeats.

    python benchmarks/references.py digits --out FOLDER
    python benchmarks/references.py fsdd --data DIR --out FOLDER

`priorscope compare DATA --full-grid` with intact data alone, at a quarter, a half and all of the
labels, 10,000 at most. It takes hours for pictures; killed, the same command goes on in FOLDER. Its
scores are put into `results/references.csv`, in place of those of the same data set, and
`verdicts.py` reads from there which family of learners a quick verdict has to name.
"""

import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from verdicts import CASES, STORED, Case, source_of, stored, winners

COLUMNS: tuple[str, ...] = (
    "data",
    "learner",
    "size",
    "repeat",
    "metric",
    "value",
    "bits",
    "seconds",
)
LARGEST = 10_000


def sizes_of(source: str, case: Case, out: Path) -> list[int]:
    """A quarter, a half and all of the labels that the standard preset would use."""
    command = [sys.executable, "-m", "priorscope", "inspect", source, *case.flags, "--json"]
    out.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=out, stdout=subprocess.PIPE, text=True, check=True)
    read = json.loads(done.stdout)
    largest = min(read["examples"], LARGEST)
    return [largest // 4, largest // 2, largest]


def rows_of(name: str, out: Path) -> list[dict[str, Any]]:
    """One for each finished run: the metric is accuracy, or RMSE in the target's unit."""
    rows = []
    for path in sorted(out.glob("runs/*.json")):
        row = json.loads(path.read_text())
        if row["status"] != "done":
            continue
        metric = "accuracy" if "accuracy" in row["test"] else "rmse"
        rows.append(
            {
                "data": name,
                "learner": row["run"]["text"],
                "size": row["run"]["size"],
                "repeat": row["run"]["repeat"],
                "metric": metric,
                "value": round(row["test"][metric], 5),
                "bits": round(row["test"]["bits"], 4),
                "seconds": round(row["seconds"], 1),
            }
        )
    return sorted(rows, key=lambda r: (r["learner"], r["size"], r["repeat"]))


def keep(name: str, rows: list[dict[str, Any]]) -> None:
    """Put the rows of a data set in the place of those that are stored."""
    others = [row for row in stored() if row["data"] != name]
    with STORED.open("w", newline="") as file:
        names: tuple[str, ...] = COLUMNS
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted([*others, *rows], key=lambda row: str(row["data"])))


def main() -> None:
    """One data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(CASES))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    case, out = CASES[args.name], args.out / args.name
    out.mkdir(parents=True, exist_ok=True)
    source = source_of(args.name, args.data, out)
    sizes = ",".join(map(str, sizes_of(source, case, out)))
    command = [sys.executable, "-m", "priorscope", "compare", source, *case.flags, "--full-grid"]
    command += ["--structures", "intact", "--repeats", "5", "--sizes", sizes, "--out", "out"]
    subprocess.run(command, cwd=out, check=True)
    keep(args.name, rows_of(args.name, out / "out"))
    print(args.name, winners(args.name))


if __name__ == "__main__":
    main()
