"""Special tokens of other families (<pad>, <s>, </s>, ...) under BERT's names."""

import json
from pathlib import Path

from priorscope.core.json_files import read_json
from priorscope.core.json_types import parsed

ROLES = {"[PAD]": ("pad",), "[UNK]": ("unk",), "[CLS]": ("cls", "bos"), "[SEP]": ("sep", "eos"),
         "[MASK]": ("mask",)}  # fmt: skip


def with_usual_names(text: str, folder: Path) -> str:
    """A `tokenizer.json` in which the special tokens are called [PAD], [UNK], [CLS], ...

    What plays which role is in `tokenizer_config.json` or `special_tokens_map.json` beside it;
    ids stay as they are. A tokenizer that has BERT's names is returned as it is.

    Raises:
        ValueError: if a file isn't JSON.
    """
    present = {name for name in ROLES if json.dumps(name) in text}
    if present == set(ROLES):
        return text
    state = parsed(text)
    renamed = {
        old: new for new, old in _named(folder).items() if new not in present and old not in present
    }
    for token in state.get("added_tokens") or []:
        token["content"] = renamed.get(token["content"], token["content"])
    model = state["model"]
    vocabulary = model.get("vocab")
    if isinstance(vocabulary, dict):
        model["vocab"] = {renamed.get(token, token): i for token, i in vocabulary.items()}
    elif isinstance(vocabulary, list):  # unigram: [token, score], the id is the place
        model["vocab"] = [[renamed.get(token, token), score] for token, score in vocabulary]
    if isinstance(model.get("unk_token"), str):
        model["unk_token"] = renamed.get(model["unk_token"], model["unk_token"])
    return json.dumps(state, ensure_ascii=False)


def _named(folder: Path) -> dict[str, str]:
    """[PAD], [UNK], ... -> what the files beside a tokenizer call it."""
    names: dict[str, str] = {}
    for file in ("special_tokens_map.json", "tokenizer_config.json"):
        if (folder / file).is_file():
            settings = read_json(folder / file)
            for usual, roles in ROLES.items():
                for role in reversed(roles):
                    token = settings.get(f"{role}_token")
                    token = token.get("content") if isinstance(token, dict) else token
                    if isinstance(token, str) and token:
                        names[usual] = token
    return names
