"""`mailtrap contacts import` and `export`: the wire, what the user is told, and how to resume after a failure."""

from __future__ import annotations

import gzip
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mailtrap_cli.audience import contact_import
from tests.conftest import PROGRAM, Run
from tests.loopback import Loopback, Reply, Request, until
from tests.openapi import check_request

FIELDS = [
    {"id": 1, "name": "Birthday", "data_type": "date", "merge_tag": "birthday"},
    {"id": 2, "name": "Seats", "data_type": "integer", "merge_tag": "seats"},
    {"id": 3, "name": "Score", "data_type": "float", "merge_tag": "score"},
    {"id": 4, "name": "Is admin", "data_type": "boolean", "merge_tag": "is_admin"},
    {"id": 5, "name": "ZIP code", "data_type": "text", "merge_tag": "zip_code"},
]
IMPORTS = "/account/api/contacts/imports"
EXPORTS = "/account/api/contacts/exports"
FINISHED: dict[str, Any] = {
    "status": "finished",
    "created_contacts_count": 1,
    "updated_contacts_count": 1,
    "contacts_over_limit_count": 0,
}


class Account:
    """An account on a server: its fields and lists, and import jobs that end after a set number of polls."""

    def __init__(self, server: Loopback) -> None:
        self.server = server
        self.imported: list[list[dict[str, Any]]] = []
        self.refusals: list[Reply] = []  # the next answers to an import
        self.ended: dict[str, Any] = FINISHED
        self.looks = 0  # before a job has ended
        self.link = f"{server.url}/files/contacts.csv?signature=a%2Bb"
        self.file = Reply(200, b"email\nada@example.com\n")
        self.files: list[Request] = []
        server.script = self.answer

    def answer(self, request: Request) -> Reply:
        path = request.path.partition("?")[0]
        match request.method, path:
            case "GET", "/account/api/contacts/fields":
                return Reply(200, FIELDS)
            case "GET", "/account/api/contacts/lists":
                return Reply(200, [{"id": 7, "name": "Customers"}, {"id": 8, "name": "Old"}])
            case "POST", "/account/api/contacts/imports":
                check_request("contacts", "POST", "/api/contacts/imports", body=request.json())
                if self.refusals:
                    return self.refusals.pop(0)
                self.imported.append(request.json()["contacts"])
                return Reply(201, {"id": len(self.imported), "status": "created"})
            case "POST", "/account/api/contacts/exports":
                check_request("contacts", "POST", "/api/contacts/exports", body=request.json())
                return self.refusals.pop(0) if self.refusals else Reply(201, self.export("created"))
            case "GET", "/account/api/contacts/exports/9":
                return Reply(200, self.export(self._state()))
            case "GET", "/account/api/contacts/exports/10":
                return Reply(404, {"error": "Not Found"})
            case "GET", "/files/contacts.csv":
                self.files.append(request)
                return self.file
        number = int(path.removeprefix(f"{IMPORTS}/"))
        state = self._state()
        return Reply(200, {"id": number, **(self.ended if state == "finished" else {"status": state})})

    def export(self, status: str) -> dict[str, Any]:
        times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
        return {"id": 9, "status": status, "url": self.link if status == "finished" else None, **times}

    def _state(self) -> str:
        self.looks -= 1
        return "started" if self.looks >= 0 else "finished"

    @property
    def env(self) -> dict[str, str]:
        return self.server.env


@pytest.fixture
def account(server: Loopback) -> Account:
    return Account(server)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_import, "MOST_CONTACTS", 2)


def write(folder: Path, text: str | bytes, name: str = "people.csv") -> str:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return str(folder / name)


PEOPLE = "email,first_name\nada@example.com,Ada\nbob@example.com,Bob\ncy@example.com,Cy\n"


# ------------------------------------------------------------------------------------------------ rows


def test_columns_are_fields_by_tag_or_name_with_values_of_their_types(
    account: Account, patient: Run, tmp_path: Path
) -> None:
    rows = (
        "To;First Name;Birthday;SEATS;score;Is Admin;ZIP code\nÄda <ada@example.com>;Ada;1815-12-10;+3;1.5;yes;01234\n"
    )
    rows += "bob@exämple.com;;;;;;\n"
    result = patient("contacts", "import", write(tmp_path, rows), env=account.env)
    assert result.code == 0, result.err
    assert account.imported == [
        [
            {
                "email": "ada@example.com",
                "fields": {
                    "first_name": "Ada",
                    "birthday": "1815-12-10",
                    "seats": 3,
                    "score": 1.5,
                    "is_admin": True,
                    "zip_code": "01234",
                },
            },
            {"email": "bob@xn--exmple-cua.com"},
        ]
    ]


