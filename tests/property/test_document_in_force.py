"""What held on a day, as known on a day: the fast answer is that of going through it by hand."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wald.documents.in_force import in_force, standing, stretches
from wald.documents.version import Standing, State, Version

DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)
MORNING = datetime(2026, 1, 1, 9, tzinfo=UTC)

VERSION = Version(
    version_id=0,
    type="approval_policy",
    name="discounts",
    unit="",
    number=0,
    revision=1,
    state=State.APPROVED,
    text="",
    content={},
    schema=1,
    owner="",
    reason="",
    local=(),
    author="ana",
    editors=("ana",),
    drafted_at=MORNING,
    starts_on=FIRST,
    ends_on=None,
)


@st.composite
def histories(draw: st.DrawFn) -> list[Version]:
    """Draw versions approved one after the other, some withdrawn before they held."""
    made: list[Version] = []
    approved_at = MORNING
    for number in range(1, draw(st.integers(0, 7)) + 1):
        approved_at += draw(st.integers(0, 4)) * DAY
        starts_on = FIRST + draw(st.integers(0, 20)) * DAY
        length = draw(st.none() | st.integers(1, 12))
        withdrawn_at = approved_at + draw(st.integers(0, 5)) * DAY
        is_withdrawn = withdrawn_at.date() < starts_on and draw(st.booleans())
        made.append(
            replace(
                VERSION,
                version_id=number,
                number=number,
                approved_at=approved_at,
                starts_on=starts_on,
                ends_on=None if length is None else starts_on + length * DAY,
                state=State.WITHDRAWN if is_withdrawn else State.APPROVED,
                withdrawn_at=withdrawn_at if is_withdrawn else None,
            )
        )
    return made


def by_hand(versions: list[Version], on: date, known: datetime | None) -> int | None:
    """Go through the days up to `on`: on each, what starts takes over, and what ends is gone."""
    now = datetime.max.replace(tzinfo=UTC) if known is None else known
    holds: Version | None = None
    for days in range((on - FIRST).days + 1):
        day = FIRST + days * DAY
        if holds is not None and holds.ends_on == day:
            holds = None
        for version in versions:
            is_there = version.approved_at is not None and version.approved_at <= now
            is_gone = version.withdrawn_at is not None and version.withdrawn_at <= now
            if is_there and not is_gone and version.starts_on == day:
                holds = version
    return None if holds is None else holds.number


days = st.integers(0, 35).map(lambda n: FIRST + n * DAY)
instants = st.none() | st.integers(-1, 40).map(lambda n: MORNING + n * DAY)


@given(histories(), days, instants)
def test_what_held_is_what_going_through_the_days_finds(
    versions: list[Version], on: date, known: datetime | None
) -> None:
    found = in_force(versions, on, known)
    assert (None if found is None else found.number) == by_hand(versions, on, known)


@given(histories())
def test_the_order_in_which_versions_are_read_does_not_matter(
    versions: list[Version],
) -> None:
    assert stretches(versions) == stretches(versions[::-1])


@given(histories(), instants)
def test_stretches_do_not_overlap(versions: list[Version], known: datetime | None) -> None:
    found = stretches(versions, known)
    for one, following in itertools.pairwise(found):
        assert one.until is not None
        assert one.since < one.until <= following.since


@given(histories(), days)
def test_one_version_at_most_is_in_force_and_it_is_the_one_that_held(
    versions: list[Version], on: date
) -> None:
    held = in_force(versions, on)
    named = [v for v in versions if standing(v, versions, on) is Standing.IN_FORCE]
    assert named == ([] if held is None else [held])


@given(histories(), days)
def test_what_is_approved_is_ahead_in_force_superseded_or_ended(
    versions: list[Version], on: date
) -> None:
    for version in versions:
        found = standing(version, versions, on)
        if version.state is State.WITHDRAWN:
            assert found is Standing.WITHDRAWN
        elif version.starts_on > on:
            assert found is Standing.AHEAD
        else:
            assert found in {Standing.IN_FORCE, Standing.SUPERSEDED, Standing.ENDED}
