"""The ways an alert leaves the house: log file, e-mail, webhook, Slack-compatible webhook.

Each channel sends one message or raises; queueing, retry and quiet hours are the router's.
"""

from __future__ import annotations

import json
import smtplib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import httpx

from ingestion.errors import SettingsError
from ingestion.settings import Settings

SECONDS = 10.0


@dataclass(frozen=True)
class Message:
    """What a channel is given to send."""

    alert_id: str
    rule: str
    severity: str
    owner: str
    text: str
    runbook: str
    raised_at: str
    is_escalation: bool = False

    @property
    def subject(self) -> str:
        """One line: how loud, which rule, for whom."""
        prefix = "ESCALATED " if self.is_escalation else ""
        return f"{prefix}[{self.severity}] {self.rule} for {self.owner}"


class Channel(Protocol):
    """Anything that can deliver a message; raises when it cannot."""

    def send(self, message: Message) -> None:
        """Deliver it, or raise."""


@dataclass(frozen=True)
class LogChannel:
    """Appends one JSON line to `state/alerts.log`."""

    file: Path

    def send(self, message: Message) -> None:
        """Append and flush."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(message)) + "\n")


@dataclass(frozen=True)
class WebhookChannel:
    """POSTs the message as JSON; with `is_slack` in the shape Slack and its kin take."""

    url: str
    is_slack: bool = False

    def send(self, message: Message) -> None:
        """Send; any answer but 2xx is a failure. Redirects are not followed."""
        body: dict[str, object] = asdict(message)
        if self.is_slack:
            words = f"*{message.subject}*\n{message.text}"
            body = {"text": words + (f"\nRunbook: {message.runbook}" if message.runbook else "")}
        response = httpx.post(self.url, json=body, timeout=SECONDS, follow_redirects=False)
        if not response.is_success:
            raise OSError(f"the webhook answered {response.status_code}")


@dataclass(frozen=True)
class MailChannel:
    """Sends plain text over SMTP."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]

    def send(self, message: Message) -> None:
        """Send; a refused recipient is a failure."""
        mail = EmailMessage()
        mail["Subject"] = message.subject
        mail["From"] = self.sender
        mail["To"] = ", ".join(self.recipients)
        runbook = f"\n\nRunbook: {message.runbook}" if message.runbook else ""
        mail.set_content(f"{message.text}{runbook}\n\nAlert {message.alert_id}\n")
        with smtplib.SMTP(self.host, self.port, timeout=SECONDS) as server:
            refused = server.send_message(mail)
        if refused:
            raise OSError(f"{len(refused)} of {len(self.recipients)} recipients were refused")


def channels_from(settings: Settings) -> Mapping[str, Channel]:
    """The channels that settings configure, by name; `log` is always there."""
    alerts = settings.alerts
    channels: dict[str, Channel] = {"log": LogChannel(settings.state_dir / "alerts.log")}
    if alerts.webhook_url:
        channels["webhook"] = WebhookChannel(alerts.webhook_url)
    if alerts.slack_url:
        channels["slack"] = WebhookChannel(alerts.slack_url, is_slack=True)
    if alerts.smtp_host:
        if not alerts.mail_to:
            raise SettingsError(
                "Setting 'alerts.smtp_host' is set and 'alerts.mail_to' is empty: name who gets "
                "the mails, or take the host out."
            )
        channels["mail"] = MailChannel(
            alerts.smtp_host, alerts.smtp_port, alerts.mail_from, alerts.mail_to
        )
    return channels
