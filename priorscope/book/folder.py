"""The folder of a claims book: whose it is, and the book in it."""

import json
from pathlib import Path

from priorscope.analysis.claims_book import ClaimsBook, from_json, to_json
from priorscope.core.files import read_regular, write
from priorscope.core.json_types import parsed
from priorscope.core.printable import LINE, printable
from priorscope.runs.store import NAMES, Store

KIND = "claims-book"  # of the folder's marker: in a comparison's, claims.html may be the user's
BOOK, PREPARED, ASIDE = "claims.json", "prepared", "claims.damaged.json"
PAGES = {"en": "claims.html", "ko": "claims.ko.html"}
LARGEST_BOOK = 2**28  # bytes; one of all claims has a third of a million


def claim_folder(out: Path) -> Store:
    """The store in `out`, made ours.

    Raises:
        ValueError: if something else is there under a name of ours.
        OSError: if it can't be written.
    """
    store = Store(out, KIND, (*NAMES, BOOK, PREPARED, ASIDE, *PAGES.values()))
    store.claim()
    return store


def read_book(folder: Path) -> ClaimsBook:
    """The book in a folder.

    Raises:
        ValueError: if there is none, or it can't be read.
    """
    path = folder / BOOK
    shown = printable(path, LINE)
    try:
        stored = parsed(read_regular(path, LARGEST_BOOK))
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(
            f"There is no claims book at {shown}; run `priorscope claims run --all`."
        ) from None
    except ValueError:
        raise ValueError(f"{shown} is damaged; run the claims again.") from None
    try:
        return from_json(stored)
    except ValueError as error:
        raise ValueError(f"{shown}: {error}") from None


def opened(folder: Path) -> tuple[ClaimsBook, str]:
    """The book in a folder of ours, an empty one where there is none, and a note for the user.

    One that can't be read is set aside: what it says comes again from the rows.

    Raises:
        OSError: if the folder can't be read or written.
    """
    path, note = folder / BOOK, ""
    if path.exists() or path.is_symlink():
        try:
            return read_book(folder), ""
        except ValueError:
            path.replace(folder / ASIDE)
            note = (
                f"{printable(path, LINE)} can't be read and is set aside as {ASIDE}; claims that "
                "are run again are judged from their finished runs."
            )
    return ClaimsBook(entries=()), note


def write_book(book: ClaimsBook, folder: Path) -> None:
    """The book as the folder's, whole or not at all.

    Raises:
        OSError: if it can't be written.
    """
    text = json.dumps(to_json(book), ensure_ascii=False, indent=1)
    write(folder / BOOK, text, root=folder)
