"""`priorscope export MODEL --onnx FILE`: the model for another runtime, checked against it."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit


def run(
    model: Path,
    /,
    *,
    onnx: Path,
    include: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
    trust: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    overwrite: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Write a model as ONNX; onnxruntime's outputs must agree to 1e-4.

    Parameters
    ----------
    model
        Folder that `priorscope fit` wrote.
    onnx
        File to write. It takes prepared inputs (pixels, token ids, features) and gives
        probabilities of the classes or quantities.
    include, trust
        See `priorscope predict`.
    overwrite
        Replace the file that --onnx names, if it is there.
    """
    from priorscope.fitted.model import FittedModel

    fitted = FittedModel.load(model, include=list(include), trusted=trust)
    print(fitted.export_onnx(onnx, overwrite=overwrite))
    return Exit.DONE
