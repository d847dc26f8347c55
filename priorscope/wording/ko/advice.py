"""Korean sentences of what to do next, by a finding's key."""

from collections.abc import Callable, Mapping
from typing import Any

from priorscope.wording import numbers
from priorscope.wording.ko.findings import SHARES, Values, say, size_of
from priorscope.wording.page import listed, t


def _more_repeats(v: Values) -> str:
    return say(
        "{size}에서 반복을 약 {repeats}회로 늘리면 {names:을} 구별할 수 있을 것입니다: "
        "`--repeats {repeats}`.",
        size=size_of(v),
        repeats=v["repeats"],
        names=listed(v["learners"]),
    )


def _take_as_equal(v: Values) -> str:
    return say(
        "{names:을} 구별하려면 반복이 {repeats}회보다 많이 필요합니다. 동등하다고 보세요.",
        names=listed(v["learners"]),
        repeats=v["repeats"],
    )


def _within_indifference(v: Values) -> str:
    gap = v["indifference"]
    shown = f"{100 * gap:.2g}%p" if v["metric"] in SHARES else f"{gap:.2g}"
    if not v.get("equal", True):
        return say(
            "지금까지 {names}의 차이는 {shown}보다 작아 동등하게 봅니다. 정말 그런지는 반복을 더 "
            "해야 알 수 있습니다.",
            names=listed(v["learners"]),
            shown=shown,
        )
    choice = say("{name:을}", name=v["cheaper"]) if v.get("cheaper") else "쪽을"
    return f"{listed(v['learners'])}의 차이는 {shown}보다 작습니다. 비용이 적은 {choice} 고르세요."


def _percent(value: Mapping[str, Any]) -> str:
    return f"{100 * value['center']:.0f}%"


def _more_data_falling(v: Values) -> str:
    parts = [f"{row['learner']} 약 {_percent(row['fall'])}" for row in v["learners"]]
    return say(
        "데이터를 늘리면 아직 나아집니다. 두 배로 늘릴 때 {on:이} 줄어드는 정도: {parts}.",
        on=t(f"more.{v['on']}"),
        parts=", ".join(parts),
    )


def _more_data_saturated(v: Values) -> str:
    return say(
        "{names:은} 데이터를 늘려도 거의 나아지지 않습니다(두 배당 2% 미만).",
        names=listed([row["learner"] for row in v["learners"]]),
    )


def _more_data_rising(v: Values) -> str:
    names = listed([row["learner"] for row in v["learners"]])
    return say("{names:은} 데이터를 늘리면 오히려 나빠집니다.", names=names)


def _overtakes(v: Values) -> str:
    n = v["n"]
    when = f"라벨 약 {numbers.rough(n['median'])}개에서" if n["median"] else "데이터가 늘어나면"
    notes = []
    if n["low80"] and n["high80"]:
        notes.append(f"80% 구간 {numbers.rough(n['low80'])}~{numbers.rough(n['high80'])}개")
    if v["probability"]:
        notes.append(f"라벨 4배 안의 확률 {numbers.percent(v['probability'])}")
    return say(
        "{on} 기준으로 {when} {late:이} {early:을} 앞지를 가능성이 높습니다{notes}.",
        on=t(f"more.{v['on']}"),
        when=when,
        late=v["overtaking"],
        early=v["overtaken"],
        notes=f"({', '.join(notes)})" if notes else "",
    )


def _overtaking_open(v: Values) -> str:
    notes = [f"확률 {numbers.percent(v['probability'])}"]
    if v["not_before"]:
        notes.append(f"90%로 라벨 {numbers.rough(v['not_before'])}개 전에는 아님")
    return say(
        "라벨이 4배가 되기 전에 {on} 기준으로 {late:이} {early:을} 앞지를지는 미정입니다({notes}).",
        on=t(f"more.{v['on']}"),
        late=v["overtaking"],
        early=v["overtaken"],
        notes=", ".join(notes),
    )


def _stays_ahead(v: Values) -> str:
    most = numbers.percent(v["probability"])
    single = len(v["others"]) == 1
    return say(
        "{learner:은} 라벨이 4배가 될 때까지 {on} 기준으로 {others}보다 계속 앞섭니다({odds}).",
        learner=v["learner"],
        on=t(f"more.{v['on']}"),
        others=listed(v["others"]),
        odds=f"역전될 확률 {most}" if single else f"역전될 확률은 각각 {most} 이하",
    )


def _forecasts(v: Values) -> str:
    rows = [f"{row['learner']} {_predicted(v, row)}" for row in v["learners"]]
    few = [f"{row['learner']}({row['sizes']}개)" for row in v["too_few_sizes"]]
    short = f" 크기가 적어 예측하지 않은 모델: {', '.join(few)}." if few else ""
    on = t(f"more.{v['on']}")
    return f"라벨이 {v['times']:g}배일 때 예측한 {on}(80% 구간): {', '.join(rows)}.{short}"


def _predicted(v: Values, row: Values) -> str:
    at = max(other["n"] for other in v["learners"])
    where = "" if row["n"] == at else f" {row['n']:,.0f}개에서"
    value = row["value"]
    if v["on"] != "error":
        return numbers.estimate(value) + where
    low, middle, high = numbers.percentages(value)
    return f"{middle}%({low}~{high}%){where}"


def _switch_saves(v: Values) -> str:
    path = listed([f"{p['start']:,.0f}개부터 {p['learner']}" for p in v["path"]], "then")
    return (
        f"가장 짧은 코드는 중간에 모델을 바꿉니다: {path}. {v['single']}만 쓸 때보다 "
        f"{numbers.estimate(v['saved'])}비트를 아낍니다."
    )


def _forecast_missed(v: Values) -> str:
    names = listed(v["learners"])
    return say(
        "{names:은} 예측 점검을 통과하지 못해 예측 구간이 넓습니다(자세한 내용은 리포트).",
        names=names,
    )


SENTENCES: dict[str, Callable[[Values], str]] = {
    "more-repeats": _more_repeats,
    "take-as-equal": _take_as_equal,
    "within-indifference": _within_indifference,
    "more-data-falling": _more_data_falling,
    "more-data-saturated": _more_data_saturated,
    "more-data-rising": _more_data_rising,
    "forecasts": _forecasts,
    "overtakes": _overtakes,
    "overtaking-open": _overtaking_open,
    "stays-ahead": _stays_ahead,
    "switch-saves": _switch_saves,
    "forecast-missed": _forecast_missed,
}
