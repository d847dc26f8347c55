from datetime import timedelta

import pytest

from priorscope.core.duration import duration


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("1h30m", 5400),
        ("1H", 3600),
        (" 2m ", 120),
        ("0.5h", 1800),
        ("45", 45),
        ("1.5", 1.5),
        (30, 30),
        (0.25, 0.25),
        (timedelta(minutes=1), 60),
    ],
)
def test_is_read_as_people_write_it(written, seconds):
    assert duration(written).total_seconds() == seconds


@pytest.mark.parametrize("written", ["soon", "", "10x", "nan", "inf", "1e400", "m", "5m3"])
def test_what_is_no_duration_is_refused(written):
    with pytest.raises(ValueError, match="A duration is written 90s, 10m, 1h30m"):
        duration(written)


@pytest.mark.parametrize("written", ["-5m", "0s", 0, -1, "9999999h", timedelta(0)])
def test_it_is_positive_and_not_endless(written):
    with pytest.raises(ValueError, match="A duration "):
        duration(written)