def test_fields_are_fetched_only_for_columns_beyond_the_standard_ones(
    account: Account, patient: Run, tmp_path: Path
) -> None:
    file = write(tmp_path, "email,First Name,last_name\nada@example.com,Ada,Lovelace\n")
    assert patient("contacts", "import", file, env=account.env).code == 0
    assert [request.method for request in account.server.requests] == ["POST", "GET"]
    assert patient("contacts", "import", write(tmp_path, "name\nAda\n"), env=account.env).code == 2
    assert len(account.server.requests) == 2


def test_json_rows_keep_their_types_and_may_hold_the_apis_object_of_fields(
    account: Account, patient: Run, tmp_path: Path
) -> None:
    rows = '{"email": "ada@example.com", "zip_code": 11111, "seats": null}\n'
    rows += '{"email": "bob@example.com", "fields": {"seats": 4, "is_admin": false}}\n'
    assert patient("contacts", "import", "-", env=account.env, stdin=rows).code == 0
    assert account.imported == [
        [
            {"email": "ada@example.com", "fields": {"zip_code": "11111"}},
            {"email": "bob@example.com", "fields": {"seats": 4, "is_admin": False}},
        ]
    ]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("email\nnope\n", ":2: email: 'nope' is not an address"),
        ("email\n\na,b\n", ":3: 2 cells, but the header has 1"),
        ("email,seats\na@example.com,1.5\n", ":2: seats: '1.5' is not a whole number"),
        ("email,score\na@example.com,nan\n", ":2: score: 'nan' is not a number, such as 1234.5"),
        ("email,is_admin\na@example.com,perhaps\n", ":2: is_admin: 'perhaps' is not true or false"),
        ("email,birthday\na@example.com,2026-02-30\n", ":2: birthday: '2026-02-30' is not a date, such as 2026-01-31"),
        (
            "email,zip_code\na@example.com," + "x" * 256 + "\n",
            ":2: zip_code has 256 characters; at most 255 are allowed",
        ),
        ("email,seats\n,4\n", ":2: no address in email"),
        ('email\n"a@example.com, b@example.com"\n', "has 2 addresses; only one is allowed"),
        ('email,zip_code\n"x\n', "a quote that opens in this row is not closed"),
        ("email\n", "has a header and no rows"),
        ("name\nAda\n", ":1: no column email among name"),
        ("email,plan,Notes\na@example.com,x,y\n", ":1: columns 'plan', 'Notes' are not contact fields"),
        ("email,to\na@example.com,b@example.com\n", ":1: columns 'email' and 'to' are both the address"),
        ("email,seats,Seats \na@example.com,1,2\n", ":1: columns 'seats' and 'Seats ' are both the field seats"),
        (b"email\n\xff@example.com\n", ":2: not UTF-8 text"),
        (b"PK\x03\x04", "is an Excel workbook or another zip archive, not text"),
        ('[{"email": "a@example.com", "fields": {"nope": 1}}]', ":1: no contact field has the merge tag nope"),
        ('[{"email": "a@example.com", "fields": [1]}]', ":1: fields must be an object with merge tags"),
        ('[{"email": ["a@example.com"]}]', ":1: email holds a list, not text"),
    ],
)
def test_a_bad_file_is_reported_with_its_line_and_nothing_is_imported(
    account: Account, patient: Run, tmp_path: Path, rows: str | bytes, sentence: str
) -> None:
    file = write(tmp_path, rows, "people.csv" if rows[:1] not in ("[", "{") else "people.json")
    result = patient("contacts", "import", file, env=account.env)
    assert result.code == 2
    assert sentence in result.err
    assert not account.imported
    assert "Traceback" not in result.err


