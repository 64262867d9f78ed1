"""Hygiene: records that break a rule are listed by SQL; here the rule itself passes or fails."""

from __future__ import annotations

from expectations.rules import Suite, never
from expectations.suites.marts._mart import mart_suite


def suite() -> Suite:
    """See the mart's own grain."""
    return mart_suite(
        "rpt_hygiene",
        id_column="entity_id",
        columns=(
            "rule",
            "severity",
        ),
        added={"is_open": "resolved_at is null"},
        rules=(
            never(
                "every mailed record has a job or campaign",
                "rule = 'mail_reference_missing' and is_open",
                "warning",
                "A piece that belongs to nothing earns for nobody.",
            ),
            never(
                "every mailed customer has a phone or e-mail",
                "rule = 'mail_contact_missing' and is_open",
                "info",
                "Follow-up needs one; cold lists have none and are told apart.",
            ),
            never(
                "every completed job has its invoice",
                "rule = 'completed_job_without_invoice' and is_open",
                "warning",
                "Work done and not billed is money lost.",
            ),
            never(
                "every business customer has a tax id",
                "rule = 'missing_tax_id' and is_open",
                "info",
                "The books need it for business customers.",
            ),
            never(
                "every work order has its customer",
                "rule = 'orphaned_work_order' and is_open",
                "warning",
                "An orphan matches by address alone.",
            ),
            never(
                "every job says where it came from",
                "rule = 'job_without_marketing_source' and is_open",
                "info",
                "Ask how the customer found us.",
            ),
            never(
                "every piece has tracking",
                "rule = 'piece_without_tracking' and is_open",
                "info",
                "Its in-home date is an estimate.",
            ),
            never(
                "no call of the day was refused (4xx)",
                "rule = 'api_client_error' and is_open",
                "info",
                "Each is listed with the stored answer.",
            ),
            never(
                "no call of the day failed at the vendor (5xx)",
                "rule = 'api_server_error' and is_open",
                "warning",
                "Each is listed with the stored answer.",
            ),
            never(
                "no technician is in two places",
                "rule = 'overlapping_timesheet' and is_open",
                "info",
                "Overlaps are merged in utilization.",
            ),
            never(
                "no critical record is open",
                "severity = 'critical' and is_open",
                "critical",
                "A rule is made critical where publishing it would mislead.",
            ),
        ),
    )
