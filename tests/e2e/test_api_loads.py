"""A program lists loads, and a steward's program loads and undoes, where the server lets it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from tests.exports import FILES, write_export
from tests.serving import served, signed


@pytest.fixture(scope="module", autouse=True)
def imports(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Path]:
    """The server's import folder; the export in it is loaded, with a booking rejected."""
    root = tmp_path_factory.mktemp("imports")
    broken = FILES["booking.csv"].replace("50.50", "fifty")
    with served(write_export(root / "first", booking=broken), django_db_blocker):
        yield root


@pytest.fixture
def rae() -> Client:
    return signed("rae")


@pytest.fixture
def ana(imports: Path) -> Iterator[Client]:
    with override_settings(IMPORT_ROOT=str(imports)):
        yield signed("ana")


def _load(person: Client, **given: object) -> tuple[int, dict[str, object]]:
    answer = person.post("/api/v1/loads", json.dumps(given), content_type="application/json")
    return answer.status_code, answer.json()


def test_loads_are_listed_newest_first(ana: Client) -> None:
    numbers = [one["load_id"] for one in ana.get("/api/v1/loads").json()]
    assert numbers == sorted(numbers, reverse=True)
    first = ana.get("/api/v1/loads").json()[-1]
    assert first["state"] == "published"
    assert first["rejects"][0]["rows"] == 1
    assert ana.get(f"/api/v1/loads/{first['load_id']}").json() == first
    assert ana.get(f"/api/v1/loads?before={first['load_id']}").json() == []


def test_rejected_rows_are_shown_with_their_reason(ana: Client) -> None:
    first = ana.get("/api/v1/loads").json()[-1]
    (file,) = ana.get(f"/api/v1/loads/{first['load_id']}/rejects").json()
    assert file["rows"][0]["booking_id"] == "B3"
    assert "fifty" in file["rows"][0]["reason"]


@pytest.mark.parametrize("number", ["99", str(2**63), str(2**80)])
def test_a_load_that_is_not_there_is_not_found(ana: Client, number: str) -> None:
    for end in ("", "/rejects"):
        assert ana.get(f"/api/v1/loads/{number}{end}").status_code == 404
    assert ana.post(f"/api/v1/loads/{number}/undo").status_code == 404


def test_a_steward_loads_and_takes_back(ana: Client, imports: Path) -> None:
    write_export(imports / "second")
    code, report = _load(ana, folder="second")
    assert (code, report["totals"]["new"]) == (201, 1)  # type: ignore[index]  # JSON
    again, _ = _load(ana, folder="second")
    assert again == 200
    undo = ana.post(f"/api/v1/loads/{report['load_id']}/undo")
    assert (undo.status_code, undo.json()["rows"]) == (200, 1)
    twice = ana.post(f"/api/v1/loads/{report['load_id']}/undo")
    assert twice.status_code == 409
    assert "was undone" in twice.json()["detail"]


def test_a_dry_run_stores_nothing(ana: Client, imports: Path) -> None:
    write_export(imports / "third", booking=FILES["booking.csv"] + "B9,,A1,P1,1,EUR,2024-03-01\n")
    before = ana.get("/api/v1/loads").json()
    code, report = _load(ana, folder="third", dry_run=True)
    assert (code, report["dry_run"], report["load_id"]) == (200, True, None)
    assert ana.get("/api/v1/loads").json() == before


def test_an_unusable_folder_is_refused_with_its_problems(ana: Client, imports: Path) -> None:
    (imports / "empty").mkdir()
    code, problem = _load(ana, folder="empty")
    assert code == 422
    assert problem["detail"]


@pytest.mark.parametrize(
    "folder", ["..", "../imports", "/etc", "link", "nowhere", "a\0b", "x" * 900, "first/../../.."]
)
def test_no_folder_outside_the_import_folder_is_read(
    ana: Client, imports: Path, folder: str
) -> None:
    link = imports / "link"
    if not link.exists():
        link.symlink_to("/etc")
    code, problem = _load(ana, folder=folder)
    assert code == 422
    assert problem["problems"][0]["where"] == "folder"  # type: ignore[index]  # JSON


def test_a_server_without_an_import_folder_loads_nothing() -> None:
    code, problem = _load(signed("ana"), folder="first")
    assert code == 403
    assert "WALD_IMPORT_ROOT" in str(problem["detail"])


def test_a_reader_sees_that_there_was_a_load_and_not_its_rows(rae: Client) -> None:
    first = rae.get("/api/v1/loads").json()[-1]
    assert first["rejects"] == []
    for end in ("", "/rejects"):
        assert rae.get(f"/api/v1/loads/{first['load_id']}{end}").status_code == 403


def test_a_reader_may_neither_load_nor_undo(rae: Client) -> None:
    code, problem = _load(rae, folder="first")
    assert code == 403
    assert "facts.load" in str(problem["detail"])
    assert rae.post("/api/v1/loads/1/undo").status_code == 403


def test_a_page_of_another_site_cannot_load_with_my_session() -> None:
    session = Client(enforce_csrf_checks=True)
    session.force_login(User.objects.get(username="ana"))
    code, _ = _load(session, folder="first")
    assert code == 403


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", 400),
        ("", 422),
        ("[]", 422),
        ('{"folder": 7}', 422),
        ('{"folder": "first", "speed": 1}', 422),
        ('{"folder": "first", "decimal": "dot"}', 422),
        ('{"folder": "first", "encoding": "klingon"}', 422),
        ('{"folder": "first", "connector": "nope"}', 422),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(ana: Client, body: str, code: int) -> None:
    answer = ana.post("/api/v1/loads", body, content_type="application/json")
    assert answer.status_code == code
    assert answer["Content-Type"] == "application/problem+json"
