"""By what learners can be compared: names, direction, what difference doesn't matter."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Metric:
    """key: its name in rows. higher: whether more is better. indifference: a difference that
    doesn't matter; `relative`: in units of the target's standard deviation.
    """

    name: str
    key: str
    higher: bool
    indifference: float
    relative: bool = False

    def cost(self, value: float) -> float:
        """The value with less being better."""
        return -value if self.higher else value


_ALL = (
    Metric("accuracy", "accuracy", True, 0.005),
    Metric("balanced-accuracy", "balanced_accuracy", True, 0.005),
    Metric("macro-f1", "macro_f1", True, 0.005),
    Metric("auroc", "auroc", True, 0.005),
    Metric("average-precision", "average_precision", True, 0.005),
    Metric("log-loss", "bits", False, 0.02),
    Metric("rmse", "rmse", False, 0.01, relative=True),
    Metric("mae", "mae", False, 0.01, relative=True),
    Metric("r2", "r2", True, 0.01),
)
METRICS = {metric.name: metric for metric in _ALL}
CLASS_METRICS = tuple(m.name for m in _ALL[:6])
QUANTITY_METRICS = (*(m.name for m in _ALL[6:]), "log-loss")
_PLURALS = {"classes": "classes", "quantity": "quantities"}
CODE_INDIFFERENCE = 0.02  # bits per label


def metric_named(name: str | None, kind: str) -> Metric:
    """The metric of that name; the default one of a kind of target without a name.

    Raises:
        LookupError: if there is no such metric for such targets.
    """
    names = CLASS_METRICS if kind == "classes" else QUANTITY_METRICS
    name = name or names[0]
    if name not in names:
        raise LookupError(
            f"The metric {name!r} doesn't fit targets that are {_PLURALS[kind]}; choose one of "
            f"{', '.join(names)}."
        )
    return METRICS[name]
