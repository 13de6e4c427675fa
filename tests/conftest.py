"""An empty home for every test, the installed program as a subprocess, and a loopback server."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import settings

from mailtrap_cli.api.client import Client
from mailtrap_cli.cli.context import World
from mailtrap_cli.cli.root import run as run_command
from mailtrap_cli.config.settings import Settings
from tests.loopback import Loopback
from tests.preloaded import PROGRAM as PROGRAM
from tests.preloaded import preloaded
from tests.processes import leftovers, run_program

# The same examples at every run, so that a change is judged by itself; MAILTRAP_TEST_EXPLORE=1 looks for many new ones.
# A busy machine is no fault of the code, so there is no deadline.
exploring = bool(os.environ.get("MAILTRAP_TEST_EXPLORE"))
settings.register_profile("ours", deadline=None, derandomize=not exploring, max_examples=1000 if exploring else 100)
settings.load_profile("ours")

# A shell that starts the tests in the background has it ignored, which every program below would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, default=25, help="Rounds of each fuzzer (default: 25).")


@pytest.fixture
def fuzz(request: pytest.FixtureRequest) -> int:
    """How many rounds a fuzzer runs: few by default, more with --fuzz N."""
    rounds: int = request.config.getoption("--fuzz")
    return rounds


@dataclass(frozen=True)
class Result:
    """The result of a run: its exit code and both streams."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def error(self) -> dict[str, Any]:
        """The error object printed with `-o json`."""
        found: dict[str, Any] = json.loads(self.err.splitlines()[-1])["error"]
        return found


class Run(Protocol):
    """Runs the installed `mailtrap` with these arguments."""

    def __call__(
        self,
        *args: str,
        env: Mapping[str, str] | None = None,
        stdin: str | bytes = "",
        cwd: Path | None = None,
        timeout: float = 60,
    ) -> Result: ...


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    """Kill what a test started and did not wait for, as a test that fails halfway does."""
    yield
    leftovers.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """The environment of a new user: nothing of ours, nothing of the machine's."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG", "LC_ALL") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "COLUMNS": "100",
        "PYTHONWARNINGS": "error",
        "PYTHONDEVMODE": "",
    }


@pytest.fixture
def installed(environment: dict[str, str], tmp_path: Path) -> Run:
    """The installed program, run in an empty folder with an empty home."""
    return runner(environment, tmp_path, forked=False)


@pytest.fixture
def mailtrap(environment: dict[str, str], tmp_path: Path) -> Run:
    """The same with its imports already done, which takes a tenth of the time: see `tests.preloaded`."""
    return runner(environment, tmp_path, forked=True)


@pytest.fixture(scope="session", autouse=True)
def end_of_preloaded() -> Iterator[None]:
    yield
    if preloaded.cache_info().currsize:
        preloaded().close()


def runner(environment: dict[str, str], tmp_path: Path, *, forked: bool) -> Run:
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    process = preloaded() if forked else None  # here, since tests run it in several threads

    def run(
        *args: str,
        env: Mapping[str, str] | None = None,
        stdin: str | bytes = "",
        cwd: Path | None = None,
        timeout: float = 60,
    ) -> Result:
        whole = {**environment, **(env or {})}
        start = process.run if process and process.is_fit(whole) else run_program
        data = stdin.encode() if isinstance(stdin, str) else stdin
        code, out, err = start(args, env=whole, stdin=data, cwd=cwd or folder, timeout=timeout)
        result = Result(code, out.decode(), err.decode())
        assert "Traceback" not in result.err, result.err
        return result

    return run


@pytest.fixture
def patient(environment: dict[str, str], tmp_path: Path) -> Run:
    """Run the program in this process: it reports how long it would wait between attempts, but does not wait."""

    def run(
        *args: str,
        env: Mapping[str, str] | None = None,
        stdin: str | bytes = "",
        cwd: Path | None = None,
        timeout: float = 60,
    ) -> Result:
        out, err = io.StringIO(), io.StringIO()
        data = io.BytesIO(stdin.encode() if isinstance(stdin, str) else stdin)
        world = World(
            env={**environment, **(env or {})},
            stdin=io.TextIOWrapper(data, encoding="utf-8"),
            stdout=out,
            stderr=err,
            sleep=lambda seconds: None,
        )
        return Result(run_command(list(args), world), out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A loopback server, verified at the end of the test: every expected reply was requested, and no request was
    unexpected.
    """
    loopback = Loopback()
    try:
        yield loopback
        loopback.verify()
    finally:
        loopback.close()


def client_of(settings: Settings, timeout: float = 30.0) -> Client:
    """Return a client as commands get it, so that the profile `local` answers in this process."""
    world = World()
    world.common.timeout = timeout
    return world.api(settings)
