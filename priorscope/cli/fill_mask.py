"""`priorscope fill-mask MODEL "... [MASK] ..."`: which tokens a network puts there."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from priorscope.cli.exit_codes import Exit
from priorscope.core.printable import LINE, json_line, printable


def run(
    model: Path,
    sentences: list[str] | None = None,
    /,
    *,
    top: int = 5,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> int:
    """Which tokens a pre-trained BERT puts in place of each [MASK].

    Parameters
    ----------
    model
        Folder of a pre-trained BERT with its tokenizer.
    sentences
        Each with one or more [MASK]; read from stdin, one per line, if there are none.
    top
        How many tokens for each mask.
    as_json
        Print JSON instead of tables.
    """
    from priorscope.bert.fill_mask import fill_mask  # here, so that --help needs no torch

    lines = sentences or [line.rstrip("\n") for line in sys.stdin if line.strip()]
    if not lines:
        raise ValueError("No sentence was given; put one with [MASK] in it after the model.")
    filled = fill_mask(model, lines, top=top)
    if as_json:
        rows = [
            {
                "sentence": line,
                "masks": [[{**vars(c), "piece": c.token} for c in mask] for mask in masks],
            }
            for line, masks in zip(lines, filled, strict=True)
        ]  # "piece": its name in schema 1
        print(json_line({"schema": 2, "sentences": rows}))
        return Exit.DONE
    console = Console(highlight=False, markup=False)
    for line, masks in zip(lines, filled, strict=True):
        console.print(printable(line, LINE))
        table = Table("rank", *(f"mask {i + 1}" for i in range(len(masks))), box=None)
        for rank in range(len(masks[0])):
            row = [f"{printable(mask[rank].token)} {mask[rank].probability:.1%}" for mask in masks]
            table.add_row(str(rank + 1), *row)
        console.print(table)
    return Exit.DONE
