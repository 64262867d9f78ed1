"""Small parts of a run: spool, redaction, options, the command line, waits for the lock."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import pytest

from ingestion.__main__ import main
from ingestion.clock import RateLimiter
from ingestion.errors import SettingsError
from ingestion.landing import create_landing_tables
from ingestion.redaction import redact
from ingestion.spool import Spool, slug
from ingestion.tokens import load_token, save_token
from tests.ingestion.conftest import NOW, SECRETS, Home, Reply, StillClock, Vendor


def test_a_spool_survives_a_kill_and_is_taken_in_once(tmp_path: Path) -> None:
    killed = Spool(tmp_path, source="pcm", account="main", run_id="killed")
    killed.add("rejects", table_name="orders", location="page 1", reason="no id", rejected_at=NOW)
    killed.close()
    (file,) = tmp_path.iterdir()
    with file.open("ab") as torn:
        torn.write(b'{"run_id":"killed","reason":"half a li')
    kept = file.read_bytes()
    stranger = Spool(tmp_path, source="pcm", account="second", run_id="r")
    stranger.add("rejects", reason="another account's")
    stranger.close()
    with duckdb.connect() as connection:
        create_landing_tables(connection)
        Spool(tmp_path, source="pcm", account="main", run_id="next").drain(connection)
        # The kill came after the commit and before the file was removed.
        file.write_bytes(kept)
        Spool(tmp_path, source="pcm", account="main", run_id="next").drain(connection)
        rows = connection.execute("select run_id, reason from raw_matchback.rejects").fetchall()
    assert rows == [("killed", "no id")]
    assert len(list(tmp_path.iterdir())) == 1


def test_names_of_files_stay_apart_and_inside_their_folder() -> None:
    names = ["main", "Main", "a/../b", "a b", "a_b", "é", "x" * 300, ""]
    slugs = [slug(name) for name in names]
    assert len(set(slugs)) == len(names)
    assert all(set(item) <= set("abcdefghijklmnopqrstuvwxyz0123456789_") for item in slugs)
    assert max(map(len, slugs)) < 60


@pytest.mark.parametrize(
    ("text", "canary"),
    [
        ('{"email": "jane@example.com"}', "jane@example.com"),
        ("write to jane.o'neil+x@mail.example.co", "neil+x@mail"),
        ('{"phoneNumber":"(512) 555-0142"}', "555-0142"),
        ("called +1 512.555.0142 twice", "555.0142"),
        ('{"firstName": "Jane \\"J\\" Doe", "id": 5}', "Jane"),
        ('{"address": "1 Main St", "zip": 78701}', "78701"),
        ("Authorization: Bearer abcdef123456", "abcdef123456"),
        ('{"refresh_token":"short"}', '"short"'),
        ("key s3cr3t! refused", "s3cr3t!"),
        ("x" * 10 + "A1b2" * 12, "A1b2A1b2"),
    ],
)
def test_texts_that_are_kept_lose_persons_and_secrets(text: str, canary: str) -> None:
    assert canary in text
    assert canary not in redact(text, secrets=["s3cr3t!"])


def test_texts_that_are_kept_are_bounded_and_keep_what_helps() -> None:
    assert len(redact("word " * 10_000)) < 2_100
    text = '{"status":"error","category":"RATE_LIMITS","correlationId":"a-1","total":10000}'
    assert redact(text) == text


def test_a_token_file_is_the_owners_alone_and_never_half_written(tmp_path: Path) -> None:
    file = tmp_path / "tokens" / "books.json"
    assert load_token(file) == {}
    save_token(file, {"refresh_token": "one"})
    save_token(file, {"refresh_token": "two"})
    assert load_token(file) == {"refresh_token": "two"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [item.name for item in file.parent.iterdir()] == ["books.json"]
    file.write_bytes(b'{"refresh')
    assert load_token(file) == {}


def test_two_limits_hold_at_once(still: StillClock) -> None:
    limiter = RateLimiter(((2, 1.0), (5, 60.0)), still.clock)
    moments = []
    for _ in range(6):
        limiter.wait()
        moments.append(still.elapsed)
    assert moments == pytest.approx([0, 0, 1, 1, 2, 60])


def test_an_option_that_is_not_known_or_of_another_type_is_refused(home: Home) -> None:
    home.options["pcm.pagesize"] = "5"
    unknown = home.land("pcm", "balances")
    assert isinstance(unknown.error, SettingsError)
    assert "'pagesize'" in str(unknown.error)
    home.options = {"pcm.page_size": '"many"'}
    assert "'page_size'" in str(home.land("pcm", "balances").error)


def test_an_entity_that_does_not_exist_is_refused_with_the_list(home: Home) -> None:
    with pytest.raises(SettingsError, match=r"expected one of .*qr_scans"):
        home.land("pcm", "postcards")
    with pytest.raises(SettingsError, match="expected one of hubspot"):
        home.land("lob", "postcards")


def test_one_source_can_be_pulled_from_the_command_line(
    home: Home, vendor: Vendor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor.on("/integration/balance", Reply({"moneyOnAccount": 1}))
    vendor.on("/auth/login", Reply({"token": "t", "expires": "2030-01-01T00:00:00Z"}))
    settings = home.settings()
    monkeypatch.setenv("MATCHBACK_HOME", str(settings.home))
    monkeypatch.setenv("MATCHBACK_SETTINGS", str(home.path / "matchback.toml"))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    assert main(["pcm", "--entity", "balances"]) == 0
    assert "pcm/main: complete" in capsys.readouterr().out
    monkeypatch.delenv("SOURCES__PCM__API_KEY")
    assert main(["pcm", "--entity", "balances"]) == 3
    assert "SOURCES__PCM__MAIN__API_KEY" in capsys.readouterr().out
    assert main(["pcm", "--entity", "nothing"]) == 2


def test_a_full_refresh_reads_from_the_beginning_and_doubles_nothing(
    home: Home, vendor: Vendor
) -> None:
    from ingestion.run import land_account

    def answer(request: object) -> Reply:
        return Reply({"hasMore": False, "continueFrom": "a", "data": [{"id": 1}]})

    vendor.on("/jpm/v2/tenant/77/export/jobs", answer)
    home.land("servicetitan", "jobs")
    again = land_account(
        home.settings(),
        "servicetitan",
        "main",
        run_id="whole",
        now=NOW,
        entities=["jobs"],
        full_refresh=True,
        clock=home.still.clock,
    )
    assert again.entities[0].unchanged_count == 1
    asked = [request.query.get("from") for request in vendor.called("/jpm")]
    assert asked == [None, None]
