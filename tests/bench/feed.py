"""A ServiceTitan job feed made of ready pages, to be served from a process of its own.

The sandbox works each page out from its world, which costs more than reading it; here the pages
are bytes from the start, so what is measured is the reader.
`python -m tests.bench.feed ROWS` prints its port and serves until it is killed.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROWS_A_PAGE = 5_000


def job(number: int) -> dict[str, Any]:
    """One job, about as wide as the vendor's own (1 KB)."""
    return {
        "id": 300_000_000 + number,
        "jobNumber": str(1_000_000 + number),
        "projectId": None,
        "customerId": 100_000_000 + number % 1_000,
        "locationId": 150_000_000 + number % 1_000,
        "jobStatus": "Completed",
        "completedOn": "2026-03-02T16:05:00Z",
        "businessUnitId": 501,
        "jobTypeId": 11,
        "priority": "Normal",
        "campaignId": 9001 + number % 7,
        "appointmentCount": 1,
        "firstAppointmentId": 350_000_000 + number,
        "lastAppointmentId": 350_000_000 + number,
        "recallForId": None,
        "warrantyId": None,
        "noCharge": False,
        "notificationsEnabled": True,
        "createdOn": "2026-03-01T12:00:00Z",
        "createdById": 12,
        "modifiedOn": f"2026-03-02T17:{number % 60:02d}:00Z",
        "tagTypeIds": [8001, 8007],
        "leadCallId": 500_000_000 + number,
        "customerPo": "",
        "invoiceId": 400_000_000 + number,
        "total": 149.00 + number % 500,
        "summary": "<p>No Heat / No Cool Repair, mentioned card</p>",
        "customFields": [{"typeId": 88, "name": "Postcard Code", "value": f"TU1-{number:06X}"}],
        "externalData": [],
        "active": True,
    }


def page(first: int, rows: int) -> bytes:
    """The records from one place on, in the vendor's envelope."""
    last = min(first + ROWS_A_PAGE, rows)
    return json.dumps(
        {
            "hasMore": last < rows,
            "continueFrom": str(last),
            "data": [job(number) for number in range(first, last)],
        }
    ).encode()


def serve(rows: int) -> None:
    """Serve the feed on a free port of this machine."""
    pages = {first: page(first, rows) for first in range(0, rows, ROWS_A_PAGE)}
    pages[rows] = page(rows, rows)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            self._answer(pages[int(asked.get("from", ["0"])[0])])

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            self._answer(b'{"access_token": "t", "expires_in": 900, "token_type": "Bearer"}')

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
