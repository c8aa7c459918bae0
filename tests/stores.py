"""The two record stores, each with fresh and empty tables: one test, run on both.

    def test_something(record_store: str) -> None:             # the name of a database
    def test_something(record_home: Workspace) -> None:        # a workspace that uses it

Tables are made once and copied for each test.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from wald.kernel.workspace import Workspace
from wald.records.stores.workspace import bring_up_to_date, register
from wald.site.databases import records_database

_number = count(1)


@dataclass(frozen=True)
class Postgres:
    """A server of the tests' own, and the name of a database that has empty tables."""

    address: str
    template: str

    def at(self, name: str) -> str:
        """Return the address of one of its databases."""
        head, _, end = self.address.partition("?")
        return f"{head.rpartition('/')[0]}/{name}?{end}"

    def run(self, text: str) -> None:
        import psycopg

        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(text.encode())

    def new(self) -> str:
        """Return the name of a database with empty tables."""
        name = f"records_{os.getpid()}_{next(_number)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        return name


@pytest.fixture(scope="session")
def postgres_records(postgres_address: str, django_db_blocker: DjangoDbBlocker) -> Postgres:
    server = Postgres(postgres_address, f"tables_{os.getpid()}")
    server.run(f"CREATE DATABASE {server.template}")
    with django_db_blocker.unblock():
        register(server.template, records_database(Path(), server.at(server.template)))
        bring_up_to_date(server.template)
        forget(server.template)
    return server


@pytest.fixture(scope="session")
def sqlite_records(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Path:
    """Return a file of records with empty tables, to be copied."""
    home = tmp_path_factory.mktemp("tables")
    with django_db_blocker.unblock():
        register("tables", records_database(home, ""))
        bring_up_to_date("tables")
        forget("tables")
    return home / "records.sqlite3"


@pytest.fixture
def sqlite_home(
    tmp_path: Path, sqlite_records: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Workspace]:
    """Give a workspace of the test's own, with empty records in SQLite."""
    home = tmp_path / "own"
    home.mkdir()
    shutil.copy(sqlite_records, home / "records.sqlite3")
    alias = f"own-{home}"
    register(alias, records_database(home, ""))
    with django_db_blocker.unblock():
        yield Workspace(home, alias)
        forget(alias)


@pytest.fixture(params=["sqlite", "postgres"])
def record_store(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """Give the name of a database with fresh, empty tables: a file's, then a server's."""
    alias = f"{request.param}-{next(_number)}"
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_records"), home / "records.sqlite3")
        register(alias, records_database(home, ""))
        with django_db_blocker.unblock():
            yield alias
            forget(alias)
        return
    server: Postgres = request.getfixturevalue("postgres_records")
    name = server.new()
    register(alias, records_database(home, server.at(name)))
    with django_db_blocker.unblock():
        yield alias
        forget(alias)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def record_home(record_store: str, tmp_path: Path) -> Workspace:
    """Return a workspace that keeps its records in the store."""
    return Workspace(tmp_path / "home", record_store)


def forget(alias: str) -> None:
    """Close this thread's connection and forget the database."""
    connections[alias].close()
    del connections[alias]
    connections.databases.pop(alias, None)
