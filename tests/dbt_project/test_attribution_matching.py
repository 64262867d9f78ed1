"""Which pieces and touches are considered for a job, and why they are accepted or refused."""

from __future__ import annotations

import pytest

from tests.dbt_project.attribution_cases import case_marts
from tests.dbt_project.attribution_world import Marts

# A build of the whole project; three of them on a busy machine take their time.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

CANDIDATE = """
    select candidates.*, pieces.mail_piece_id
    from marts.bridge_match_candidates as candidates
    inner join marts.fct_jobs as jobs using (job_key)
    left join marts.fct_mail_pieces as pieces using (mail_piece_key)
    where jobs.job_id = ?
"""


@pytest.fixture(scope="module")
def marts() -> Marts:
    return case_marts()


@pytest.mark.parametrize(
    ("job", "piece", "rank", "method", "reason"),
    [
        ("J-coded", "P-coded", 1, "piece_id", None),
        ("J-typed", "P-typed", 1, "promo_code", None),
        ("J-retyped", "P-retyped", 1, "promo_code", None),
        ("J-person", "P-person", 4, "person", None),
        ("J-late", "P-late", 1, "piece_id", "after window"),
        ("J-early", "P-early", 4, "person", "before window"),
        ("J-cancelled", "P-cancelled", 4, "person", "cancelled piece"),
        ("J-cancelled_code", "P-cancelled_code", 1, "promo_code", None),
        ("J-returned", "P-returned", 4, "person", "returned piece"),
        ("J-twin_a", "P-twin1", 4, "person", "superseded in its wave"),
        ("J-twin_a", "P-twin2", 4, "person", None),
        ("J-warranty", "P-warranty", 4, "person", "not eligible: warranty"),
        ("J-called", "P-called", 2, "tracking_phone + person", None),
        ("J-replacement", "P-tuneup", 4, "person", None),
        ("J-again", "P-callback", 4, "person", "not eligible: recall"),
        ("J-bad_late_card", "P-bad_late_card", 4, "person", "before window"),
        ("J-bad_leak", "P-bad_leak", 2, "shared_code + person", None),
        ("J-bad_voided", "P-bad_voided", 4, "person", None),
    ],
)
def test_a_candidate_is_judged_by_its_evidence(
    marts: Marts, job: str, piece: str, rank: int, method: str, reason: str | None
) -> None:
    found = {
        row["mail_piece_id"]: (row["evidence_rank"], row["method"], row["reject_reason"])
        for row in marts.rows(CANDIDATE, job)
    }
    assert found[piece] == (rank, method, reason)


def test_a_shared_code_is_evidence_of_the_campaign_and_of_no_piece(marts: Marts) -> None:
    for number in range(3):
        row = marts.row(CANDIDATE, f"J-shared{number}")
        assert (row["evidence_rank"], row["method"]) == (3, "shared_code")
        assert row["mail_piece_key"] is None
        assert row["is_accepted"]


def test_of_two_cards_of_one_day_one_is_credited_and_the_other_told_why_not(marts: Marts) -> None:
    rows = marts.rows(CANDIDATE, "J-bad_twins")
    assert sorted(str(row["reject_reason"]) for row in rows) == ["None", "superseded in its wave"]
    credited = marts.value(
        """
        select sum(credit_amount) from marts.bridge_attribution_credits
        inner join marts.fct_jobs using (job_key)
        where job_id = 'J-bad_twins' and model = 'linear' and window_label = '60'
            and mail_piece_key is not null
        """
    )
    assert credited == 100


def test_a_code_on_a_hundred_jobs_is_evidence_of_the_campaign_and_of_no_card(marts: Marts) -> None:
    rows = marts.rows(
        """
        select evidence_rank, method, mail_piece_key, count(*) as jobs
        from marts.bridge_match_candidates
        inner join marts.fct_jobs using (job_key)
        where starts_with(job_id, 'J-bad_leak') and is_accepted and job_id <> 'J-bad_leak'
        group by all
        """
    )
    assert rows == [
        {"evidence_rank": 3, "method": "shared_code", "mail_piece_key": None, "jobs": 100}
    ]


