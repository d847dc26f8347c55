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

from cyclopts import App, CycloptsError, Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.cli.spoken_help import help_in
from priorscope.core.errors import ClusterLost
from priorscope.core.paths import check_path
from priorscope.wording.en.commands import COMMANDS
from priorscope.wording.language import Language, chosen, speaking

_PLAIN_FORMAT = warnings.formatwarning
FRACTION = re.compile(r"[-+]?(\d*\.\d*[1-9]\d*|\d.*e.*)", re.IGNORECASE)  # 1.5, 1e9
# Warnings that are shown without their origin.
NOTES = ("OldNameWarning", "TrackingWarning", "FiguresWarning")
OLD_FLAGS = {"--draws": "--repeats"}  # names of one version ago


def build_app(language: Language = "en") -> App:
    """The application; a command's module is imported when it is called.

    language: of its help. What commands say is theirs to choose.
    """
    told = help_in(language)
    app = App(
        name="priorscope",
        help=told.purpose,
        help_formatter=told.formatter,
        version=_version,
        help_format="plaintext",
        config=(_file_given, _whole_numbers, _named_paths),
        suppress_keyboard_interrupt=False,
        default_parameter=Parameter(json_list=False, json_dict=False),  # a file may be [a].csv
    )
    for name in COMMANDS:
        module = f"priorscope.cli.{name.replace('-', '_')}"
        own = {"help_formatter": told.compare} if name == "compare" else {}
        app.command(f"{module}:run", name=name, help=told.commands[name], **own)
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


def _named_paths(app: App, commands: tuple[str, ...], arguments: Any) -> None:
    """Refuse an empty path, which would be the current folder, and one that no file can have."""
    for argument in arguments:
        if Path in _kinds(argument.hint):
            for token in argument.tokens:
                check_path(argument.name, token.value)


def _wants_whole(hint: Any) -> bool:
    kinds = _kinds(hint)
    return int in kinds and float not in kinds


def _kinds(hint: Any) -> set[Any]:
    """A hint, and the types within it."""
    kinds = {hint, *typing.get_args(hint)}
    return kinds | {typing.get_args(kind)[0] for kind in kinds if typing.get_args(kind)}


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
    if is_process:  # whatever a library writes, not everybody may change
        os.umask(os.umask(0o022) | 0o002)
        open_streams()
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in arguments
    if debug:
        arguments.remove("--debug")
    arguments, language = _renamed(arguments), _language(arguments)
    warnings.formatwarning = _formatted
    if threading.current_thread() is threading.main_thread():
        _end_orderly()
    try:
        code = build_app(language)(arguments, exit_on_error=False, print_error=False)
    except BrokenPipeError:  # whoever reads the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.DONE
    except (CycloptsError, ValueError, LookupError, OSError) as error:
        if debug:
            traceback.print_exc()
        with speaking(language):
            print(f"priorscope: {_sentence(error)}", file=sys.stderr, flush=True)
        code = Exit.BAD_INPUT
        if isinstance(error, ClusterLost) and is_process:
            sys.stdout.flush()
            os._exit(code)
    except KeyboardInterrupt:
        _say(language, "cli.interrupted")
        code = Exit.INTERRUPTED
    except Exception as error:  # the last handler: a fault of ours, or of a library
        if debug:
            traceback.print_exc()
        with speaking(language):
            fault = f"{type(error).__name__}: {_sentence(error)}".rstrip(".")
        _say(language, "cli.unexpected", fault=fault)
        code = Exit.SOME_FAILED
    sys.exit(code if isinstance(code, int) else 0)


def open_streams() -> None:
    """Let output that was closed (2>&-) go nowhere, instead of into the next file that is opened.

    Python would also print notes for a closed stderr on stdout, into the JSON.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            while os.open(os.devnull, os.O_RDWR) < number:  # the lowest that is free
                pass
        if getattr(sys, name) is None:
            stream = open(number, "r" if number == 0 else "w", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def _language(arguments: list[str]) -> Language:
    """Of help and of what is said at the end: as `--lang` or PRIORSCOPE_LANG say, else English.

    Whether there is such a language is for the command to tell.
    """
    wanted = None
    for flag, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if flag.partition("=")[0] == "--lang":
            wanted = flag.partition("=")[2] or value
    try:
        return chosen(wanted)
    except LookupError:
        return "en"


def _say(language: Language, key: str, **values: object) -> None:
    from priorscope.wording.page import t

    with speaking(language):
        print(f"priorscope: {t(key, **values)}", file=sys.stderr)


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
    """What went wrong, on one line, in the language spoken."""
    from priorscope.wording.errors import told_error
    from priorscope.wording.page import t

    if isinstance(error, OSError) and error.strerror:
        place = error.filename or t("cli.a_file")
        return t("cli.unwritable", place=place, why=error.strerror)
    text = error.args[0] if isinstance(error, LookupError) and error.args else error
    words = told_error(" ".join(str(text).split()))
    if isinstance(error, CycloptsError):
        words = t("cli.usage", problem=words.rstrip("."))
    if words == "embedded null byte":  # from whatever opens a path
        words = t("cli.nul")
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in words)
    return shown if shown.endswith((".", "?", ")")) else f"{shown}."
