"""Records are kept in a file or in a PostgreSQL, which belongs to one workspace."""

import importlib.util
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from wald.kernel.policy import Role
from wald.records.stores import workspace as store
from wald.records.stores.users import create_user, list_users
from wald.site.databases import records_database


def test_tables_are_there_and_empty(record_store: str) -> None:
    assert store.is_up_to_date(record_store)
    assert list_users(database=record_store) == ()
    create_user("ana", None, Role.SALES_OPERATIONS, database=record_store)
    assert [user.name for user in list_users(database=record_store)] == ["ana"]


def test_each_test_has_tables_of_its_own(record_store: str) -> None:
    assert list_users(database=record_store) == ()


def test_without_an_address_records_are_a_file_of_the_workspace(tmp_path: Path) -> None:
    assert records_database(tmp_path, "")["NAME"] == str(tmp_path / "records.sqlite3")


def test_an_address_is_taken_apart() -> None:
    found = records_database(
        Path(), "postgresql://ana:p%40ss@db.example:5433/sales?sslmode=require"
    )
    assert [found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")] == [
        "sales",
        "ana",
        "p@ss",
        "db.example",
        "5433",
        {"sslmode": "require"},
    ]


@pytest.mark.parametrize(
    "address",
    ["mysql://x/y", "/a/file", "postgresql://", "postgresql://h:p:q/x", "postgresql://h/"],
)
def test_an_address_that_is_none_is_refused_with_its_form(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"postgresql://USER:PASSWORD@HOST:PORT/NAME"):
        records_database(Path(), address)


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        records_database(Path(), "postgresql://ana:hush@h:port:x/y")
    assert "hush" not in str(refused.value)


def test_without_the_driver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wald.site.databases.find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install 'wald\[postgres\]'"):
        records_database(Path(), "postgresql://h/x")
    assert importlib.util.find_spec("psycopg") is not None
