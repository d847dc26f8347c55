"""Which words a masked language model expects where a sentence has [MASK]."""

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from priorscope.models.bert import BertMaskedWords
from priorscope.text.tokenizer import load_tokenizer, special_ids


@dataclass(frozen=True)
class Guess:
    """A piece of the vocabulary with its probability in [0, 1]."""

    piece: str
    probability: float


class MaskFiller:
    """A network with its tokenizer.

    Raises:
        ValueError: if the two don't fit each other.
    """

    def __init__(self, network: BertMaskedWords, tokenizer: Tokenizer):
        check_fit(network.shape.vocabulary, tokenizer)
        self._network = network.eval()
        self._tokenizer = tokenizer
        self._mask = special_ids(tokenizer)["[MASK]"]

    @classmethod
    def load(cls, folder: Path) -> "MaskFiller":
        """Read a folder that `priorscope pretrain` or `transformers` wrote."""
        return cls(BertMaskedWords.from_pretrained(folder), load_tokenizer(folder))

    @torch.no_grad()
    def fill(self, sentence: str, top: int = 5) -> list[list[Guess]]:
        """For each [MASK] of the sentence the `top` most probable pieces, the best first.

        Each mask is filled while the others are still hidden.

        Raises:
            ValueError: if there is no [MASK], the sentence is too long, or `top` is not positive.
        """
        vocabulary, most = self._network.shape.vocabulary, self._network.shape.max_tokens
        if not 1 <= top <= vocabulary:
            raise ValueError(f"--top lies between 1 and {vocabulary}, but it is {top}.")
        ids = self._tokenizer.encode(sentence).ids
        places = [i for i, number in enumerate(ids) if number == self._mask]
        if not places:
            raise ValueError(
                f"There is no [MASK] in {sentence!r}; write it where a word is missing."
            )
        if len(ids) > most:
            raise ValueError(
                f"The sentence has {len(ids)} tokens, but the network reads {most}; shorten it."
            )
        logits = self._network(torch.tensor([ids]))[0, places]
        best = logits.float().softmax(-1).topk(top)
        return [
            [
                Guess(self._tokenizer.id_to_token(piece) or "", probability)
                for probability, piece in zip(*pair, strict=True)
            ]
            for pair in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        ]


def check_fit(vocabulary: int, tokenizer: Tokenizer) -> None:
    """Raise ValueError unless the tokenizer gives no id that the network doesn't know."""
    size = tokenizer.get_vocab_size()
    if size > vocabulary:
        raise ValueError(
            f"The tokenizer has {size} pieces, but the network knows {vocabulary}; "
            "take the tokenizer that it was trained with."
        )
