"""Learning rates as shares of the peak, and when to evaluate; every kind of training takes them."""

import math

LONGEST_WARMUP = 100  # steps
FINAL_SHARE = 0.01  # of the peak, at the end of the cosine
MIN_EVALUATIONS, MAX_EVALUATIONS = 5, 25  # of the validation part, in one training
EVALUATION_SHARE = 0.2  # of the training's forward passes that evaluations beyond the fewest cost
PASSES = 3  # forward passes that an update costs


def cosine(step: int, steps: int) -> float:
    """Linear warm-up over 5% of the steps (100 at most), then half a cosine to 1% of the peak.

    step: 0 ... steps - 1.
    """
    warmup = _warm_up_steps(steps)
    progress = max(0, step - warmup) / max(1, steps - warmup)
    decay = 0.5 * (1 + math.cos(math.pi * progress))
    return warm_up(step, steps) * (FINAL_SHARE + (1 - FINAL_SHARE) * decay)


def warm_up(step: int, steps: int) -> float:
    """Linear over 5% of the steps (100 at most), then 1."""
    return min((step + 1) / _warm_up_steps(steps), 1.0)


def _warm_up_steps(steps: int) -> int:
    return max(1, min(LONGEST_WARMUP, steps // 20))


def linear(progress: float, warmup: float) -> float:
    """Linear warm-up over a share `warmup` in [0, 1) of the training, then linear to 0.

    progress: share of the training that is done, in [0, 1]. As BERT is trained (Devlin et al.
    2019, A.2).
    """
    if progress < warmup:
        return progress / warmup
    return max(0.0, (1 - progress) / (1 - warmup))


def steps_per_evaluation(steps: int, batch: int, examples: int) -> int:
    """Updates between two evaluations: many where they are cheap compared with the training.

    examples: of the validation part.
    """
    affordable = int(EVALUATION_SHARE * PASSES * steps * batch / examples)
    return max(1, steps // max(MIN_EVALUATIONS, min(MAX_EVALUATIONS, affordable)))
