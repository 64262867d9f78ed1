"""imports.toml and the packaged presets: exports as vendors make them become the import format."""

from __future__ import annotations

import pytest

from ingestion.errors import SettingsError
from ingestion.imports.mapping import load_folder_map, load_preset, preset_names
from ingestion.imports.proposals import guess
from ingestion.imports.tables import TABLES
from tests.ingestion.imports.support import read_all, read_table, write

REPORT = (
    "Weekly report;;;;\nFrom 1.4. to 7.4.;;;;\n"
    "Auftrag;Angelegt;Erledigt;Summe;Fremd\n"
    "77;01.04.2026 09:00;02.04.2026;1.234,56;x\n"
    "78;02.04.2026 10:30;;(50,00);\n"
    "Total;;;1.284,56;\n"
)
MAP = """
[[file]]
pattern = "Wochenbericht*.csv"
table = "jobs"
constants = { source = "handwerk", account = "nord" }
skip_head = 2
skip_foot = 1
delimiter = ";"
encoding = "cp1252"
date_format = ["%d.%m.%Y %H:%M", "%d.%m.%Y"]
time_zone = "Europe/Berlin"
money_style = "eu"
[file.columns]
job_id = "Auftrag"
job_number = "Auftrag"
created_at = ["Begonnen", "Angelegt"]
completed_at = "Erledigt"
estimate_amount = "Summe"
"""


def test_a_map_reads_a_foreign_report(tmp_path):
    files = {"wochenbericht kw14.CSV": REPORT.encode("cp1252"), "imports.toml": MAP}
    write(tmp_path, files)
    read = read_table(tmp_path, "jobs")
    assert read.payloads == [
        {
            "source": "handwerk",
            "job_id": "77",
            "job_number": "77",
            "created_at": "2026-04-01T07:00:00Z",
            "completed_at": "2026-04-01T22:00:00Z",
            "completed_at_is_date_only": True,
            "estimate_amount": "1234.56",
            "account": "nord",
            "_extra": {"Fremd": "x"},
        }
    ]
    assert [one.location for one in read.rejects] == ["wochenbericht kw14.CSV:5"]
    assert "negative" in read.reasons[0]


def test_one_file_may_be_read_into_several_tables(tmp_path):
    content = "Job,Made,Invoice,Total\n1,2026-04-01,I1,10\n"
    entries = """
constants = { source = "x" }
[[file]]
pattern = "all.csv"
table = "jobs"
columns = { job_id = "Job", created_at = "Made" }
[[file]]
pattern = "all.csv"
table = "invoices"
columns = { invoice_id = "Invoice", issued_on = "Made", total_amount = "Total", job_id = "Job" }
"""
    write(tmp_path, {"all.csv": content, "imports.toml": entries})
    found = read_all(tmp_path, tables=["jobs", "invoices"])
    assert found["jobs"].payloads[0]["job_id"] == "1"
    assert found["invoices"].payloads[0]["total_amount"] == "10.00"


def test_of_several_of_their_columns_the_first_filled_one_is_taken(tmp_path):
    entries = """
[[file]]
pattern = "*.csv"
table = "customers"
columns = { phone = ["Mobile", "Home"] }
"""
    content = "source,customer_id,Home,Mobile\nx,1,111,222\nx,2,333,\n"
    write(tmp_path, {"people.csv": content, "imports.toml": entries})
    phones = [payload["phone"] for payload in read_table(tmp_path, "customers").payloads]
    assert phones == ["222", "333"]


def test_a_constant_wins_over_a_column_of_its_name(tmp_path):
    entries = '[[file]]\npattern = "*"\ntable = "jobs"\nconstants = { source = "st" }\n'
    content = "source,job_id,created_at\nGoogle Ads,1,2026-01-01\n"
    write(tmp_path, {"x.csv": content, "imports.toml": entries})
    payload = read_table(tmp_path, "jobs").payloads[0]
    assert payload["source"] == "st"
    assert payload["_extra"] == {"source": "Google Ads"}


