"""Several writes that belong together: all of them, or none."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def together(*, database: str) -> Iterator[None]:
    """Make what is written inside one transaction; it joins one that is already open."""
    with transaction.atomic(using=database):
        yield
