"""Good rows of every suite, and for each of its rules a row that breaks it.

A rule on one column (filled, a known word, between, can be read) is broken by taking a good row and
spoiling that column; every other rule is broken by the changes written down here. Raw suites read
payloads: their columns are the JSON paths of the vendor.
"""

from __future__ import annotations

from typing import Any

Changes = dict[str, Any]

# suite -> (good payload, {rule: changes by dotted path})
RAW: dict[str, tuple[dict[str, Any], dict[str, Changes]]] = {
    "servicetitan_jobs": (
        {
            "jobNumber": "J1",
            "customerId": 5,
            "jobStatus": "Completed",
            "createdOn": "2026-04-01T10:00:00Z",
            "completedOn": "2026-04-02T10:00:00Z",
            "total": 120.5,
        },
        {
            "a completed job says when": {"completedOn": None},
            "completion does not precede creation": {"completedOn": "2026-03-01T10:00:00Z"},
            "completedOn can be read": {"completedOn": "soon"},
            "total can be read": {"total": "a lot"},
        },
    ),
    "servicetitan_customers": (
        {"name": "X", "type": "Residential", "address": {"zip": "43081-1234"}, "mergedToId": None},
        {
            "a postal code looks like one": {"address.zip": "4308"},
            "nobody is merged into himself": {"mergedToId": "{id}"},
        },
    ),
    "servicetitan_locations": (
        {"customerId": 1, "address": {"street": "1 Elm St", "zip": "43081"}},
        {},
    ),
    "servicetitan_invoices": (
        {
            "referenceNumber": "N1",
            "invoiceDate": "2026-04-02T00:00:00Z",
            "total": "107.50",
            "subTotal": "100.00",
            "salesTax": "7.50",
            "customer": {"id": 1},
            "job": {"id": 2},
            "items": [{"total": "60.00"}, {"total": "40.00"}],
        },
        {
            "invoiceDate can be read": {"invoiceDate": "April"},
            "total can be read": {"total": "107,50"},
            "subtotal and tax make the total": {"total": "108.50"},
            "the lines make the subtotal": {"items": [{"total": "60.00"}]},
        },
    ),
    "servicetitan_payments": (
        {"date": "2026-04-02T00:00:00Z", "total": "10.00"},
        {"date can be read": {"date": "x"}, "total can be read": {"total": "x"}},
    ),
    "servicetitan_appointments": (
        {
            "jobId": 1,
            "status": "Done",
            "start": "2026-04-02T08:00:00Z",
            "end": "2026-04-02T10:00:00Z",
            "arrivalWindowStart": "2026-04-02T08:00:00Z",
            "arrivalWindowEnd": "2026-04-02T09:00:00Z",
        },
        {
            "it ends after it starts": {"end": "2026-04-01T10:00:00Z"},
            "the arrival window ends after it starts": {"arrivalWindowEnd": "2026-04-01T09:00:00Z"},
        },
    ),
    "servicetitan_campaigns": ({"name": "{id}"}, {"name is unique": {"name": "twice"}}),
    "servicetitan_calls": (
        {
            "from": "6145550101",
            "to": "1",
            "direction": "Inbound",
            "createdOn": "2026-04-02T08:00:00Z",
        },
        {"an inbound call says who called": {"from": "Anonymous"}},
    ),
    "servicetitan_estimates": (
        {"status": {"name": "Sold"}, "soldOn": "2026-04-02T08:00:00Z", "subtotal": 10},
        {"a sold estimate says when": {"soldOn": None}},
    ),
    "hubspot_contacts": (
        {
            "id": "1",
            "createdAt": "2026-04-02T08:00:00Z",
            "updatedAt": "2026-04-02T08:00:00Z",
            "properties": {"email": "a@example.com", "phone": "1", "mobilephone": None},
        },
        {
            "properties were asked for": {"properties": {}, "updatedAt": None},
            "an e-mail looks like one": {"properties.email": "nobody"},
            "there is a phone or an e-mail": {"properties": {}},
        },
    ),
    "hubspot_deals": (
        {
            "id": "1",
            "createdAt": "2026-04-02T08:00:00Z",
            "properties": {"dealstage": "won", "amount": "12.50"},
        },
        {"amount can be read": {"properties.amount": "12,50 USD"}},
    ),
    "hubspot_postal_mail": (
        {"id": "1", "properties": {"hs_timestamp": "2026-04-02T08:00:00Z"}},
        {"hs_timestamp can be read": {"properties.hs_timestamp": "x"}},
    ),
    "hubspot_associations": (
        {"from_id": "1", "to_id": "2", "from_type": "contacts", "to_type": "companies"},
        {},
    ),
    "quickbooks_invoices": (
        {
            "Id": "1",
            "DocNumber": "N1",
            "TxnDate": "2026-04-02",
            "TotalAmt": 12.5,
            "CustomerRef": {"value": "1"},
        },
        {
            "TxnDate can be read": {"TxnDate": "x"},
            "TotalAmt can be read": {"TotalAmt": "x"},
        },
    ),
    "quickbooks_payments": (
        {"Id": "1", "TxnDate": "2026-04-02", "TotalAmt": 12.5, "UnappliedAmt": 0},
        {"no more is unapplied than was paid": {"UnappliedAmt": 13}},
    ),
    "quickbooks_customers": ({"Id": "1", "DisplayName": "X"}, {}),
    "quickbooks_credit_memos": ({"Id": "1", "TxnDate": "2026-04-02", "TotalAmt": 12.5}, {}),
    "pcm_orders": (
        {
            "orderID": 1,
            "status": "Mailed",
            "extRefNbr": "A-W1",
            "mailClass": "Standard",
            "orderDate": "2026-04-02T08:00:00Z",
        },
        {"orderDate can be read": {"orderDate": "x"}},
    ),
    "pcm_recipients": (
        {
            "orderID": 1,
            "recipient": {
                "extRefNbr": "R1",
                "address": "1 Elm St",
                "zipCode": "43081",
                "lastName": "X",
            },
        },
        {"it has a name": {"recipient.lastName": None}},
    ),
    "pcm_batches": (
        {"batchID": 1, "status": "Complete", "lastModifiedDate": "2026-04-02T08:00:00Z"},
        {"lastModifiedDate can be read": {"lastModifiedDate": "x"}},
    ),
    "import_jobs": (
        {
            "customer_id": "C",
            "status": "done",
            "created_at": "2026-04-01T10:00:00Z",
            "completed_at": "2026-04-02T10:00:00Z",
        },
        {"completion does not precede creation": {"completed_at": "2026-03-02T10:00:00Z"}},
    ),
    "import_invoices": (
        {
            "total_amount": "107.50",
            "subtotal_amount": "100.00",
            "tax_amount": "7.50",
            "job_id": "1",
        },
        {
            "job is filled": {"job_id": None},
            "subtotal and tax make the total": {"total_amount": "100.00"},
        },
    ),
    "import_mail_pieces": (
        {"campaign_id": "C", "customer_id": "1"},
        {"person is filled": {"customer_id": None}},
    ),
}

