"""Korean sentences of the verdict's findings, by key; the others are in `ko.advice`."""

from collections.abc import Callable, Mapping
from typing import Any

from priorscope.core.confidence import LEANING
from priorscope.wording import checks, numbers
from priorscope.wording.page import listed, t
from priorscope.wording.particles import filled
from priorscope.wording.structures import phrases, title

Values = Mapping[str, Any]
SHARES = {"accuracy", "balanced-accuracy"}  # written in percent
LOWER = ("log-loss", "rmse", "mae", "code-bits")  # the less, the better


def say(template: str, **values: object) -> str:
    """A template with its values and their particles."""
    return filled(template, values)


def metric_of(key: str) -> str:
    """`log-loss` -> `로그 손실(비트)`."""
    return t(f"metric.{key.replace('-', '_')}")


def measured(metric: str, value: Any) -> str:
    """A metric with its interval: `94% (92~96%)`, `0.54 (0.48~0.60)`."""
    if metric not in SHARES:
        return numbers.estimate(value)
    ends = numbers.share_interval(value)
    return numbers.share_of(value) + (f" ({ends})" if ends else "")


def _against(metric: str, value: Any) -> str:
    """The reference, as exactly as the value beside it is."""
    if metric in SHARES:
        return f"{100 * value:.1f}%"
    return numbers.center({"center": value})


def size_of(v: Values) -> str:
    """`라벨 359개`."""
    return f"라벨 {v['size']:,}개"


def _is_best(v: Values, may: bool = False) -> str:
    """What the learner of a sentence is: `… 가장 높습니다`; with `may` `… 가장 높을`."""
    if v["goal"] == "code":
        return f"처음 {size_of(v)}를 가장 빨리 {'배울' if may else '배웁니다'}"
    ends = ("낮을", "낮습니다") if v["metric"] in LOWER else ("높을", "높습니다")
    return say(
        "{size}에서 {metric:이} 가장 {end}",
        size=size_of(v),
        metric=metric_of(v["metric"]).partition("(")[0],
        end=ends[0 if may else 1],
    )


def _nothing_yet(v: Values) -> str:
    return (
        f"{size_of(v)}에서 실행을 마친 모델이 없어 아직 결론을 내릴 수 없습니다. 같은 명령을 다시 "
        "실행하면 이어서 진행하고, `--budget`을 늘리면 한 번에 답합니다."
    )


def _metric_missing(v: Values) -> str:
    return say(
        "이 실행들에는 {metric:이} 없습니다. `--fresh`로 다시 비교하거나 다른 `--metric`을 "
        "고르세요.",
        metric=metric_of(v["metric"]).partition("(")[0],
    )


def _nothing_beats(v: Values) -> str:
    return say(
        "{size}에서 입력을 보지 않는 추측보다 확실히 나은 모델이 없습니다. {learner:은} {value}, "
        "추측은 {guess}입니다({metric}).",
        size=size_of(v),
        learner=v["learner"],
        value=measured(v["metric"], v["value"]),
        guess=_against(v["metric"], v["reference"]),
        metric=metric_of(v["metric"]),
    )


def _labels_worth(v: Values) -> str:
    parts = [
        say("{learner:은} 약 {labels}", learner=other["learner"], labels=_about(other["labels"]))
        for other in v["others"]
    ]
    return say(
        "{learner:이} 라벨 {at}개로 내는 성능에 이르려면 {parts}가 필요합니다.",
        learner=v["learner"],
        at=f"{v['at']:,}",
        parts=", ".join(parts),
    )


def _about(labels: Mapping[str, Any]) -> str:
    """`480개(390~600개)`, or `480개(390개 이상)`."""
    center, low, high = (numbers.rough(labels[k]) for k in ("center", "low", "high"))
    end = f"{low}~{high}개" if numbers.is_number(labels["high"]) else f"{low}개 이상"
    return f"{center}개({end})" if numbers.is_number(labels["low"]) else f"{center}개"


