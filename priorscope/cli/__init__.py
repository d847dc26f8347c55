"""The command line: one file = one command, imported when it is called."""

import os
import re
import signal
import sys
import threading
import traceback
import typing
import warnings
from contextvars import copy_context
from pathlib import Path
from typing import Any

from cyclopts import App, CycloptsError

from priorscope.cli.exit_codes import Exit
from priorscope.core.errors import ClusterLost

COMMANDS = {
    "compare": "Compare models on your data: which is best, how sure, how many labels it saves.",
    "inspect": "How data are understood: classes, columns, splits, what is left out and why.",
    "curves": "Forecasts, crossovers and data-equivalence from anybody's table.",
    "profile": "What networks do with their input: symmetry, locality, attention, side by side.",
    "attention": "Look at a saved model's attention on a text or an image.",
    "clean": "Labels that may be wrong, by the predictions of a finished comparison.",
    "plan": "How many labels a target needs, from a finished comparison.",
    "status": "How far a comparison is, running or stopped, from any shell.",
    "ui": "A local page with all comparisons: start one from a file, watch it, lay two together.",
    "report": "Make the report of a finished comparison again, without training anything.",
    "fit": "Train the winner, or any learner, on all labels and save it.",
    "predict": "Predict on new data with a saved model.",
    "export": "Write a saved model as ONNX, checked against onnxruntime.",
    "claims": "What people say about inductive bias, each as an experiment with a verdict.",
    "verify": "Self-checks: numbers that are known in advance, measured.",
    "ls": "What is registered: learners, tasks, structures, measures, checks, trackers.",
    "doctor": "Versions, device, GEMM back end and optional parts of this installation.",
    "tokenizer": "Train a WordPiece or BPE tokenizer, or compare the two.",
    "pretrain": "Pre-train a BERT on raw text.",
    "fill-mask": "Which words a pre-trained BERT predicts for [MASK].",
    "finetune": "Train a classifier on top of a pre-trained BERT.",
}

_PLAIN_FORMAT = warnings.formatwarning
FRACTION = re.compile(r"[-+]?(\d*\.\d*[1-9]\d*|\d.*e.*)", re.IGNORECASE)  # 1.5, 1e9
NOTES = ("OldNameWarning", "TrackingWarning")  # warnings that are shown without their origin
OLD_FLAGS = {"--draws": "--repeats"}  # names of one version ago


def build_app() -> App:
    """The application; a command's module is imported when it is called."""
    app = App(
        name="priorscope",
        help="How many labels is a prior worth?",
        version=_version,
        help_format="plaintext",
        config=(_file_given, _whole_numbers),
        suppress_keyboard_interrupt=False,
    )
    for name, summary in COMMANDS.items():
        module = f"priorscope.cli.{name.replace('-', '_')}"
        app.command(f"{module}:run", name=name, help=summary)
    return app


def _version() -> str:
    from importlib.metadata import version

    return version("priorscope")


def _file_given(app: App, commands: tuple[str, ...], arguments: Any) -> None:
    """The keys of the TOML file that `--config` names, as if they were typed; flags win."""
    from cyclopts.config import Dict

    config = arguments.get("--config", None)
    if config is None or not config.tokens:
        return
    from priorscope.experiments.settings import OLD_KEYS, read_settings

    path = Path(config.tokens[-1].value)
    keys = read_settings(path)
    for old, new in OLD_KEYS.items():
        if old in keys:
            print(f"priorscope: {path}: {old} is now {new}.", file=sys.stderr)
            keys[new] = keys.pop(old)
    Dict(keys, source=str(path), use_commands_as_keys=False)(app, commands, arguments)


def _whole_numbers(app: App, commands: tuple[str, ...], arguments: Any) -> None:
    """Refuse 1.5 where a whole number is wanted; cyclopts would round it."""
    for argument in arguments:
        if not _wants_whole(argument.hint):
            continue
        for token in argument.tokens:
            if FRACTION.fullmatch(token.value.strip()):
                raise ValueError(
                    f"{argument.name} takes a whole number, but it is {token.value!r}; write it "
                    "without a fraction."
                )


def _wants_whole(hint: Any) -> bool:
    kinds = {hint, *typing.get_args(hint)}
    kinds |= {typing.get_args(kind)[0] for kind in kinds if typing.get_args(kind)}
    return int in kinds and float not in kinds


def _renamed(arguments: list[str]) -> list[str]:
    """Flags of one version ago under their new names, with a note."""
    renamed = []
    for argument in arguments:
        flag, equals, value = argument.partition("=")
        if flag in OLD_FLAGS:
            print(f"priorscope: {flag} is now {OLD_FLAGS[flag]}.", file=sys.stderr)
            argument = OLD_FLAGS[flag] + equals + value
        renamed.append(argument)
    return renamed


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave with its exit code (see `Exit`).

    A user's mistake is one sentence on stderr; `--debug` anywhere shows the traceback. The
    language that a command chooses ends with it.
    """
    copy_context().run(_main, arguments)


def _main(arguments: list[str] | None) -> None:
    is_process = arguments is None
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in arguments
    if debug:
        arguments.remove("--debug")
    arguments = _renamed(arguments)
    warnings.formatwarning = _formatted
    if threading.current_thread() is threading.main_thread():
        _end_orderly()
    try:
        code = build_app()(arguments, exit_on_error=False, print_error=False)
    except BrokenPipeError:  # whoever reads the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.DONE
    except (CycloptsError, ValueError, LookupError, OSError) as error:
        if debug:
            traceback.print_exc()
        print(f"priorscope: {_sentence(error)}", file=sys.stderr, flush=True)
        code = Exit.BAD_INPUT
        if isinstance(error, ClusterLost) and is_process:
            sys.stdout.flush()
            os._exit(code)
    except KeyboardInterrupt:
        print("priorscope: interrupted; the same command continues.", file=sys.stderr)
        code = Exit.INTERRUPTED
    except Exception as error:  # the last handler: a fault of ours, or of a library
        if debug:
            traceback.print_exc()
        fault = f"{type(error).__name__}: {_sentence(error)}".rstrip(".")
        print(
            f"priorscope: unexpected {fault}; --debug shows where. What was finished is kept.",
            file=sys.stderr,
        )
        code = Exit.SOME_FAILED
    sys.exit(code if isinstance(code, int) else 0)


def _formatted(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: Any = None
) -> str:
    """What is only a note as one; other warnings as ever."""
    if category.__name__ in NOTES:
        return f"priorscope: {message}\n"
    return _PLAIN_FORMAT(message, category, filename, lineno, line)


def _end_orderly() -> None:
    """Let signals that end a process end it as Ctrl-C does, so that its workers end with it.

    A terminal that is closed says SIGHUP; `nohup` ignores that, and so it stays ignored.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def _sentence(error: Exception) -> str:
    """What went wrong, on one line."""
    if isinstance(error, OSError) and error.strerror:
        place = error.filename or "a file"
        return (
            f"{place} can't be read or written ({error.strerror}); repair that, or choose another "
            "place. What was finished is kept, and the same command continues."
        )
    text = error.args[0] if isinstance(error, LookupError) and error.args else error
    if isinstance(error, CycloptsError):
        text = f"{str(error).rstrip('.')}; --help lists what there is."
    words = " ".join(str(text).split())
    if words == "embedded null byte":  # from whatever opens a path
        words = "A path can't hold a NUL character; name another."
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in words)
    return shown if shown.endswith((".", "?", ")")) else f"{shown}."
