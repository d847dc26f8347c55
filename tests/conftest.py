"""What all tests share; the texts made here are words of syllables, English and Korean."""

import contextlib
import dataclasses
import functools
import gc
import inspect
import os
import shutil
import signal
import sys
import types
import typing
from collections.abc import Callable
from typing import Any

if sys.dont_write_bytecode:  # then each of the many processes would compile the same modules again
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import beartype
import jaxtyping
import numpy as np
import pytest
import torch
from report_pages import open_page

AS_JAXTYPING = beartype.BeartypeConf(violation_type=jaxtyping.TypeCheckError)


def _is_shaped(hint: Any) -> bool:
    """Whether an annotation says a tensor's shape."""
    if inspect.isclass(hint) and issubclass(hint, jaxtyping.AbstractArray):
        return True
    return any(_is_shaped(part) for part in typing.get_args(hint))


def _hint(annotation: Any, module: dict[str, Any]) -> Any:
    """An annotation without strings; `Any` where they name what only type checkers see."""
    holder = types.SimpleNamespace(__annotations__={"hint": annotation})
    try:
        return typing.get_type_hints(holder, module, include_extras=True)["hint"]
    except NameError:
        return Any


def _copied(function: Any) -> Any:
    copy = types.FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy = functools.update_wrapper(copy, function)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def _compiled(function: Any) -> tuple[Any, bool]:
    """The function with its arguments and result checked, and whether it names shapes."""
    hints = {name: _hint(a, function.__globals__) for name, a in function.__annotations__.items()}
    copy = _copied(function)
    del copy.__wrapped__
    copy.__annotations__ = hints
    return beartype.beartype(conf=AS_JAXTYPING)(copy), any(map(_is_shaped, hints.values()))


NESTED: dict[Any, tuple[Any, bool]] = {}


def _with_checks(function: Any) -> tuple[Any, bool]:
    """As `_compiled`, which is done once for a function that is defined at every call of another.

    Its checks are taken along: beartype holds the function it calls as a default of its own.
    """
    if "<locals>" not in function.__qualname__:
        return _compiled(function)
    try:
        key = function.__code__, *function.__annotations__.items()
        known = NESTED.get(key)
    except TypeError:  # an annotation that can't be looked up
        return _compiled(function)
    if known is None:
        NESTED[key] = known = _compiled(function)
    checked, shaped = known
    if "__beartype_func" not in (checked.__kwdefaults__ or {}):
        return _compiled(function)
    again = _copied(checked)
    again.__kwdefaults__ = {**checked.__kwdefaults__, "__beartype_func": function}
    return again, shaped


ALL_CHECKED, THEN_EVERY = 100, 16  # calls of a function in a test: a loop's shapes repeat
TESTS = [0]  # begun so far in this process
_jaxtyped: Any = jaxtyping.jaxtyped


def _checked(function: Any = None, *, typechecker: Any = None) -> Any:
    """As `jaxtyped`, which binds the arguments of each call twice, even where there are no shapes.

    The checks are the same. They are made when a function is first called, since most aren't, and
    where no annotation names a shape they are beartype's alone, which take a microsecond. Shapes
    take 50: in each test the first `ALL_CHECKED` calls of a function are checked, and every
    `THEN_EVERY`th of the others, which a training loop makes by the thousand.
    """
    if function is None:
        return _checked
    if inspect.isclass(function):
        made = vars(function).get("__init__")
        is_new = made is not None and not hasattr(made, "__wrapped__")
        if is_new and dataclasses.is_dataclass(function):
            function.__init__ = _checked(made)
        return function
    checked: Callable[..., Any] | None = None
    shaped, calls, test = False, 0, -1

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal checked, shaped, calls, test
        if checked is None:
            checked, shaped = _with_checks(function)
        if not shaped:
            return checked(*args, **kwargs)
        if test != TESTS[0]:
            test, calls = TESTS[0], 0
        calls += 1
        if calls > ALL_CHECKED and calls % THEN_EVERY:
            return function(*args, **kwargs)
        with _jaxtyped("context"):
            return checked(*args, **kwargs)

    return call


jaxtyping.jaxtyped = _checked  # the import hook (pyproject.toml) writes it above each function

from priorscope.core.seeds import numpy_stream
from priorscope.text.tokenizer import train_tokenizer

torch.set_num_threads(1)  # xdist gives each core a process of its own
os.environ.setdefault("NO_COLOR", "1")
os.environ.setdefault("PRIORSCOPE_IMAGE_CACHE", "0")  # nothing into the user's folders


def pytest_runtest_setup() -> None:
    """A test begins: its calls are counted from the first."""
    TESTS[0] += 1


def pytest_collection_finish() -> None:
    """What is imported by now stays: the garbage collector needn't look at it again."""
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """Processes of `-n auto`: one more than cores, as a fifth of the time one of them waits."""
    from priorscope.core.system import available_cores

    return available_cores() + 1


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LATIN = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe"]
HANGUL = list("나는에가서그곳빵과를샀다책을읽었")


def words(stream: np.random.Generator, syllables: list[str], count: int) -> list[str]:
    return ["".join(stream.choice(syllables, size=stream.integers(1, 4))) for _ in range(count)]


@pytest.fixture(scope="session")
def lines() -> list[str]:
    stream = numpy_stream(0, "text")
    known = words(stream, LATIN, 200) + words(stream, HANGUL, 200)
    weights = 1 / np.arange(1, len(known) + 1)
    order = stream.permutation(len(known))
    made = []
    for _ in range(1500):
        chosen = stream.choice(order, size=stream.integers(1, 20), p=weights / weights.sum())
        made.append(" ".join(known[i] for i in chosen) + str(stream.choice([".", "!", "", " ?"])))
    return made


@pytest.fixture(scope="session")
def tokenizer(lines):
    return train_tokenizer(lines, vocabulary=400)


@pytest.fixture
def ctrl_c():
    """Ctrl-C interrupts as in a terminal; who is started in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("There is no Chromium: apt-get install chromium")
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def axe():
    """What axe says of a page; in dark of its colours alone, as nothing else differs from light.

    Only violations are asked for: listing what passes takes three times as long. Colours take two
    thirds of what is left: a page in another language may do without (`coloured`).
    """
    module = pytest.importorskip("axe_playwright_python.sync_playwright")
    wanted = {"resultTypes": ["violations"]}
    rules = ["color-contrast", "link-in-text-block"]
    colours = {"runOnly": {"type": "rule", "values": rules}}
    others = {"rules": {name: {"enabled": False} for name in rules}}

    def run(page: Any, dark: bool, coloured: bool = True) -> Any:
        asked = colours if dark else {} if coloured else others
        return module.Axe().run(page, options=wanted | asked)

    return run


@pytest.fixture
def new_page(browser):
    """Make an empty page of a width; its complaints and requests are collected.

    Other arguments are those of a browser context.
    """
    with contextlib.ExitStack() as stack:

        def make(width: int, dark: bool, **context: Any) -> Any:
            page = open_page(browser, width, dark, **context)
            stack.callback(page.context.close)
            return page

        yield make
