"""What the columns of anybody's table of learning curves are called."""

import re
from collections.abc import Sequence

ROLES = {
    "learner": ("learner", "model", "estimator", "classifier", "method", "algorithm", "arch"),
    "repeat": ("repeat", "draw", "seed", "trial", "fold", "replicate", "random_seed"),
    "dataset": ("dataset", "data_set", "data", "task", "openmlid", "corpus"),
    "test_examples": ("test_examples", "n_test", "ntest", "test_size", "num_test"),
}  # besides the size, which `is_size` knows
KEPT = ("train_loss", "uniform_loss", "block_bits", "block_examples", "seconds")
LOWER = (
    "loss", "error", "rmse", "mae", "mse", "logloss", "log_loss", "nll", "perplexity", "wer", "cer",
    "error_rate", "cross_entropy", "brier",
)  # fmt: skip
HIGHER = (
    "accuracy", "acc", "f1", "f1_score", "f_score", "fscore", "f_measure", "precision", "recall",
    "auc", "auroc", "roc_auc", "auprc", "average_precision", "map", "mcc", "kappa", "iou", "miou",
    "dice", "exact_match", "r2", "uas", "las", "score", "ents_p", "ents_r", "ents_f",
)  # fmt: skip
LETTERS = {"p": "precision", "r": "recall", "f": "f1"}  # where a table has the first two at least
SPLITS = ("test", "heldout", "held_out", "eval", "dev", "validation", "valid", "val", "cv")
_SAME = {"error_rate": "error", "log_loss": "loss", "logloss": "loss", "cross_entropy": "loss"}
_QUALIFIED = re.compile(
    r"(?:(?:macro|micro|weighted|balanced|mean|avg|average|overall|top_?\d+|token|word|span|entity|"
    r"ner|cats|tag|pos|dep)_)*(?P<metric>.+?)(?:_(?:macro|micro|weighted|mean|avg|average))?"
)

_NUMBER = r"(?:(?:n|num|nr|no|number|count)(?:_of)?_)"
_TRAINING = r"(?:(?:train|training|labelled|labeled|annotated)_)"
_EXAMPLES = (
    "examples|samples|documents|docs|sentences|images|labels|instances|records|texts|utterances|"
    "annotations|size|sizes|set_size|data_size"
)
_SIZE = re.compile(
    f"(?:{_NUMBER}?{_TRAINING}?(?:{_EXAMPLES})|(?:n|num|number|count)_?(?:of_)?(?:train|training)?"
    "|(?:train|training)_n)"
)
_SPLIT = re.compile(f"(?:{'|'.join(SPLITS)})_(?:set_)?")
_SPREAD = re.compile(
    r"(?:^|_)(?:std|stdev|sd|stderr|sem|se|ci\d*|var|variance|min|max|low|high|lower|upper|delta|"
    r"diff|train|training|best_so_far)(?:_|$)"
)


def plain(name: str) -> str:
    """A column's name, as the lists of known names write it."""
    counted = re.sub(r"#|№", " n ", name.lower())
    return re.sub(r"[^0-9a-z]+", "_", re.sub(r"%|\bpercent\b", " ", counted)).strip("_")


def in_percent(name: str) -> bool:
    """Whether a column's name says so, as in `F1 (%)`."""
    return re.search(r"%|\bpercent\b", name.lower()) is not None


def is_size(name: str) -> bool:
    """Whether a column holds the number of training examples."""
    return _SIZE.fullmatch(plain(name)) is not None


def metric_of(name: str) -> str | None:
    """The metric that a column holds, by its name; None if it is none that is known.

    `eval/acc`, `val_f1` and `Macro F1 (%)` are `accuracy`, `f1` and `macro_f1`; what is of the
    training split, a spread or a bound is no metric.
    """
    text = plain(name)
    if _SPREAD.search(text):
        return None
    text = _SPLIT.sub("", text, count=1) if _SPLIT.match(text) else text
    if text == "acc":
        return "accuracy"
    match = _QUALIFIED.fullmatch(text)
    return text if match is not None and match["metric"] in (*LOWER, *HIGHER) else None


def is_spread_of_any(name: str, names: Sequence[str]) -> bool:
    """Whether a column holds a spread or a bound of another one, as `svm_std` beside `svm`."""
    spread, others = _SPREAD.search(plain(name)), {plain(n) for n in names if n != name}
    return spread is not None and plain(name)[: spread.start()] in others


def split_rank(name: str) -> int:
    """Which of two columns of one metric is meant: a bare name first, then the test split's."""
    match = _SPLIT.match(plain(name))
    return 0 if match is None else 1 + SPLITS.index(match[0].removesuffix("_").removesuffix("_set"))


def is_higher(metric: str) -> bool:
    """Whether more of a known metric is better."""
    match = _QUALIFIED.fullmatch(metric)
    return match is None or match["metric"] not in LOWER


def fitted_name(metric: str) -> str:
    """What is fitted: the metric where lower is better, else error or `1 - metric`."""
    if not is_higher(metric):
        return _SAME.get(metric, metric)
    return "error" if metric == "accuracy" else f"1 - {metric}"
