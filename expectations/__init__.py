"""Great Expectations at the two doors: what vendors delivered, and what is about to be published.

`check_raw` and `check_marts` run the suites on the warehouse; `registry` lists them; `report`
turns results into rows and Data Docs. Nothing here knows dlt or Dagster, and importing it does not
import GX.
Rules about the inside (keys, relations, reconciliation) are dbt tests; records that break a hygiene
rule are listed by the SQL of `rpt_hygiene`, on which the marts' suites assert.
"""

from expectations.doors import check_marts, check_raw
from expectations.results import CheckResult, SuiteReport

__all__ = ["CheckResult", "SuiteReport", "check_marts", "check_raw"]
