"""Numbers, times and dates of other countries and programs: read, or left out with a warning."""

import numpy as np
import pyarrow as pa
import pytest

from priorscope.data.arrow import strings
from priorscope.data.columns import Column
from priorscope.data.dates import other_reading
from priorscope.data.numbers import comma_evidence, parse_numbers
from priorscope.data.resolve import resolve

STREAM = np.random.default_rng(0)
VALUES = STREAM.normal(20, 5, 120).round(2)
WHOLE = (1000 * VALUES).astype(int)
DAYS = [(2020 + k % 3, 1 + k * 5 % 12, 1 + k * 7 % 28) for k in range(120)]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def table(tmp_path, cells, name="x"):
    path = tmp_path / "a.csv"
    rows = (f'"{c}",{STREAM.normal():.3f},{"uv"[k % 2]}' for k, c in enumerate(cells))
    path.write_text(f"{name},w,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return resolve(str(path)).load()


def warnings_of(examples):
    return " ".join(examples.read.warnings)


def digits_from(zero, text):
    return "".join(chr(ord(zero) + int(c)) if c.isdigit() else c for c in text)


def indian(number):
    head, tail = str(number)[:-3], str(number)[-3:]
    while len(head) > 2:
        head, tail = head[:-2], f"{head[-2:]},{tail}"
    return f"{head},{tail}"


@pytest.mark.parametrize(
    ("write", "values", "form"),
    [
        (lambda v: digits_from("٠", str(v)).replace(".", "٫"), VALUES, ""),
        (lambda v: digits_from("०", str(v)), VALUES, ""),
        (lambda v: f"{v:.2f}".replace("-", "−"), (VALUES - 20).round(2), ""),
        (lambda v: f"{v:,}".replace(",", "’"), WHOLE, "thousands apart"),
        (lambda v: f"{v:_}", WHOLE, "thousands apart"),
        (lambda v: indian(v), WHOLE * 100, "commas between thousands"),
        (lambda v: f"{v:.3e}".replace("e", "D"), VALUES, "exponents of Fortran"),
        (lambda v: f"{-v}-" if v < 0 else str(v), (VALUES - 20).round(2), "the minus behind"),
        (lambda v: f"EUR {v}", VALUES, "with the unit EUR"),
        (lambda v: f"₹{v}k", VALUES, "with the unit ₹ and k"),
    ],
)
def test_numbers_of_other_scripts_and_programs(write, values, form):
    texts = [write(v).removeprefix("-") if "behind" in form else write(v) for v in values]
    read = parse_numbers(strings(texts), ".")
    assert read is not None
    np.testing.assert_allclose(read.values, values, rtol=1e-3)
    assert form in read.form
    assert not read.odd


@pytest.mark.parametrize("write", [lambda v: f"{v:,}".replace(",", "\u202f") + ",5",
                                   lambda v: f"{v / 7:.3e}".replace(".", ",")])  # fmt: skip
def test_decimal_commas_after_blanks_and_before_exponents(write):
    texts = strings([write(v) for v in WHOLE])
    decimal, thousands, _ = comma_evidence(texts)
    assert decimal > 0 == thousands
    read = parse_numbers(texts, ",")
    assert read is not None
    assert read.values[0] == float(write(WHOLE[0]).replace("\u202f", "").replace(",", "."))


@pytest.mark.parametrize(
    ("texts", "seconds"),
    [
        (["07:30", "23:59"], [27000, 86340]),
        (["0:01:02.5", "100:00:00"], [62.5, 360000]),
        (["1 day, 02:00:00", "12 days 00:00:01"], [93600, 1036801]),
        (["12:15 AM", "3 PM"], [900, 54000]),
    ],
)
def test_times_are_seconds(texts, seconds):
    read = parse_numbers(strings(texts * 30), ".")
    assert read is not None
    assert read.values[:2].tolist() == seconds
    assert read.form == "times in seconds"


@pytest.mark.parametrize("word", ["NaT", "(blank)", "нет", "결측", "N\\A", "#VALOR!", "**"])
@pytest.mark.parametrize("rows", [120, 6000])
def test_a_word_between_numbers_means_missing_in_any_language(word, rows):
    cells = [word if k % 3 == 0 else str(k % 100) for k in range(rows)]
    read = parse_numbers(strings(cells), ".")
    assert read is not None
    assert (read.odd, read.num_odd) == ((word,), rows // 3)


@pytest.mark.parametrize("odd", [["a", "b", "c"], ["<5"]])
def test_several_words_or_bounds_between_numbers_are_no_marks(odd):
    cells = [odd[k // 3 % len(odd)] if k % 3 == 0 else str(k) for k in range(120)]
    assert parse_numbers(strings(cells), ".") is None
    few = ["k" if k % 3 == 0 else str(k % 12) for k in range(120)]  # grades, not numbers
    assert parse_numbers(strings(few), ".") is None


@pytest.mark.parametrize("write", [lambda k: f"{k}k" if k % 2 else f"{k / 1000}M",
                                   lambda k: f"{k}%" if k % 2 else f"{k / 100}",
                                   lambda k: f"{k} ± 0.1"])  # fmt: skip
def test_quantities_that_are_not_understood_are_no_identifiers(tmp_path, write):
    examples = table(tmp_path, [write(1 + k * 37 % 120) for k in range(120)])
    assert "its values begin with numbers" in warnings_of(examples)
    assert not any(c.used for c in examples.read.columns if c.name == "x")


@pytest.mark.parametrize(
    "form",
    ["{y}년 {m}월 {d}일", "{y}. {m}. {d}.", "{y}年{m}月{d}日", "{d} {b} {y}", "{b} {d}, {y}",
     "{d}-{b}-{y}", "{y}-{m:02}-{d:02}T10:00:00+09:00", "{d:02}/{b}/{y}:10:00:00 +0000"],
)  # fmt: skip
def test_dates_of_other_languages_and_programs(form):
    texts = [form.format(y=y, m=m, d=d, b=MONTHS[m - 1]) for y, m, d in DAYS]
    column = Column("at", strings(texts), False)
    assert column.kind == "date"
    assert column.dates is not None
    days = [np.datetime64(f"{y}-{m:02}-{d:02}").astype(int) for y, m, d in DAYS]
    assert np.ptp(column.dates - 86400 * np.array(days)) == 0


def test_years_of_two_digits_are_of_this_century_and_no_date_is_none():
    column = Column("at", strings([f"{d:02}/{m:02}/{y % 100}" for y, m, d in DAYS]), False)
    assert column.dates is not None
    assert column.dates.min() > 1.5e9
    texts = ["0000-00-00" if k % 10 == 0 else "2024-05-31" for k in range(120)]
    dates = Column("at", strings(texts), False).dates
    assert dates is not None
    assert np.isnan(dates).sum() == 12


def test_day_and_month_that_could_change_places_are_said(tmp_path):
    cells = [f"{1 + k % 11}/{1 + k * 5 % 12}/2024" for k in STREAM.permutation(120)]
    assert "could be %d/%m/%Y as well" in warnings_of(table(tmp_path, cells))
    assert other_reading(strings(["31/1/2024", "1/2/2024"]), "%d/%m/%Y") == ""
    assert other_reading(strings(["3/3/2024"]), "%d/%m/%Y") == ""  # both readings agree


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([-999 if k % 10 == 0 else VALUES[k] for k in range(120)], "12 times -999"),
        ([f"{k * 37 % 60 + 1000:05}" for k in range(120)], "leading zeros"),
        ([f"{y}{m:02}{d:02}" for y, m, d in DAYS], "looks like dates"),
        ([2**60 + k % 7 * 1000 for k in range(120)], "more than 15 digits"),
        ([["F", "f", "M"][k % 3] for k in range(120)], "look alike ('F', 'f')"),
    ],
)
def test_numbers_and_words_that_may_mean_something_else_are_said(tmp_path, cells, said):
    assert said in warnings_of(table(tmp_path, cells))


@pytest.mark.parametrize("cell", ["1e308", "3e-299"])
def test_what_float32_cannot_hold_is_refused_by_its_column(tmp_path, cell):
    cells = [cell.replace("e", f"{k}e") for k in range(1, 121)]
    with pytest.raises(ValueError, match=r"'x' holds values up to .* \(float32\)"):
        table(tmp_path, cells if "-" in cell else [cell, *VALUES[1:]])


def test_columns_that_never_change_or_repeat_are_named(tmp_path):
    path = tmp_path / "a.csv"
    rows = (f"7,{v},{v},{k},{'uv'[k % 2]}" for k, v in enumerate(VALUES))
    path.write_text("a,b,c,d,label\n" + "\n".join(rows))
    notes = " ".join(resolve(str(path), input=("a", "b", "c")).load().notes)
    assert "tell nothing: 'a'." in notes
    assert "repeat another column: 'c'." in notes


def test_moments_with_a_time_zone_from_arrow_keep_it():
    moments = pa.array([0, 3600], pa.timestamp("s", "Asia/Seoul"))
    dates = Column("at", moments).dates
    assert dates is not None
    assert dates.tolist() == [0, 3600]


@pytest.mark.parametrize("form", ['=""{}""', "'{}", "“{}”", "„{}“", "«{}»"])
def test_numbers_in_quotation_marks(tmp_path, form):
    examples = table(tmp_path, [form.format(v) for v in VALUES])
    assert "'x' is read as numbers (in quotation marks)." in examples.notes
    np.testing.assert_allclose(sorted(VALUES)[-1], examples.inputs[:, 0].max(), rtol=0.2)


@pytest.mark.parametrize("decimal", ["", ","])
def test_points_part_thousands_where_a_comma_is_decimal(tmp_path, decimal):
    whole = [900 + 37 * k for k in range(120)]
    dotted = [f"{v:,}".replace(",", ".") for v in whole]
    rows = (f"{a};{k}{',5' * (not decimal)};{'uv'[k % 2]}" for k, a in enumerate(dotted))
    path = tmp_path / "a.csv"
    path.write_text("x;w;label\n" + "\n".join(rows) + "\n")
    examples = resolve(str(path), decimal=decimal, input=("x",)).load()
    assert sorted({*examples.inputs[:, 0]} | {*examples.test_inputs[:, 0]}) == whole


def test_points_that_are_decimal_marks_beside_decimal_commas():
    texts = strings(["0.123", "1.234", "12.345"] * 10)
    read = parse_numbers(texts, ",")
    assert read is not None
    np.testing.assert_allclose(read.values[:3], [0.123, 1.234, 12.345])


def test_points_that_may_part_thousands_are_a_warning(tmp_path):
    cells = [f"{900 + 37 * k:,}".replace(",", ".") for k in range(120)]
    assert "say --decimal ," in warnings_of(table(tmp_path, cells))
    assert "--decimal" not in warnings_of(table(tmp_path, [f"{v:.3f}" for v in VALUES]))


def test_codes_that_look_like_powers_of_ten_are_a_warning(tmp_path):
    cells = [f"{k % 9}E{k % 20:02d}" for k in range(120)]
    assert "powers of ten" in warnings_of(table(tmp_path, cells))
    assert "powers" not in warnings_of(table(tmp_path, [f"{v:e}" for v in VALUES]))
