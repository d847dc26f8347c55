"""The claims book in headless Chromium, offline, in both languages."""

import dataclasses
import re

import pytest

from priorscope.analysis.claims_book import ClaimEntry, ClaimsBook, NamedVerdict
from priorscope.analysis.verdict import Contrast, Rule, judge
from priorscope.core.bilingual import Bilingual
from priorscope.report.charts.strip import EDGE, WIDTH, StripAxis
from priorscope.report.claims_page import claims_page
from priorscope.wording import claims as words
from priorscope.wording.language import speaking

NAMES = ("a", "<script>alert(1)</script>", "합성곱 신경망 − " + "b" * 70)
TEXT = Bilingual("A <b>sentence</b> that is said.", "누군가 하는 <b>말</b>.")


PART = Bilingual("Its first part.", "첫 부분.")


def plain_effect(values=(1.0, 1.2, 0.8, 1.1, 0.9)):
    return Contrast(label="a", values=values)


def null(values=(0.1, -0.1, 0.1, -0.1, 0.0), label="twice the same"):
    return Contrast(label=label, values=values, role="null", rule=Rule(margin=0.2))


def control(values=(2.0, 2.2, 1.8, 2.1, 1.9), label="known to be there"):
    return Contrast(label=label, values=values, role="control")


def named(verdict, name="one", statement=TEXT):
    return NamedVerdict(name, statement, verdict)


def made(outcome, name="one", statement=TEXT, more: float | None = 9.0):
    """A verdict with effects that speak for it, against it, and not at all."""
    values = [
        (1.0, 1.2, 0.8, 1.1, 0.9),
        (-1.0, -1.2, -0.8, -1.1, -0.9),
        (1.0, -1.0, 0.5, -0.5, 0.1),
    ]
    contrasts = [
        Contrast(label=label, condition=label, values=v, rule=Rule("above", 0.05))
        for label, v in zip(NAMES, values, strict=True)
    ]
    verdict = dataclasses.replace(judge([*contrasts, null()]), outcome=outcome, more=more)
    return named(verdict, name, statement)


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
    parts = (made("supported", "claim-5.a", PART), made("refuted", "claim-5.b"))
    two = entry(5, verdicts=parts)
    without = [
        entry(6, "skipped", lacking=("Fashion-MNIST",)),
        entry(7, "unfinished", runs=10, done=3, needed=100.0),
        entry(8, "failed", reason="ValueError: <i>x</i>"),
    ]
    return ClaimsBook(entries=(*judged, two, *without), hardware="2 x a processor")


def body(*contrasts, outcome=None, more=None):
    """The English page of a book with one claim and one verdict, without the other language."""
    verdict = judge(contrasts)
    verdict = dataclasses.replace(verdict, outcome=outcome or verdict.outcome, more=more)
    page = claims_page(ClaimsBook(entries=(entry(1, verdicts=(named(verdict, "claim-1"),)),)))
    return page.partition('<script type="application/json"')[0]


def cells(html):
    """The table's rows as (what is compared, its effect, its result)."""
    rows = re.findall("<tr><th scope=.row.>.*?</tr>", html)
    plain = [[re.sub("<[^>]*>", "", cell) for cell in row.split("<td")] for row in rows]
    return [(name, effect.rpartition(">")[2], result.rpartition(">")[2])
            for name, effect, result in plain]  # fmt: skip


def controls_line(html):
    return re.findall(r">Controls: (.*?)</p>", html)[0]


def test_each_outcome_has_its_words():
    page = claims_page(book())
    for text in ("supported", "refuted", "depends on what is compared", "undecided", "no verdict"):
        assert f">{text}</span>" in page
    for text in ("It needs Fashion-MNIST", "3 of 10 runs done", "about 1 min 40 s more",
                 "&lt;i&gt;x&lt;/i&gt;", "About 45 repeats"):  # fmt: skip
        assert text in page
    assert "<script>alert" not in page
    assert "<b>sentence" not in page


def test_overview_says_which_part_a_verdict_is_of():
    page = claims_page(book())
    for name, part, verdict in (
        ("claim-5.a", "Its first part.", "supported"),
        ("claim-5.b", "A &lt;b&gt;sentence&lt;/b&gt; that is said.", "refuted"),
    ):
        shown = f'<a href="#{name}">{part}</a><span class="verdict {verdict}">{verdict}</span></li>'
        assert shown in page
        assert f'id="{name}"' in page
    assert 'id="claim-1.' not in page  # one verdict: the claim's own row has it


def test_a_verdict_is_said_once_where_it_is_explained():
    page = claims_page(book())
    lines = re.findall('<p class="verdict-line[^>]*>(.*?)</p>', page)
    assert len(lines) >= 6
    for line, verdict in zip(
        lines, ("supported", "refuted", "depends on what is compared"), strict=False
    ):
        assert len(re.findall(verdict, re.sub("<[^>]*>", "", line), re.IGNORECASE)) == 1
        assert re.search(f"<strong[^>]*>{verdict}</strong>", line, re.IGNORECASE)


def test_a_sentence_without_its_verdict_has_it_in_front(monkeypatch):
    monkeypatch.setattr(words, "sentence", lambda judged: "The effect is large.")
    html = body(plain_effect(), null())
    assert '<strong class="verdict supported">supported</strong> The effect is large.' in html


