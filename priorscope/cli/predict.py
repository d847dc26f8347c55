"""`priorscope predict MODEL DATA`: classes with probabilities, or quantities, of new data."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.wording.language import Language, speak


def run(
    model: Path,
    data: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    include: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
    trust: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    overwrite: Annotated[bool, Parameter(negative=())] = False,
    lang: Language | None = None,
) -> int:
    """Predict on DATA with a model that `priorscope fit` saved; labels in DATA are not read.

    Parameters
    ----------
    model
        Folder of the model.
    data
        New data of the kind that the model was trained on: a folder of images, a table with or
        without its target, a column of texts, arrays, series.
    out
        CSV file to write; without it the rows are printed.
    include
        Python files with a learner of your own, which a model folder never holds.
    trust
        Types of estimators beyond scikit-learn's that the model may hold.
    overwrite
        Replace the file that --out names, if it is there.
    lang
        Language of what is said: en or ko (PRIORSCOPE_LANG, else en).
    """
    from priorscope.core.files import refuse_existing, write
    from priorscope.core.folders import refuse_overlap
    from priorscope.core.printable import printable, shown_lines
    from priorscope.experiments.progress import watching
    from priorscope.fitted.model import FittedModel
    from priorscope.fitted.predictions import predictions_csv
    from priorscope.wording.page import t
    from priorscope.wording.stored import retold

    speak(lang)
    if out is not None:
        refuse_overlap([data, model], out)
        refuse_existing(out, "--out", overwrite=overwrite)
    fitted = FittedModel.load(model, include=list(include), trusted=trust)
    with watching(t("progress.reading"), quiet=False):
        inputs = fitted.inputs(data)
    for note in inputs.notes:
        print(f"priorscope: {printable(retold(note), 1000)}", file=sys.stderr)
    content = predictions_csv(fitted, inputs)
    if out is None:
        print(shown_lines(content) if sys.stdout.isatty() else content, end="")
    else:
        write(out, content)
        print(t("predict.done", n=f"{len(inputs.names):,}", path=out), file=sys.stderr)
    return Exit.DONE
