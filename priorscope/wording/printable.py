"""Text from data as a terminal may show it: control characters are made visible."""

import unicodedata

KEPT = ("\n", "\t")
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # controls, formats, surrogates, unassigned
JOINERS = ("\u200c", "\u200d")  # needed to spell some languages and emoji


def printable(text: str, *, lines: bool = False) -> str:
    """`text` with control and format characters as escapes such as `\\x1b`.

    Names of learners, classes, columns and files come from data; an escape sequence in them
    could move the cursor, rename the window or hide text. Everything that is printed and came
    from outside passes through here.

    lines: newlines and tabs stay as they are.
    """
    return "".join(
        char if _is_plain(char) or (lines and char in KEPT) else _escaped(char)
        for char in str(text)
    )


def _is_plain(char: str) -> bool:
    return char in JOINERS or unicodedata.category(char) not in HIDDEN


def _escaped(char: str) -> str:
    code = ord(char)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )
