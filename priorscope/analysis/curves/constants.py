"""Every fitted number of the forecasts, in one place.

Origin: the development half of LCDB (Mohr et al. 2022; 121 data sets, 20 scikit-learn learners),
curves seen up to a quarter of their largest size. `benchmarks/fit_forecast.py` fits them and
writes what it gets with data sets left out into benchmarks/RESULTS.md.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Constants:
    """Of the process whose slope drifts, and of how curves are paired.

    mean_fall: of log e per octave, in units of the curve's own scale q.
    rate: per octave, at which the slope forgets.
    own_noise: noise between sizes of the same repeats, as a share of a mean's noise.
    floor: noise that is always there, relative.
    fade, fade_rate: a size `a` octaves back is off by a further variance of
        (q·fade)^2 (exp(fade_rate·a) - 1): old sizes count less and less.
    tail, tail_width: this share of the paths is that many times as wide.
    scale_center, scale_spread: of the normal prior of log q.
    temper: power of the likelihood by which q is weighed.
    shared: share of a future surprise that learners on the same data have in common.
    odds_power: of the odds of the parametric families where hidden sizes speak for them. Not from
        LCDB, where it hardly matters: smooth synthetic curves say it (curves_recovery.py).
    overtaking: what is left of a probability's excess over one half, for who is behind now.
    even: what is taken off a probability of one half of overtaking, less on either side of it.
    """

    mean_fall: float = 0.908
    rate: float = 0.251
    own_noise: float = 0.520
    floor: float = 0.0001
    fade: float = 0.0334
    fade_rate: float = 2.72
    tail: float = 0.13
    tail_width: float = 3.0
    scale_center: float = -2.70
    scale_spread: float = 2.05
    temper: float = 0.201
    shared: float = 0.1
    odds_power: float = 1.65
    overtaking: float = 0.775
    even: float = 0.03


FITTED = Constants()
