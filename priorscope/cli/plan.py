"""`priorscope plan FOLDER`: how many labels a target needs, from a finished comparison."""

import json
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape

from priorscope.cli.exit_codes import Exit
from priorscope.wording.language import Language, speak


def run(
    folder: Path,
    /,
    *,
    target_accuracy: float | None = None,
    target_rmse: float | None = None,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    seed: int = 0,
    lang: Language | None = None,
) -> int:
    """How many labels to collect for a target, from a finished comparison; nothing is trained.

    Parameters
    ----------
    folder
        What `priorscope compare` printed as its output folder.
    target_accuracy
        Accuracy to reach on the test split, between 0 and 1.
    target_rmse
        For quantities: root mean squared error to come down to.
    json_
        Print the result as JSON on stdout, and nothing else there.
    seed
        Of the perturbations that intervals are taken from.
    lang
        Language of what is said: en or ko (PRIORSCOPE_LANG, else en).
    """
    from priorscope.analysis.curves.label_plan import label_plan
    from priorscope.wording.plan import plan_sentences

    speak(lang)
    if (target_accuracy is None) == (target_rmse is None):
        raise ValueError("Name one target: --target-accuracy 0.95, or --target-rmse 2.5.")
    if target_accuracy is not None and not 0 < target_accuracy < 1:
        raise ValueError(f"--target-accuracy lies between 0 and 1, but it is {target_accuracy:g}.")
    target = 1 - target_accuracy if target_accuracy is not None else target_rmse
    assert target is not None
    on = "error" if target_accuracy is not None else "rmse"
    match = label_plan(stored_rows(folder), target, on, seed)
    match["sentences"] = plan_sentences(match)
    if json_:
        print(json.dumps(match, allow_nan=False, indent=1))
    else:
        console = Console()
        for sentence in match["sentences"]:
            console.print(f"• {escape(sentence)}", highlight=False)
    return Exit.DONE


def stored_rows(folder: Path) -> list[dict[str, Any]]:
    """Rows of the intact data in a comparison's folder, as `label_plan` takes them.

    Raises:
        ValueError: if the folder holds no finished run.
    """
    newest: dict[tuple[str, float, str], tuple[float, dict[str, Any]]] = {}
    for path in sorted((folder / "runs").glob("*.json")):
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            run, test = stored["run"], stored["test"]
            scores = (*test.values(), stored.get("seconds", 0.0), stored.get("finished", 0.0))
            if not all(isinstance(value, int | float) for value in scores):
                continue
            if run["structure"]["kind"] != "intact":
                continue
            repeat = run["repeat"] if "repeat" in run else run["draw"]
            key = (str(run["text"]), float(run["size"]), str(repeat))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue  # a failed run, or a file that isn't a row
        row = {"learner": key[0], "n": key[1], "repeat": key[2], "loss": test.get("bits")}
        row |= {"test_examples": test.get("examples"), "seconds": stored.get("seconds")}
        if "accuracy" in test:
            row["error"] = 1 - test["accuracy"]
        if "rmse" in test:
            row["rmse"] = test["rmse"]
        finished = float(stored.get("finished", 0.0))
        if key not in newest or newest[key][0] <= finished:
            newest[key] = finished, row
    if not newest:
        raise ValueError(
            f"{folder} holds no finished run; give the folder that `priorscope compare` printed."
        )
    return [row for _, row in newest.values()]
