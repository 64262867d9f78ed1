"""Words that outrank the model: the operator's, then the vendors'; the erased stay themselves."""

from __future__ import annotations

from tests.linkage.helpers import Home, key_of, people

JOHN = {"first_name": "John", "last_name": "Harwood", "email": "jh@home.com"}
GUS = {"first_name": "Gus", "last_name": "Petrov", "email": "gp@home.com"}


def customers(home: Home, records, *ids: str) -> list[str]:
    result = home.run()
    return [result[key_of(records, name)]["customer_key"] for name in ids]


def test_confirm_joins_separate_splits_and_undo_takes_each_back():
    records = people(JOHN, GUS, {**JOHN, "source": "books"})
    home = Home(records)
    john, gus, johns_other = customers(home, records, "r1", "r2", "r3")
    assert john == johns_other != gus

    confirm = home.say("confirm", key_of(records, "r1"), key_of(records, "r2"))
    assert len(set(customers(home, records, "r1", "r2", "r3"))) == 1
    assert ("run 2", "confirmed") in home.changes()

    home.say("undo", None, None, confirm)
    john, gus, johns_other = customers(home, records, "r1", "r2", "r3")
    assert john == johns_other != gus
    assert ("run 3", "undone") in home.changes()

    separate = home.say("separate", key_of(records, "r1"), key_of(records, "r3"))
    apart = customers(home, records, "r1", "r3")
    assert apart[0] != apart[1]
    assert ("run 4", "separated") in home.changes()

    home.say("undo", None, None, separate)
    together = customers(home, records, "r1", "r3")
    assert together[0] == together[1]


def test_words_hold_in_every_later_run_and_full_scan():
    records = people(JOHN, {**JOHN, "source": "books"})
    home = Home(records)
    home.run()
    home.say("separate", key_of(records, "r1"), key_of(records, "r2"))
    for is_full in (False, True, False):
        result = home.run(is_full_scan=is_full)
        assert len({row["customer_key"] for row in result.values()}) == 2


def test_vendors_merges_are_facts_and_cycles_do_no_harm():
    plain = people(JOHN, GUS, {"name": "Ann Poole"})
    keys = [key_of(plain, f"r{place}") for place in (1, 2, 3)]
    circle = people(
        {**JOHN, "declared_record_key": keys[1]},
        {**GUS, "declared_record_key": keys[2]},
        {"name": "Ann Poole", "declared_record_key": keys[0]},
    )
    result = Home(circle).run()
    assert len({row["customer_key"] for row in result.values()}) == 1
    assert {row["match_method"] for row in result.values()} == {"declared"}


def test_a_merge_into_itself_or_into_a_record_we_do_not_have_is_ignored():
    own = key_of(people(JOHN), "r1")
    records = people({**JOHN, "declared_record_key": own}, {**GUS, "declared_record_key": "0" * 32})
    result = Home(records).run()
    assert {row["match_method"] for row in result.values()} == {"alone"}


def test_the_operator_outranks_the_vendor():
    target = key_of(people(JOHN, GUS), "r2")
    records = people({**JOHN, "declared_record_key": target}, GUS)
    home = Home(records)
    assert len({row["customer_key"] for row in home.run().values()}) == 1
    home.say("separate", key_of(records, "r1"), target)
    assert len({row["customer_key"] for row in home.run().values()}) == 2


def test_an_erased_customer_keeps_key_and_records():
    records = people(JOHN, {**JOHN, "source": "books"}, GUS)
    home = Home(records)
    before = home.run()
    home.hold(people({"is_erased": True}, {"source": "books", "is_erased": True}, GUS))
    after = home.run()
    assert {key: row["customer_key"] for key, row in after.items()} == {
        key: row["customer_key"] for key, row in before.items()
    }
    assert {key: row["household_key"] for key, row in after.items()} == {
        key: row["household_key"] for key, row in before.items()
    }


def test_a_build_of_the_past_reads_keys_and_gives_none():
    records = people(JOHN, {**JOHN, "source": "books"})
    home = Home(records)
    then = home.run()
    count = "select count(*) from raw_matchback.identity_registry"
    entries = home.connection.execute(count).fetchall()
    home.hold(people(JOHN, {**JOHN, "source": "books"}, GUS))
    past = home.run(is_live=False)
    assert {key: past[key]["customer_key"] for key in then} == {
        key: row["customer_key"] for key, row in then.items()
    }
    assert home.connection.execute(count).fetchall() == entries
    assert home.run(is_live=False) == past
