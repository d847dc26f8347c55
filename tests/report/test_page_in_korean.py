"""The page in Korean: complete, one click away from English, and as usable."""

import json
import re
from html import unescape

import pytest

from priorscope.experiments.result import Result
from priorscope.report.page import LARGEST, rendered
from priorscope.wording.language import speaking

FINDINGS = [
    {"key": "not-all-sizes", "values": {"asked": 9000, "size": 8000}, "part": "verdict"},
    {"key": "few-repeats", "values": {"repeats": 2}, "part": "verdict"},
    {
        "key": "more-repeats",
        "values": {"learners": ["gru", "cnn+shift"], "repeats": 8, "size": 8000},
        "part": "recommendation",
    },
]
THREE_WORDS = re.compile(r"[A-Za-z']+(?: [A-Za-z']+){2,}")


def strings(value):
    """Every text of a summary, keys included: names and whatever was stored as a sentence."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key).replace("_", " ")
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def readable(html):
    """The text of a body without its scripts, and the texts that screen readers say."""
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.S)
    said = re.findall(r'aria-label="([^"]*)"|title="([^"]*)"', html)
    return unescape(" | ".join([re.sub(r"<[^>]+>", " | ", html), *map("".join, said)]))


@pytest.mark.parametrize("kind", ["classes", "quantity", "one repeat", "schema 1"])
def test_no_english_sentence_is_left(variants, kind):
    summary = variants[kind]()
    with speaking("ko"):
        page, figures = rendered({**summary, "findings": FINDINGS})
    data = " ".join(strings(summary)).lower()
    text = readable(page[: page.index('<script type="application/json"')])
    left = {m for m in THREE_WORDS.findall(text) if m.lower() not in data}
    assert left == set()
    assert "반복 2회에 근거한 결론입니다" in text
    assert "이 결론은 8,000개에서의 것입니다" in text
    titles = json.dumps([figure.spec for figure in figures], ensure_ascii=False)
    drawn = {m for m in re.findall(r'"(?:title|text)": "([^"]+)"', titles) if THREE_WORDS.match(m)}
    assert {m for m in drawn if m.lower() not in data} == set()
    assert page.startswith('<!doctype html>\n<html lang="ko">')


def test_english_stays_as_it_is_whatever_is_spoken_elsewhere(pages):
    page = pages("classes")[0]
    body = page[: page.index('<script type="application/json"')]
    assert '<html lang="en">' in page
    assert "Judged by" in body
    assert not re.search("[가-힣]", body.replace("합성곱 신경망", "").replace("손글씨", "")
                         .replace("한국어", ""))  # fmt: skip


def test_a_page_that_would_be_too_large_holds_its_own_language(variants, monkeypatch):
    monkeypatch.setattr("priorscope.report.page.LARGEST", 1000)
    page, _ = rendered(variants["one repeat"]())
    assert 'id="languages"' not in page
    assert 'class="languages"' not in page
    assert LARGEST == 2_000_000


@pytest.mark.browser
def test_the_language_is_switched_from_the_keyboard_and_the_tab_stays(visit):
    page = visit("#trust", changes=True)
    assert page.evaluate("document.documentElement.lang") == "en"
    page.locator("[data-language=ko]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("html[lang=ko][data-drawn=yes]", timeout=60_000)
    assert page.locator("[aria-current=page]").inner_text() == "신뢰성"
    assert page.locator("#checks").is_visible()
    assert page.locator("#checks h2").inner_text() == "자가 점검"
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("html[lang=en][data-drawn=yes]", timeout=60_000)
    assert page.locator("#checks h2").inner_text() == "Self-checks"
    assert page.complaints == []


@pytest.mark.browser
def test_charts_and_tables_are_drawn_in_korean(visit):
    page = visit("?lang=ko#understand")
    chart = page.locator("[data-figure=accuracy] svg")
    assert "정확도 (높을수록 좋음)" in chart.text_content()
    assert page.locator(".chart svg").count() == page.locator(".chart").count()
    assert page.locator("#learning-curves input[data-learner]").count() == 8
    assert page.complaints == []


@pytest.mark.browser
def test_nothing_is_cut_off_on_a_phone(visit, tabs):
    page = visit("?lang=ko", 390)
    for tab in tabs(page):
        assert page.evaluate("document.documentElement.scrollWidth") == 390, tab
        cut = page.evaluate(
            """() => [...document.querySelectorAll('.panel:not(.waiting) .scroll')]
            .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.ariaLabel)"""
        )
        assert cut == [], tab


@pytest.mark.browser
def test_the_first_screen_holds_card_chart_and_leaderboard(visit):
    page = visit("?lang=ko")
    for part in (".card dl", '[data-figure="labels-worth"] svg', "#answer table tbody tr"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= 800


@pytest.mark.browser
def test_axe_finds_no_violation_in_korean(visit, axe, tabs):
    """Its colours are those of English, and asked for in the test below."""
    page = visit("?lang=ko", policy=False)
    for tab in tabs(page):
        report = axe(page, dark=False, coloured=False)
        assert report.violations_count == 0, f"{tab}: {report.generate_report()}"


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_violation_of_colours_either(visit, axe, tabs, dark):
    page = visit("?lang=ko", dark=dark, policy=False)
    for tab in tabs(page):
        report = axe(page, dark)
        assert report.violations_count == 0, f"{tab}: {report.generate_report()}"


@pytest.mark.browser
def test_an_unknown_language_leaves_the_page_as_it_is(visit):
    page = visit("?lang=constructor")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.complaints == []


def test_a_result_speaks_the_language_it_was_made_in(summary, monkeypatch):
    monkeypatch.delenv("PRIORSCOPE_LANG", raising=False)
    summary["findings"] = FINDINGS
    summary["verdict"] = ["Up to 9,000 labels were asked for; this holds for 8,000."]
    korean = Result(summary, lang="ko")
    assert korean.verdict[0] == "라벨 9,000개까지 요청했지만, 이 결론은 8,000개에서의 것입니다."
    assert korean.recommendation[0].endswith("`--repeats 8`.")
    assert "확신도" in korean._repr_html_()
    assert Result(summary).verdict == summary["verdict"]
