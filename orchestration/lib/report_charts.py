"""The report's three charts as inline SVG: funnel, response curve, lift interval.

Drawn with matplotlib without a display; the same figures give the same text.
"""

from __future__ import annotations

import io
import re
from typing import Any

Row = dict[str, Any]
INK, ACCENT, PALE, WARN = "#22313f", "#1f6f8b", "#bfd7e0", "#b3541e"


def funnel_chart(steps: list[Row]) -> str | None:
    """Bars from mailed to collected, on a scale that shows the small ones too."""
    steps = [row for row in steps if row["count"] is not None]
    if not steps or not steps[0]["count"]:
        return None
    figure, axes = _axes(height=0.34 * len(steps) + 0.5)
    counts = [float(row["count"]) for row in steps]
    positions = list(range(len(steps)))[::-1]
    axes.barh(positions, [max(count, 0.5) for count in counts], color=ACCENT, height=0.62)
    axes.set_xscale("log")
    axes.set_xlim(0.5, max(counts) * 12)
    axes.set_yticks(positions, [str(row["step"]) for row in steps])
    before = ["", *(str(row["step"]) for row in steps)]
    for position, row, count, previous in zip(positions, steps, counts, before, strict=False):
        share = row["share_of_previous"]
        words = f" {count:,.0f}" if share is None else f" {count:,.0f}  ({share:.1%} of {previous})"
        axes.text(max(count, 0.5), position, words, va="center", fontsize=9, color=INK)
    axes.set_xticks([])
    axes.set_xticks([], minor=True)
    axes.spines["bottom"].set_visible(False)
    return _svg(
        figure, "Funnel: " + ", ".join(f"{row['step']} {row['count']:,.0f}" for row in steps)
    )


def response_chart(curve: list[Row]) -> str | None:
    """Cumulative jobs by day of each wave; the days to come as a band."""
    if not curve:
        return None
    figure, axes = _axes(height=2.6)
    for wave in sorted({row["wave"] for row in curve}):
        rows = [row for row in curve if row["wave"] == wave]
        seen = [row for row in rows if row["is_observed"]]
        coming = [row for row in rows if row["forecast_jobs_low"] is not None]
        axes.plot(
            [row["day"] for row in seen],
            [row["cumulative_jobs"] for row in seen],
            label=f"wave {wave}",
            linewidth=1.6,
        )
        if coming:
            axes.fill_between(
                [row["day"] for row in coming],
                [row["forecast_jobs_low"] for row in coming],
                [row["forecast_jobs_high"] for row in coming],
                color=PALE,
                alpha=0.7,
                linewidth=0,
            )
            axes.plot(
                [row["day"] for row in coming],
                [row["cumulative_jobs"] for row in coming],
                linestyle=":",
                color=INK,
                linewidth=1,
            )
    axes.set_xlabel("days since in homes")
    axes.set_ylabel("jobs credited")
    axes.set_xlim(0, 60)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    return _svg(figure, "Jobs credited by days since in homes; bands are 90 % forecast intervals")


def lift_chart(lifts: list[Row], metric: str) -> str | None:
    """Interval of the lift of each wave and of all pooled, against no lift."""
    rows = [
        row for row in lifts if row["metric"] == metric and row["lift_ci_low"] is not None
        and row["lift_ci_high"] is not None
    ]  # fmt: skip
    if not rows:
        return None
    figure, axes = _axes(height=0.4 * len(rows) + 0.8)
    scale = 100 if metric == "job_share" else 1
    positions = list(range(len(rows)))[::-1]
    for position, row in zip(positions, rows, strict=True):
        low, middle, high = (scale * row[name] for name in ("lift_ci_low", "lift", "lift_ci_high"))
        colour = ACCENT if low > 0 else WARN if high < 0 else INK
        width = 2.6 if row["wave"] == "(all)" else 1.4
        axes.plot([low, high], [position, position], color=colour, linewidth=width)
        axes.plot([middle], [position], "o", color=colour, markersize=5)
    axes.axvline(0, color=INK, linewidth=0.8, linestyle="--")
    names = ["all waves" if row["wave"] == "(all)" else f"wave {row['wave']}" for row in rows]
    axes.set_yticks(positions, names)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    unit = "points of the share with a job" if metric == "job_share" else "a household"
    axes.set_xlabel(f"lift of {metric.replace('_', ' ')}, {unit}, with 95 % interval")
    return _svg(figure, f"Lift of {metric.replace('_', ' ')} with 95 % intervals, by wave")


def _axes(*, height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.4, height))
    axes = figure.add_subplot()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=9, colors=INK)
    return figure, axes


def _svg(figure: Any, title: str) -> str:
    """The figure as an `<svg>` element with a title for those who cannot see it."""
    import matplotlib as mpl

    stream = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "matchback", "svg.fonttype": "none"}):
        figure.savefig(stream, format="svg", bbox_inches="tight", metadata={"Date": None})
    text = stream.getvalue()
    element = text[text.index("<svg") :]
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    escaped = title.replace("&", "&amp;").replace("<", "&lt;")
    head, _, rest = element.partition(">")
    return f'{head} role="img"><title>{escaped}</title>{rest}'
