"""The definitions a campaign's report prints, in the words of a reader who pays for the mail."""

from __future__ import annotations

_TEXT = """
Attributed: Net revenue of jobs that the named model credits to the campaign's cards. Some of these
customers would have come anyway: attributed is not caused.
Incremental: What the mailed households brought more than the households held out at random, all
their eligible jobs counted, codes ignored. Only this says what the mail caused.
Response window: From the in-home date, that day included, for the stated number of days; the
holdout has the dates of its wave.
Net revenue: Signed invoice lines without tax and deposits, less credit memos and refunds; void
invoices count 0. A refund reduces the credit it belongs to whenever it happens.
Contribution margin: Net revenue less material, equipment, direct labour, commission and financing
fees; where a cost is unknown, net revenue times the margin rate of the job class.
Cost: Print, postage, list, design, platform and other costs of the mail, refunds taken off.
ROI: (Contribution margin - cost) / cost. Incremental ROI puts incremental margin in its place.
Interval: 95 of 100 such intervals hold the true value. Below 20 buying units in the smaller arm, or
25 expected there, no verdict is given.
Eligible job: Not a membership visit, warranty, recall, internal or zero-value job.
"""


def _parsed(text: str) -> tuple[tuple[str, str], ...]:
    entries: list[list[str]] = []
    for line in text.strip().splitlines():
        term, colon, rest = line.partition(": ")
        if colon and term[0].isupper() and len(term) < 24:
            entries.append([term, rest])
        else:
            entries[-1][1] += " " + line
    return tuple((term, meaning) for term, meaning in entries)


DEFINITIONS = _parsed(_TEXT)
