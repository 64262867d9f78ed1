"""The report as one HTML file: no script, nothing fetched, prints on one sheet or two."""

from __future__ import annotations

from typing import Any

from orchestration.lib.campaign_report import CampaignReport, measured
from orchestration.lib.report_charts import funnel_chart, lift_chart, response_chart
from orchestration.lib.report_definitions import DEFINITIONS

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ report.campaign.campaign_name }}: what the mail earned</title>
<style>
body { font: 14px/1.45 system-ui, sans-serif; color: #22313f; max-width: 62rem;
  margin: 1.5rem auto; padding: 0 1rem; }
h1 { margin: 0; font-size: 1.6rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
.quiet { color: #5b6b78; } .verdict { font-size: 1.1rem; border-left: 4px solid #1f6f8b;
  padding: .4rem .8rem; background: #f1f6f8; margin: 1rem 0; }
.figures { display: flex; flex-wrap: wrap; gap: .6rem 2rem; margin: 1rem 0; }
.figures div { min-width: 7rem; } .figures b { display: block; font-size: 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: 12.5px; }
th, td { text-align: right; padding: .2rem .5rem; border-bottom: 1px solid #dde4e8; }
th:first-child, td:first-child, .left { text-align: left; }
figure { margin: 0; } svg { max-width: 100%; height: auto; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(27rem, 1fr)); gap: 1rem; }
tr.total td { font-weight: 600; border-bottom: 0; } .story { margin: .5rem 0; break-inside: avoid; }
dt { font-weight: 600; } dd { margin: 0 0 .4rem; } ol { margin: .2rem 0; padding-left: 1.4rem; }
@media print { body { font-size: 10.5px; margin: 0; max-width: none; } h2 { break-after: avoid; } }
</style></head><body>
<h1>{{ report.campaign.campaign_name }}</h1>
<p class="quiet">Attributed by the model {{ headline.model | replace("_", " ") }}
in a response window of {% if headline.window_label == "campaign" %}the campaign's own length.
{% else %}{{ headline.window_label }} days. {% endif %}
{% if currency %}Amounts in {{ currency }}. {% endif %}As of {{ as_of }}.</p>
<p class="verdict">{{ report.verdict }}</p>
<div class="figures">
{% for name, value in figures %}<div><b>{{ value }}</b>{{ name }}</div>
{% endfor %}</div>
<h2>What is estimated</h2>
<ul>{% for sentence in report.estimates %}<li>{{ sentence }}</li>{% else %}
<li>Nothing: every figure rests on known costs, closed windows and complete sources.</li>
{% endfor %}</ul>
<h2>How it came</h2>
<div class="charts">{% for chart in charts %}<figure>{{ chart | safe }}</figure>{% endfor %}</div>
{% if report.lifts %}
<h2>What the mail caused: mailed against held out</h2>
<table><tr><th>wave</th><th class="left">outcome</th><th>mailed</th><th>held out</th><th>lift</th>
<th>95 % interval</th><th>p</th><th>method</th><th>verdict</th></tr>
{% for row in report.lifts %}<tr{% if row.is_primary %} class="total"{% endif %}>
<td>{{ "all waves" if row.wave == "(all)" else row.wave }}</td>
<td class="left">{{ row.metric | replace("_", " ") }}</td>
<td>{{ "{:,}".format(row.mailed_count) }}</td><td>{{ "{:,}".format(row.holdout_count) }}</td>
<td>{{ measured(row, "lift") }}</td>
<td>{{ measured(row, "lift_ci_low") }} to {{ measured(row, "lift_ci_high") }}</td>
<td>{{ "unknown" if row.p_value is none else "%.3f" % row.p_value }}</td>
<td>{{ methods.get(row.method, row.method) }}</td><td>{{ row.verdict }}</td></tr>
{% endfor %}</table>
{% if report.lift and report.lift.overstatement_ratio is not none %}
<p>Match-back attributes {{ money(report.lift.matched_revenue_amount) }} to the same waves and
window; the mail caused {{ money(report.lift.incremental_revenue_amount) }}: attribution is
{{ "%.2f" % report.lift.overstatement_ratio }} times the incremental dollars.</p>
{% endif %}{% endif %}
{% if report.tie_out %}
<h2>Tie-out to the books</h2>
<table><tr><th>month</th><th class="left">account</th><th>books</th><th>attributed</th>
<th>unattributed</th><th>not eligible</th><th>no job</th><th>unreconciled</th></tr>
{% for row in report.tie_out %}<tr><td>{{ row.month_on.strftime("%Y-%m") }}</td>
<td class="left">{{ row.account }}</td>{% for name in tie_out_columns %}
<td>{{ money(row[name]) }}</td>{% endfor %}</tr>
{% endfor %}<tr class="total"><td>together</td><td></td>{% for name in tie_out_columns %}
<td>{{ money(tie_out_sum(name)) }}</td>{% endfor %}</tr></table>
<p class="quiet">All campaigns together; each row's parts sum to its books.</p>
{% endif %}
{% if report.stories %}
<h2>Why: {{ report.stories | length }} jobs, drawn by chance</h2>
{% for job, steps in report.stories %}<div class="story"><b>Job {{ job }}</b>
<ol>{% for step in steps %}<li>{% if step.happened_at %}<span class="quiet">
{{ step.happened_at.strftime("%Y-%m-%d") }}</span> {% endif %}{{ step.text }}</li>
{% endfor %}</ol></div>
{% endfor %}<p class="quiet">What was refused and why, and every other model:
<code>matchback why JOB</code>.</p>{% endif %}
<h2>Definitions used</h2>
<dl>{% for term, meaning in definitions %}<dt>{{ term }}</dt><dd>{{ meaning }}</dd>
{% endfor %}</dl>
</body></html>
"""
_TIE_OUT = (
    "books_income_amount", "attributed_amount", "unattributed_amount", "not_eligible_amount",
    "no_job_amount", "unreconciled_amount",
)  # fmt: skip


_METHODS = {
    "score_miettinen_nurminen": "score (Miettinen-Nurminen)",
    "permutation_studentised": "permutation, studentised",
    "welch": "Welch",
}


def money(value: Any) -> str:
    """An amount with thousands and cents; a word where it is unknown."""
    return "unknown" if value is None else f"{value:,.2f}"


def _instant(value: Any) -> str:
    """An instant to the minute, with its zone."""
    return "the last run" if value is None else f"{value:%Y-%m-%d %H:%M %Z}".strip()


def figures(report: CampaignReport) -> list[tuple[str, str]]:
    """The headline's figures with their names, in reading order."""
    head = report.headline

    def count(name: str) -> str:
        return "unknown" if head.get(name) is None else f"{head[name]:,.0f}"

    def ratio(name: str) -> str:
        return "unknown" if head.get(name) is None else f"{head[name]:.2f}"

    found = [
        ("pieces mailed", count("pieces_mailed")),
        ("in homes", count("pieces_in_home")),
        ("direct responses", count("direct_responses")),
        ("jobs booked, attributed", count("jobs_booked")),
        ("net revenue, attributed", money(head.get("net_revenue_amount"))),
        ("margin, attributed", money(head.get("margin_amount"))),
        ("cost", money(head.get("cost_amount"))),
        ("ROI, attributed", ratio("roi")),
    ]
    if report.lift is not None:
        iroi = report.lift["iroi"]
        found.append(("ROI, incremental", "unknown" if iroi is None else f"{iroi:.2f}"))
    return found


def render_html(report: CampaignReport) -> str:
    """The page; every value is escaped, only our own charts go in as they are."""
    from jinja2 import Environment

    metric = report.lift["metric"] if report.lift else "margin"
    charts = [
        chart
        for chart in (
            funnel_chart(report.funnel),
            response_chart(report.curve),
            lift_chart(report.lifts, metric),
        )
        if chart
    ]
    page = Environment(autoescape=True).from_string(_PAGE)
    return page.render(
        report=report,
        headline=report.headline,
        figures=figures(report),
        charts=charts,
        definitions=DEFINITIONS,
        measured=measured,
        money=money,
        methods=_METHODS,
        currency=report.run.get("currency_code"),
        tie_out_columns=_TIE_OUT,
        tie_out_sum=lambda name: sum(row[name] for row in report.tie_out),
        as_of=_instant(report.run.get("as_of")),
    )
