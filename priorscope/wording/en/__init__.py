"""English: texts and sentences by key; `priorscope.wording` chooses the language."""

from priorscope.wording.en.chapters import CHAPTERS
from priorscope.wording.en.page import PAGE
from priorscope.wording.en.probes import PROBES
from priorscope.wording.en.terminal import TERMINAL
from priorscope.wording.en.ui import UI
from priorscope.wording.en.words import WORDS

TEXTS: dict[str, str] = {**PAGE, **CHAPTERS, **WORDS, **TERMINAL, **PROBES, **UI}
