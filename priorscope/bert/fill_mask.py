"""`priorscope.fill_mask`: which tokens a pre-trained BERT puts in place of [MASK]."""

from collections.abc import Sequence
from pathlib import Path

from priorscope.bert.training.mask_filler import MaskCandidate, MaskFiller
from priorscope.core.calls import door


@door
def fill_mask(
    model: str | Path, sentences: str | Sequence[str], *, top: int = 5
) -> list[list[list[MaskCandidate]]]:
    """The most probable tokens for each [MASK] of each sentence.

    The command `priorscope fill-mask` does the same.

    Args:
        model: folder of a pre-trained BERT with its tokenizer.
        sentences: each with one or more [MASK]; a single one may be given by itself.
        top: how many tokens for each mask.

    Returns:
        Of each sentence, of each mask, `top` candidates, the most probable first; each mask is
        filled while the others are still masked.

    Raises:
        ValueError: if the folder has no BERT, a sentence has no [MASK] or is too long, or `top`
            is not in [1, vocabulary].
    """
    filler = MaskFiller.load(Path(model))
    lines = [sentences] if isinstance(sentences, str) else list(sentences)
    return [filler.fill(line, top) for line in lines]
