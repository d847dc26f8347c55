"""The claims book in headless Chromium, offline, in both languages."""

import dataclasses

import pytest

from priorscope.analysis.claims_book import ClaimEntry, ClaimsBook, NamedVerdict
from priorscope.analysis.verdict import Contrast, Rule, judge
from priorscope.core.bilingual import Bilingual
from priorscope.report.claims_page import claims_page
from priorscope.wording import claims as words
from priorscope.wording.language import speaking

NAMES = ("a", "<script>alert(1)</script>", "합성곱 신경망 − " + "b" * 70)
TEXT = Bilingual("A <b>sentence</b> that is said.", "누군가 하는 <b>말</b>.")


def made(outcome, name="one"):
    """A verdict with effects that speak for it, against it, and not at all."""
    values = [
        (1.0, 1.2, 0.8, 1.1, 0.9),
        (-1.0, -1.2, -0.8, -1.1, -0.9),
        (1.0, -1.0, 0.5, -0.5, 0.1),
    ]
    contrasts = [
        Contrast(label=label, values=v, rule=Rule("above", 0.05))
        for label, v in zip(NAMES, values, strict=True)
    ]
    null = Contrast(label="null", values=(0.1, -0.1, 0.1, -0.1, 0.0), role="null")
    verdict = dataclasses.replace(judge([*contrasts, null]), outcome=outcome, more=9.0)
    return NamedVerdict(name, TEXT, Bilingual("the data", "데이터"), verdict)


def entry(number, status="judged", verdicts=(), **facts):
    return ClaimEntry(
        name=f"claim-{number}", number=number, preset="quick", status=status, statement=TEXT,
        said_by=TEXT, prediction=TEXT, done_text=TEXT, change=TEXT, verdicts=verdicts, **facts,
    )  # fmt: skip


def book():
    outcomes = ("supported", "refuted", "depends", "undecided")
    judged = [
        entry(i, verdicts=(made(o, f"claim-{i}"),), runs=12, seconds=34.0)
        for i, o in enumerate(outcomes, start=1)
    ]
    two = entry(5, verdicts=(made("supported", "claim-5.a"), made("refuted", "claim-5.b")))
    without = [
        entry(6, "skipped", lacking=("Fashion-MNIST",)),
        entry(7, "unfinished", runs=10, done=3, needed=100.0),
        entry(8, "failed", reason="ValueError: <i>x</i>"),
    ]
    return ClaimsBook(entries=(*judged, two, *without), hardware="2 x a processor")


def test_each_outcome_has_its_words():
    page = claims_page(book())
    for text in ("supported", "refuted", "depends on the data", "undecided", "no verdict"):
        assert f">{text}</span>" in page
    for text in ("It needs Fashion-MNIST", "3 of 10 runs done", "about 1 min 40 s more",
                 "&lt;i&gt;x&lt;/i&gt;", "About 45 repeats"):  # fmt: skip
        assert text in page
    assert page.count('title="') >= 2  # which part of a statement a verdict is of
    assert "<script>alert" not in page
    assert "<b>sentence" not in page


def test_korean_has_no_english_sentence():
    with speaking("ko"):
        page = claims_page(book())
        assert words.verdict(made("depends")) == "데이터에 따라 다름"
    assert "That is said" not in page
    assert "판단 보류" in page


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims")
    for language in ("en", "ko"):
        with speaking(language):
            (folder / f"{language}.html").write_text(claims_page(book()), encoding="utf-8")
    return folder


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_opens_offline_and_passes_axe(browser, pages, axe, language, width, dark):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light",
        offline=True, bypass_csp=True,
    )  # fmt: skip
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((pages / f"{language}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    cut = "[...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth + 1)"
    assert page.evaluate(f"{cut}.length") == 0  # on a telephone columns fold
    report = axe(page, dark=False)
    assert report.violations_count == 0, report.generate_report()
    table = page.locator(".judged table").first
    table.locator("th button.sort").nth(1).evaluate("button => button.click()")
    effects = table.locator("td[data-v]").evaluate_all("cells => cells.map(c => +c.dataset.v)")
    assert effects == sorted(effects)
    other = {"en": "ko", "ko": "en"}[language]
    page.click(f'[data-language="{other}"]')
    page.wait_for_selector(f"html[lang={other}]")
    assert page.inner_text("h1") == words.WORDS[other]["title"]
    assert complaints == []
    context.close()
