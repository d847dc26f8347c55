"""Tokenizers from raw text: trained reproducibly, saved so that `transformers` agrees."""

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from priorscope.core.files import make_folder, write
from priorscope.core.json_files import read_json
from priorscope.core.printable import cause
from priorscope.text.alphabet import Alphabet, covering
from priorscope.text.specials import with_usual_names

Kind = Literal["wordpiece", "bpe"]
SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
"""Ids 0 to 4 of every tokenizer trained here."""
NAMES = ("vocab.txt", "vocab.json", "merges.txt", "tokenizer_config.json", "tokenizer.json")
"""Files that `save_tokenizer` writes."""
_LONGEST = 100  # characters of a word; longer ones are [UNK] to BERT (max_input_chars_per_word)
_LONG = re.compile(rf"\S{{{_LONGEST}}}(?=\S)")
_CHUNK = 1000
_FEWEST, _MOST = 64, 10_000_000
_GAPS = 10  # ids for each token, at most; vocabularies with holes have few


def train_tokenizer(
    lines: Iterable[str],
    kind: Kind = "wordpiece",
    vocabulary: int = 8000,
    lowercase: bool = True,
    strip_accents: bool = False,
    min_count: int = 2,
    coverage: float = 0.9995,
) -> Tokenizer:
    """Train on `lines`; the same lines in the same order give the same ids.

    Args:
        lines: read twice; an iterator that can be read once only is kept in memory.
        kind: "wordpiece" (BERT) or "bpe" (on bytes, so nothing is unknown).
        vocabulary: at most so many tokens; a short text supports fewer.
        lowercase: whether case is dropped; it leaves Hangul alone.
        strip_accents: whether accents are dropped. That takes Hangul syllables apart into jamo.
        min_count: a pair of subwords that occurs less often isn't joined.
        coverage: wordpiece only; share of the text's characters that get a token.

    Raises:
        ValueError: if the text is empty or the vocabulary too small.
    """
    if vocabulary < _FEWEST or (kind == "bpe" and vocabulary < 256 + len(SPECIALS)):
        least = _FEWEST if kind == "wordpiece" else 256 + len(SPECIALS)
        raise ValueError(f"A {kind} vocabulary has at least {least} tokens, not {vocabulary}.")
    if vocabulary > _MOST:
        raise ValueError(f"A vocabulary has at most {_MOST:,} tokens, not {vocabulary}.")
    if isinstance(lines, Iterator):
        lines = list(lines)
    if kind == "bpe":
        tokenizer = _train_bpe(lines, vocabulary, lowercase, strip_accents, min_count)
    else:
        tokenizer = _train_wordpiece(
            lines, vocabulary, _bert_normalizer(lowercase, strip_accents), min_count, coverage
        )
    _finish(tokenizer)
    return tokenizer


def wordpiece(vocabulary: dict[str, int], lowercase: bool, strip_accents: bool) -> Tokenizer:
    """BERT's tokenizer over a given vocabulary (token -> id); ids are as in `transformers`.

    Raises:
        ValueError: if a special token is missing.
    """
    if missing := [token for token in SPECIALS if token not in vocabulary]:
        raise ValueError(
            f"A vocabulary needs {', '.join(SPECIALS)}, but {', '.join(missing)} is missing."
        )
    tokenizer = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = _bert_normalizer(lowercase, strip_accents)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    _finish(tokenizer)
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path) -> None:
    """Write `tokenizer.json`, its settings and `vocab.txt` (BPE: `vocab.json`, `merges.txt`)."""
    make_folder(folder)
    is_wordpiece = isinstance(tokenizer.model, models.WordPiece)
    if is_wordpiece:
        tokens = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
        write(folder / "vocab.txt", "".join(f"{token}\n" for token, _ in tokens))
    else:
        with tempfile.TemporaryDirectory() as made:  # the library would write through links
            for path in map(Path, tokenizer.model.save(made)):
                write(folder / path.name, path.read_bytes())
    options = _options(tokenizer)
    config = {
        "tokenizer_class": "BertTokenizer" if is_wordpiece else "PreTrainedTokenizerFast",
        "do_lower_case": options["lowercase"],
        "strip_accents": options["strip_accents"],
        "tokenize_chinese_chars": True,
        **{f"{token[1:-1].lower()}_token": token for token in SPECIALS},
    }
    write(folder / "tokenizer_config.json", json.dumps(config, indent=2) + "\n")
    write(folder / "tokenizer.json", tokenizer.to_str(pretty=True))


def load_tokenizer(path: Path) -> Tokenizer:
    """Read a folder with `tokenizer.json` or `vocab.txt`, or one of these files itself.

    Raises:
        ValueError: if there is none, or it can't be read.
    """
    files = [path / "tokenizer.json", path / "vocab.txt"] if path.is_dir() else [path]
    file = next((f for f in files if f.is_file()), None)
    if file is None:
        raise ValueError(
            f"{path} isn't a tokenizer: a folder with tokenizer.json or vocab.txt is needed; "
            "`priorscope tokenizer train FILES` makes one."
        )
    if file.suffix == ".txt":
        return _from_vocabulary_file(file)
    try:
        text = with_usual_names(file.read_text(encoding="utf-8"), file.parent)
        tokenizer = decoded_tokenizer(text)
    except Exception as error:  # the library raises plain Exception
        raise ValueError(f"{file} isn't a tokenizer that can be read: {cause(error)}.") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if missing := [token for token in SPECIALS if tokenizer.token_to_id(token) is None]:
        raise ValueError(f"{file} has no {', '.join(missing)}; BERT's special tokens are needed.")
    return tokenizer


