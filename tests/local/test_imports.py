"""Imports and exports by the installed program against `local serve`: killed halfway and resumed."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import PROGRAM, Run
from tests.local.conftest import Serve
from tests.local.serving import Serving


@pytest.fixture
def server(serve: Serve) -> Serving:
    return serve("--token-env", "ACME", env={"ACME": "secret"})


@pytest.fixture
def env(server: Serving) -> dict[str, str]:
    return {"MAILTRAP_API_URL": f"{server.url}/account", "MAILTRAP_API_TOKEN": "secret"}


def test_a_killed_import_resumes_where_it_said(
    server: Serving, env: dict[str, str], mailtrap: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    """With eight long fields a chunk reaches its size limit early, which keeps the test quick."""
    file, rows = tmp_path / "people.csv", 7000
    tags = [f"note_{letter}" for letter in "abcdefgh"]
    for tag in tags:
        made = server.ask(
            "POST",
            "/account/api/contacts/fields",
            {"name": tag, "data_type": "text", "merge_tag": tag},
            headers={"Authorization": "Bearer secret"},
        )
        assert made.status == 201, made
    cells = ",".join(["x" * 250] * len(tags))
    lines = [f"u{number}@example.com,{cells}" for number in range(rows)]
    file.write_text("\n".join([f"email,{','.join(tags)}", *lines]))
    command = [PROGRAM, "contacts", "import", str(file), "--timeout", "120"]
    process = subprocess.Popen(command, env={**environment, **env}, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = process.stderr.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    found = re.fullmatch(
        r"Import 1 finished: rows 1 to ([0-9,]+) of 7,000 \(resume after it with --from-row ([0-9]+)\)\n", said
    )
    assert found, said
    following = int(found[2])
    assert int(found[1].replace(",", "")) == following - 1
    done = mailtrap(*command[1:], "--from-row", str(following), "-o", "json", env=env, timeout=120)
    assert done.code == 0, done.err
    assert done.json()["rows"] == rows - following + 1
    out = tmp_path / "all.csv"
    assert mailtrap("contacts", "export", "--out", str(out), env=env).code == 0
    emails = [line.partition(",")[0] for line in out.read_text().splitlines()[1:]]
    assert len(emails) == len(set(emails)) == rows


def test_an_export_of_the_local_sandbox_is_a_link_that_needs_no_token(
    env: dict[str, str], mailtrap: Run, tmp_path: Path
) -> None:
    imported = mailtrap("contacts", "import", "-", env=env, stdin="email,first_name\nada@example.com,Ada\n")
    assert imported.code == 0, imported.err
    result = mailtrap("contacts", "export", "--out", str(tmp_path / "all.csv"), "-o", "json", env=env)
    url = result.json()["url"]
    with urlopen(url) as answer:
        assert answer.read() == (tmp_path / "all.csv").read_bytes()
    guessed = re.sub(r"[0-9a-f-]{36}", "00000000-0000-4000-8000-000000000000", url)
    with pytest.raises(OSError, match="404"):
        urlopen(guessed)


def test_exported_suppressions_can_be_imported(mailtrap: Run, tmp_path: Path) -> None:
    assert mailtrap("domains", "create", "-p", "local", "--domain-name", "acme.example").code == 0
    flags = ("-p", "local", "--domain", "acme.example", "--stream", "bulk", "-q")
    rows = "email\n" + "".join(f"u{number}@example.com\n" for number in range(1200))
    assert mailtrap("suppressions", "import", "-", *flags, stdin=rows).out == "1200\n"
    out = tmp_path / "gone.csv"
    assert mailtrap("suppressions", "export", "-p", "local", "--out", str(out)).code == 0
    again = mailtrap("suppressions", "import", str(out), "-p", "local", "-o", "json").json()
    assert (again["created"], again["already_suppressed"]) == (0, 1200)
