"""Somebody new types one command, and a minute later looks at their sales organization."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.exports import FILES, write_export
from tests.terminal import Ended, wald
from wald.actions.example_forecast import say_example_forecasts
from wald.actions.work.kinds.example_forecast import JOB
from wald.cli import run
from wald.cli.door import opened, person
from wald.kernel.policy import Role

_EXAMPLE_PEOPLE = "administrator operations local leader manager rep finance reader".split()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, records: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own to stand in; WALD_HOME is put back afterwards."""
    monkeypatch.setenv("WALD_HOME", str(tmp_path / "other"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@dataclass(frozen=True)
class Runs:
    """The same folder run three times, the third time with another amount in it."""

    place: Path
    first: Ended
    second: Ended
    third: Ended


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, records: None) -> Runs:
    place = tmp_path_factory.mktemp("runs")
    export = write_export(place / "My Export")
    words = ["run", str(export), "--no-serve"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WALD_HOME", str(place / "other"))
        patch.chdir(place)
        first, second = wald(*words), wald(*words)
        write_export(export, booking=FILES["booking.csv"].replace("50.50", "60.50"))
        return Runs(place, first, second, wald(*words))


def test_a_folder_gets_a_workspace_of_its_own(runs: Runs) -> None:
    assert runs.first.code == 0
    (home,) = (runs.place / "var").iterdir()
    assert home.name.startswith("my-export-")
    assert "150.50 EUR" in runs.first.out
    assert not (runs.place / "other").exists()


def test_a_password_is_made_and_shown_once(runs: Runs) -> None:
    assert "Sign in as admin with the password " in runs.first.err
    assert "with the password" not in runs.second.err
    assert "wald users password admin --home var/my-export-" in runs.second.err


def test_the_same_folder_again_brings_only_what_changed(runs: Runs) -> None:
    assert "brings nothing new" in runs.second.err
    assert "160.50 EUR" in runs.third.out


def test_two_folders_of_one_name_do_not_mix(here: Path) -> None:
    one, two = (run.home_of(here / above / "export") for above in ("a", "b"))
    assert one != two
    assert run.home_of(here / "a" / "." / "export") == one


def test_rows_rejected_end_in_code_3(here: Path) -> None:
    broken = FILES["booking.csv"].replace("50.50", "fifty")
    ended = wald("run", str(write_export(here / "export", booking=broken)), "--no-serve")
    assert ended.code == 3
    assert "100.00 EUR" in ended.out


def test_a_folder_that_is_not_there_is_said_before_anything_is_served(here: Path) -> None:
    ended = wald("run", "nowhere", "--no-serve")
    assert ended.code == 2
    assert "nowhere" in ended.err


def test_without_a_folder_acme_is_invented_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_SCALE", 0.1)
    monkeypatch.setattr(run, "_YEARS", 1)
    first = wald("run", "--no-serve")
    assert first.code == 0
    assert "a company that does not exist" in first.err
    assert "Win rate" in first.out
    second = wald("run", "--no-serve")
    assert "Acme" not in second.err
    shown = [
        re.findall(r"^(\w+) +([a-z2-7]{12}) ", ended.out, re.MULTILINE) for ended in (first, second)
    ]
    assert shown[0] == shown[1]
    assert [name for name, _ in shown[0]] == _EXAMPLE_PEOPLE
    listed = {user["name"]: user["role"] for user in wald("users", "list", "--json").json}
    assert len(set(listed.values())) == len(Role), "one of each role"
    states = [run["state"] for run in wald("pay", "runs", "--json").json]
    assert states == ["draft", *["released"] * 11], "every quarter is paid, the last one waits"
    jobs = {job["kind"]: job["state"] for job in wald("work", "list", "--json").json}
    assert jobs["example_forecast"] == "waiting", "the first run queues it and goes on"
    _people_say_their_numbers_once()


def _people_say_their_numbers_once() -> None:
    """The first step of the job: through the usual actions, and a second time nothing new."""
    actor, workspace = person(), opened(Path(os.environ["WALD_HOME"]))
    steps = []

    def told(words: str, done: int, total: int | None) -> None:
        steps.append(words)

    made = say_example_forecasts(actor=actor, workspace=workspace, told=told)
    assert say_example_forecasts(actor=actor, workspace=workspace, told=told) == 0
    shown = wald("forecast", "show", "--json").json
    assert shown["period"] == "2026-Q4"
    assert shown["calendar"].startswith("company")
    said = [one["person"] for one in shown["lines"] if one["calls"]]
    assert len(said) == sum(one["is_asked"] for one in shown["lines"])
    entries = wald("journal", "list", "--json", "--limit", "300").json
    actions = [one["action"] for one in entries]
    assert actions.count("forecast.submit") == len(said)
    assert made == len(said) + actions.count("forecast.override")
    assert "Numbers for 2026-Q4" in steps
    assert [step.name for step in JOB.steps] == ["say", "score"]


def test_what_is_not_invented_gets_no_example_people(runs: Runs) -> None:
    assert not set(_EXAMPLE_PEOPLE) & set(re.findall(r"^\w+", runs.first.out, re.MULTILINE))


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_in_use_is_said_at_once_with_one_that_is_free(here: Path, taken: int) -> None:
    for ended in (wald("run", "--port", str(taken)), wald("serve", "--port", str(taken))):
        assert ended.code == 4
        assert f"Port {taken}" in ended.err
        assert "--port 80" in ended.err
    assert not (here / "var").exists()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _asked(address: str, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:  # noqa: S310  # our own server
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_serves_pages_and_api_until_ctrl_c(here: Path) -> None:
    port = _free_port()
    known = {k: v for k, v in os.environ.items() if not k.startswith(("WALD_", "DJANGO_"))}
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "wald",
            "run",
            str(write_export(here / "export")),
            "--port",
            str(port),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=known,
    ) as server:
        assert server.stderr is not None
        patience = threading.Timer(60, server.kill)
        patience.start()
        said: list[str] = []
        while not said or "until you press Ctrl-C" not in said[-1]:
            line = server.stderr.readline()
            assert line, "".join(said)
            said.append(line)
        password = next(line for line in said if "with the password" in line).split()[-1]
        mark = b64encode(f"admin:{password}".encode()).decode()
        site = f"http://127.0.0.1:{port}"
        assert _asked(f"{site}/api/v1/metrics", {"Authorization": f"Basic {mark}"}) == 200
        assert _asked(f"{site}/api/v1/metrics", {}) == 401
        assert _asked(f"{site}/", {}) == 200  # the page to sign in
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
        patience.cancel()
        assert "Traceback" not in server.stderr.read()


def _simulate(*words: str) -> Ended:
    return wald("simulate", "--scale", "0.1", "--years", "1", *words)


def test_an_invented_company_is_a_folder_that_loads(here: Path) -> None:
    made = _simulate("--out", str(here / "acme"), "--json").json
    assert made["rows"]["opportunity"] > 50
    loaded = wald("load", str(here / "acme"), "--json").json
    assert loaded["totals"]["new"] == sum(made["rows"].values())


def test_the_same_seed_makes_the_same_company(here: Path) -> None:
    for name in ("one", "two"):
        _simulate("--out", str(here / name), "--format", "csv", "--seed", "3")
    one, two = (sorted((here / name).glob("*.csv")) for name in ("one", "two"))
    assert [f.read_bytes() for f in one] == [f.read_bytes() for f in two]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--company", "acne"], "acme"),
        (["--plant", "nothing_like_it"], "known are"),
        (["--years", "0"], "1 to"),
        (["--until", "soon"], "2017-12-31"),
        (["--until", "1999-01-01"], "inside"),
        (["--format", "xml"], "parquet"),
    ],
)
def test_what_cannot_be_invented_is_refused(here: Path, words: list[str], hint: str) -> None:
    ended = wald("simulate", "--out", str(here / "out"), *words)
    assert ended.code == 2
    assert hint in ended.err
    assert not (here / "out").exists()


def test_a_folder_with_files_in_it_is_left_alone(here: Path) -> None:
    ended = _simulate("--out", str(write_export(here / "export")))
    assert ended.code == 2
    assert "not empty" in ended.err
