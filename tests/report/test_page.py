import base64
import hashlib
import itertools
import json
import re
import sys
from html.parser import HTMLParser

import altair
import pytest
import vl_convert

from priorscope.core.registry import include
from priorscope.report import write_report
from priorscope.report.chapter import CHAPTERS, ORDER, ordered
from priorscope.report.charts.lines import apart
from priorscope.report.matrix import cell
from priorscope.report.page import environment, render_chapters, render_page, rendered, script_json
from priorscope.report.scripts import bundle
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


@pytest.fixture
def html(pages):
    return pages("classes")[0]


@pytest.fixture
def figures(pages):
    return pages("classes")[1]


def chapter(name, summary):
    """One chapter as HTML, without its charts."""
    own = CHAPTERS[name]()
    view = View(summary)
    template = environment().get_template(f"chapters/{name}.html")
    return template.render(view=view, figures={}, **own.content(view))


def test_every_chapter_has_something_to_show_for_a_full_summary(summary):
    assert sorted(part.name for part in render_chapters(View(summary))) == sorted(CHAPTERS)


@pytest.mark.parametrize("name", sorted(CHAPTERS))
def test_a_chapter_is_left_out_when_its_data_are_missing(name, summary):
    bare = {key: type(summary[key])() for key in summary if key not in ("schema", "task")}
    for key in ("answer", "goal", "report"):
        bare.pop(key)
    view = View({"schema": 2, "task": {"name": "t"}, **bare, "chance_bits": None})
    assert name in ("answer", "terms") or CHAPTERS[name]().content(view) is None


def test_the_answer_comes_first_and_in_words(html, summary):
    page = Words(html)
    assert page.text.index(summary["verdict"][0]) < page.text.index("1.53")  # the leaderboard
    assert all(sentence in page.text for sentence in summary["verdict"])
    assert "leaning, 93%" in page.text
    assert "transformer; not ruled out: cnn+shift" in page.text


def test_names_from_data_make_no_elements(html, summary):
    page = Words(html)
    # data, languages, sliders' data; language.js, bundle, page.js, labels.js
    assert page.tags.count("script") == 7
    assert page.tags.count("img") == 1  # the thumbnail
    assert not {"i", "b"} & set(page.tags)
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
    assert {link[0] for link in Words(html).links if not link.startswith("data:")} == {"#"}


def test_each_figure_is_written_as_svg_and_png(summary, figures, tmp_path):
    assert write_report(summary, tmp_path) == tmp_path / "report.html"
    names = {figure.name for figure in figures}
    files = {path.name for path in (tmp_path / "figures").iterdir()}
    assert files == {f"{name}.{kind}" for name in names for kind in ("svg", "png")}
    for path in (tmp_path / "figures").iterdir():
        start = b"\x89PNG\r\n\x1a\n" if path.suffix == ".png" else b"<svg"
        assert path.read_bytes().startswith(start)
    assert list(tmp_path.rglob("*.part")) == []  # nothing half-written stays


