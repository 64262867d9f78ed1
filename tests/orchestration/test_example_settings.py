"""The commented example names every setting there is, and is itself valid when uncommented."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from ingestion.settings import Settings, load_settings
from ingestion.settings_model import Section

EXAMPLE = Path(__file__).resolve().parents[2] / "matchback.toml"


def uncommented() -> str:
    lines = []
    for line in EXAMPLE.read_text().splitlines():
        setting = re.match(r"^# (\[|\w+ = |  \{|\])", line)
        lines.append(line[2:] if setting else line)
    return "\n".join(lines)


def test_the_example_as_it_is_switches_nothing_on(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, path=EXAMPLE, environment={})
    assert settings.enabled_accounts() == ()
    assert settings.imports == ()


def test_the_example_uncommented_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "matchback.toml"
    file.write_text(uncommented())
    settings = load_settings(home=tmp_path, path=file, environment={})
    assert ("servicetitan", "north") in settings.enabled_accounts()
    assert settings.mail.rate_card[0].source == "pcm"


def test_every_setting_stands_in_the_example() -> None:
    content = tomllib.loads(uncommented())
    missing = []
    for name, field in Settings.model_fields.items():
        if name in ("home", "file", "environment", "fixed_now"):
            continue
        if name not in content:
            missing.append(name)
            continue
        default = field.get_default(call_default_factory=True)
        if isinstance(default, Section):
            keys = set(type(default).model_fields)
            missing += [f"{name}.{key}" for key in sorted(keys - set(content[name]))]
    assert missing == []