def test_every_bad_row_is_named_and_can_be_skipped(account: Account, patient: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "email\nada@example.com\nnope\nbob@example.com\n@\n")
    refused = patient("contacts", "import", file, env=account.env)
    assert (refused.code, account.imported) == (2, [])
    assert "people.csv:3: " in refused.err
    assert "people.csv:5: " in refused.err
    assert "2 of 4 rows cannot be imported, so nothing was imported" in refused.err
    skipped = patient("contacts", "import", file, "--skip-invalid", "-o", "json", env=account.env)
    assert skipped.code == 0
    assert account.imported == [[{"email": "ada@example.com"}, {"email": "bob@example.com"}]]
    assert (skipped.json()["skipped"], skipped.json()["rows"]) == (2, 4)


def test_columns_can_be_mapped_and_left_out(account: Account, patient: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "Adresse,Sitze,Notiz\nada@example.com,2,x\n")
    flags = ("--map", "email=Adresse", "--map", "seats=Sitze", "--ignore", "notiz")
    assert patient("contacts", "import", file, *flags, env=account.env).code == 0
    assert account.imported == [[{"email": "ada@example.com", "fields": {"seats": 2}}]]


def test_lists_are_found_by_name_and_sent_with_every_contact(account: Account, patient: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "email\nada@example.com\n")
    flags = ("--list", "customers", "--list", "9", "--remove-from-list", "Old")
    assert patient("contacts", "import", file, *flags, env=account.env).code == 0
    assert account.imported == [[{"email": "ada@example.com", "list_ids_included": [7, 9], "list_ids_excluded": [8]}]]
    unknown = patient("contacts", "import", file, "--list", "Nobody", env=account.env)
    assert unknown.code == 5
    assert "--list: No contact list named Nobody" in unknown.err
    both = patient("contacts", "import", file, "--list", "7", "--remove-from-list", "7", env=account.env)
    assert both.code == 2
    assert len(account.imported) == 1


def test_a_dry_run_imports_nothing(account: Account, patient: Run, tmp_path: Path) -> None:
    result = patient("contacts", "import", write(tmp_path, PEOPLE), "--dry-run", "-o", "json", env=account.env)
    assert result.json()["rows"] == 3
    assert result.json()["contacts"][0] == {"email": "ada@example.com", "fields": {"first_name": "Ada"}}
    assert not account.imported


# ------------------------------------------------------------------------------------------------ jobs


def test_it_waits_for_the_job_and_prints_the_result(account: Account, patient: Run, tmp_path: Path) -> None:
    account.looks = 3
    account.ended = FINISHED
    file = write(tmp_path, "email\nada@example.com\nbob@example.com\n")
    result = patient("contacts", "import", file, "-o", "json", env=account.env)
    assert result.code == 0
    assert result.json() == {
        "ids": [1],
        "status": "finished",
        "created_contacts_count": 1,
        "updated_contacts_count": 1,
        "contacts_over_limit_count": 0,
        "failed": 0,
        "skipped": 0,
        "rows": 2,
    }
    assert patient("contacts", "import", file, "-q", env=account.env).out == "2\n"


def test_without_waiting_it_prints_the_ids(account: Account, patient: Run, tmp_path: Path, small_chunks: None) -> None:
    account.looks = 99
    result = patient("contacts", "import", write(tmp_path, PEOPLE), "--no-wait", "-q", env=account.env)
    assert (result.code, result.out) == (0, "1\n2\n")
    assert account.looks == 99


def test_contacts_over_the_limit_are_not_a_success(account: Account, patient: Run, tmp_path: Path) -> None:
    account.ended = {**FINISHED, "created_contacts_count": 0, "contacts_over_limit_count": 1}
    result = patient("contacts", "import", write(tmp_path, "email\nada@example.com\n"), env=account.env)
    assert result.code == 9
    assert "1 contact over the account's limit" in result.err


def test_a_job_that_does_not_end_in_time_is_named(account: Account, patient: Run, tmp_path: Path) -> None:
    account.looks = 10**6
    file = write(tmp_path, PEOPLE)
    result = patient("contacts", "import", file, "--wait", "20s", env=account.env)
    assert result.code == 10
    assert "Import 1 (rows 1 to 3) has not finished: timed out after 20 s" in result.err
    assert "mailtrap contacts import-status 1" in result.err


