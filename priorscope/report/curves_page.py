"""The page of `priorscope curves`: one file, readable without a network or a script."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from priorscope.report.charts.curve_svg import curve_svg

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Learning curves: {{ title }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem;
  color: #222; background: #fff; }
table { border-collapse: collapse; margin: 1rem 0; } th, td { padding: .25rem .75rem;
  text-align: right; border-bottom: 1px solid #ddd; } th:first-child, td:first-child,
td.left { text-align: left; } .scroll { overflow-x: auto; } svg { width: 100%; height: auto; }
caption { text-align: left; font-weight: 600; } .dim { color: #666; }
</style></head><body>
<h1>Learning curves: {{ title }}</h1>
{% for name, data_set in result.items() %}
{% if name %}<h2>{{ name }}</h2>{% endif %}
<ul>{% for s in data_set.recommendation + data_set.notes %}<li>{{ s }}</li>{% endfor %}</ul>
{% for on, svg in charts[name] %}<figure>{{ svg }}
<figcaption class="dim">{{ on }}: lines are fitted (dashed: predicted), bands are 80% intervals.
</figcaption></figure>{% endfor %}
<div class="scroll"><table><caption>Forecasts</caption>
<tr><th>Learner</th><th>on</th><th>data</th><th>n</th><th>median</th><th>80% interval</th>
<th>95% interval</th></tr>
{% for e in data_set.forecasts %}{% for a in e.ahead %}
<tr><td>{{ e.learner }}</td><td class="left">{{ e.on }}</td>
<td>{{ "%g" % a.times }} ×{% if not a.tested %} <span class="dim">(never tested)</span>{% endif %}
</td><td>{{ "{:,.0f}".format(a.n) }}</td><td>{{ "%.3g" % a.median }}</td>
<td>{{ "%.3g" % a.low80 }} to {{ "%.3g" % a.high80 }}</td>
<td>{{ "%.3g" % a.low95 }} to {{ "%.3g" % a.high95 }}</td></tr>
{% endfor %}{% endfor %}</table></div>
<div class="scroll"><table><caption>Who overtakes whom</caption>
<tr><th>Behind now</th><th>ahead now</th><th>on</th><th>verdict</th><th>P(within 4 ×)</th>
<th>not before (90%)</th></tr>
{% for e in data_set.crossovers %}
<tr><td>{{ e.overtaking }}</td><td class="left">{{ e.overtaken }}</td><td>{{ e.on }}</td>
<td>{{ e.verdict }}</td>
<td>{% if e.probability is not none %}{{ "%.2f" % e.probability }}{% endif %}</td>
<td>{% if e.verdict == "observed" %}{{ "{:,.0f}".format(e.n.median) }}
{% elif e.not_before is not none %}{{ "{:,.0f}".format(e.not_before) }}
{% elif e.probability is not none %}beyond 8 × the data{% endif %}</td></tr>
{% endfor %}</table></div>
{% endfor %}
<p class="dim">Intervals and probabilities hold for curves that go on as such curves do: the
constants come from 2,121 curves of 121 data sets. See docs/curves.md.</p>
</body></html>
"""


def curves_page(result: Mapping[str, Mapping[str, Any]], title: str) -> str:
    """The page for what `curves` returned; names and sentences are escaped."""
    charts = {}
    for name, data_set in result.items():
        metrics = list(dict.fromkeys(p["on"] for p in data_set["fits"]))
        charts[name] = [
            (on, Markup(curve_svg(data_set["fits"], _means(data_set), on))) for on in metrics
        ]
    template = Environment(autoescape=True).from_string(_PAGE)
    return template.render(result=result, charts=charts, title=title)


def _means(data_set: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(data_set["observed"])