def decoded_tokenizer(text: str) -> Tokenizer:
    """The tokenizer that the content of a `tokenizer.json` is.

    Raises:
        ValueError: if its ids are no numbers of a vocabulary: one of 10^9 would fill the memory;
            or if it can't make tokens of a sentence.
        Exception: of the library's, if it can't be read.
    """
    tokenizer = Tokenizer.from_str(text)
    ids = tokenizer.get_vocab().values()
    largest = max(ids, default=0)
    if largest >= _GAPS * (len(ids) + _FEWEST):
        raise ValueError(f"its largest id is {largest:,}, but it has {len(ids):,} tokens")
    try:
        tokenizer.encode("A word.", "Another.")
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise ValueError(f"it makes no tokens of a sentence: {cause(error)}") from error
        raise
    return tokenizer


def has_tokenizer(folder: Path) -> bool:
    """Whether a folder holds what `load_tokenizer` reads."""
    return any((folder / name).is_file() for name in ("tokenizer.json", "vocab.txt"))


def special_ids(tokenizer: Tokenizer) -> dict[str, int]:
    """Ids of `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]` and `[MASK]`.

    Raises:
        ValueError: if one is missing.
    """
    ids = {token: i for token in SPECIALS if (i := tokenizer.token_to_id(token)) is not None}
    if missing := [token for token in SPECIALS if token not in ids]:
        raise ValueError(f"The tokenizer has no {', '.join(missing)}; take one made for BERT.")
    return ids


def _train_wordpiece(
    lines: Iterable[str],
    vocabulary: int,
    normalizer: normalizers.Normalizer,
    min_count: int,
    coverage: float,
) -> Tokenizer:
    alphabet = Alphabet(normalizer, pre_tokenizers.BertPreTokenizer())
    for chunk in _chunks(lines):
        alphabet.read(chunk)
    # A character takes up to two tokens, x and ##x: at least a third is left for joined ones.
    kept = covering(alphabet.characters(), coverage, most=(vocabulary - len(SPECIALS)) // 3)
    if not kept:
        raise ValueError("The text is empty, so there is nothing to train a tokenizer on.")
    inside_words = alphabet.inside_words()
    inside = [f"##{c}" for c in kept if c in inside_words]
    draft = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    draft.normalizer = normalizer
    draft.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocabulary,
        min_frequency=min_count,
        special_tokens=[*SPECIALS, *inside],  # see alphabet.py
        initial_alphabet=kept,
        limit_alphabet=len(kept),
        show_progress=False,
    )
    draft.train_from_iterator(_chunks(lines), trainer)
    options = _options(draft)
    return wordpiece(draft.get_vocab(), options["lowercase"], options["strip_accents"])


def _train_bpe(
    lines: Iterable[str], vocabulary: int, lowercase: bool, strip_accents: bool, min_count: int
) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    steps: list[normalizers.Normalizer] = [normalizers.NFC()]
    if strip_accents:
        steps = [normalizers.NFD(), normalizers.StripAccents()]
    if lowercase:
        steps.append(normalizers.Lowercase())
    tokenizer.normalizer = normalizers.Sequence(steps)  # type: ignore[arg-type]
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=min_count,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    has_words = False

    def watched() -> Iterator[list[str]]:
        nonlocal has_words
        for chunk in _chunks(lines):
            has_words = has_words or any(map(str.strip, chunk))
            yield chunk

    tokenizer.train_from_iterator(watched(), trainer)
    if not has_words:
        raise ValueError("The text is empty, so there is nothing to train a tokenizer on.")
    return tokenizer


def _finish(tokenizer: Tokenizer) -> None:
    """Special tokens are recognised in text, and `[CLS] a [SEP] b [SEP]` is what an encoding is."""
    tokenizer.add_special_tokens(list(SPECIALS))
    ids = special_ids(tokenizer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )


def _bert_normalizer(lowercase: bool, strip_accents: bool) -> normalizers.Normalizer:
    return normalizers.BertNormalizer(lowercase=lowercase, strip_accents=strip_accents)


def _options(tokenizer: Tokenizer) -> dict[str, bool]:
    """Case and accents, as the tokenizer's own normaliser has them."""
    state = json.loads(tokenizer.normalizer.__getstate__()) if tokenizer.normalizer else {}
    steps = {step["type"] for step in state.get("normalizers", [])}
    return {
        "lowercase": bool(state.get("lowercase", "Lowercase" in steps)),
        "strip_accents": bool(state.get("strip_accents", "StripAccents" in steps)),
    }


def _from_vocabulary_file(file: Path) -> Tokenizer:
    try:
        tokens = file.read_text(encoding="utf-8").rstrip("\n").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is not UTF-8 ({cause(error)}); save it as UTF-8.") from error
    config = file.parent / "tokenizer_config.json"
    options = read_json(config) if config.is_file() else {}
    # Without a setting, upper case in the vocabulary says that case was kept.
    cased = any(re.search(r"[A-Z]", p) for p in tokens if not re.fullmatch(r"\[\w+\]", p))
    lowercase = bool(options.get("do_lower_case", not cased))
    strip = options.get("strip_accents")
    vocabulary = {token: i for i, token in enumerate(tokens)}
    return wordpiece(vocabulary, lowercase, lowercase if strip is None else bool(strip))


def _chunks(lines: Iterable[str], size: int = _CHUNK) -> Iterator[list[str]]:
    """Lists of lines; words are cut where they are longer than BERT's tokenizer reads.

    Time and memory of training grow with the square of a word's length.
    """
    source = (_LONG.sub(r"\g<0> ", line) if len(line) > _LONGEST else line for line in lines)
    take: Callable[[], list[str]] = lambda: list(islice(source, size))  # noqa: E731
    return iter(take, [])
