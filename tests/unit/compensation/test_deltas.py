"""Deltas by cause: whatever the steps, they add up to what changed, slot by slot."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wald.heart.compensation.deltas import Slot, Step, deltas
from wald.heart.compensation.layers import plain
from wald.heart.compensation.result import Cause
from wald.kernel.period import Period

SLOTS = [
    Slot(Period(date(2026, month, 1), date(2026, month + 1, 1), f"2026-{month:02}"), "reps", key)
    for month in (1, 2)
    for key in ("commission", "bonus")
]
amounts = st.decimals(-1000, 1000, places=2)
earnings = st.dictionaries(st.sampled_from(SLOTS), amounts)


def _why(slot: Slot) -> str:
    return f"because of {slot.component}"


@given(released=earnings, steps=st.lists(st.tuples(st.sampled_from(list(Cause)), earnings)))
def test_causes_add_up_to_new_less_old(
    released: dict[Slot, Decimal], steps: list[tuple[Cause, dict[Slot, Decimal]]]
) -> None:
    found = deltas(released, [Step(cause, earned, _why) for cause, earned in steps])
    last = steps[-1][1] if steps else released
    for slot in SLOTS:
        own = [one for one in found if (one.period, one.component) == (slot.period, slot.component)]
        moved = sum((one.amount for one in own), Decimal(0))
        assert moved == last.get(slot, Decimal(0)) - released.get(slot, Decimal(0))
        assert all(one.old != one.new for one in own)


def test_nothing_changed_is_no_delta() -> None:
    earned = {SLOTS[0]: Decimal(5)}
    assert deltas(earned, [Step(Cause.DATA, earned, _why)]) == ()
    assert deltas({}, [Step(Cause.DATA, {SLOTS[0]: Decimal(0)}, _why)]) == ()


def test_a_decimal_is_written_in_one_way() -> None:
    given_as = ("0", "-0.00", "1E+3", "1000.000", "0E-10", "-1.50")
    assert [plain(Decimal(text)) for text in given_as] == ["0", "0", "1000", "1000", "0", "-1.5"]
