"""Codes of class labels that don't look at any input."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import gammaln


def label_code_bits(counts: Sequence[float | int]) -> float:
    """Bits of the labels alone under the adaptive code of Krichevsky & Trofimov (1981).

    The reference that a learner must beat: it adapts to the shares of the classes. For balanced
    classes it is close to n log2 K; it depends on the counts, not on the order.
    """
    n, classes = np.asarray(counts, dtype=float), len(counts)
    log_p = gammaln(n + 0.5).sum() - classes * gammaln(0.5)
    log_p += gammaln(classes / 2) - gammaln(n.sum() + classes / 2)
    return float(-log_p / math.log(2))


def reference_bits(counts: Sequence[float | int]) -> float:
    """What code length is compared with: uniform, or adaptive if that is shorter.

    For balanced classes the uniform code is the shorter one; with imbalance the adaptive one.
    """
    return min(float(np.sum(counts)) * math.log2(len(counts)), label_code_bits(counts))