def test_a_failed_job_is_a_partial_failure(account: Account, patient: Run, tmp_path: Path) -> None:
    account.ended = {"status": "failed"}
    result = patient("contacts", "import", write(tmp_path, PEOPLE), "-o", "json", env=account.env)
    assert result.code == 9
    assert (result.json()["failed"], result.json()["status"]) == (3, "failed")
    assert "rows 1 to 3" in result.error()["message"]


def test_refused_rows_are_named_and_the_import_can_be_resumed(
    account: Account, patient: Run, tmp_path: Path, small_chunks: None
) -> None:
    errors = [{"email": "CY@example.com", "errors": {"email": ["is invalid"], "base": ["contacts limit reached"]}}]
    file = write(tmp_path, PEOPLE + "dee@example.com,Dee\n")

    def refuse_second(request: Request) -> Reply:
        if request.path == IMPORTS and b"cy@example.com" in request.body:
            return Reply(422, {"errors": errors})
        return account.answer(request)

    account.server.script = refuse_second
    result = patient("contacts", "import", file, "-o", "json", env=account.env)
    assert result.code == 9
    error = result.error()
    assert "1 row refused, so none of rows 3 to 4 was imported" in error["message"]
    assert "people.csv:4: CY@example.com: email is invalid" in error["details"][0]
    assert "Rows 1 to 2 are imported." in error["hint"]
    assert f"mailtrap contacts import {file} -o json --from-row 3" in error["hint"]
    account.server.script = account.answer
    account.imported.clear()
    assert patient("contacts", "import", file, "--from-row", "3", env=account.env).code == 0
    assert [contact["email"] for chunk in account.imported for contact in chunk] == [
        "cy@example.com",
        "dee@example.com",
    ]
    account.imported.clear()
    account.refusals = [Reply(422, {"errors": errors})]
    skipped = patient("contacts", "import", file, "--from-row", "3", "--skip-invalid", "-o", "json", env=account.env)
    assert (skipped.code, skipped.json()["failed"]) == (9, 1)
    assert account.imported == [[{"email": "dee@example.com", "fields": {"first_name": "Dee"}}]]


def test_an_unknown_outcome_says_that_a_repeat_is_harmless(
    account: Account, patient: Run, tmp_path: Path, small_chunks: None
) -> None:
    replies = iter([Reply(201, {"id": 1, "status": "created"}), Reply(fault="reset")])
    account.server.script = lambda request: next(replies) if request.path == IMPORTS else account.answer(request)
    file = write(tmp_path, PEOPLE)
    result = patient("contacts", "import", file, env=account.env)
    assert result.code == 7
    assert "outcome unknown" in result.err
    assert "Rows 1 to 2 are imported. Repeating rows is harmless" in result.err
    assert f"Resume: mailtrap contacts import {file} --from-row 3" in result.err


