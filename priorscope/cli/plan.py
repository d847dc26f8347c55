"""`priorscope plan FOLDER`: how many labels a target needs, from a finished comparison."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape

from priorscope.cli.exit_codes import Exit
from priorscope.core.json_types import JsonObject
from priorscope.core.printable import LINE, printable
from priorscope.wording.language import Language, speak


def run(
    folder: Path,
    /,
    *,
    target_accuracy: float | None = None,
    target_rmse: float | None = None,
    labels: int | None = None,
    run: Annotated[bool, Parameter(negative="")] = False,
    workers: int | None = None,
    include: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    seed: int = 0,
    lang: Language | None = None,
) -> int:
    """How many labels to collect for a target, from a finished comparison.

    Nothing is trained without --run.

    Parameters
    ----------
    folder
        What `priorscope compare` printed as its output folder.
    target_accuracy
        Accuracy to reach on the test split, between 0 and 1.
    target_rmse
        For quantities: root mean squared error to come down to.
    labels
        Labels there might be: what would the models do with them?
    run
        Train the further runs that the plan names, and answer again.
    workers
        Processes of --run (one per core); 0 works in this process.
    include
        Python files with the comparison's own learners or structures, for --run.
    json_
        Print the result as JSON on stdout, and nothing else there.
    seed
        Of the perturbations that intervals are taken from.
    lang
        Language of what is said: en or ko (PRIORSCOPE_LANG, else en).
    """
    from priorscope.experiments.label_runs import StoredCurves, train
    from priorscope.experiments.progress import console, watching

    speak(lang)
    if workers is not None and not 0 <= workers <= 1024:
        raise ValueError(f"--workers must be 0 to 1,024, but it is {workers}; leave it out.")
    question = question_of(target_accuracy, target_rmse, labels)
    stored = StoredCurves.read(folder)
    plan = answered(stored, question, seed)
    if run and plan["runs"]:
        further = stored.further(plan["runs"])
        console(to_stderr=True).print(
            printable(training_line(further), LINE), markup=False, highlight=False
        )
        with watching("training", quiet=False) as show:
            train(further, folder, show, workers=workers, plug_ins=include)
        plan = answered(StoredCurves.read(folder), question, seed)
    if json_:
        print(json.dumps(plan, allow_nan=False, indent=1))
    else:
        for sentence in plan["sentences"]:
            Console().print(f"• {escape(printable(sentence, LINE))}", highlight=False)
    return Exit.DONE


def question_of(accuracy: float | None, rmse: float | None, labels: int | None) -> Any:
    """The `LabelQuestion` of the flags.

    Raises:
        ValueError: if they ask for nothing, for two targets, or for what can't be.
    """
    from priorscope.analysis.curves.label_plan import LabelQuestion

    if accuracy is not None and rmse is not None:
        raise ValueError("Name one target: --target-accuracy 0.95, or --target-rmse 2.5.")
    if accuracy is None and rmse is None and labels is None:
        raise ValueError("Name a target, --target-accuracy 0.95 or --target-rmse 2.5, or --labels.")
    if accuracy is not None and not 0 < accuracy < 1:
        raise ValueError(f"--target-accuracy lies between 0 and 1, but it is {accuracy:g}.")
    if rmse is not None and not rmse > 0:
        raise ValueError(f"--target-rmse must be above 0, but it is {rmse:g}.")
    if labels is not None and labels < 1:
        raise ValueError(f"--labels must be 1 or more, but it is {labels}.")
    if rmse is not None:
        return LabelQuestion(target=rmse, labels=labels, on="rmse", name="rmse")
    return LabelQuestion(target=None if accuracy is None else 1 - accuracy, labels=labels)


def answered(stored: Any, question: Any, seed: int) -> JsonObject:
    """The plan with its sentences; of quantities without a target, on their RMSE."""
    import dataclasses

    from priorscope.analysis.curves.label_plan import label_plan
    from priorscope.analysis.curves.rows import gather
    from priorscope.wording.plan import plan_sentences

    table = gather(stored.rows())
    if question.target is None and "error" not in table.curves:
        question = dataclasses.replace(question, on="rmse", name="rmse")
    plan = label_plan(table, question, seed, stored.available)
    return plan | {"sentences": plan_sentences(plan)}


def training_line(runs: Sequence[Any]) -> str:
    """What --run is about to do."""
    return f"Training {len(runs)} more: {'; '.join(run.title for run in runs)}."
