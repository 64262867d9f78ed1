"""The alert rules: what each watches, and how loud it is where settings say nothing else.

A rule is a name, a query over the published marts that returns one row per open cause
(`cause_key`, `text`), and defaults. Settings (`[[alerts.rules]]`) change severity, owner,
channels, runbook and threshold of a rule by its name. One alert per open cause, never per row:
the queries group. `run_failed` and `check_failed` are raised by the orchestrator as they happen.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.errors import SettingsError
from ingestion.settings import Settings
from ingestion.settings_model import AlertRule


@dataclass(frozen=True)
class Rule:
    """One rule with its query; `:threshold` in the query is replaced by a bound value.

    Attributes:
        query: SQL over the published marts, or None for a rule raised elsewhere. Columns:
            cause_key, text and, where causes have owners of their own, owner.
        is_owner_set: Settings name an owner for the rule, who then has all its alerts.
    """

    rule: str
    severity: str
    owner: str
    runbook: str
    query: str | None = None
    threshold: float | None = None
    channels: tuple[str, ...] = ()
    is_owner_set: bool = False


_RUNBOOKS = "orchestration/runbooks.md"

DEFAULT_RULES: tuple[Rule, ...] = (
    Rule("run_failed", "page", "data", f"{_RUNBOOKS}#a-run-failed"),
    Rule("check_failed", "ticket", "data", f"{_RUNBOOKS}#a-check-failed"),
    Rule("nightly_missing", "page", "data", f"{_RUNBOOKS}#no-nightly", threshold=26.0),
    Rule(
        "discrepancies",
        "ticket",
        "operations",
        f"{_RUNBOOKS}#discrepancies",
        """
        select 'discrepancy:' || kind as cause_key,
            count(*) || ' open ' || kind || ' (' || any_value(severity) || '), oldest since '
            || strftime(min(first_seen_on), '%Y-%m-%d') || '. ' || any_value(remedy) as text,
            any_value(owner) as owner
        from rpt_reconciliation
        where state = 'open' and severity in ('critical', 'warning')
        group by kind having count(*) >= :threshold order by kind
        """,
        1.0,
    ),
    Rule(
        "hygiene",
        "info",
        "operations",
        f"{_RUNBOOKS}#hygiene",
        """
        select 'hygiene:' || rule as cause_key,
            count(*) || ' records break ' || rule || '. ' || any_value(remedy) as text
        from rpt_hygiene
        where is_open and severity in ('critical', 'warning')
        group by rule having count(*) >= :threshold order by rule
        """,
        1.0,
    ),
    Rule(
        "source_incomplete",
        "ticket",
        "data",
        f"{_RUNBOOKS}#a-source-is-incomplete",
        """
        select 'source:' || source || '/' || account as cause_key,
            source || ' account ' || account || ' was not read to its end: '
            || coalesce(held_reason, error, 'see the run') as text
        from run_sources where not is_complete order by 1
        """,
    ),
    Rule(
        "service_level",
        "page",
        "data",
        f"{_RUNBOOKS}#a-service-level-burns",
        """
        select 'slo:' || slo as cause_key,
            'Objective ' || slo || ' asks for a ' || action || ': ' || round(100 * value, 3)
            || ' % good, ' || round(100 * target, 3) || ' % wanted' as text
        from rpt_slos where action = 'page' order by 1
        """,
    ),
    Rule(
        "service_level_ticket",
        "ticket",
        "data",
        f"{_RUNBOOKS}#a-service-level-burns",
        """
        select 'slo:' || slo as cause_key,
            'Objective ' || slo || ' asks for a ' || action || ': ' || round(100 * value, 3)
            || ' % good, ' || round(100 * target, 3) || ' % wanted' as text
        from rpt_slos where action = 'ticket' order by 1
        """,
    ),
    Rule(
        "incident",
        "ticket",
        "data",
        f"{_RUNBOOKS}#an-incident",
        """
        select 'incident:' || incident_key as cause_key,
            source || ' is out: ' || cause || ', since '
            || strftime(opened_at, '%Y-%m-%d %H:%M UTC') as text
        from rpt_incidents where is_open order by 1
        """,
    ),
    Rule(
        "auth_failures",
        "ticket",
        "data",
        f"{_RUNBOOKS}#refused-credentials",
        """
        select 'auth:' || source || '/' || account || '/' || client_id as cause_key,
            'Client ' || client_id || ' of ' || source || ': ' || sum(auth_failures)
            || ' of ' || sum(calls) || ' calls answered 401 or 403' as text
        from rpt_api_health
        where day_on = (select max(day_on) from rpt_api_health)
        group by source, account, client_id
        having sum(auth_failures) > :threshold * sum(calls) order by 1
        """,
        0.01,
    ),
    Rule(
        "wire_broken",
        "ticket",
        "operations",
        f"{_RUNBOOKS}#a-wire-is-broken",
        """
        select 'wire:' || wire as cause_key,
            'Wire ' || wire || ' carried ' || observed_count || ' of ' || expected_count || ' on '
            || strftime(day_on, '%Y-%m-%d') as text
        from (
            select * from rpt_wires where expected_count > 0
            qualify row_number() over (partition by wire order by day_on desc) = 1
        )
        where completeness_share < :threshold order by 1
        """,
        0.9,
    ),
    Rule(
        "kpi_missed",
        "info",
        "operations",
        f"{_RUNBOOKS}#a-target-is-missed",
        """
        select 'kpi:' || kpi as cause_key,
            kpi || ' was ' || round(value, 3) || ' in ' || strftime(period_start_on, '%Y-%m')
            || ', target ' || round(target, 3) as text
        from (
            select * from rpt_kpis where period = 'month' and cut = '(all)'
            qualify row_number() over (partition by kpi order by period_start_on desc) = 1
        )
        where is_met = false order by 1
        """,
    ),
    Rule(
        "handoff_failing",
        "ticket",
        "marketing",
        f"{_RUNBOOKS}#a-hand-off-fails",
        """
        select 'handoff:' || handoff as cause_key,
            'Hand-off ' || handoff || ' failed ' || failures_24h || ' times in 24 h. '
            || rollback_step as text
        from rpt_handoffs where failures_24h >= :threshold order by 1
        """,
        3.0,
    ),
)


def rules_from(settings: Settings) -> dict[str, Rule]:
    """All rules by name, with what settings say about them.

    Raises:
        SettingsError: Settings name a rule that does not exist.
    """
    rules = {rule.rule: rule for rule in DEFAULT_RULES}
    for override in settings.alerts.rules:
        if override.rule not in rules:
            raise SettingsError(
                f"Setting 'alerts.rules' names '{override.rule}', which is no alert rule: "
                f"expected one of {', '.join(sorted(rules))}."
            )
        rules[override.rule] = _overridden(rules[override.rule], override)
    return rules


def _overridden(rule: Rule, override: AlertRule) -> Rule:
    return Rule(
        rule=rule.rule,
        severity=override.severity,
        owner=override.owner,
        is_owner_set="owner" in override.model_fields_set,
        runbook=override.runbook or rule.runbook,
        query=rule.query,
        threshold=rule.threshold if override.threshold is None else override.threshold,
        channels=override.channels,
    )