def _best(v: Values) -> str:
    percent = numbers.percent(v["probability"])
    out = say("{learner:은} {best}(확률 {percent}).", learner=v["learner"], best=_is_best(v),
              percent=percent)  # fmt: skip
    return out if not v["others"] else f"{out} {_not_excluded(v)}"


def _ahead(v: Values) -> str:
    sure = v["probability"] >= LEANING
    lead = "앞서 있습니다." if sure else "앞서 있지만, 확실히 말하기에는 차이가 작습니다."
    out = say(
        "{learner:이} {lead} {best} 확률은 {percent}입니다.",
        lead=lead,
        learner=v["learner"],
        best=_is_best(v, may=True),
        percent=numbers.percent(v["probability"]),
    )
    return f"{out} {_not_excluded(v)}" if v["others"] else out


def _not_excluded(v: Values) -> str:
    return say("{names:은} 배제할 수 없습니다.", names=listed(v["others"]))


def _tied(v: Values) -> str:
    chosen = "예측 비용은 {learner:이} 가장 적습니다"
    if not v.get("cheapest", True):
        chosen = "{learner:이} 첫 번째입니다"
    return say(
        "{names:은} {size}에서 구별할 수 없습니다. 그중 "
        + chosen
        + "(최고 또는 동률일 확률 {percent}).",
        names=listed([v["learner"], *v["others"]]),
        size=size_of(v),
        learner=v["learner"],
        percent=numbers.percent(v["probability"]),
    )


def _only_one(v: Values) -> str:
    failed = say(" {names:은} 실패했습니다.", names=listed(v["failed"])) if v["failed"] else ""
    return f"{size_of(v)}에서 실행을 마친 모델이 {v['learner']}뿐이어서 비교할 수 없습니다.{failed}"


def _last_in_race(v: Values) -> str:
    return say(
        "{size}까지 남은 모델은 {learner}뿐입니다. {names:은} 가장 좋은 경우에도 뒤처졌습니다.",
        size=size_of(v),
        learner=v["learner"],
        names=listed(v["others"]),
    )


def _one_repeat(v: Values) -> str:
    return say(
        "{leader:이} {best}. 다만 반복이 1회뿐입니다. 얼마나 확실한지 알려면 공통 반복이 2회 이상 "
        "필요합니다.",
        leader=v["leader"],
        best=_is_best(v),
    )


def _score(v: Values) -> str:
    metric, reference = v["metric"], v["reference"]
    guess = "" if reference is None else f"추측 {_against(metric, reference)}"
    hint = "; ".join(filter(None, [guess, "낮을수록 좋음" if metric in LOWER else ""]))
    text = f"{metric_of(metric)} {measured(metric, v['value'])}"
    return f"{v['learner']}: {text}{f' ({hint})' if hint else ''}."


def _goals_differ(v: Values) -> str:
    return say(
        "두 목표의 답이 다릅니다. {size}에서 {metric:은} {here:이} 가장 좋지만, 전체 크기에서는 "
        "초반에 라벨이 덜 필요한 {over_all:이} 가장 빨리 배웁니다.",
        size=size_of(v),
        metric=metric_of(v["metric"]).partition("(")[0],
        here=v["at_size"],
        over_all=v["over_all"],
    )


def _relies_on(v: Values) -> str:
    parts = []
    for row in v["structures"]:
        used, without = phrases(row["structure"])
        parts.append(f"{used}({without}: 라벨당 +{numbers.estimate(row['bits'])}비트)")
    return say("{learner:이} 활용하는 구조: {parts}.", learner=v["learner"], parts=", ".join(parts))


def _relies_on_none(v: Values) -> str:
    names = ", ".join(title(name) for name in v["structures"])
    return f"시험해 본 구조 중 {v['learner']}에 뚜렷이 중요한 것은 없습니다({names})."


def _not_all_sizes(v: Values) -> str:
    return f"라벨 {v['asked']:,}개까지 요청했지만, 이 결론은 {v['size']:,}개에서의 것입니다."


def _not_compared(v: Values) -> str:
    return say(
        "{names:은} {size}에 이르기 전에 멈췄습니다. 마지막으로 비교한 크기에서 더 나은 모델이 "
        "있었습니다.",
        names=listed(v["learners"]),
        size=size_of(v),
    )


def _dropped(v: Values) -> str:
    names = [f"{row['learner']}(라벨 {row['at']:,}개)" for row in v["learners"]]
    return say(
        "도중에 탈락한 모델: {names}. 가장 유리하게 보아도 더 나은 모델이 있었습니다.",
        names=", ".join(names),
    )


def _few_repeats(v: Values) -> str:
    return f"반복 {v['repeats']:,}회에 근거한 결론입니다. 3회 이상이면 훨씬 잘 알 수 있습니다."


def _trained_too_short(v: Values) -> str:
    return say(
        "{names:은} 계획한 학습이 끝날 때까지 계속 나아지고 있었습니다. --epochs를 늘리거나 더 큰 "
        "--preset을 쓰면 결과가 좋아질 수 있습니다.",
        names=listed(v["learners"]),
    )


def _failed(v: Values) -> str:
    parts = []
    for row in v["learners"]:
        number = "전부" if row["every"] else f"{row['count']}건"
        parts.append(f"{row['learner']}({number}: {_first_line(row['reason'])})")
    count = sum(row["count"] for row in v["learners"])
    return (
        f"실행 {count:,}건이 실패했습니다: {', '.join(parts)}. 해당 블록의 코드 길이는 추측의 "
        "비용으로 계산했습니다."
    )


def _first_line(text: str) -> str:
    line = (text.splitlines() or [""])[0].rstrip(".")
    return line if len(line) <= 100 else line[:97] + "…"


def _validity_failed(v: Values) -> str:
    tests = [test if isinstance(test, str) else checks.name(test) for test in v["tests"]]
    return f"자가 점검에 실패했으므로 나머지 결과도 덜 믿어야 합니다: {', '.join(tests)}."


def _stopped(v: Values) -> str:
    more = f" 외 {v['more']}개 모델" if v["more"] else ""
    return (
        f"실행 {v['runs']:,}건을 남기고 멈췄습니다({', '.join(v['learners'])}{more}). 같은 명령을 "
        "다시 실행하면 이어집니다."
    )


def _extra_test(v: Values) -> str:
    parts = [
        f"{row['learner']} {measured(v['metric'], row['extra'])}, "
        f"{_change(v['metric'], row['difference'])}"
        for row in v["rows"]
    ]
    name = metric_of(v["metric"])
    return f"추가 테스트 세트, {size_of(v)}로 학습({name}): {'; '.join(parts)}."


def _change(metric: str, value: Any) -> str:
    """A difference to the ordinary test set, in points where it is a share."""
    scale = 100 if metric in SHARES else 1
    points = "%p" if scale == 100 else ""
    center, low, high = (
        None if value.get(key) is None else scale * value[key] for key in ("center", "low", "high")
    )
    ends = "" if low is None or high is None else f" ({low:+.2g}~{high:+.2g})"
    return f"원래 테스트 세트와의 차이 {center:+.2g}{points}{ends}"


SENTENCES: dict[str, Callable[[Values], str]] = {
    "nothing-yet": _nothing_yet,
    "extra-test": _extra_test,
    "metric-missing": _metric_missing,
    "nothing-beats-reference": _nothing_beats,
    "labels-worth": _labels_worth,
    "best": _best,
    "ahead": _ahead,
    "tied": _tied,
    "only-one": _only_one,
    "last-in-race": _last_in_race,
    "one-repeat": _one_repeat,
    "score": _score,
    "goals-differ": _goals_differ,
    "relies-on": _relies_on,
    "relies-on-none": _relies_on_none,
    "not-all-sizes": _not_all_sizes,
    "dropped": _dropped,
    "not-compared": _not_compared,
    "few-repeats": _few_repeats,
    "failed": _failed,
    "trained-too-short": _trained_too_short,
    "validity-failed": _validity_failed,
    "stopped": _stopped,
}