def test_another_schema_is_refused(tmp_path):
    with pytest.raises(ValueError, match="summary of schema 1 or 2, but this one has schema 7"):
        write_report({"schema": 7}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_key_is_named(summary, tmp_path):
    del summary["curves"]
    with pytest.raises(ValueError, match="but curves is missing"):
        write_report(summary, tmp_path)


def test_null_estimates_become_dashes(summary):
    summary["leaderboard"][0]["code_bits_per_label"] = None
    summary["leaderboard"][1]["accuracy"] = {"center": 0.5, "low": None, "high": None, "n": 1}
    summary["curves"][0]["accuracy"] = None
    assert "1.67" in rendered(summary)[0]


def test_a_summary_of_one_repeat_of_one_learner_makes_a_page(summary):
    small = {key: summary[key] for key in ("schema", "task", "verdict")}
    small |= {"sizes": [100], "repeats": 1, "failed": [], "unresolved": []}
    small["leaderboard"] = summary["leaderboard"][:1]
    small["curves"] = [dict(summary["curves"][0], n=100)]
    assert "transformer" in rendered(small)[0]


def test_the_report_is_made_without_torch():
    # The test session may have imported torch; a fresh interpreter tells.
    import subprocess

    code = "import sys, priorscope.report; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_chapter_of_a_third_party_needs_one_file_and_comes_last(summary, tmp_path):
    source = """
import dataclasses
from typing import ClassVar
from priorscope.report.chapter import CHAPTERS, Chapter

@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Weather(Chapter):
    heading: ClassVar[str] = "Weather"
    source: ClassVar[str] = "<p>{{ sky }}</p>"

    def content(self, view):
        return {"sky": "<clear>"}
"""
    file = tmp_path / "weather_chapter.py"
    file.write_text(source, encoding="utf-8")
    include(file)
    try:
        parts = render_chapters(View(summary))
        page = render_page(View(summary), parts)
    finally:
        del CHAPTERS._classes["weather-chapter"]
    assert (parts[-1].name, parts[-1].title) == ("weather-chapter", "Weather")
    assert str(parts[-1].html) == "<p>&lt;clear&gt;</p>"
    assert 'href="#weather-chapter">Weather</a>' in page


def test_every_chapter_is_in_the_visible_order():
    listed = [name for names in ORDER.values() for name in names]
    assert sorted(listed) == sorted(CHAPTERS)
    assert ordered([*reversed(listed), "zebra", "apple"]) == [*listed, "apple", "zebra"]


def test_every_kind_of_summary_makes_a_page_without_a_trace_of_code(variant, pages):
    text = Words(pages(variant)[0]).text
    for word in ("None", "nan", "Undefined", "{'", "[]", "{}", "inf"):
        assert not re.search(rf"\b{re.escape(word)}\b" if word.isalpha() else re.escape(word), text)


def test_one_repeat_gives_points_without_intervals(pages):
    words = Words(pages("one repeat")[0])
    assert "1.53" in words.text
    assert "1.50 to" not in words.text
    assert words.text.count("▲") == 1  # in the explanation; no cell is certain
    assert "Only 1 repeat: no interval." in words.text


def test_below_three_repeats_charts_hold_no_bands(pages):
    def ends(name):
        tables = {k: v for f in pages(name)[1] for k, v in f.tables.items()}
        rows = [*tables["curves"], *tables["overfitting"], *tables["code_length"]]
        return [key for row in rows for key in row if key.endswith("_low")]

    assert ends("two repeats") == []
    assert ends("classes")


def test_a_quantity_has_no_guessing_and_keeps_bits_below_0(pages):
    page, all_figures = pages("quantity")
    figures = {figure.name: figure for figure in all_figures}
    assert "rmse" in figures
    assert "accuracy" not in figures
    assert "guessing" not in json.dumps(figures["test-bits"].spec)
    lows = [row["test_bits_low"] for row in figures["test-bits"].tables["curves"]]
    assert min(lows) < -1
    text = Words(page).text
    assert "RMSE" in text
    assert "Accuracy" not in text
    assert "from 25.00 to 346 (standard deviation 77.00)" in text


def test_schema_1_shows_the_same_numbers(summary, variants):
    new, old = View(summary), View(variants["schema 1"]())
    assert (
        old.summary["leaderboard"][0]["accuracy"]["center"]
        == (new.summary["leaderboard"][0]["accuracy"]["center"])
    )
    assert old.summary["repeats"] == new.summary["repeats"]


@pytest.mark.parametrize(
    "damage",
    [
        {"leaderboard": {"learner": 1}},
        {"leaderboard": [1]},
        {"curves": None},
        {"curves": [{"structure": "intact"}]},
        {"task": []},
        {"sizes": 3},
        {"schema": True},
    ],
)
def test_a_damaged_summary_is_refused_with_a_sentence(summary, damage, tmp_path):
    with pytest.raises(ValueError, match="run `priorscope compare` again"):
        write_report({**summary, **damage}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_policy_lets_the_pages_own_scripts_run_and_no_other(html):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    scripts = re.findall(r"<script>(.*?)</script>", html, re.S)
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    assert f"script-src {allowed};" in policy
    assert "default-src 'none'" in policy


def test_recipes_are_a_table_of_what_differs(summary):
    trains_itself = {"learning_rate": None, "steps": None, "optimizer": {"name": None}}
    summary["tuning"]["recipes"]["forest"] = trains_itself
    text = Words(chapter("reproduce", summary)).text  # what is common to all comes last
    assert re.search(r"^[^{]*Learning rate[^{]*forest–\s[^{]*adamw[^{]*$", text)


def test_the_runner_up_of_a_race_left_it_last(summary):
    summary["answer"] = {"pick": "transformer"}
    summary["leaderboard"] = [r for r in summary["leaderboard"] if r["learner"] == "transformer"]
    left = {"transformer": 8000, "cnn+shift": 250, "gru": 500}
    summary["curves"] = [r for r in summary["curves"] if r["n"] <= left.get(r["learner"], 125)]
    told = CHAPTERS["behaviour"]().content(View(summary))["told"]
    assert [name for name, *_ in told] == ["transformer", "gru"]
    assert all(sentences for *_, sentences in told)


def test_names_at_the_ends_of_lines_keep_apart_and_in_order():
    assert apart([1.0, 5.0], 1.0) == [1.0, 5.0]
    assert apart([1.0, 1.0], 1.0) == [0.5, 1.5]
    placed = apart([3.0, 1.0, 1.2, 1.1], 1.0)
    assert sorted(placed) == [placed[1], placed[3], placed[2], placed[0]]
    assert all(b - a >= 1 - 1e-9 for a, b in itertools.pairwise(sorted(placed)))


def test_classes_stand_with_counts_and_examples_are_thumbnails_or_first_words(summary):
    html = chapter("data", summary)
    text = Words(html).text
    assert "<b>9</b>" in text
    assert "a first <i>text</i>" in text
    assert "A <warning>." in text
    assert "12 examples dropped: no label" in text
    assert "another value in each row" in text
    assert "longer " * 30 not in text  # cut
    assert "example.org" not in html  # only pictures that the page holds itself


def accepted(spec):
    bare = {key: value for key, value in spec.items() if key != "datasets"}
    altair.Chart.from_dict(bare, validate=True)


def test_every_expression_and_mark_is_accepted_by_vega_lite(figures):
    for figure in figures:
        accepted(figure.standalone())
        accepted(figure.on_page())


def test_bands_are_drawn_within_what_is_possible():
    wide = {"center": 0.9, "low": -0.2, "high": 1.3, "n": 3}
    assert flat({"accuracy": wide}, "accuracy") == {
        "accuracy": 0.9,
        "accuracy_low": 0.0,
        "accuracy_high": 1.0,
    }
    assert flat({"bits": wide}, "bits")["bits_high"] == 1.3
    assert flat({"bits": wide}, "bits", signed=True)["bits_low"] == -0.2
    assert flat({"bits": {**wide, "n": 2}}, "bits") == {"bits": 0.9}


def test_no_prediction_is_drawn_where_there_is_none(summary):
    summary["fits"] = [row for row in summary["fits"] if row["kind"] == "observed"]
    figures = CHAPTERS["more-data"]().figures(View(summary))
    spec = next(f.spec for f in figures if f.name == "fits")
    assert "predicted" not in str(spec)


def test_only_what_is_certain_is_coloured_and_marked():
    def shown(mean, low, high):
        made = cell({"center": mean, "low": low, "high": high, "n": 5}, 0.4)
        return made["mark"], made["share"]

    assert shown(0.2, 0.1, 0.3) == ("▲", 0.5)
    assert shown(-0.2, -0.3, -0.1) == ("▼", 0.5)
    assert shown(0.2, -0.1, 0.5) == ("", 0)
    assert shown(0.2, None, None) == ("", 0)


def test_measures_stand_at_each_learners_largest_size(summary):
    text = Words(chapter("cues", summary)).text
    assert "How much answers change. 0: <b>not</b> at all; 1: wholly." in text
    assert "Mirror <i>" in text
    first, second = (row["learner"] for row in summary["leaderboard"][:2])
    summary["measures"] = [row for row in summary["measures"] if row["learner"] == first]
    table = chapter("cues", summary).split("Inside the networks")[1]
    assert second not in Words(table).text


def test_a_ratio_that_may_be_0_leaves_the_log_axis_whole(summary):
    best = summary["leaderboard"][0]["learner"]
    rows = [row for row in summary["equivalence"] if row["a"] == best and row["on"] == "loss"]
    rows[0]["ratio"] = {"center": 1.9, "low": 0.0, "high": 5.2, "n": 3}
    figures = CHAPTERS["more-data"]().figures(View(summary))
    drawn = figures[0].tables["equivalence"]
    ends = [row[key] for row in drawn for key in ("ratio", "ratio_low", "ratio_high") if key in row]
    assert min(ends) > 0
    assert 5.2 in ends


def test_the_charts_scripts_are_kept_and_need_no_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = []
    real = vl_convert.javascript_bundle
    monkeypatch.setattr(
        vl_convert, "javascript_bundle", lambda *args: made.append(args) or real(*args)
    )
    script = bundle.__wrapped__()
    assert bundle.__wrapped__() == script
    assert len(made) == 1
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))  # nothing can be made in there
    assert bundle.__wrapped__() == script
    assert len(made) == 2


def test_a_kept_script_that_was_changed_is_not_believed(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda *_: "window.vegaEmbed = 1;")
    script = bundle.__wrapped__()
    (kept,) = (tmp_path / "priorscope").iterdir()
    sound = kept.read_text(encoding="utf-8")
    evil = "alert(1)</script>"
    digest = hashlib.sha256(evil.encode()).hexdigest()
    for text in (sound + "alert(1)", evil, f"// {digest}\n{evil}", ""):
        kept.write_text(text, encoding="utf-8")
        assert bundle.__wrapped__() == script
        assert kept.read_text(encoding="utf-8") == sound  # mended
    kept.chmod(0o666)  # anybody could have written it
    made = []
    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda *_: made.append(1) or "window.x=1;")
    assert bundle.__wrapped__() == "window.x=1;"
    assert made
