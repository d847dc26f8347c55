"""Korean: the same keys as `wording.en`; templates name their particles (`{name:은}`)."""

from priorscope.wording.ko.chapters import CHAPTERS
from priorscope.wording.ko.page import PAGE
from priorscope.wording.ko.probes import PROBES
from priorscope.wording.ko.terminal import TERMINAL
from priorscope.wording.ko.ui import UI
from priorscope.wording.ko.words import WORDS

TEXTS: dict[str, str] = {**PAGE, **CHAPTERS, **WORDS, **TERMINAL, **PROBES, **UI}