def test_a_scan_before_delivery_opens_the_window(marts: Marts) -> None:
    row = marts.row(CANDIDATE, "J-scanned")
    assert row["is_accepted"]
    assert row["days_after_start"] == -1


def test_an_estimated_window_opens_at_the_early_bound(marts: Marts) -> None:
    """Marketing mail of Friday, May 1: point estimate 8 postal days, early bound 4."""
    piece = marts.row("select * from marts.fct_mail_pieces where mail_piece_id = 'P-transit'")
    assert str(piece["window_starts_on"]) == "2026-05-06"
    assert str(piece["in_home_on"]) == "2026-05-11"
    assert piece["is_in_home_estimated"]
    assert marts.row(CANDIDATE, "J-transit")["is_accepted"]


def test_a_facility_scan_puts_the_piece_in_home_one_postal_day_later(marts: Marts) -> None:
    """Saturday, May 9 + 1 postal day = Monday, May 11; never before the scan."""
    piece = marts.row("select * from marts.fct_mail_pieces where mail_piece_id = 'P-facility'")
    assert str(piece["in_home_on"]) == "2026-05-11"
    assert str(piece["window_starts_on"]) == "2026-05-09"


def test_windows_end_at_local_midnight(marts: Marts) -> None:
    """Both jobs came within two minutes around local midnight of day 30 after May 8."""
    query = """
        select count(*) from marts.bridge_attribution_credits
        inner join marts.fct_jobs using (job_key)
        where model = 'last' and window_label = ? and job_id = ? and mail_piece_key is not null
    """
    assert marts.value(query, "30", "J-edge_in") == 1
    assert marts.value(query, "30", "J-edge_out") == 0
    assert marts.value(query, "60", "J-edge_out") == 1


def test_a_call_written_down_twice_is_one_touch_and_a_direct_response(marts: Marts) -> None:
    row = marts.row(
        """
        select touches.touch_id, pieces.mail_piece_id
        from marts.fct_touches as touches
        inner join marts.fct_jobs as jobs using (job_key)
        left join marts.fct_mail_pieces as pieces
            on touches.mail_piece_key = pieces.mail_piece_key
        where jobs.job_id = 'J-called'
        """
    )
    assert row == {"touch_id": "c1", "mail_piece_id": "P-called"}


def test_a_tracking_number_is_silent_thirty_days_after_its_campaign(marts: Marts) -> None:
    row = marts.row("select * from marts.fct_touches where touch_id = 'too_late'")
    assert row["campaign_key"] is None


def test_campaigns_of_two_vendors_with_one_name_are_one(marts: Marts) -> None:
    rows = marts.rows("select * from marts.dim_campaigns where campaign_name = 'Spring tune-up'")
    assert [(row["source"], row["campaign_id"], row["record_count"]) for row in rows] == [
        ("mail", "SPRING26", 2)
    ]


def test_a_holdout_inherits_the_lower_median_and_its_card_contaminates_it(marts: Marts) -> None:
    rows = marts.rows(
        """
        select member_id, arm, is_contaminated, wave_in_home_on
        from marts.fct_campaign_members order by member_id
        """
    )
    assert {row["member_id"]: (row["arm"], row["is_contaminated"]) for row in rows} == {
        "holdout_clean": ("holdout", False),
        "holdout_mailed": ("holdout", True),
        "person": ("mailed", False),
    }
    assert {str(row["wave_in_home_on"]) for row in rows} == {"2026-05-08"}


def test_the_story_of_a_job_tells_pieces_verdicts_and_credits_in_order(marts: Marts) -> None:
    rows = marts.rows(
        """
        select kind, text from marts.rpt_job_story
        inner join marts.fct_jobs using (job_key)
        where job_id = 'J-cancelled' order by step
        """
    )
    kinds = [row["kind"] for row in rows]
    assert kinds[0] == "mail"
    assert kinds[-1] == "credit"
    texts = " ".join(row["text"] for row in rows)
    assert "Postcard P-cancelled refused, cancelled piece" in texts
    assert "nobody (no touch in window)" in texts
