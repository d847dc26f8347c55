"""The attention of a saved model on a text or an image, as a page to look at."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
from tokenizers import Tokenizer

from priorscope.core.attention_code import coded
from priorscope.core.calls import NOT_A_PATH_ALONE, door
from priorscope.core.paths import check_path
from priorscope.core.signature import Signature
from priorscope.data.pixels import UNREADABLE, decode, is_image_name, quiet_decoding, stretched
from priorscope.data.preprocessing.images import Pixels
from priorscope.data.preprocessing.texts import TextColumn
from priorscope.fitted.member import NetworkMember
from priorscope.fitted.model import FittedModel
from priorscope.fitted.storage import FILE as MODEL_FILE
from priorscope.models import MODELS
from priorscope.models.external import transformers_model
from priorscope.nn.foreign import ChannelsFirstNetwork, TokenNetwork
from priorscope.nn.trial import first_line
from priorscope.report.attention_viewer import AttentionPage, Viewer
from priorscope.report.pictures import visible
from priorscope.subjects import AttentionMaps, UnreadableAttention
from priorscope.subjects.adapters import ADAPTERS, subject
from priorscope.targets.classes import Classes
from priorscope.text.tokenizer import decoded_tokenizer, load_tokenizer, special_ids

MOST_TOKENS = 512
LARGEST_IMAGE = 8192
USUAL_SIDE = 224  # of networks that read images of any size
ATTENDING = ("transformer", "vit", "bert", "own-projections")  # learners of this library


@door
def attention(model: str | Path, example: Annotated[str | Path, NOT_A_PATH_ALONE]) -> AttentionPage:
    """What a saved model attends to in a text or an image: all layers and heads.

    Args:
        model: folder of a Hugging Face model (texts: with its tokenizer), or hf:FOLDER; of a model
            that `priorscope fit` saved; or timm:NAME with new weights.
        example: a text, or the path of an image.

    Raises:
        ValueError: if the model or the image can't be read, or gives no attention.
    """
    if not str(example).strip() or "\0" in str(example) or is_image_name(str(example)):
        check_path("attention: example", example)
    folder = Path(str(model).removeprefix("hf:")).expanduser()
    is_image = is_image_name(str(example)) and Path(example).expanduser().is_file()
    if str(model).startswith("timm:"):
        return _of_timm(str(model), Path(example))
    if (folder / MODEL_FILE).is_file():
        viewer = _of_fitted(folder, str(example))
        return AttentionPage(viewer.title, (viewer,))
    if not folder.exists():
        _refuse_learner(str(model))
    if not (folder / "config.json").is_file():
        raise ValueError(
            f"{folder} must be a folder of a saved model with config.json; "
            '`priorscope attention MODEL "text"` or MODEL image.png.'
        )
    network = transformers_model(folder)
    if is_image:
        viewer = _of_image(network, Path(example).expanduser(), folder.name)
    elif is_image_name(str(example)):
        raise ValueError(f"There is no image {example}; check the path.")
    else:
        viewer = _of_text(network, folder, str(example))
    return AttentionPage(viewer.title, (viewer,))


def _of_fitted(folder: Path, example: str) -> Viewer:
    """Of the first network of a model that was fitted, on what it reads."""
    model = FittedModel.load(folder)
    member = model.members[0]
    if not (isinstance(member, NetworkMember) and _attends(member)):
        raise _without_attention(f"{folder} (fitted: {model.learner})")
    if not isinstance(model.preprocessing, TextColumn | Pixels):
        raise ValueError(
            f"{folder} was trained on numbers, not on texts or image files; "
            f"`priorscope profile {folder} --data DATA` shows its attention."
        )
    stored = model.inputs([example]).inputs[:1]
    x = member.reader(torch.from_numpy(np.asarray(stored)))
    maps = _maps(member.network.eval(), x, member.reader.network_signature, folder.name)
    codes = _codes(maps)
    if not isinstance(model.preprocessing, TextColumn):
        title = f"{folder.name}: {Path(example).name}"
        return Viewer(title, codes, maps.grid, maps.leading, (), visible(stored[0]))
    kept = max(1, int((stored[0] != 0).sum()))
    words = _words(decoded_tokenizer(model.preprocessing.tokenizer), stored[0, :kept].tolist())
    return Viewer(f"{folder.name}: {example[:60]}", codes[..., :kept, :kept], (1, kept), 0, words)


def _attends(member: NetworkMember) -> bool:
    signature = member.reader.network_signature
    return any(adapter(member.network, signature) is not None for adapter in ADAPTERS)


def _without_attention(name: str) -> ValueError:
    return ValueError(
        f"{name} has no attention that can be read; give a model that attends, such as one of "
        f"`priorscope fit DATA --learner {' | '.join(ATTENDING)} --out MODEL`."
    )


def _refuse_learner(name: str) -> None:
    """Say so where a learner is named in place of a model.

    Raises:
        ValueError: if it is one.
    """
    kind = name.partition(":")[0].partition("+")[0]
    if kind not in MODELS:
        return
    if kind not in ATTENDING:
        raise _without_attention(name)
    raise ValueError(
        f"{name} is a learner, not a saved model; `priorscope fit DATA --learner {name} --out "
        "MODEL` makes one to look at."
    )


def _words(tokenizer: Tokenizer, ids: list[int]) -> tuple[str, ...]:
    """Tokens of ids in which 0 and the tokenizer's padding have changed places."""
    pad = special_ids(tokenizer)["[PAD]"]
    own = (pad if i == 0 else 0 if i == pad else i for i in ids)
    return tuple(_readable(tokenizer.id_to_token(i) or str(i)) for i in own)


