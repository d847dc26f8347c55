"""The command line: one file = one command, imported when it is called."""

import signal
import sys
import threading
import traceback

from cyclopts import App, CycloptsError
from rich.console import Console

from priorscope.cli._exit import Exit

COMMANDS = {
    "compare": "Which learner fits these data, at this size, and on which structure it lives.",
    "curves": "Crossovers and data-equivalence from learning curves in a CSV file.",
    "report": "Make the report of a finished comparison again, without training anything.",
    "verify": "The instrument's self-test.",
    "ls": "What is registered: learners, tasks, structures, measures, checks.",
    "doctor": "Versions, device, GEMM back end and optional parts of this installation.",
    "tokenizer": "Train a WordPiece or BPE tokenizer, or compare the two.",
    "pretrain": "Pre-train a BERT on raw text.",
    "fill-mask": "Which words a pre-trained BERT puts in place of [MASK].",
    "finetune": "Train a classifier on top of a pre-trained BERT.",
}


def build_app() -> App:
    """The application; a command's module is imported when it is called."""
    from importlib.metadata import version

    app = App(
        name="priorscope",
        help="How many labels is a prior worth?",
        version=version("priorscope"),
        console=Console(),
        error_console=Console(stderr=True),
        suppress_keyboard_interrupt=False,
    )
    for name, summary in COMMANDS.items():
        module = f"priorscope.cli.{name.replace('-', '_')}"
        app.command(f"{module}:run", name=name, help=summary)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave with its exit code (see `Exit`).

    A user's mistake is one sentence on stderr; `--debug` anywhere shows the traceback.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in arguments
    if debug:
        arguments.remove("--debug")
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # workers end with the command
    try:
        code = build_app()(arguments, exit_on_error=False, print_error=False)
    except (CycloptsError, ValueError, LookupError, OSError) as error:
        if debug:
            traceback.print_exc()
        print(f"priorscope: {_sentence(error)}", file=sys.stderr)
        code = Exit.BAD_INPUT
    except KeyboardInterrupt:
        print("priorscope: interrupted; the same command continues.", file=sys.stderr)
        code = Exit.INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)


def _sentence(error: Exception) -> str:
    """What went wrong, on one line."""
    if isinstance(error, OSError) and error.strerror:
        place = error.filename or "a file"
        return (
            f"{place} can't be read or written ({error.strerror}); repair that, or choose another "
            "place. What was finished is kept, and the same command continues."
        )
    text = error.args[0] if isinstance(error, LookupError) and error.args else error
    return " ".join(str(text).split())
