"""Korean sentences of what learning curves say, by key; notes are in `ko.curve_notes`."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from priorscope.wording.curve_metrics import in_own, is_higher, own
from priorscope.wording.page import listed, word
from priorscope.wording.particles import filled

Values = Mapping[str, Any]
KINDS = {"observed": "관측", "predicted": "예측", "bound": "한계값"}


def say(template: str, **values: object) -> str:
    """A template with its values and their particles."""
    return filled(template, values)


def metric_of(on: str) -> str:
    """The metric of a curve; names of others' tables stay as they are, `1 - f1` is f1."""
    return word("on.", own(on))


def _range(on: str, value: Values) -> str:
    """Median and interval, with as many digits as tell its ends apart."""
    low, middle, high = in_own(on, value["low"], value["center"], value["high"])
    digits = next(d for d in range(3, 18) if f"{low:.{d}g}" != f"{high:.{d}g}" or d == 17)
    return f"{middle:.{digits}g} ({low:.{digits}g}~{high:.{digits}g})"


def _count(n: float | None) -> str:
    """A number, of examples or of times, with two significant digits."""
    if n is None:
        return "없음"
    digits = max(math.floor(math.log10(n)) - 1, 0)
    return f"{round(n, -digits):,.0f}" if n >= 10 else f"{n:.2g}"


def _counts(low: float, high: float | None) -> str:
    """The ends of an interval of sizes, told apart even where it is narrow."""
    rough = _count(low), _count(high)
    if rough[0] == rough[1] and high is not None:
        rough = f"{low:,.1f}", f"{high:,.1f}"
    return f"{rough[0]}개 이상" if high is None else f"{rough[0]}~{rough[1]}개"


def _cost(seconds: float | None) -> str:
    """`(약 4분)`; nothing where it isn't known."""
    if seconds is None:
        return ""
    return f"(약 {seconds:.0f}초)" if seconds < 90 else f"(약 {seconds / 60:.0f}분)"


def _at(n: float) -> str:
    return f"예제 {n:,.0f}개에서"


def _flawless(v: Values) -> str:
    return say(
        "{at} {names}의 {on:은} 모든 반복에서 {value}입니다.",
        value=1 if is_higher(v["on"]) else 0,
        at=_at(v["n"]),
        names=listed(v["learners"]),
        on=metric_of(v["on"]),
    )


def _lowest(v: Values) -> str:
    return say(
        "{at} {scope}{on:이} 가장 {end} 모델은 {learner}입니다: {value}, 반복 {repeats}회.",
        at=_at(v["n"]),
        scope="" if v["of_all"] else "그 크기에서 관측된 모델 중 ",
        on=metric_of(v["on"]),
        learner=v["learner"],
        end="높은" if is_higher(v["on"]) else "낮은",
        value=_range(v["on"], v["value"]),
        repeats=v["repeats"],
    )


def _tied(v: Values) -> str:
    names = listed([v["learner"], *v["others"]])
    return say("이 크기에서 {names:은} 구별할 수 없습니다.", names=names)


def _other_metric(v: Values) -> str:
    return f"{metric_of(v['on'])} 기준으로는 {v['learner']}입니다."


def _later(v: Values) -> str:
    scope = f", {', '.join(v['left_out'])} 제외" if v["left_out"] else ""
    return f"데이터가 {v['times']:g}배({v['n']:,.0f}개, 예측{scope})이면"


def _may_win(v: Values) -> str:
    odds = [f"{row['learner']}({row['probability']:.2f})" for row in v["learners"]]
    return f"{_later(v)} 최고일 수 있는 모델: {', '.join(odds)}. 괄호 안은 확률입니다."


def _wins(v: Values) -> str:
    share = v["probability"]
    return say(
        "{later} {learner:이} 최고일 확률이 {odds}입니다: {on} {value}.",
        later=_later(v),
        learner=v["learner"],
        odds="0.99 초과" if share > 0.99 else f"{share:.2f}",
        on=metric_of(v["on"]),
        value=_range(v["on"], v["value"]),
    )


def _alone(v: Values) -> str:
    return say(
        "{later} {learner}의 {on:은} {value}입니다.",
        later=_later(v),
        learner=v["learner"],
        on=metric_of(v["on"]),
        value=_range(v["on"], v["value"]),
    )


def _known_at(v: Values) -> str:
    return say(
        "{names}: {on:을} 아는 크기가 {sizes}개인데, 예측하려면 {needed}개가 필요합니다. {more}개 "
        "크기에서 더 학습하세요.",
        names=listed(v["learners"]),
        on=metric_of(v["on"]),
        sizes=v["sizes"],
        needed=v["needed"],
        more=v["needed"] - v["sizes"],
    )


def _no_winner_later(v: Values) -> str:
    return say(
        "데이터가 늘면 어느 모델이 앞설지 말할 수 없습니다. 지금 가장 좋은 {name:은} 예측에 필요한 "
        "만큼 여러 크기에서 학습하지 않았습니다.",
        name=v["learners"][0],
    )


def _overtakes(v: Values) -> str:
    n, on = v["n"], metric_of(v["on"])
    who = {"late": v["overtaking"], "early": v["overtaken"], "on": on}
    if v["verdict"] == "observed":
        return say(
            "{on} 기준으로 {late:이} {early:을} 예제 약 {n}개에서 앞지릅니다(80% 구간 {span}, "
            "관측).",
            **who,
            n=_count(n["median"]),
            span=_counts(n["low80"], n["high80"]),
        )
    before = v["not_before"]
    bound = f", 예제 {_count(before)}개 전에는 아님(90%)" if before else ""
    odds = f"확률 {v['probability']:.2f}{bound}"
    if v["verdict"] == "open":
        return say(
            "미정: 데이터 4배 안에 {on} 기준으로 {late:이} {early:을} 앞지를지 알 수 없습니다"
            "({odds}).",
            **who,
            odds=odds,
        )
    return say(
        "데이터 4배 안에 {on} 기준으로 {late:이} {early:을} 앞지를 가능성이 높습니다({odds}).",
        **who,
        odds=odds,
    )


def _stays(v: Values) -> str:
    most = f"{v['probability']:.2f}"
    single = len(v["others"]) == 1
    return say(
        "데이터가 4배가 될 때까지 {on} 기준으로 {learner:이} {others}보다 계속 앞섭니다({odds}).",
        on=metric_of(v["on"]),
        learner=v["learner"],
        others=listed(v["others"]),
        odds=f"역전될 확률 {most}" if single else f"역전될 확률은 각각 {most} 이하",
    )


def _worth(v: Values) -> str:
    ratio = v["ratio"]
    who = {"at": _at(v["n"]), "learner": v["learner"], "other": v["other"]}
    if ratio["center"] is None:
        return say(
            "{at} {learner:은} {other}의 데이터 {low}배 이상의 가치가 있습니다.",
            **who,
            low=_count(ratio["low"]),
        )
    low, high = _count(ratio["low"]), ratio["high"]
    return say(
        "{at} {learner:은} {other}의 데이터 {center}배의 가치가 있습니다({span}, {kind}).",
        **who,
        center=_count(ratio["center"]),
        span=f"{low}배 이상" if high is None else f"{low}~{_count(high)}배",
        kind=KINDS.get(v["kind"], v["kind"]),
    )


def _doubling(start: str, verb: str) -> Callable[[Values], str]:
    def worded(v: Values) -> str:
        what = "오차" if is_higher(v["on"]) else word("on.", v["on"])
        rows = [f"{r['learner']} 약 {100 * abs(r['fall']):.0f}%" for r in v["learners"]]
        return say("{start} 데이터가 두 배가 될 때 {what:이} {verb}: {rows}.", start=start,
                   what=what, verb=verb, rows=", ".join(rows))  # fmt: skip

    return worded


def _switch(v: Values) -> str:
    path = listed([f"{p['start']:,.0f}개부터 {p['learner']}" for p in v["path"]], "then")
    return (
        f"가장 짧은 코드는 중간에 모델을 바꿉니다: {path}. {v['single']}만 쓸 때보다 "
        f"{v['saved']:,.0f}비트를 아낍니다."
    )


def _take_as_equal(v: Values) -> str:
    return say(
        "{at} {names:을} 구별하려면 반복이 {repeats}회보다 많이 필요합니다. 그 크기에서는 "
        "동등하다고 보세요.",
        at=_at(v["n"]),
        names=listed(list(v["learners"])),
        repeats=v["repeats"],
    )


def _more_repeats(v: Values) -> str:
    return say(
        "{names:을} 구별하려면 예제 {n}개에서 {more}회 더 반복하면{cost} 될 것입니다(모두 "
        "{repeats}회).",
        names=listed(list(v["learners"])),
        n=f"{v['n']:,.0f}",
        more=v["more"],
        cost=_cost(v["seconds"]),
        repeats=v["repeats"],
    )


def _run_both(v: Values) -> str:
    return say(
        "예제 {at}개에서 {names} 중 어느 쪽이 나은지 알려면 둘 다 예제 {n}개로 실행하세요{cost}.",
        at=f"{v['at']:,.0f}",
        names=listed(list(v["learners"]), "or"),
        n=f"{v['n']:,.0f}",
        cost=_cost(v["seconds"]),
    )


SENTENCES: dict[str, Callable[[Values], str]] = {
    "curves-flawless": _flawless,
    "curves-lowest": _lowest,
    "curves-tied": _tied,
    "curves-other-metric": _other_metric,
    "curves-may-win": _may_win,
    "curves-wins": _wins,
    "curves-alone": _alone,
    "curves-no-winner-later": _no_winner_later,
    "curves-overtakes": _overtakes,
    "curves-stays": _stays,
    "curves-worth": _worth,
    "curves-falling": _doubling("데이터를 늘리면 더 좋아집니다.", "줄어듭니다"),
    "curves-saturated": _doubling("데이터를 늘려도 거의 그대로입니다.", "달라집니다"),
    "curves-rising": _doubling("데이터를 늘리면 나빠집니다.", "늘어납니다"),
    "curves-switch": _switch,
    "curves-take-as-equal": _take_as_equal,
    "curves-more-repeats": _more_repeats,
    "curves-run-both": _run_both,
    "curves-few-sizes": _known_at,
}
