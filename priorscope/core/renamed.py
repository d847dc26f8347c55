"""Names of one version ago: they still work, with a note."""

import warnings


class OldNameWarning(FutureWarning):
    """A name that will be gone in the next version; the command line shows it as a note."""


def note_renamed(old: str, new: str) -> None:
    """Say that `old` is now called `new`."""
    warnings.warn(f"{old} is now {new}.", OldNameWarning, stacklevel=3)