def test_ctrl_c_says_where_to_resume(account: Account, environment: dict[str, str], tmp_path: Path) -> None:
    account.looks = 10**6
    file = write(tmp_path, PEOPLE)
    command = [PROGRAM, "contacts", "import", file]
    process = subprocess.Popen(command, env={**environment, **account.env}, stderr=subprocess.PIPE, text=True)
    until(lambda: bool(account.imported) and account.looks < 10**6 - 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Interrupted during the import, at row 1" in err
    assert f"Resume: mailtrap contacts import {file} --from-row 1" in err


# ------------------------------------------------------------------------------------------------ exports


def test_an_export_is_created_waited_for_and_downloaded_without_the_token(
    account: Account, patient: Run, tmp_path: Path
) -> None:
    account.looks = 3
    out = tmp_path / "contacts.csv"
    flags = ("--out", str(out), "--list", "Customers", "--status", "subscribed", "-o", "json")
    result = patient("contacts", "export", *flags, env=account.env)
    assert result.code == 0, result.err
    assert out.read_bytes() == b"email\nada@example.com\n"
    assert result.json() == {**account.export("finished"), "file": str(out), "bytes": 22}
    (asked,) = account.files
    assert "token-for-tests" not in str(asked)
    assert "authorization" not in asked.headers
    assert asked.path.endswith("?signature=a%2Bb")
    created = next(request for request in account.server.requests if request.method == "POST")
    assert created.json() == {
        "filters": [
            {"name": "list_id", "operator": "equal", "value": [7]},
            {"name": "subscription_status", "operator": "equal", "value": "subscribed"},
        ]
    }


def test_output_is_gzipped_if_its_name_says_so(account: Account, patient: Run, tmp_path: Path) -> None:
    text = b"email\n" + b"ada@example.com\n" * 100_000
    account.file = Reply(200, gzip.compress(text[:50]) + gzip.compress(text[50:]))
    plain, zipped = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    for out in (plain, zipped):
        assert patient("contacts", "export", "--out", str(out), env=account.env).code == 0
    assert plain.read_bytes() == gzip.decompress(zipped.read_bytes()) == text
    account.file = Reply(200, b"x")
    assert patient("contacts", "export", "--out", str(zipped), "--force", env=account.env).code == 0
    assert gzip.decompress(zipped.read_bytes()) == b"x"


@pytest.mark.parametrize(
    "file",
    [
        Reply(200, b"x" * 1000, fault="cut"),
        Reply(200, gzip.compress(b"x" * 1000)[:-9]),
        Reply(200, gzip.compress(b"x" * 1000)[:12] + b"\xff" * 20),
        Reply(403, b"<Error>expired</Error>"),
        Reply(302, headers={"Location": "http://example.com/contacts.csv"}),
        Reply(302, headers={"Location": "/files/contacts.csv"}),
    ],
)
def test_a_broken_download_leaves_no_file_and_can_be_resumed(
    account: Account, patient: Run, tmp_path: Path, file: Reply
) -> None:
    account.file = file
    out = tmp_path / "contacts.csv"
    result = patient("contacts", "export", "--out", str(out), env=account.env)
    assert result.code in (4, 7)
    assert f"Resume: mailtrap contacts export --out {out} --resume 9" in result.err
    assert list(tmp_path.glob("*.csv*")) + list(tmp_path.glob(".*")) == []
    account.file = Reply(200, b"email\n")
    before = len(account.server.requests)
    assert patient("contacts", "export", "--out", str(out), "--resume", "9", env=account.env).code == 0
    assert all(request.method == "GET" for request in account.server.requests[before:])


@pytest.mark.parametrize(
    "link", ["http://example.com/a.csv", "ftp://127.0.0.1/a", "file:///etc/passwd", "https://u:p@a.example/x", ""]
)
def test_only_https_or_this_machine_is_downloaded_from(
    account: Account, patient: Run, tmp_path: Path, link: str
) -> None:
    account.link = link
    result = patient("contacts", "export", "--out", str(tmp_path / "a.csv"), env=account.env)
    assert result.code == 7
    assert not (tmp_path / "a.csv").exists()


def test_an_existing_file_is_kept_before_anything_is_created(account: Account, patient: Run, tmp_path: Path) -> None:
    out = tmp_path / "contacts.csv"
    out.write_text("mine")
    refused = patient("contacts", "export", "--out", str(out), env=account.env)
    assert (refused.code, out.read_text()) == (2, "mine")
    assert not account.server.requests
    assert patient("contacts", "export", "--out", str(out), "--force", env=account.env).code == 0
    assert out.read_text() == "email\nada@example.com\n"


def test_a_running_export_is_reported_clearly(account: Account, patient: Run, tmp_path: Path) -> None:
    sentence = "There is a previous export initiated. You will be notified by email once it is completed."
    account.refusals = [Reply(422, {"errors": {"base": [sentence]}})]
    result = patient("contacts", "export", "--out", str(tmp_path / "a.csv"), env=account.env)
    assert result.code == 1
    assert sentence in result.err
    assert "--resume ID" in result.err


def test_an_export_can_be_created_without_waiting(account: Account, patient: Run, tmp_path: Path) -> None:
    assert patient("contacts", "export", "--no-wait", "-q", env=account.env).out == "9\n"
    assert patient("contacts", "export", env=account.env).code == 2
    missing = patient("contacts", "export", "--resume", "10", "--out", str(tmp_path / "a.csv"), env=account.env)
    assert (missing.code, "No export 10" in missing.err) == (5, True)
    account.looks = 10**6
    late = patient("contacts", "export", "--out", str(tmp_path / "a.csv"), "--wait", "20", env=account.env)
    assert late.code == 10
    assert "Export 9 is not finished" in late.err
    assert "--resume 9" in late.err
