"""The charts' scripts (Vega, Vega-Lite, vega-embed), put together once a machine."""

import hashlib
import os
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

import vl_convert

from priorscope.core.files import write
from priorscope.core.system import may_be_anothers
from priorscope.report.figure import VERSION, can_draw

EXPORTED = "window.vegaEmbed = vegaEmbed;"


@cache
def bundle() -> str:
    """Vega, Vega-Lite and vega-embed as one script, as vl-convert carries them.

    Kept in the user's folder for such things (`$XDG_CACHE_HOME`, or `~/.cache`), as putting it
    together takes two seconds. What is kept there is believed only if it is a file of this user
    that nobody else may write, and if its text has the digest that stands in its first line.

    Raises:
        ValueError: if it isn't kept, and can't be put together within `ulimit -v`.
    """
    kept = _kept()
    if (script := _read(kept)) is not None:
        return script
    if not can_draw():
        raise ValueError(
            "The page's charts can't be made within this limit of addresses (ulimit -v); raise it, "
            "then run `priorscope report FOLDER`."
        )
    script = vl_convert.javascript_bundle(EXPORTED, VERSION)
    if "</script" in script.lower():
        raise ValueError("The charts' scripts hold </script>, which would end their own element.")
    if kept.is_absolute():
        with suppress(OSError):
            write(kept, f"// {_digest(script)}\n{script}")
            kept.chmod(0o600)
    return script


def _kept() -> Path:
    home = os.path.expanduser("~/.cache")  # noqa: PTH111  (Path's raises where there is no home)
    folder = Path(os.environ.get("XDG_CACHE_HOME") or home)
    return folder / "priorscope" / f"vega-lite-{VERSION}-{version('vl-convert-python')}.js"


def _read(path: Path) -> str | None:
    """The script in `path`, or None where it is missing, damaged or may be somebody else's."""
    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            if path.is_symlink() or may_be_anothers(facts):
                return None
            text = file.read().decode("utf-8")
    except (OSError, ValueError):
        return None
    first, _, script = text.partition("\n")
    sound = first == f"// {_digest(script)}" and "</script" not in script.lower()
    return script if sound else None


def _digest(script: str) -> str:
    return hashlib.sha256(script.encode()).hexdigest()
