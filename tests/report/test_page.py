import json
import re
import sys
from html.parser import HTMLParser

import altair
import pytest

from priorscope.core.registry import include
from priorscope.report import write_report
from priorscope.report.matrix import cell
from priorscope.report.page import bundle, render_sections, script_json
from priorscope.report.section import SECTIONS
from priorscope.report.view import View, flat


class Words(HTMLParser):
    """The page's text outside scripts and styles, and its elements."""

    def __init__(self, html):
        super().__init__()
        self.text, self.tags, self.ids, self.links, self._inside = "", [], [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for key, value in attrs if key == "id"]
        self.links += [value for key, value in attrs if key in ("src", "href")]
        self._inside = tag

    def handle_endtag(self, tag):
        self._inside = None

    def handle_data(self, data):
        if self._inside not in ("script", "style"):
            self.text += data


@pytest.fixture(scope="module")
def html(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


def test_every_section_has_something_to_show_for_a_full_summary(summary):
    assert sorted(part.name for part in render_sections(View(summary))) == sorted(SECTIONS)


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_a_section_is_left_out_when_its_data_are_missing(name, summary):
    bare = {key: type(summary[key])() for key in summary if key not in ("schema", "task")}
    view = View({"schema": 1, "task": {"name": "t"}, **bare, "chance_bits": None})
    assert name == "how-to-read" or SECTIONS[name]().content(view) is None


def test_the_verdict_comes_first_and_in_words(html, summary):
    page = Words(html)
    places = [page.text.index(sentence) for sentence in summary["verdict"]]
    assert places == sorted(places)
    assert places[-1] < page.text.index("1.532")  # the first figure of the leaderboard


def test_names_from_data_make_no_elements(html, summary):
    page = Words(html)
    assert page.tags.count("script") == 3  # data, bundle, page.js
    assert "img" not in page.tags
    assert "i" not in page.tags
    for row in summary["leaderboard"]:
        assert row["learner"] in page.text
    assert summary["failed"][0]["run"] in page.text


def test_ids_are_unique(html):
    ids = Words(html).ids
    assert len(ids) == len(set(ids))


def test_embedded_json_is_what_went_in_and_cannot_end_its_script():
    data = {"</script><b>": ["<!--", "a & b", "\u2028", "한글", 0.1]}
    text = str(script_json(data))
    assert json.loads(text) == data
    assert not re.search(r"[<>&\u2028\u2029]", text)


def test_the_page_is_small_and_names_no_other_file(html):
    assert len(html.encode()) < 2_000_000
    assert {link[0] for link in Words(html).links if link != "data:,"} == {"#"}


def test_each_figure_is_written_as_svg_and_png(folder, summary):
    names = {f.name for part in render_sections(View(summary)) for f in part.figures}
    files = {path.name for path in (folder / "figures").iterdir()}
    assert files == {f"{name}.{kind}" for name in names for kind in ("svg", "png")}
    for path in (folder / "figures").iterdir():
        start = b"\x89PNG\r\n\x1a\n" if path.suffix == ".png" else b"<svg"
        assert path.read_bytes().startswith(start)


def test_nothing_half_written_stays(folder):
    assert [path for path in folder.rglob("*.part")] == []


def test_another_schema_is_refused(tmp_path):
    with pytest.raises(ValueError, match="summary of schema 1, but this one has schema 2"):
        write_report({"schema": 2}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_key_is_named(summary, tmp_path):
    del summary["curves"]
    with pytest.raises(ValueError, match="but curves is missing"):
        write_report(summary, tmp_path)


def test_null_estimates_become_dashes(summary, tmp_path):
    summary["leaderboard"][0]["code_bits_per_label"] = None
    summary["leaderboard"][1]["accuracy"] = {"mean": 0.5, "low": None, "high": None, "n": 1}
    summary["curves"][0]["accuracy"] = None
    assert write_report(summary, tmp_path).exists()


def test_a_summary_of_one_draw_of_one_learner_makes_a_page(summary, tmp_path):
    small = {key: summary[key] for key in ("schema", "task", "verdict")}
    small |= {"sizes": [100], "draws": 1, "failed": [], "unresolved": []}
    small["leaderboard"] = summary["leaderboard"][:1]
    small["curves"] = [dict(summary["curves"][0], n=100)]
    assert "transformer" in write_report(small, tmp_path).read_text(encoding="utf-8")


def test_the_report_is_made_without_torch():
    # The test session may have imported torch; a fresh interpreter tells.
    import subprocess

    code = "import sys, priorscope.report; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_section_of_a_third_party_needs_one_file(summary, tmp_path):
    source = """
import dataclasses
from typing import ClassVar
from priorscope.report.section import SECTIONS, Section

@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Weather(Section):
    title: ClassVar[str] = "Weather"
    place: ClassVar[int] = 15
    source: ClassVar[str] = "<p>{{ sky }}</p>"

    def content(self, view):
        return {"sky": "<clear>"}
"""
    file = tmp_path / "weather_section.py"
    file.write_text(source, encoding="utf-8")
    include(file)
    try:
        parts = [part for part in render_sections(View(summary)) if part.name == "weather-section"]
    finally:
        del SECTIONS._classes["weather-section"]
    assert [str(part.html) for part in parts] == ["<p>&lt;clear&gt;</p>"]


def test_one_draw_gives_points_without_intervals(summary, tmp_path):
    def alone(value):
        if isinstance(value, dict) and "low" in value and "mean" in value:
            return {**value, "low": None, "high": None, "n": 1}
        if isinstance(value, dict):
            return {key: alone(item) for key, item in value.items()}
        return [alone(item) for item in value] if isinstance(value, list) else value

    page = write_report(alone(summary), tmp_path)
    words = Words(page.read_text(encoding="utf-8"))
    assert "1.532" in words.text
    assert "1.502" not in words.text
    assert "None" not in words.text
    assert words.text.count("▲") == 1  # in the explanation; no cell is certain


def accepted(spec):
    bare = {key: value for key, value in spec.items() if key != "datasets"}
    altair.Chart.from_dict(bare, validate=True)


def test_every_expression_and_mark_is_accepted_by_vega_lite(summary):
    for part in render_sections(View(summary)):
        for figure in part.figures:
            accepted(figure.standalone())
            accepted(figure.on_page())


def test_bands_are_drawn_within_what_is_possible():
    wide = {"mean": 0.9, "low": -0.2, "high": 1.3, "n": 2}
    assert flat({"accuracy": wide}, "accuracy") == {
        "accuracy": 0.9,
        "accuracy_low": 0.0,
        "accuracy_high": 1.0,
    }
    assert flat({"bits": wide}, "bits")["bits_high"] == 1.3


def test_no_prediction_is_drawn_where_there_is_none(summary):
    summary["fits"] = [row for row in summary["fits"] if row["kind"] == "observed"]
    parts = {part.name: part for part in render_sections(View(summary))}
    assert "predicted" not in str(parts["crossovers"].figures[0].spec)


def test_long_recommendations_are_folded(summary):
    summary["recommendation"] = [f"Sentence {i}." for i in range(12)]
    parts = {part.name: part for part in render_sections(View(summary))}
    assert "<summary>4 more</summary>" in parts["recommendation"].html
    assert "Sentence 11." in parts["recommendation"].html


def test_only_what_is_certain_is_coloured_and_marked():
    def shown(mean, low, high):
        made = cell({"mean": mean, "low": low, "high": high, "n": 5}, 0.4)
        return made["mark"], made["share"]

    assert shown(0.2, 0.1, 0.3) == ("▲", 0.5)
    assert shown(-0.2, -0.3, -0.1) == ("▼", 0.5)
    assert shown(0.2, -0.1, 0.5) == ("", 0)
    assert shown(0.2, None, None) == ("", 0)


def test_measures_stand_at_each_learners_largest_size(summary):
    part = next(p for p in render_sections(View(summary)) if p.name == "measures")
    text = Words(str(part.html)).text
    assert "How much answers change. 0: <b>not</b> at all; 1: wholly." in text
    assert "Mirror <i>" in text
    first, second = (row["learner"] for row in summary["leaderboard"][:2])
    summary["measures"] = [row for row in summary["measures"] if row["learner"] == first]
    part = next(p for p in render_sections(View(summary)) if p.name == "measures")
    assert second not in Words(str(part.html)).text
    del summary["measures"]
    assert all(p.name != "measures" for p in render_sections(View(summary)))


def test_a_ratio_that_may_be_0_leaves_the_log_axis_whole(summary):
    best = summary["leaderboard"][0]["learner"]
    rows = [row for row in summary["equivalence"] if row["a"] == best and row["on"] == "loss"]
    rows[0]["ratio"] = {"mean": 1.9, "low": 0.0, "high": 5.2, "n": 2}
    part = next(p for p in render_sections(View(summary)) if p.name == "equivalence")
    drawn = part.figures[0].tables["equivalence"]
    ends = [row[key] for row in drawn for key in ("ratio", "ratio_low", "ratio_high") if key in row]
    assert min(ends) > 0
    assert 5.2 in ends


def test_the_charts_scripts_are_kept_and_need_no_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    script = bundle.__wrapped__()
    (kept,) = (tmp_path / "priorscope").iterdir()
    assert kept.read_text(encoding="utf-8") == script
    kept.write_text("kept", encoding="utf-8")
    assert bundle.__wrapped__() == "kept"
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))  # nothing can be made in there
    assert bundle.__wrapped__() == script
