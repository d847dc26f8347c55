"""Which tokens a masked language model expects where a sentence has [MASK]."""

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from priorscope.bert.model.folder import load_bert
from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.text.tokenizer import load_tokenizer, special_ids


@dataclass(frozen=True)
class MaskCandidate:
    """A token of the vocabulary with its probability in [0, 1]."""

    token: str
    probability: float


class MaskFiller:
    """A network with its tokenizer.

    Raises:
        ValueError: if the two don't fit each other.
    """

    def __init__(self, network: BertForMaskedLM, tokenizer: Tokenizer):
        check_fit(network.shape.vocabulary, tokenizer)
        self._network = network.eval()
        self._tokenizer = tokenizer
        self._mask = special_ids(tokenizer)["[MASK]"]

    @classmethod
    def load(cls, folder: Path) -> "MaskFiller":
        """Read a folder that `priorscope pretrain` or `transformers` wrote."""
        return cls(load_bert(folder, BertForMaskedLM), load_tokenizer(folder))

    @torch.no_grad()
    def fill(self, sentence: str, top: int = 5) -> list[list[MaskCandidate]]:
        """For each [MASK] of the sentence the `top` most probable tokens, the best first.

        Each mask is filled while the others are still masked.

        Raises:
            ValueError: if there is no [MASK], the sentence is too long, or `top` is not positive.
        """
        vocabulary, longest = self._network.shape.vocabulary, self._network.shape.max_tokens
        if not 1 <= top <= vocabulary:
            raise ValueError(f"--top lies between 1 and {vocabulary}, but it is {top}.")
        ids = self._tokenizer.encode(sentence).ids
        indices = [i for i, number in enumerate(ids) if number == self._mask]
        if not indices:
            raise ValueError(
                f"There is no [MASK] in {sentence!r}; write it where a word is missing."
            )
        if len(ids) > longest:
            raise ValueError(
                f"The sentence has {len(ids)} tokens, but the network reads {longest}; shorten it."
            )
        logits = self._network(torch.tensor([ids]))
        assert isinstance(logits, Tensor)
        logits = logits[0, indices]
        best = logits.float().softmax(-1).topk(top)
        return [
            [
                MaskCandidate(self._tokenizer.id_to_token(token) or "", probability)
                for probability, token in zip(*pair, strict=True)
            ]
            for pair in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        ]


def check_fit(vocabulary: int, tokenizer: Tokenizer) -> None:
    """Raise ValueError unless the tokenizer gives no id that the network doesn't have."""
    size = tokenizer.get_vocab_size()
    if size > vocabulary:
        raise ValueError(
            f"The tokenizer has {size} tokens, but the network has {vocabulary}; "
            "take the tokenizer that it was trained with."
        )
