"""A subject has the dimensions of the people, accounts and products it names, and of its own."""

import pytest

from wald.facts.dimension import DIMENSIONS, dimensions_of, origin
from wald.facts.subject import SUBJECTS

PEOPLE = {"rep", "team", "region", "manager", "role", "territory", "rep_id"}
TIME = {"day", "month", "quarter", "year"}


def test_a_key_names_its_dimension() -> None:
    assert all(key == dimension.key for key, dimension in DIMENSIONS.items())


@pytest.mark.parametrize("subject", SUBJECTS)
def test_only_what_is_dated_has_a_calendar(subject: str) -> None:
    assert set(dimensions_of(SUBJECTS[subject], dated=True)) >= TIME
    assert not TIME & set(dimensions_of(SUBJECTS[subject], dated=False))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_can_be_told_by_its_people(subject: str) -> None:
    assert set(dimensions_of(SUBJECTS[subject], dated=False)) >= PEOPLE


@pytest.mark.parametrize(
    ("subject", "has", "has_not"),
    [
        ("deals", {"segment", "product", "stage"}, {"channel", "kind"}),
        ("bookings", {"segment", "channel"}, {"product", "stage"}),
        ("booking_lines", {"product", "channel"}, {"stage"}),
        ("leads", {"source", "segment", "country"}, {"account", "product"}),
        ("sellers", set(), {"account", "stage"}),
    ],
)
def test_has_what_its_columns_give(subject: str, has: set[str], has_not: set[str]) -> None:
    found = set(dimensions_of(SUBJECTS[subject], dated=False))
    assert has <= found
    assert not has_not & found


@pytest.mark.parametrize(
    ("subject", "key", "via"),
    [
        ("deals", "segment", "account"),
        ("leads", "segment", ""),
        ("deals", "territory", "person"),
        ("bookings", "territory", ""),
        ("deals", "stage", ""),
        ("deals", "quarter", "calendar"),
    ],
)
def test_a_column_of_its_own_goes_first(subject: str, key: str, via: str) -> None:
    assert origin(SUBJECTS[subject], key) == via