# suite -> (good row, {rule: changes}); instants are told from the build's: as_of = 2026-10-01
MARTS: dict[str, tuple[dict[str, Any], dict[str, Changes]]] = {
    "fct_jobs": (
        {
            "job_key": "{id}",
            "net_revenue_amount": 100.0,
            "margin_amount": 50.0,
            "margin_basis": "actual",
            "cycle_hours": 24.0,
            "created_at": "2026-05-02 10:00:00+00",
            "completed_at": "2026-05-03 10:00:00+00",
            "first_contact_at": "2026-05-01 10:00:00+00",
        },
        {
            "nothing is completed after the build's instant": {
                "completed_at": "2027-05-03 10:00:00+00"
            },
            "nobody calls after the job was made": {"first_contact_at": "2026-05-02 11:00:00+00"},
            "a measured margin is no more than the revenue": {"margin_amount": 101.0},
        },
    ),
    "fct_mail_pieces": (
        {
            "mail_piece_key": "{id}",
            "cost_amount": 0.75,
            "mailed_on": "2026-04-01",
            "in_home_on": "2026-04-06",
            "window_starts_on": "2026-04-06",
            "sent_at": "2026-04-01 10:00:00+00",
            "delivered_at": "2026-04-06 10:00:00+00",
            "is_mailed": True,
        },
        {
            "nothing is in home before it was mailed": {"in_home_on": "2026-03-01"},
            "nothing is delivered before it was sent": {"delivered_at": "2026-03-01 10:00:00+00"},
            "no window opens before the piece was mailed": {"window_starts_on": "2026-03-31"},
        },
    ),
    "fct_invoices": (
        {
            "invoice_key": "{id}",
            "net_revenue_amount": 100.0,
            "collected_amount": 90.0,
            "written_off_amount": 0.0,
            "issued_on": "2026-05-03",
            "is_counted": True,
        },
        {
            "no more is collected than was earned": {"collected_amount": 100.02},
            "nothing is issued after the build's instant": {"issued_on": "2027-05-03"},
        },
    ),
    "fct_invoice_lines": (
        {
            "invoice_line_key": "{id}",
            "amount": 100.0,
            "net_amount": 100.0,
            "cost_amount": 40.0,
            "kind": "labor",
        },
        {
            "a net amount is the line's or nothing": {"net_amount": 101.0},
            "a line does not cost ten times its price": {"cost_amount": 2000.0},
            "a discount lowers the invoice": {"kind": "discount"},
        },
    ),
    "bridge_attribution_credits": (
        {
            "credit_key": "{id}",
            "credit_share": 1.0,
            "credit_amount": 10.0,
            "match_probability": 0.9,
            "channel": "direct_mail",
            "unattributed_reason": None,
        },
        {"what nobody earned says why": {"channel": "unattributed"}},
    ),
    "rpt_campaign_roi": (
        {
            "campaign_key": "{id}",
            "cut": "(all)",
            "wave": "1",
            "pieces_mailed": 1000,
            "pieces_returned": 10,
            "pieces_delivered": 900,
            "jobs": 20.0,
            "completed_jobs": 18.0,
            "cost_amount": 700.0,
            "roi": 1.5,
            "roas": 5.0,
        },
        {
            "no more pieces come back than were mailed": {"pieces_returned": 1001},
            "no more jobs are completed than credited": {"completed_jobs": 20.5},
            "a mailing does not answer itself": {"jobs": 501.0},
            "no campaign returns a thousandfold": {"roas": 1001.0},
        },
    ),
    "rpt_campaign_summary": (
        {
            "campaign_key": "{id}",
            "campaign_name": "Spring",
            "pieces_mailed": 1000,
            "jobs_booked": 20.0,
            "jobs_completed": 18.0,
            "cost_amount": 700.0,
            "roi": 1.5,
            "verdict": "pays",
        },
        {
            "a mailed campaign has a cost": {"cost_amount": None},
            "no more jobs are completed than booked": {"jobs_completed": 21.0},
        },
    ),
    "rpt_campaign_lift": (
        {
            "campaign_key": "{id}",
            "metric": "job_share",
            "mailed_count": 900,
            "holdout_count": 100,
            "lift": 0.02,
            "lift_ci_low": 0.01,
            "lift_ci_high": 0.03,
            "p_value": 0.01,
            "sample_ratio_p_value": 0.5,
            "mailed_mean": 0.05,
            "holdout_mean": 0.03,
            "contaminated_count": 5,
        },
        {
            "an interval holds its estimate": {"lift": 0.04},
            "a share of jobs is a share": {"holdout_mean": -0.1},
            "the split was kept": {"sample_ratio_p_value": 0.0001},
            "few households are in both arms": {"contaminated_count": 101},
        },
    ),
    "rpt_kpis": (
        {
            "kpi": "on_time_start",
            "period": "day",
            "value": 0.9,
            "numerator": 9.0,
            "denominator": 10.0,
            "cut": "(all)",
        },
        {
            "a share lies between 0 and 1": {"value": 1.2},
            "no rate without its count": {"denominator": 0.0},
            "crews do not work more than their shifts": {"kpi": "crew_utilization", "value": 1.2},
            "no time is negative": {"kpi": "cycle_time_hours", "value": -1.0},
        },
    ),
    "rpt_revenue_tie_out": (
        {"account": "{id}", "books_income_amount": 10000.0, "unreconciled_amount": 5.0},
        {"what does not tie is small": {"unreconciled_amount": 201.0}},
    ),
    "dim_customers": (
        {"customer_key": "{id}", "record_count": 3},
        {"no customer swallows hundreds of records": {"record_count": 201}},
    ),
    "fct_campaign_members": (
        {
            "campaign_member_key": "{id}",
            "arm": "mailed",
            "planned_holdout_share": 0.1,
            "assigned_at": "2026-04-01 10:00:00+00",
        },
        {"nobody is assigned after the build's instant": {"assigned_at": "2027-04-01 10:00:00+00"}},
    ),
    "fct_touches": (
        {"touch_key": "{id}", "occurred_at": "2026-04-01 10:00:00+00", "call_seconds": 60},
        {"nothing happens after the build's instant": {"occurred_at": "2027-04-01 10:00:00+00"}},
    ),
    "dim_campaigns": (
        {
            "campaign_key": "{id}",
            "campaign_name": "Spring",
            "channel": "direct_mail",
            "response_window_days": 60,
            "started_on": "2026-04-01",
            "ended_on": "2026-05-01",
        },
        {"it ends after it starts": {"ended_on": "2026-03-01"}},
    ),
    "rpt_wires": (
        {"wire": "{id}", "completeness_share": 0.99, "expected_count": 100, "observed_count": 99},
        {},
    ),
    "rpt_reconciliation": (
        {
            "discrepancy_key": "{id}",
            "kind": "late",
            "severity": "warning",
            "resolved_at": None,
            "first_seen_at": "2026-09-30 10:00:00+00",
        },
        {
            "no critical discrepancy is open": {"severity": "critical"},
            "none stays open for a month": {"first_seen_at": "2026-08-01 10:00:00+00"},
        },
    ),
    "rpt_api_health": (
        {
            "endpoint": "{id}",
            "source": "website",
            "calls": 100,
            "success_share": 0.99,
            "status_4xx": 1,
            "status_5xx": 0,
            "auth_failures": 0,
            "day_on": "2026-09-30",
        },
        {
            "no endpoint fails half of a day's calls": {"success_share": 0.4},
            "no credentials are refused all day": {"auth_failures": 60},
        },
    ),
    "rpt_hygiene": (
        {
            "entity_id": "{id}",
            "rule": "completed_job_without_invoice",
            "severity": "warning",
            "resolved_at": "2026-09-30 10:00:00+00",
        },
        {
            "every mailed record has a job or campaign": {
                "rule": "mail_reference_missing",
                "resolved_at": None,
            },
            "every mailed customer has a phone or e-mail": {
                "rule": "mail_contact_missing",
                "resolved_at": None,
            },
            "every completed job has its invoice": {"resolved_at": None},
            "every business customer has a tax id": {"rule": "missing_tax_id", "resolved_at": None},
            "every work order has its customer": {
                "rule": "orphaned_work_order",
                "resolved_at": None,
            },
            "every job says where it came from": {
                "rule": "job_without_marketing_source",
                "resolved_at": None,
            },
            "every piece has tracking": {"rule": "piece_without_tracking", "resolved_at": None},
            "no call of the day was refused (4xx)": {
                "rule": "api_client_error",
                "resolved_at": None,
            },
            "no call of the day failed at the vendor (5xx)": {
                "rule": "api_server_error",
                "resolved_at": None,
            },
            "no technician is in two places": {
                "rule": "overlapping_timesheet",
                "resolved_at": None,
            },
            "no critical record is open": {
                "rule": "x",
                "severity": "critical",
                "resolved_at": None,
            },
        },
    ),
}