def _of_text(network: Any, folder: Path, text: str) -> Viewer:
    if not text.strip():
        raise ValueError("The text is empty; give one in quotes, or the path of an image.")
    tokenizer = load_tokenizer(folder)
    tokenizer.no_padding()
    encoding = tokenizer.encode(text)
    ids, words = encoding.ids[:MOST_TOKENS], encoding.tokens[:MOST_TOKENS]
    own = int(getattr(network.config, "max_position_embeddings", 0) or 0)
    longest = min(own, MOST_TOKENS) if own > 0 else MOST_TOKENS
    if not 1 <= len(encoding.ids) <= longest:
        raise ValueError(
            f"The text has {len(encoding.ids)} tokens, but the model reads 1 to {longest}; give "
            "another text."
        )
    vocabulary = int(network.config.vocab_size)
    if max(ids) >= vocabulary:
        raise ValueError(
            f"The tokenizer in {folder} has ids up to {max(ids)}, but the model has {vocabulary} "
            "tokens; take the tokenizer that it was trained with."
        )
    signature = Signature(
        input_shape=(len(ids),), target=Classes(num_classes=2), vocabulary=vocabulary
    )
    pad = int(getattr(network.config, "pad_token_id", 0) or 0)
    ours = [pad if i == 0 else 0 if i == pad else i for i in ids]  # 0 is padding here
    if getattr(network.config, "is_encoder_decoder", False):
        network = network.get_encoder()
    maps = _maps(TokenNetwork(network, pad).eval(), torch.tensor([ours]), signature, folder.name)
    words = tuple(_readable(word) for word in words)
    return Viewer(f"{folder.name}: {text[:60]}", _codes(maps), maps.grid, maps.leading, words)


def _readable(word: str) -> str:
    """Byte-level and SentencePiece marks of a space as a space."""
    return word.replace("Ġ", "·").replace("▁", "·")


def _of_image(network: Any, path: Path, name: str) -> Viewer:
    config = network.config
    if not any(hasattr(config, key) for key in ("image_size", "num_channels")):
        raise ValueError(f"{name} doesn't read images (its config has no image_size); give a text.")
    size = getattr(config, "image_size", None) or USUAL_SIDE
    rows, columns = size if isinstance(size, list | tuple) else (size, size)
    channels = int(getattr(config, "num_channels", 3))
    pixels = _pixels(path, max(rows, columns), channels)[:rows, :columns]
    signature = Signature(input_shape=(rows, columns, channels), target=Classes(num_classes=2))
    x = torch.from_numpy((pixels - 0.5) / 0.5)[None]
    maps = _maps(ChannelsFirstNetwork(network).eval(), x, signature, name)
    return Viewer(f"{name}: {path.name}", _codes(maps), maps.grid, maps.leading, (), pixels)


def _of_timm(source: str, path: Path) -> AttentionPage:
    from priorscope.models.external import External

    pixels = _pixels(path, USUAL_SIDE, 3)
    signature = Signature(input_shape=pixels.shape, target=Classes(num_classes=2))
    network = External.of(source).build(signature).eval()
    maps = _maps(network, torch.from_numpy((pixels - 0.5) / 0.5)[None], signature, source)
    title = f"{source} (new weights): {path.name}"
    return AttentionPage(title, (Viewer(title, _codes(maps), maps.grid, maps.leading, (), pixels),))


def _pixels(path: Path, side: int, channels: int) -> np.ndarray:
    """(side, side, channels) float32 in [0, 1]."""
    if not path.is_file():
        raise ValueError(f"There is no image {path}; check the path.")
    try:
        with quiet_decoding():
            pixels = decode(path.name, path.read_bytes(), LARGEST_IMAGE, side).pixels
    except UNREADABLE as error:
        raise ValueError(f"{path} can't be read as an image ({error}).") from error
    pixels = stretched(pixels, side, side).astype(np.float32)
    pixels = pixels / (65535.0 if pixels.max() > 255 else 255.0)
    if pixels.shape[-1] != channels:
        grey = pixels.mean(axis=-1, keepdims=True)
        pixels = np.repeat(grey, channels, axis=-1)
    return pixels


def _maps(network: Any, x: torch.Tensor, signature: Signature, name: str) -> AttentionMaps:
    try:
        one = subject(network, x, signature)
        maps = None if one.attention is None else one.attention(x)
    except UnreadableAttention as error:
        raise ValueError(f"The attention can't be shown: {error}.") from error
    except Exception as error:  # a model folder is anybody's
        raise ValueError(
            f"The model can't be run ({type(error).__name__}: {first_line(error)}); its settings "
            "don't fit its tensors: copy the whole folder again."
        ) from error
    if maps is None:
        raise _without_attention(name)
    return maps


def _codes(maps: AttentionMaps) -> np.ndarray:
    """Weights of the only example, (blocks, heads, query, key); the viewer refuses empty ones."""
    shapes = {block.shape for block in maps.blocks}
    if len(shapes) > 1:
        raise ValueError(
            f"The blocks have maps of different sizes ({sorted(map(tuple, shapes))}), as networks "
            "with windows have; the viewer shows those of one size."
        )
    return coded(torch.stack([block[0] for block in maps.blocks]).double().cpu().numpy())