def test_each_unit_has_a_table_and_a_scale_of_its_own():
    accuracy = Contrast(label="b", values=(0.003, 0.004, 0.005, 0.004, 0.004), unit="accuracy")
    html = body(plain_effect(), accuracy, null())
    assert html.count("<table") == html.count('class="strip scale"') == 2
    for unit in ("bits per label", "accuracy"):
        assert f">effect, {unit} (95% interval)<" in html
        assert f">{unit}</text></svg>" in html
    scales = [re.findall(r'y="17">([^<]*)<', svg) for svg in html.split("strip scale")[1:]]
    assert scales[0] != scales[1]
    assert all("0" in scale and 2 <= len(scale) <= 7 for scale in scales)
    assert scales[1][1] == "+0.002"


def test_every_unit_of_a_sentence_has_a_name_on_an_axis():
    for catalogue in words.WORDS.values():
        units = {key.partition(".")[2] for key in catalogue if key.startswith("unit.")}
        assert units == {key.partition(".")[2] for key in catalogue if key.startswith("axis.")}
        assert len(units) >= 8


def test_a_control_does_not_speak_for_or_against():
    html = body(plain_effect(), null(), control())
    assert [row[2] for row in cells(html)] == ["for it", "as it must", "as it must"]
    failing = body(
        plain_effect(), null((0.9, 1.0, 1.1, 1.0, 1.0)), control((-1.0, -1.1, -0.9, -1.0, -1.0))
    )
    assert [row[2] for row in cells(failing)] == ["for it", *["not as it must"] * 2]


@pytest.mark.parametrize(
    ("controls", "says"),
    [
        ((), "No null and no positive control."),
        ((null(),), "1 null, as it must. No positive control."),
        ((control(),), "1 positive control, as it must. No null."),
        ((null(), control(), null(label="b")), "2 nulls and 1 positive control, all as they must."),
        ((null(), control((0.1, -0.1, 0.2, 0.0, -0.2))),
         "1 null and 1 positive control; not as it must: known to be there."),
    ],
)  # fmt: skip
def test_says_how_many_controls_there_were(controls, says):
    assert controls_line(body(plain_effect(), *controls)) == says


@pytest.mark.parametrize(
    ("more", "says"), [(9.0, "About 45 repeats would"), (201.0, "No practical number of repeats")]
)
def test_more_repeats_are_advised_only_where_they_are_practical(more, says):
    open_one = Contrast(label="a", values=(1.0, -1.0, 0.5, -0.5, 0.1))
    html = body(open_one, null(), more=more)
    assert says in html
    assert ("No practical" in html) != ("About" in html)


def test_what_comes_out_alike_each_time_has_no_interval():
    within = Contrast(label="same", values=(0.0,) * 5, unit="count", rule=Rule("within", 0.5))
    varied = Contrast(label="varied", values=(0.1, -0.1, 0.1, -0.1, 0.0), unit="count")
    shown = {name: effect for name, effect, _ in cells(body(within, varied))}
    assert [text for name, text in shown.items() if name.endswith("same")] == ["0"]
    assert [text for name, text in shown.items() if name.endswith("varied")] == [
        "0 (−0.124 to +0.124)"
    ]


def test_an_axis_holds_what_it_shows_and_points_at_the_rest():
    effects = judge([plain_effect(), null(), control((50.0, 52.0, 48.0, 51.0, 49.0))]).effects
    axis = StripAxis(effects)
    assert axis.at(axis.low) == EDGE
    assert axis.at(axis.high) == WIDTH - EDGE
    assert (axis.low, axis.high) == (effects[1].low, effects[0].high)  # the control is far off
    assert axis.ticks == [0.0, 0.5, 1.0]
    ours, _, far = map(axis.row, effects)
    assert f'<circle cx="{axis.at(1.0):.1f}"' in ours
    assert "<circle" not in far
    assert f"M{WIDTH - EDGE - 12} 15h17" in far  # an arrow to the right
    assert "h17" not in ours


def test_where_repeats_differ_their_range_is_said():
    more = Contrast(label="b", values=(-1.0, -1.2, -0.8, -1.1, -0.9, -1.0, -1.1))
    judged = named(dataclasses.replace(judge([plain_effect(), more, null()]), outcome="depends"))
    assert "(5 to 7 paired repeats)" in words.sentence(judged)
    with speaking("ko"):
        assert "짝지은 반복 5~7회" in words.sentence(judged)
    alike = named(dataclasses.replace(judge([plain_effect(), null()]), outcome="depends"))
    assert "(5 paired repeats)" in words.sentence(alike)


def test_korean_has_no_english_sentence():
    with speaking("ko"):
        page = claims_page(book())
        assert words.verdict(made("depends")) == "비교 대상에 따라 다름"
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
    folded = page.locator(".judged details:not([open])").count()
    assert folded == (page.locator(".judged details").count() if width < 600 else 0)
    if folded:  # by keyboard, and for print
        page.locator(".judged summary").first.press("Enter")
        assert page.locator(".judged details:not([open])").count() == folded - 1
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator(".judged details:not([open])").count() == 0
        assert page.evaluate(f"{cut}.length") == 0
        assert page.evaluate("document.documentElement.scrollWidth") == width
    report = axe(page, dark=False)
    assert report.violations_count == 0, report.generate_report()
    table = page.locator(".judged table").first
    table.locator("th button.sort").nth(1).evaluate("button => button.click()")
    assert table.locator("tfoot .scale").is_visible()
    effects = table.locator("td[data-v]").evaluate_all("cells => cells.map(c => +c.dataset.v)")
    assert effects == sorted(effects)
    other = {"en": "ko", "ko": "en"}[language]
    page.click(f'[data-language="{other}"]')
    page.wait_for_selector(f"html[lang={other}]")
    assert page.inner_text("h1") == words.WORDS[other]["title"]
    assert complaints == []
    context.close()
