"""Names that a reader takes for one: they differ in case, blanks, or what can't be seen."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence

# letters of Cyrillic and Greek that look like Latin ones
LOOK = str.maketrans("авекмнорстухіјѕԁαοριυνκ", "abekmhopctyxijsdaopiuvk")
HIDDEN = ("Cf", "Cc", "Mn")  # format and control characters, and marks such as variation selectors
MOST = 10_000  # names that are compared


def alike(names: Sequence[str], joins: str = "") -> list[list[str]]:
    """Groups of names that look the same but for case, blanks, quotes or unseen characters.

    joins: characters that make no difference either, such as "-_ " where words are joined by them.
    """
    without, groups = str.maketrans("", "", joins), defaultdict(list)
    for name in names[:MOST]:
        groups[_seen(name).translate(without)].append(name)
    return [group for group in groups.values() if len(group) > 1]


def differ_in_case(names: Sequence[str]) -> bool:
    """Whether names are one when written in small letters."""
    return len({name.lower() for name in names}) == 1


def _seen(name: str) -> str:
    """What is left of a name to a reader: width, case, blanks and quotes don't matter.

    Accents do: only marks that stand alone, not part of a letter (NFC), are unseen.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFC", name)).casefold()
    text = "".join(" " if c.isspace() else c for c in text)
    text = "".join(c for c in text if unicodedata.category(c) not in HIDDEN)
    return " ".join(text.strip("'\"` ").split()).translate(LOOK)
