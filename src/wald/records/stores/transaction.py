"""Several writes that belong together: all of them, or none; several reads of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

_ONE_MOMENT = {
    "sqlite": "BEGIN DEFERRED",  # with a write-ahead log it sees one state and holds up nobody
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


@contextmanager
def together(*, database: str) -> Iterator[None]:
    """Make what is written inside one transaction; it joins one that is already open."""
    with transaction.atomic(using=database):
        yield


@contextmanager
def one_moment(*, database: str) -> Iterator[None]:
    """Let everything read inside be of the same moment, while others go on writing.

    Raises RuntimeError inside a transaction, which has a moment of its own.
    """
    connection = connections[database]
    if connection.in_atomic_block:
        raise RuntimeError("one_moment() begins outside of any transaction")
    with connection.cursor() as cursor:
        cursor.execute(_ONE_MOMENT[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