BAD_MAPS = [
    ("[[file]\n", "no valid TOML"),
    ('[[file]]\npattern = "../x.csv"\ntable = "jobs"\n', "without a path"),
    ('[[file]]\npattern = "/etc/*"\ntable = "jobs"\n', "without a path"),
    ('[[file]]\npattern = "x"\ntable = "wages"\n', "no table of the import format"),
    ('[[file]]\npattern = "x"\ntable = "jobs"\ncolumns = { wage = "W" }\n', "no column 'wage'"),
    ('[[file]]\npattern = "x"\ntable = "jobs"\ncolour = 1\n', "is not known"),
    ('[[file]]\npattern = "x"\ntable = "jobs"\ntime_zone = "Mars/One"\n', "no IANA time zone"),
    ('[[file]]\npattern = "x"\ntable = "jobs"\ndelimiter = "ab"\n', "one sign"),
    ('[[file]]\npattern = "x"\n', "needs a pattern and a table"),
    ('presets = ["acme"]\n', "is no preset"),
    ('[[file]]\npattern = "x"\npreset = "jobber.wages"\n', "expected one of jobber.clients"),
]


@pytest.mark.parametrize(("text", "part"), BAD_MAPS)
def test_a_wrong_map_says_what_to_correct(tmp_path, text, part):
    write(tmp_path, {"imports.toml": text})
    with pytest.raises(SettingsError, match=part):
        load_folder_map(tmp_path)


def test_a_map_that_is_a_link_is_refused(tmp_path):
    elsewhere = write(tmp_path / "a", {"real.toml": ""}) / "real.toml"
    folder = write(tmp_path / "b", {})
    (folder / "imports.toml").symlink_to(elsewhere)
    with pytest.raises(SettingsError, match="is a link"):
        load_folder_map(folder)


def test_there_is_a_preset_for_each_promised_vendor():
    assert preset_names() == (
        "fieldedge",
        "housecall_pro",
        "hubspot",
        "jobber",
        "pcm",
        "quickbooks",
        "servicetitan",
    )


def test_every_preset_can_fill_all_required_columns_of_its_table():
    for vendor in preset_names():
        for entry in load_preset(vendor):
            table = TABLES[entry.table]
            filled = {*entry.columns, *entry.constants}
            assert set(table.required) <= filled, f"{vendor}.{entry.name}"
            for group in table.one_of:
                assert filled.intersection(group), f"{vendor}.{entry.name}"
            assert entry.signature


