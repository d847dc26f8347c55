"""What the lossy structures share: which data they apply to, and leaving presence alone."""

import numpy as np

from priorscope.core.signature import Signature


def fading_fault(signature: Signature) -> str | None:
    """Why values of such data can't be faded, as the end of a sentence; or None."""
    if signature.layout in ("image", "series"):
        return None
    return {
        "vector": "a vector has no neighbouring positions",
        "tokens": "token ids are names, which can't be faded",
    }[signature.layout]


def with_presence(result: np.ndarray, inputs: np.ndarray, signature: Signature) -> np.ndarray:
    """`result` with padding at 0 and the presence channel as it was, if there is one."""
    if not signature.padded:
        return result
    presence = inputs[..., -1:]
    return np.concatenate([result[..., :-1] * presence, presence], axis=-1)
