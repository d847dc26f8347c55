import numpy as np
import pytest

from priorscope.analysis.curves.crossover import crossings, crossover, pair_crossings
from priorscope.analysis.curves.learning_curves import fit_curves
from priorscope.analysis.curves.published import TRANSLATION, TRANSLATION_CROSSINGS, curve_rows

SIZES = 125 * 2.0 ** np.arange(7)
MEMBERS = 150


def rows_of(name, shape, draws=5, sizes=SIZES):
    stream = np.random.default_rng([*name.encode()])
    return [
        {"learner": name, "n": n, "draw": d, "loss": shape(n) * np.exp(0.01 * z)}
        for n in sizes
        for d, z in enumerate(stream.standard_normal(draws))
    ]


def slow(n):  # overtakes `fast` at n = 1000
    return 0.2 + 1.8 * (n / 1000) ** -0.6


def fast(n):
    return 0.4 + 1.6 * (n / 1000) ** -0.2


def entries(rows, seed=0):
    fits = fit_curves(rows, seed=seed, members=MEMBERS)["loss"]
    return crossings(fits)


def test_a_crossing_between_the_sizes_is_observed():
    first, later = entries(rows_of("slow", slow) + rows_of("fast", fast))
    assert (first["overtaking"], first["overtaken"]) == ("slow", "fast")
    assert first["verdict"] == "observed"
    # At the crossing the curves part by .38 per unit of log n, with means of 5 draws at 1% noise
    # that differ by 1% / sqrt(5) * sqrt(2) = .6%: n* is known to 1.7% (one standard error).
    assert first["n"]["median"] == pytest.approx(1000, rel=0.05)
    assert first["n"]["low95"] < 1000 < first["n"]["high95"]
    assert (later["overtaking"], later["verdict"]) == ("fast", "never")


def test_several_crossings_are_listed_in_their_order():
    def wave(n):
        return fast(n) * (1 + 0.3 * np.sin(np.pi * np.log2(n / 250) / 2 + 0.5))

    found = entries(rows_of("wave", wave) + rows_of("fast", fast))
    seen = [e for e in found if e["verdict"] == "observed"]
    assert [e["overtaking"] for e in seen] == ["fast", "wave", "fast"]
    assert np.all(np.diff([e["n"]["median"] for e in seen]) > 0)


def test_a_crossing_just_beyond_the_sizes_is_predicted():
    def late(n):
        return slow(n / 16)  # overtakes at n = 16,000 = 2 x the data

    def early(n):
        return fast(n / 16)

    (found,) = entries(rows_of("late", late) + rows_of("early", early))
    assert (found["overtaking"], found["verdict"]) == ("late", "predicted")
    n = found["n"]
    assert n["low95"] < 16_000 < n["high95"]
    assert n["low95"] < n["low80"] < n["low50"] < n["median"] < n["high50"] < n["high80"]


def test_equal_learners_are_undecided():
    rows = rows_of("fast", fast)
    rows += [row | {"learner": "same"} for row in rows]
    (found,) = entries(rows)
    assert found["verdict"] == "undecided"
    assert "certain" in found["reason"]


def test_parallel_curves_do_not_cross():
    rows = rows_of("better", fast) + rows_of("worse", lambda n: 1.5 * fast(n))
    (found,) = entries(rows)
    assert found["overtaking"] == "worse"
    assert found["verdict"] in ("never", "beyond support")


def test_learners_without_shared_sizes_are_undecided():
    rows = rows_of("fast", fast) + rows_of("slow", slow, sizes=100 * SIZES)
    (found,) = entries(rows)
    assert found["verdict"] == "undecided"
    assert "share no range" in found["reason"]


def test_an_offset_added_to_both_leaves_an_observed_crossing():
    rows = rows_of("slow", slow) + rows_of("fast", fast)
    moved = [row | {"loss": row["loss"] + 5.0} for row in rows]
    before, after = entries(rows)[0], entries(moved)[0]
    assert after["verdict"] == "observed"
    # Members are normal in log loss, so the interval moves a little; the means don't.
    assert after["n"]["median"] == pytest.approx(before["n"]["median"], rel=0.01)


def test_sizes_in_another_unit_scale_the_crossing_and_nothing_else():
    rows = rows_of("slow", slow) + rows_of("fast", fast)
    scaled = [row | {"n": row["n"] * 8} for row in rows]
    for before, after in zip(entries(rows), entries(scaled), strict=True):
        assert after["verdict"] == before["verdict"]
        assert after["probability_never"] == before["probability_never"]
        for key, value in before["n"].items():
            assert after["n"][key] == (
                None if value is None else pytest.approx(8 * value, rel=1e-6)
            )


def test_losses_in_another_unit_change_nothing():
    rows = rows_of("slow", slow) + rows_of("fast", fast)
    scaled = [row | {"loss": row["loss"] * 0.25} for row in rows]
    for before, after in zip(entries(rows), entries(scaled), strict=True):
        for key, value in before["n"].items():
            if value is None or after["n"][key] is None:
                assert value is after["n"][key], key
            else:
                assert after["n"][key] == pytest.approx(value, rel=1e-6)
        assert after["verdict"] == before["verdict"]


def test_order_of_rows_names_of_draws_and_copies_change_nothing():
    rows = rows_of("slow", slow) + rows_of("fast", fast)
    renamed = [row | {"draw": f"order {(row['draw'] + 2) % 5}"} for row in reversed(rows)]
    assert entries(renamed + renamed) == entries(rows)


def test_a_third_learner_changes_nothing_but_luck_between_two():
    rows = rows_of("slow", slow) + rows_of("fast", fast)
    third = rows_of("alone", lambda n: 3.0 * fast(n), draws=3)
    both = [e for e in entries(rows + third) if "alone" not in (e["overtaking"], e["overtaken"])]
    for before, after in zip(entries(rows), both, strict=True):
        assert (after["overtaking"], after["verdict"]) == (before["overtaking"], before["verdict"])
    assert both[0]["n"]["median"] == pytest.approx(entries(rows)[0]["n"]["median"], rel=0.01)


def test_another_seed_agrees():
    rows = rows_of("slow", slow) + rows_of("fast", fast)
    one, other = entries(rows)[0], entries(rows, seed=1)[0]
    assert one != other
    assert other["n"]["median"] == pytest.approx(one["n"]["median"], rel=0.02)


def test_a_pair_by_name():
    rows = rows_of("slow", slow) + rows_of("fast", fast)
    assert crossover(rows, "fast", "slow", on="loss")[0]["overtaking"] == "slow"
    with pytest.raises(LookupError, match="usable loss of 'rnn'"):
        crossover(rows, "fast", "rnn", on="loss")


@pytest.mark.parametrize("part", [2, 4])
@pytest.mark.parametrize("pair", sorted(TRANSLATION_CROSSINGS), ids="-".join)
def test_published_crossings_are_never_missed_with_confidence(pair, part):
    true = TRANSLATION_CROSSINGS[pair]
    cut = {name: {n: e for n, e in TRANSLATION[name].items() if n <= true / part} for name in pair}
    fits = fit_curves(curve_rows(cut), members=MEMBERS)["loss"]
    found = pair_crossings(fits[pair[0]], fits[pair[1]])
    assert [e["verdict"] for e in found if e["verdict"] in ("observed", "never")] == []
    for e in found:
        if e["overtaking"] == pair[0] and e["n"]["median"] is not None:
            high = np.inf if e["n"]["high80"] is None else e["n"]["high80"]
            assert e["n"]["low80"] <= true <= high
