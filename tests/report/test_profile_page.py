"""The profile's page and the attention viewer in headless Chromium, offline."""

import numpy as np
import pytest

from priorscope.core.attention_code import coded
from priorscope.report.attention_viewer import AttentionPage, Viewer
from priorscope.report.profile_page import profile_page
from priorscope.report.profile_sections import NetworkFacts, Profiled

pytestmark = pytest.mark.browser


def weights(blocks=3, heads=4, tokens=6):
    scores = np.random.default_rng(0).standard_normal((blocks, heads, tokens, tokens))
    shares = np.exp(3 * scores)
    return shares / shares.sum(axis=-1, keepdims=True)


def viewers():
    image = np.random.default_rng(0).random((8, 8, 3))
    text = Viewer("a <b>text</b>", coded(weights()), (1, 6), words=tuple("abcdef"))
    return (text, Viewer("an image", coded(weights(tokens=17)), (4, 4), 1, (), image))


def facts(name, change):
    rows = []
    for by in range(1, 6):
        value = {"center": change * by, "low": change * by - 0.05, "high": change * by + 0.05,
                 "n": 64, "method": "mean"}  # fmt: skip
        rows.append({"measure": "exact-symmetry", "name": f"shift by {by}", "layer": None,
                     "value": value, "applies": True, "sentence": "<i>moves</i>"})  # fmt: skip
    rows.append({"measure": "attention", "name": "all", "layer": None, "value": None,
                 "applies": False, "sentence": "Does not apply: it has none."})  # fmt: skip
    pictures = {
        ("locality", "unit field"): np.eye(8),
        ("similarity", "cka"): np.eye(3),
        ("similarity", "layers"): np.array(["a", "b", "<c>"]),
    }
    return NetworkFacts(name, rows, pictures, ("A <note>.",))


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    names = ["cnn, trained", "<script>alert(1)</script>", "합성곱 신경망", "a" * 60]
    networks = [facts(name, 0.1 * i) for i, name in enumerate(names)]
    told = Profiled("<b>digits</b>", "image", 64, networks, viewers=viewers())
    page = profile_page(lambda: told)
    (folder / "profile.html").write_text(page, encoding="utf-8")
    alone = AttentionPage("a <i>title</i>", viewers()).html()
    (folder / "attention.html").write_text(alone, encoding="utf-8")
    return folder


@pytest.fixture
def visit(browser, pages):
    contexts = []

    def open_page(name, width=1280, dark=False):
        scheme = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
        page.goto((pages / name).as_uri())
        page.locator("[data-ready=yes]").nth(1).wait_for(state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", ["profile.html", "attention.html"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_opens_offline_without_complaint_or_sideways_scroll(visit, name, width, dark):
    page = visit(name, width, dark)
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(
    ("name", "english", "korean"),
    [
        ("profile.html", "What networks do with", "네트워크가 하는 일"),
        ("attention.html", "Point at a word", "단어"),
    ],
)
def test_the_other_language_is_a_click_away(visit, name, english, korean):
    page = visit(name)
    assert english in page.inner_text("body")
    page.get_by_role("button", name="한국어").click()
    page.locator("[data-ready=yes]").nth(1).wait_for(state="attached")
    assert page.evaluate("document.documentElement.lang") == "ko"
    assert korean in page.inner_text("body")
    assert english not in page.inner_text("body")
    assert page.locator(".told").nth(1).inner_text().startswith("‘클래스 토큰’")
    assert page.get_by_role("button", name="한국어").get_attribute("aria-current") == "true"
    page.get_by_role("button", name="English").click()
    page.locator("[data-ready=yes]").nth(1).wait_for(state="attached")
    assert english in page.inner_text("body")
    assert page.complaints == []


def strongest(page):
    """The word with the largest weight."""
    return page.evaluate(
        """() => { const words = [...document.querySelectorAll('.word')];
        const dark = words.map((w) => Number(w.style.backgroundColor.match(/[\\d.]+/g)[3] ?? 1));
        return dark.indexOf(Math.max(...dark)); }"""
    )


def test_words_show_where_they_look_by_mouse_and_keyboard(visit):
    page = visit("attention.html")
    last = weights()[-1].mean(axis=0)
    page.locator(".word").nth(3).hover()
    page.locator(".word[aria-pressed=true]", has_text="d").wait_for()
    assert strongest(page) == last[3].argmax()
    page.locator(".word").nth(3).focus()
    page.keyboard.press("ArrowRight")
    page.locator(".word[aria-pressed=true]", has_text="e").wait_for()
    assert strongest(page) == last[4].argmax()
    assert page.locator(".told").first.inner_text().startswith("e looks at: ")


def test_a_head_is_chosen_by_click_and_arrow(visit):
    page = visit("attention.html")
    page.locator(".word").nth(0).focus()
    grid = page.locator(".heads").first
    box = grid.bounding_box()
    grid.click(position={"x": box["width"] * 1.5 / 4, "y": box["height"] * 0.5 / 3})
    assert page.locator("output").nth(0).inner_text() == "1"
    assert page.locator("output").nth(1).inner_text() == "2"
    assert strongest(page) == weights()[0, 1, 0].argmax()
    page.keyboard.press("ArrowDown")
    assert page.locator("output").nth(0).inner_text() == "2"


def test_the_image_has_patches_a_class_token_and_rollout(visit):
    page = visit("attention.html")
    told = page.locator(".told").nth(1)
    assert told.inner_text().startswith("class token looks at: ")
    canvas = page.locator(".image canvas")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] * 0.6, "y": box["height"] * 0.1})
    page.locator(".told", has_text="row 1, column 3 looks at").wait_for()
    page.keyboard.press("ArrowDown")
    assert told.inner_text().startswith("row 2, column 3")
    page.locator("input[type=checkbox]").nth(1).check()
    whole = weights(tokens=17)
    through = np.eye(17)
    for block in whole:
        through = (0.5 * block.mean(axis=0) + 0.5 * np.eye(17)) @ through
    token = 1 + 4 + 2
    share = f"{100 * through[token].max():.0f}%"
    assert share in told.inner_text()
