"""The picture to share: sound SVG of its size, nothing from elsewhere, no text beyond its edge."""

import xml.etree.ElementTree as ET

import pytest

from priorscope.report.share_card import clipped, share_svg, width, wrapped
from priorscope.report.view import View
from priorscope.wording.language import speaking

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_kind_of_summary_has_a_card_within_its_edges(variant, variants, language):
    with speaking(language):
        text = share_svg(View(variants[variant]()))
    root = ET.fromstring(text)
    assert (root.get("width"), root.get("height")) == ("1200", "630")
    assert {element.tag for element in root.iter()} <= {
        SVG + name for name in ("svg", "rect", "text", "path")
    }
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    for element in root.iter(SVG + "text"):
        size, x = float(element.get("font-size")), float(element.get("x"))
        wide = width(element.text or "", size)
        assert float(element.get("y")) < 630
        assert (x >= wide) if element.get("text-anchor") == "end" else (x + wide <= 1200)


def test_names_from_data_are_text(summary):
    summary["task"]["name"] = "<script>alert(1)</script>\x1b[31m"
    root = ET.fromstring(share_svg(View(summary)))
    texts = [element.text for element in root.iter(SVG + "text")]
    assert any("<script>" in (text or "") for text in texts)


def test_lines_are_broken_between_words_and_the_last_is_shortened():
    assert width("abcd", 10) == pytest.approx(22.4)
    assert width("한국", 10) == pytest.approx(20)
    assert clipped("abcd", 22.5, 10) == "abcd"
    assert clipped("abcdefgh", 22.5, 10) == "abc…"
    assert wrapped("ab cd ef gh", 30, 10, 2) == ["ab cd", "ef gh"]
    assert wrapped("ab cd ef gh ij", 30, 10, 2) == ["ab cd", "ef g…"]
    assert wrapped("", 30, 10, 2) == [""]
