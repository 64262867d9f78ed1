"""A matchback.toml and the environment that let the real connectors read the sandbox."""

from __future__ import annotations

from pathlib import Path

from ingestion.sandbox.names import OPERATOR_ADDRESS, OPERATOR_PHONE
from ingestion.sandbox.vendors import hubspot, pcm, quickbooks, servicetitan
from ingestion.sandbox.world import World


def credentials() -> dict[str, str]:
    """Environment variables with the secrets of every account of the sandbox."""
    variables = {
        "SOURCES__HUBSPOT__MAIN__ACCESS_TOKEN": hubspot.ACCESS_TOKEN,
        "SOURCES__QUICKBOOKS__MAIN__CLIENT_ID": quickbooks.CLIENT_ID,
        "SOURCES__QUICKBOOKS__MAIN__CLIENT_SECRET": quickbooks.CLIENT_SECRET,
        "SOURCES__QUICKBOOKS__MAIN__REFRESH_TOKEN": quickbooks.FIRST_REFRESH_TOKEN,
        "SOURCES__PCM__MAIN__API_KEY": pcm.API_KEY,
        "SOURCES__PCM__MAIN__API_SECRET": pcm.API_SECRET,
    }
    for account in servicetitan.TENANT_IDS:
        prefix = f"SOURCES__SERVICETITAN__{account.upper()}__"
        variables |= {
            f"{prefix}CLIENT_ID": f"cid.{account}",
            f"{prefix}CLIENT_SECRET": f"cs.{account}",
            f"{prefix}APP_KEY": servicetitan.APP_KEY,
        }
    return variables


def settings_toml(
    world: World,
    base_urls: dict[str, str],
    *,
    home: Path | str | None = None,
    imports: tuple[Path | str, ...] = (),
    requests_per_second: float | None = 1_000.0,
) -> str:
    """Text of a matchback.toml pointing at running stand-ins.

    Args:
        world: The world served (time zone).
        base_urls: Address per vendor.
        home: MATCHBACK_HOME it is for; named in the heading.
        imports: Import folders to name.
        requests_per_second: Pace of the connectors; None leaves each vendor's own.
    """
    pace = "" if requests_per_second is None else f"requests_per_second = {requests_per_second}\n"
    search = "" if requests_per_second is None else f"searches_per_second = {requests_per_second}\n"
    folders = ", ".join(f'"{Path(folder).as_posix()}"' for folder in imports)
    tenants = "\n".join(
        f'[sources.servicetitan.accounts.{account}]\ntenant = "{number}"'
        for account, number in servicetitan.TENANT_IDS.items()
    )
    locations = "\n".join(
        "[[operator.locations]]\n"
        f'location_key = "{account}"\nlocation_name = "{account.title()}"\n'
        f'source = "servicetitan"\naccount = "{account}"'
        for account in servicetitan.TENANT_IDS
    )
    return f"""# matchback against the sandbox ({world.size}, seed {world.seed}, {world.anchor})
# MATCHBACK_HOME: {home or "any"}; secrets: the environment variables of the sandbox.
imports = [{folders}]

[operator]
name = "Bluebonnet Home Services"
time_zone = "{world.time_zone}"
currency = "USD"
phone = "{OPERATOR_PHONE}"
address = "{OPERATOR_ADDRESS}"
{locations}

[sources.hubspot.accounts.main]
[sources.hubspot.options]
base_url = "{base_urls["hubspot"]}"
{pace}{search}
{tenants}
[sources.servicetitan.options]
base_url = "{base_urls["servicetitan"]}"
token_url = "{base_urls["servicetitan"]}/connect/token"
{pace}
[sources.quickbooks.accounts.main]
realm_id = "{quickbooks.REALM_ID}"
[sources.quickbooks.options]
base_url = "{base_urls["quickbooks"]}"
token_url = "{base_urls["quickbooks"]}/oauth2/v1/tokens/bearer"
{pace}
[sources.pcm.accounts.main]
[sources.pcm.options]
base_url = "{base_urls["pcm"]}"
{pace}"""
