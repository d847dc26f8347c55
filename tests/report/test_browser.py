"""The page in headless Chromium, offline: what a reader sees and can do."""

import contextlib
import json
import os
import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LEARNERS = 8  # of the summary in conftest.py

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("There is no Chromium: apt-get install chromium")
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, folder):
    """Open the page at a width; complaints and requests are collected on the way."""
    with contextlib.ExitStack() as stack:

        def open_page(width=1280, dark=False):
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme="dark" if dark else "light",
                offline=True,
            )
            stack.callback(context.close)
            page = context.new_page()
            page.complaints, page.requests = [], []
            page.on("console", lambda message: page.complaints.append(message.text))
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
            page.on("request", lambda request: page.requests.append(request.url))
            page.goto((folder / "report.html").as_uri())
            page.wait_for_selector("html[data-drawn=yes]", timeout=120_000)
            return page

        yield open_page


def lines(page, figure):
    """How many lines a chart has."""
    return page.locator(f'[data-figure="{figure}"] .mark-line path').count()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (1280, True)])
def test_opens_offline_without_complaint_or_sideways_scroll(visit, width, dark):
    page = visit(width, dark)
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator(".chart svg").count() == page.locator(".chart").count() > 0


def test_charts_keep_within_their_column(visit):
    page = visit(390)
    boxes = [chart.bounding_box() for chart in page.locator(".chart svg").all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)


def test_a_switch_hides_a_learner_in_every_chart_and_shows_it_again(visit):
    page = visit()
    assert lines(page, "accuracy") == lines(page, "code-length") == LEARNERS
    first = page.locator("#learning-curves input[data-learner]").first
    first.uncheck()
    page.wait_for_function(
        "document.querySelectorAll('[data-figure=\"code-length\"] .mark-line path').length == 7"
    )
    assert lines(page, "accuracy") == LEARNERS - 1
    assert page.locator("input[data-learner='0']:checked").count() == 0
    assert page.locator("[data-panel='0']").is_hidden()
    page.locator("#code-length input[data-learner]").first.check()
    page.wait_for_function(
        "document.querySelectorAll('[data-figure=\"accuracy\"] .mark-line path').length == 8"
    )
    assert page.complaints == []


def test_all_learners_can_be_hidden_without_an_error(visit):
    page = visit()
    for box in page.locator("#learning-curves input[data-learner]").all():
        box.uncheck()
    page.wait_for_function(
        "document.querySelectorAll('[data-figure=\"accuracy\"] .mark-line path').length == 0"
    )
    assert page.complaints == []


def test_switches_work_from_the_keyboard(visit):
    page = visit()
    page.locator("#learning-curves select").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.learner") == "0"
    page.keyboard.press("Space")
    assert not page.locator("#learning-curves input[data-learner='0']").is_checked()


def test_another_structure_changes_the_curves(visit):
    page = visit()
    path = page.locator('[data-figure="accuracy"] .mark-line path').first
    before = path.get_attribute("d")
    page.locator("#learning-curves select").select_option("permuted")
    page.wait_for_function(
        "before => document.querySelector('[data-figure=\"accuracy\"] .mark-line path')"
        ".getAttribute('d') != before",
        arg=before,
    )
    assert lines(page, "accuracy") == LEARNERS
    assert page.complaints == []


def test_a_hostile_name_stays_text_in_the_tooltip(visit):
    page = visit()
    hostile = '<script>alert("1")</script>'
    chart = page.locator('[data-figure="accuracy"]')
    point = chart.locator("[aria-label*='<script>']").last
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = page.locator("#vg-tooltip-element")
    tip.wait_for(state="visible")
    assert hostile in tip.inner_text()
    assert "undefined" not in tip.inner_text()
    assert tip.locator("script").count() == 0
    assert page.complaints == []


def test_a_chart_can_be_saved(visit):
    page = visit()
    with page.expect_download() as download:
        page.locator("#learning-curves [data-save=svg]").first.click()
    assert download.value.suggested_filename == "accuracy.svg"
    with open(download.value.path(), encoding="utf-8") as file:  # noqa: PTH123
        assert file.read().startswith("<svg")
    assert page.complaints == []


def test_the_tables_can_be_read_without_javascript(browser, folder, summary):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((folder / "report.html").as_uri())
    text = page.locator("body").inner_text()
    context.close()
    assert summary["verdict"][0] in text
    assert "The interactive charts need JavaScript" in text


def test_the_embedded_tables_are_those_of_the_summary(visit, summary):
    page = visit()
    payload = json.loads(page.locator("#payload").text_content())
    assert payload["learners"] == [row["learner"] for row in summary["leaderboard"]]
    assert len(payload["tables"]["curves"]) == len(summary["curves"])
