"""Korean sentences of what was odd in curves, left out or assumed, by key."""

from collections.abc import Callable, Sequence

from priorscope.wording.curve_metrics import in_own
from priorscope.wording.ko.curves import Values, metric_of, say
from priorscope.wording.page import listed


def _missed(v: Values) -> str:
    return say(
        "{learner}: n = {n}의 {on:을} 숨기고 예측하니 {predicted}였지만 실제로는 {observed}입니다. "
        "그래서 예측 구간이 넓습니다.",
        learner=v["learner"],
        n=f"{v['n']:g}",
        on=metric_of(v["on"]),
        predicted=f"{in_own(v['on'], v['predicted'])[0]:.3g}",
        observed=f"{in_own(v['on'], v['observed'])[0]:.3g}",
    )


def _steepens(v: Values) -> str:
    return say(
        "{learner}: n = {n}에서 {on:이} 점점 더 가파르게 떨어지고 있어(로그-로그 기울기 "
        "{before}에서 {slope}) 어디서 멈출지 불확실합니다.",
        learner=v["learner"],
        n=f"{v['n']:g}",
        on=metric_of(v["on"]),
        before=f"{v['before']:.2f}",
        slope=f"{v['slope']:.2f}",
    )


def _rises(v: Values) -> str:
    return say(
        "{learner}: n = {start}와 {end} 사이에서 {on:이} {rise}% 올라갑니다. 모양이 고르지 않은 "
        "곡선입니다{hint}.",
        hint=(
            "(값이 정확도라면 `--columns accuracy=error`를 쓰세요)" if v["on"] == "error" else ""
        ),
        learner=v["learner"],
        start=f"{v['start']:g}",
        end=f"{v['end']:g}",
        on=metric_of(v["on"]),
        rise=f"{100 * v['rise']:.0f}",
    )


def _one_repeat(v: Values) -> str:
    return say(
        "{names:은} 반복이 1회뿐입니다. 구간은 값이 곡선 주위로 흩어진 정도에서 구했습니다. 5회 "
        "반복하면 잡음 자체를 볼 수 있습니다.",
        names=listed(v["learners"]),
    )


def _unequal_sizes(v: Values) -> str:
    return "모델마다 관측된 크기가 달라, 범위가 겹치는 곳에서 보간해 비교했습니다."


def _times(v: Values) -> str:
    return f"({v['times']}번)" if v["times"] > 1 else ""


def _not_finite(v: Values) -> str:
    on = metric_of(v["on"])
    return f"{v['learner']}: 유한한 수가 아닌 {on} 값을 제외했습니다{_times(v)}."


def _negative(v: Values) -> str:
    on = metric_of(v["on"])
    return f"{v['learner']}: 음수인 {on} 값을 제외했습니다{_times(v)}. 양수만 피팅할 수 있습니다."


def _zeros_at(v: Values) -> str:
    listed_sizes: Sequence[str] = [f"{n:g}" for n in v["sizes"]]
    return say(
        "{learner}: n = {sizes}에서 모든 반복의 {on:이} 0입니다",
        learner=v["learner"],
        sizes=", ".join(listed_sizes),
        on=metric_of(v["on"]),
    )


def _zeros_left_out(v: Values) -> str:
    return f"{_zeros_at(v)}. 로그 눈금의 곡선은 0을 쓸 수 없어 이 크기들을 제외했습니다."


def _zeros_filled(v: Values) -> str:
    return f"{_zeros_at(v)}. 테스트 예제 {v['test_examples']:,.0f}개 중 오류 반 개로 계산했습니다."


def _size_column(v: Values) -> str:
    return say("{file}: {column:을} 예제 수로 읽었습니다.", **v)


def _spread_columns(v: Values) -> str:
    names = listed(v["columns"])
    return say("{file}: {names:은} 다른 열의 산포이므로 뺐습니다.", file=v["file"], names=names)


def _starts_at_0(v: Values) -> str:
    return say("{file}: {column:이} 0인 줄은 학습하기 전이므로 뺐습니다.", **v)


def _one_of_a_metric(v: Values) -> str:
    others = listed(v["left_out"])
    return say(
        "{file}: {column:을} 읽었고, 다른 분할의 값인 {others:은} 뺐습니다.",
        **{**v, "others": others},
    )


def _spread(v: Values) -> str:
    return say("{file}: ± 뒤의 값은 뺐습니다. 잡음은 반복이나 흩어짐에서 구합니다.", **v)


def _repeats_by_order(v: Values) -> str:
    return (
        f"{v['file']}에 반복을 나타내는 열이 없어, 모델과 크기가 같은 행을 파일에 나온 순서대로 "
        "반복으로 보았습니다."
    )


def _alike_names(v: Values) -> str:
    return say(
        "{names:은} 대소문자나 띄어쓰기, 하이픈만 다르며 서로 다른 모델로 읽었습니다. 같은 "
        "모델이면 이름을 하나로 맞추세요.",
        names=listed(v["names"]),
    )


SENTENCES: dict[str, Callable[[Values], str]] = {
    "curves-one-repeat": _one_repeat,
    "curves-unequal-sizes": _unequal_sizes,
    "curve_missed": _missed,
    "curve_steepens": _steepens,
    "curve_rises": _rises,
    "rows-not-finite": _not_finite,
    "rows-negative": _negative,
    "rows-zeros-left-out": _zeros_left_out,
    "rows-zeros-filled": _zeros_filled,
    "rows-alike-names": _alike_names,
    "table-size-column": _size_column,
    "table-one-of-a-metric": _one_of_a_metric,
    "table-spread": _spread,
    "table-spread-columns": _spread_columns,
    "table-starts-at-0": _starts_at_0,
    "table-repeats-by-order": _repeats_by_order,
}
