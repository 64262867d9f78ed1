"""What a record names, and which job, customer or campaign that is: models run one by one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.dbt_project.compiled import Tables, surrogate_key


def job(account: str, job_id: str, number: str | None = None, **more: object) -> dict[str, object]:
    """A row of int_jobs__keyed."""
    return {
        "job_key": surrogate_key("servicetitan", account, job_id),
        "source": "servicetitan",
        "account": account,
        "job_id": job_id,
        "job_number": number,
        **more,
    }


def resolved(jobs: list[dict[str, object]], invoices: list[dict[str, object]]) -> dict[str, str]:
    """Job id or number of invoices, and the job it is taken for."""
    tables = Tables()
    tables.fill("int_jobs__keyed", jobs)
    tables.fill("int_canonical__invoices_unioned", invoices)
    tables.fill_parents("int_jobs__references_resolved")
    tables.run("int_jobs__references_resolved")
    rows = tables.rows(
        "select coalesce(nullif(job_id, ''), job_number), job_key "
        "from int_jobs__references_resolved"
    )
    return dict(rows)


def test_a_vanished_job_is_not_taken_for_another_tenants_job_of_the_same_id() -> None:
    """Ids of two tenants collide: an account that holds jobs of its own means its own."""
    found = resolved(
        [job("north", "1"), job("north", "2"), job("south", "7", "S-7")],
        [
            {"job_source": "servicetitan", "job_account": "north", "job_id": "2"},
            {"job_source": "servicetitan", "job_account": "north", "job_id": "7"},
            {"job_source": "servicetitan", "job_account": "north", "job_number": "S-7"},
        ],
    )
    assert found == {"2": surrogate_key("servicetitan", "north", "2")}


def test_a_system_without_jobs_may_name_the_only_job_of_an_id_or_number() -> None:
    found = resolved(
        [job("north", "1", "N-1"), job("north", "2"), job("south", "2"), job("south", "7", "S-7")],
        [
            {"job_source": "mail", "job_account": "main", "job_id": "7"},
            {"job_source": "mail", "job_account": "main", "job_id": "2"},
            {"job_source": "books", "job_account": "main", "job_number": "N-1"},
        ],
    )
    assert found == {
        "7": surrogate_key("servicetitan", "south", "7"),
        "N-1": surrogate_key("servicetitan", "north", "1"),
    }


def test_a_vanished_customer_is_not_taken_for_another_tenants_customer_of_the_same_id() -> None:
    tables = Tables()
    tables.fill(
        "int_identity__records_keyed",
        [
            {"entity": "customer", "source": "servicetitan", "account": account,
             "customer_id": customer, "customer_key": f"{account} {customer}"}
            for account, customer in (("north", "1"), ("south", "1"), ("south", "7"))
        ],
    )  # fmt: skip
    tables.fill(
        "int_canonical__jobs_unioned",
        [
            {"customer_source": source, "customer_account": account, "customer_id": customer}
            for source, account, customer in (
                ("servicetitan", "north", "1"),
                ("servicetitan", "north", "7"),
                ("mail", "main", "7"),
            )
        ],
    )
    tables.fill_parents("int_matching__customers_resolved")
    tables.run("int_matching__customers_resolved")
    assert set(
        tables.rows(
            "select source, customer_id, customer_key from int_matching__customers_resolved"
        )
    ) == {("servicetitan", "1", "north 1"), ("mail", "7", "south 7")}


AT = {
    "tune-up": datetime(2026, 5, 20, 15, tzinfo=UTC),
    "replacement": datetime(2026, 9, 15, 15, tzinfo=UTC),
    "third": datetime(2026, 11, 1, 15, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("is_chained", "expected"),
    [
        (True, {"tune-up": ("job", "tune-up"), "replacement": ("parent_job", "tune-up"),
                "third": ("parent_job", "tune-up")}),
        (False, {name: ("job", name) for name in AT}),
    ],
)  # fmt: skip
def test_follow_up_jobs_are_one_chain_only_where_the_setting_says_so(
    is_chained: bool, expected: dict[str, tuple[str, str]]
) -> None:
    tables = Tables()
    tables.fill_context(chain_follow_up_jobs=is_chained)
    tables.fill(
        "int_jobs__keyed",
        [
            {"job_key": "tune-up", "parent_job_key": None},
            {"job_key": "replacement", "parent_job_key": "tune-up"},
            {"job_key": "third", "parent_job_key": "replacement"},
        ],
    )
    tables.fill(
        "int_jobs__contacts_linked",
        [{"job_key": name, "kind": "job", "record_key": name, "contact_at": at}
         for name, at in AT.items()],
    )  # fmt: skip
    tables.run("int_jobs__first_contacts_found")
    found = {
        name: (kind, at)
        for name, kind, at in tables.rows(
            "select job_key, first_contact_kind, first_contact_at "
            "from int_jobs__first_contacts_found"
        )
    }
    assert found == {name: (kind, AT[of]) for name, (kind, of) in expected.items()}


def marks_of(customers: list[str | None]) -> set[tuple[str | None, str, str]]:
    """Piece, campaign and method that jobs of these customers, all with one card's code, name."""
    tables = Tables()
    jobs = [{"job_key": f"j{i}", "customer_key": who} for i, who in enumerate(customers)]
    tables.fill("int_jobs__keyed", jobs)
    tables.fill(
        "int_matching__marks_collected",
        [{"record_kind": "job", "record_key": job["job_key"], "mark_kind": "code", "mark": "KX7"}
         for job in jobs],
    )  # fmt: skip
    tables.fill(
        "int_matching__codes_recognised",
        [{"code": "KX7", "mail_piece_key": "card", "campaign_key": "SPRING",
          "method": "promo_code", "is_folded": False}],
    )  # fmt: skip
    tables.fill_parents("int_matching__marks_resolved")
    tables.run("int_matching__marks_resolved")
    return set(
        tables.rows("select mail_piece_key, campaign_key, method from int_matching__marks_resolved")
    )


def test_a_cards_own_code_stays_its_own_with_a_neighbour_and_on_many_jobs_of_one_customer() -> None:
    assert marks_of(["a"] * 50 + ["b"]) == {("card", "SPRING", "promo_code")}


@pytest.mark.parametrize("customers", [["a", "b", "c"], [None] * 100])
def test_a_code_that_got_about_is_evidence_of_the_campaign_and_of_no_card(
    customers: list[str | None],
) -> None:
    assert marks_of(customers) == {(None, "SPRING", "shared_code")}