# preset, file name, export text, table, what has to stand in the first payload
EXPORTS = [
    (
        "servicetitan",
        "Jobs Report 2026-04.csv",
        (
            "ACME Heating,,,,,\nDates: 04/01/2026 - 04/30/2026,,,,,\n"
            "Job #,Customer ID,Job Status,Created Date,Completion Date,Job Campaign\n"
            "1042,88,Completed,4/1/2026 9:05 AM,04/02/2026,Spring Mailer\n"
        ),
        "jobs",
        {
            "job_id": "1042",
            "job_number": "1042",
            "customer_id": "88",
            "created_at": "2026-04-01T13:05:00Z",
            "completed_at_is_date_only": True,
            "lead_source": "Spring Mailer",
        },
    ),
    (
        "servicetitan",
        "Invoices.csv",
        (
            "Invoice #,Job #,Customer ID,Invoice Date,Subtotal,Tax,Total\n"
            '1042-1,1042,88,04/02/2026,"$1,000.00",$75.00,"$1,075.00"\n'
        ),
        "invoices",
        {"invoice_number": "1042-1", "issued_on": "2026-04-02", "total_amount": "1075.00"},
    ),
    (
        "housecall_pro",
        "jobs-export.csv",
        (
            "Job #,Job status,Job created date,Customer ID,Job description,Zip\n"
            "12,completed,04/01/2026 09:05,cus_1,Tune-up,2134\n"
        ),
        "jobs",
        {"job_id": "12", "status": "completed", "service_postal_code": "02134"},
    ),
    (
        "servicetitan",
        "Jobs.csv",
        (
            "Job #,Status,Business Unit,Jobs Subtotal,Created On,Completion Date,Location Zip\n"
            "1043,Completed,HVAC Service,$89.00,4/1/2026 9:05 AM,04/02/2026,02134\n"
        ),
        "jobs",
        {"job_id": "1043", "business_unit": "HVAC Service", "service_postal_code": "02134"},
    ),
    (
        "housecall_pro",
        "customers.csv",
        (
            "First Name,Last Name,Display Name,Mobile Number,Email,ID,Customer Type,"
            "Customer created at,Address_1 Street Line 1,Address_1 Postal Code\n"
            'Ann,Example,Ann Example,="6145550101",a@example.com,cus_9,homeowner,'
            '04/01/2026,1 Elm St,="02134"\n'
        ),
        "customers",
        {"customer_id": "cus_9", "phone": "6145550101", "postal_code": "02134"},
    ),
    (
        "housecall_pro",
        "jobs 2026.csv",
        (
            "Job #,Customer name,Job name,Job status,Job created date,Street,Street 2,Zipcode\n"
            '="52",Ann Example,AC tune-up,Completed,04/01/2026,1 Elm St,Unit 4,="07601"\n'
        ),
        "jobs",
        {
            "job_id": "52",
            "customer_id": "Ann Example",
            "service_address_line_2": "Unit 4",
            "service_postal_code": "07601",
        },
    ),
    (
        "jobber",
        "Jobs_Report_1_of_1_2026-05-08.csv",
        (
            "Job #,Client name,Title,Created date,Scheduled start date,Closed date,Service ZIP\n"
            '7,Ann Example,Spring tune-up,"Apr 01, 2026","Apr 03, 2026",-,43081\n'
        ),
        "jobs",
        {"job_id": "7", "job_type": "Spring tune-up", "completed_at": None},
    ),
    (
        "jobber",
        "Quotes_Report_1_of_1_2026-05-08.csv",
        (
            "Quote #,Client name,Status,Sent date,Approved date,Job #s,Subtotal ($),Total ($)\n"
            '31,Ann Example,Converted,"Apr 01, 2026","Apr 02, 2026",7,"1,000.00","1,075.00"\n'
        ),
        "estimates",
        {"estimate_id": "31", "job_number": "7", "amount": "1000.00"},
    ),
    (
        "quickbooks",
        "Sales by Customer Type Detail.csv",
        (
            "Transaction date,Transaction type,Num,Product/Service full name,Description,Quantity,"
            "Sales price,Amount,Id,Line\n"
            "05/06/2026,Invoice,6871,Exterior,Red bank,1,575.00,575.00,10,1\n"
        ),
        "invoice_lines",
        {"invoice_id": "10", "line_id": "1", "amount": "575.00", "description": "Red bank"},
    ),
    (
        "hubspot",
        "hubspot-crm-exports-all-deals.csv",
        (
            "Record ID,Deal Name,Deal Stage,Create Date,Original Traffic Source,"
            "Associated Contact IDs\n"
            "7001,Tune-up,Booked,2026-04-01 09:05,Offline Sources,101\n"
        ),
        "leads",
        {"lead_id": "7001", "lead_source": "Offline Sources", "customer_id": "101"},
    ),
    (
        "jobber",
        "Client Report.csv",
        (
            "J-ID,First Name,Last Name,Display Name,E-mails,Main Phone #s,Service Street 1,"
            "Service Zip code,Created Date\n"
            'c1,Ann,Example,Ann Example,a@example.com,555,1 Elm St,43081,"Apr 01, 2026"\n'
        ),
        "customers",
        {
            "customer_id": "c1",
            "email": "a@example.com",
            "address_line_1": "1 Elm St",
            "created_at": "2026-04-01T04:00:00Z",
        },
    ),
    (
        "fieldedge",
        "work orders.csv",
        (
            "Work Order #,Status,Customer Number,Created Date,Completed Date,Lead Source\n"
            "W1,Complete,C1,04/01/2026 09:05 AM,04/02/2026 10:00 AM,Postcard\n"
        ),
        "jobs",
        {"job_number": "W1", "status": "Complete", "lead_source": "Postcard"},
    ),
    (
        "quickbooks",
        "Invoice List.csv",
        (
            "Invoice List\nACME Heating\nAll Dates\n\n"
            'Date,Num,Name,Due Date,Amount\n04/02/2026,1042-1,Ann,05/02/2026,"1,075.00"\n'
        ),
        "invoices",
        {"source": "quickbooks", "invoice_number": "1042-1", "total_amount": "1075.00"},
    ),
    (
        "hubspot",
        "all-contacts.csv",
        (
            "Record ID,First Name,Last Name,Email,Phone Number,Create Date,Lifecycle Stage\n"
            "101,Ann,Example,a@example.com,+1555,2026-04-01 09:05,Lead\n"
        ),
        "customers",
        {
            "customer_id": "101",
            "first_name": "Ann",
            "created_at": "2026-04-01T13:05:00Z",
            "_extra": {"Lifecycle Stage": "Lead"},
        },
    ),
    (
        "pcm",
        "recipients_order_9.csv",
        (
            "ExtRefNbr,First Name,Last Name,Address,City,State,Zip,Mail Date,Order ID,Campaign,"
            "Status\n"
            "R-1,Ann,Example,1 Elm St,Westhaven,OH,43081,04/01/2026,9,SPRING26,Mailed\n"
        ),
        "mail_pieces",
        {
            "mail_piece_id": "R-1",
            "campaign_source": "pcm",
            "campaign_id": "SPRING26",
            "mailed_on": "2026-04-01",
            "mail_order_id": "9",
        },
    ),
]


