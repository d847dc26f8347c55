"""The page of `priorscope curves`: one file, readable without a network or a script."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from priorscope.report.charts.curve_svg import curve_svg
from priorscope.wording.language import spoken
from priorscope.wording.page import t, word

_PAGE = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ t("curves_page.title", title=title) }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem;
  color: #222; background: #fff; }
table { border-collapse: collapse; margin: 1rem 0; } th, td { padding: .25rem .75rem;
  text-align: right; border-bottom: 1px solid #ddd; } th:first-child, td:first-child,
td.left { text-align: left; } .scroll { overflow-x: auto; } svg { width: 100%; height: auto; }
caption { text-align: left; font-weight: 600; } .dim { color: #666; }
</style></head><body>
<h1>{{ t("curves_page.title", title=title) }}</h1>
{% for name, data_set in result.items() %}
{% if name %}<h2>{{ name }}</h2>{% endif %}
<ul>{% for s in data_set.recommendation + data_set.notes %}<li>{{ s }}</li>{% endfor %}</ul>
{% for on, svg in charts[name] %}<figure>{{ svg }}
<figcaption class="dim">{{ t("curves_page.caption", on=on) }}
</figcaption></figure>{% endfor %}
<div class="scroll"><table><caption>{{ t("table.forecasts") }}</caption>
<tr><th>{{ t("curves_page.learner") }}</th>
{% for name in ("on", "data", "n", "median", "interval80", "interval95") %}
<th>{{ t("table." ~ name) }}</th>{% endfor %}</tr>
{% for e in data_set.forecasts %}{% for a in e.ahead %}
<tr><td>{{ e.learner }}</td><td class="left">{{ word("on.", e.on) }}</td>
<td>{{ t("table.times", times="%g" % a.times) }}
{% if not a.tested %} <span class="dim">{{ t("curves_page.never_tested") }}</span>{% endif %}
</td><td>{{ "{:,.0f}".format(a.n) }}</td><td>{{ "%.3g" % a.median }}</td>
<td>{{ t("number.range", low="%.3g" % a.low80, high="%.3g" % a.high80) }}</td>
<td>{{ t("number.range", low="%.3g" % a.low95, high="%.3g" % a.high95) }}</td></tr>
{% endfor %}{% endfor %}</table></div>
<div class="scroll"><table><caption>{{ t("curves_page.who") }}</caption>
<tr><th>{{ t("curves_page.behind") }}</th><th>{{ t("curves_page.ahead") }}</th>
{% for name in ("on", "verdict", "within4", "not_before") %}<th>{{ t("table." ~ name) }}</th>
{% endfor %}</tr>
{% for e in data_set.crossovers %}
<tr><td>{{ e.overtaking }}</td><td class="left">{{ e.overtaken }}</td>
<td>{{ word("on.", e.on) }}</td>
<td>{{ word("verdict.", e.verdict) }}</td>
<td>{% if e.probability is not none %}{{ "%.2f" % e.probability }}{% endif %}</td>
<td>{% if e.verdict == "observed" %}{{ "{:,.0f}".format(e.n.median) }}
{% elif e.not_before is not none %}{{ "{:,.0f}".format(e.not_before) }}
{% elif e.probability is not none %}{{ t("table.beyond_8") }}{% endif %}</td></tr>
{% endfor %}</table></div>
{% endfor %}
<p class="dim">{{ t("curves_page.basis") }}</p>
</body></html>
"""


def curves_page(result: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """The page for what `curves` returned; names and sentences are escaped."""
    charts = {}
    for name, data_set in result.items():
        metrics = list(dict.fromkeys(p["on"] for p in data_set["fits"]))
        charts[name] = [
            (word("on.", on), Markup(curve_svg(data_set["fits"], _means(data_set), on)))
            for on in metrics
        ]
    template = Environment(autoescape=True).from_string(_PAGE)
    template.globals.update(t=t, word=word)
    return template.render(result=result, charts=charts, title=title, language=spoken())


def _means(data_set: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(data_set["observed"])
