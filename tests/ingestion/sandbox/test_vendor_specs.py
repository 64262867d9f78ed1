"""The stand-ins' real answers, held against the vendors' own specifications where present."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SPECS = Path(__file__).resolve().parents[4] / "shared" / "vendor-specs"
pytestmark = pytest.mark.skipif(
    not SPECS.is_dir(), reason="the vendors' specifications are not here"
)

SERVICETITAN = [
    # file, path below /tenant/{tenant}/, module in the address
    ("crm-v2.json", "export/customers", "crm/v2"),
    ("crm-v2.json", "customers", "crm/v2"),
    ("crm-v2.json", "export/customers/contacts", "crm/v2"),
    ("crm-v2.json", "export/locations", "crm/v2"),
    ("crm-v2.json", "export/locations/contacts", "crm/v2"),
    ("crm-v2.json", "export/leads", "crm/v2"),
    ("crm-v2.json", "export/bookings", "crm/v2"),
    ("jpm-v2.json", "export/jobs", "jpm/v2"),
    ("jpm-v2.json", "jobs", "jpm/v2"),
    ("jpm-v2.json", "export/job-history", "jpm/v2"),
    ("jpm-v2.json", "export/job-canceled-logs", "jpm/v2"),
    ("jpm-v2.json", "job-cancel-reasons", "jpm/v2"),
    ("jpm-v2.json", "export/appointments", "jpm/v2"),
    ("jpm-v2.json", "job-types", "jpm/v2"),
    ("dispatch-v2.json", "export/appointment-assignments", "dispatch/v2"),
    ("dispatch-v2.json", "technician-shifts", "dispatch/v2"),
    ("salestech-v2.json", "export/estimates", "sales/v2"),
    ("accounting-v2.json", "export/invoices", "accounting/v2"),
    ("accounting-v2.json", "invoices", "accounting/v2"),
    ("accounting-v2.json", "export/payments", "accounting/v2"),
    ("accounting-v2.json", "credit-memos", "accounting/v2"),
    ("marketing-v2.json", "campaigns", "marketing/v2"),
    ("marketing-v2.json", "costs", "marketing/v2"),
    ("telecom.json", "export/calls", "telecom/v2"),
    ("settings-v2.json", "technicians", "settings/v2"),
    ("settings-v2.json", "business-units", "settings/v2"),
    ("settings-v2.json", "tag-types", "settings/v2"),
    ("payroll-v2.json", "export/jobs/timesheets", "payroll/v2"),
    ("timesheets-v2.json", "export/activities", "timesheets/v2"),
]
PCM = [
    ("/order", "/order", {}),
    ("/order/{orderID}", "/order/4001", {}),
    ("/order/{orderID}/recipients", "/order/4001/recipients", {"perPage": 200}),
    ("/batch", "/batch", {}),
    ("/batch/{batchID}", "/batch/901", {}),
    ("/batch/{batchID}/orders", "/batch/901/orders", {}),
    ("/batch/{batchID}/recipients", "/batch/901/recipients", {"perPage": 200}),
    ("/recipient/undeliverable", "/recipient/undeliverable", {"batchID": 901}),
    ("/design", "/design", {}),
    ("/design/{designID}", "/design/35001", {}),
    ("/qr-code", "/qr-code", {}),
    ("/qr-code/{qrCodeID}", "/qr-code/301", {}),
    ("/qr-code/{qrCodeID}/tracking", "/qr-code/301/tracking", {"perPage": 200}),
    ("/integration/balance", "/integration/balance", {}),
    ("/suppression-list", "/suppression-list", {}),
]
QUICKBOOKS = ["Invoice", "Customer", "Payment"]


@cache
def document(file: str) -> dict[str, Any]:
    path = SPECS / file
    text = path.read_text(encoding="utf-8")
    loaded = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    return loaded if str(loaded.get("openapi", "3.1")).startswith("3.1") else nullables(loaded)


def nullables(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(node, list):
        return [nullables(item) for item in node]
    if not isinstance(node, dict):
        return node
    changed = {key: nullables(value) for key, value in node.items()}
    if isinstance(changed.get("type"), str):
        changed["type"] = changed["type"].lower()
    if changed.pop("nullable", None) is True:
        inner = dict(changed)
        return {"anyOf": [inner, {"type": "null"}]}
    return changed


def faults_of(file: str, pointer: str, answer: Any) -> list[str]:
    """What is wrong with an answer, by the schema at a JSON pointer of a document."""
    resource = Resource(contents=document(file), specification=DRAFT202012)
    registry = Registry().with_resource("urn:spec", resource)
    validator = Draft202012Validator({"$ref": f"urn:spec#{pointer}"}, registry=registry)
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in list(validator.iter_errors(answer))[:5]
    ]


def pointer_to(path: str, content_type: str = "application~1json") -> str:
    escaped = path.replace("~", "~0").replace("/", "~1")
    return f"/paths/{escaped}/get/responses/200/content/{content_type}/schema"


@pytest.mark.parametrize(
    ("file", "path", "module"), SERVICETITAN, ids=[f"{row[2]} {row[1]}" for row in SERVICETITAN]
)
def test_servicetitan_answers_fit_its_specification(small, file, path, module):
    name = f"servicetitan/openapi-2026/{file}"
    paths = document(name)["paths"]
    specified = next(
        known for known in paths if known.endswith("/tenant/{tenant}/" + path) and "v3" not in known
    )
    params = {} if path.startswith("export/") else {"pageSize": 2_000, "includeTotal": "true"}
    answer = small.servicetitan(f"{module} {path}", **params)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["data"], "nothing to validate"
    body["data"] = body["data"][:: max(1, len(body["data"]) // 150)]
    assert faults_of(name, pointer_to(specified), body) == []


@pytest.mark.parametrize(("specified", "path", "params"), PCM, ids=[row[0] for row in PCM])
def test_pcm_answers_fit_its_specification(small, specified, path, params):
    answer = small.pcm(path, **params)
    assert answer.status_code == 200, answer.text
    name = "pcm/DirectMail-API-v3.json"
    assert faults_of(name, pointer_to(specified), answer.json()) == []


def test_pcm_login_fits_its_specification(small):
    url = small.sandbox.base_urls["pcm"] + "/auth/login"
    keys = {"apiKey": "pcm-sandbox-key", "apiSecret": "pcm-sandbox-secret"}
    answer = small.client.post(url, json=keys).json()
    pointer = "/paths/~1auth~1login/post/responses/200/content/application~1json/schema"
    assert faults_of("pcm/DirectMail-API-v3.json", pointer, answer) == []


@pytest.mark.parametrize("entity", QUICKBOOKS)
def test_quickbooks_entities_fit_the_partial_specification(small, entity):
    rows = small.query(f"SELECT * FROM {entity} MAXRESULTS 1000")[entity]
    assert rows
    name, pointer = "quickbooks/quickbooks-accounting.yml", f"/components/schemas/{entity}"
    assert [fault for row in rows[:300] for fault in faults_of(name, pointer, row)] == []


@pytest.mark.parametrize("entity", ["invoice", "customer"])
def test_quickbooks_entities_fit_the_single_schemas(small, entity):
    word = entity.title()
    row = small.query(f"SELECT * FROM {word} MAXRESULTS 1")[word][0]
    assert faults_of(f"quickbooks/intuit-{entity}-schema.json", "", row) == []


def test_a_wrong_answer_is_noticed():
    wrong = {"hasMore": False, "continueFrom": "x", "data": [{"id": "not a number"}]}
    name = "servicetitan/openapi-2026/jpm-v2.json"
    specified = next(path for path in document(name)["paths"] if path.endswith("/export/jobs"))
    assert faults_of(name, pointer_to(specified), wrong)