# suite -> (good row, {rule: changes of all rows}): rules on shares of the whole mart
SHARES: dict[str, tuple[dict[str, Any], dict[str, Changes]]] = {
    "fct_jobs_shares": (
        {
            "customer_key": "c",
            "state": "Completed",
            "net_revenue_amount": 10.0,
            "is_eligible": True,
            "has_lead_source": True,
            "created_at": "2026-05-02 10:00:00+00",
        },
        {
            "known_customer_share is at least 0.8": {"customer_key": None},
            "completed_share is at least 0.3": {"state": "New"},
            "invoiced_share is at least 0.5": {"net_revenue_amount": 0.0},
            "sourced_share is at least 0.05": {"has_lead_source": False},
        },
    ),
    "fct_mail_pieces_shares": (
        {
            "campaign_key": "c",
            "is_mailed": True,
            "mailed_on": "2026-04-01",
            "delivered_at": "2026-04-06 10:00:00+00",
            "returned_at": None,
        },
        {
            "returned_share is at most 0.25": {"returned_at": "2026-04-09 10:00:00+00"},
            "tracked_share is at least 0.02": {"delivered_at": None},
            "in_campaign_share is at least 0.9": {"campaign_key": None},
        },
    ),
    "fct_invoices_shares": (
        {"job_key": "j", "is_counted": True, "has_tax_id": True},
        {
            "on_a_job_share is at least 0.5": {"job_key": None},
            "tax_id_share is at least 0.01": {"has_tax_id": False},
        },
    ),
}
