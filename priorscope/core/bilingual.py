"""A text in the languages that pages are written in."""

from typing import NamedTuple


class Bilingual(NamedTuple):
    """One text in English and in Korean; a field of what is named by a file of its own.

    A claim of one's own may leave the Korean out: its English is shown then.
    """

    en: str
    ko: str = ""

    def of(self, lang: str) -> str:
        """The text in `lang`, or in English where there is none."""
        return self.ko if lang == "ko" and self.ko else self.en
