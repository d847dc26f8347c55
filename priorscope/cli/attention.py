"""`priorscope attention MODEL "text" | image.png`: a page to look at a saved model's attention."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from priorscope.cli.exit_codes import Exit
from priorscope.wording.language import Language, speak

KIND = "attention"


def run(
    model: str,
    example: str,
    /,
    *,
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
    lang: Language | None = None,
) -> int:
    """Write a page with the attention of every layer and head on a text or an image.

    Parameters
    ----------
    model
        Folder of a saved model: Hugging Face's (texts: with its tokenizer) or what `priorscope fit`
        wrote; or timm:NAME.
    example
        A text in quotes, or the path of an image.
    out
        Folder for attention.html (priorscope-runs/attention).
    lang
        Language of the page: en or ko (PRIORSCOPE_LANG, else en).
    """
    from priorscope.core.files import own, write
    from priorscope.profiles.attention import attention

    speak(lang)
    page = attention(model, example).html()
    folder = out or Path("priorscope-runs") / "attention"
    own(folder, KIND, names=("attention.html",))
    write(folder / "attention.html", page, root=folder)
    print(folder / "attention.html")
    return Exit.DONE