@pytest.mark.parametrize(("preset", "name", "text", "table", "expected"), EXPORTS)
def test_a_preset_reads_the_vendors_usual_export(tmp_path, preset, name, text, table, expected):
    write(tmp_path, {name: text, "imports.toml": f'presets = ["{preset}"]\n'})
    read = read_table(tmp_path, table)
    assert read.rejects == []
    payload = read.payloads[0]
    assert {key: payload.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    ("header", "origin"),
    [
        ("ID,Display Name,First Name,Last Name,Mobile Number", "preset housecall_pro.customers"),
        ("J-ID,Display Name,First Name,Last Name,E-mails", "preset jobber.clients"),
        ("Contact ID,First Name,Last Name,Email", "preset hubspot.contacts"),
    ],
)
def test_exports_of_two_vendors_are_told_apart_by_their_header(header, origin):
    assert guess(header.split(","), "customers").origin == origin


def test_a_text_written_as_a_formula_is_that_text_and_another_formula_is_kept(tmp_path):
    content = 'source,job_id,created_at,notes\nx,="0052",2026-01-01,=SUM(A1)\n'
    content += 'x,"=""53""",2026-01-01,"=""6"""" pipe"""\n'
    write(tmp_path, {"jobs.csv": content})
    payloads = read_table(tmp_path, "jobs").payloads
    assert [(one["job_id"], one["notes"]) for one in payloads] == [
        ("0052", "=SUM(A1)"),
        ("53", '6" pipe'),
    ]


def test_a_presets_map_can_be_taken_and_changed(tmp_path):
    entries = """
[[file]]
pattern = "Liste.csv"
preset = "servicetitan.jobs"
constants = { account = "north" }
skip_head = 0
columns = { job_id = "Nr" }
"""
    content = "Nr,Job #,Created On\n5,J5,04/01/2026\n"
    write(tmp_path, {"Liste.csv": content, "imports.toml": entries})
    payload = read_table(tmp_path, "jobs").payloads[0]
    assert (payload["source"], payload["account"], payload["job_id"], payload["job_number"]) == (
        "servicetitan",
        "north",
        "5",
        "J5",
    )


def test_a_file_in_the_format_itself_is_read_as_such_beside_presets(tmp_path):
    content = "source,job_id,created_at\nx,1,2026-01-01\n"
    write(tmp_path, {"jobs.csv": content, "imports.toml": 'presets = ["servicetitan"]\n'})
    assert read_table(tmp_path, "jobs").payloads[0]["source"] == "x"
