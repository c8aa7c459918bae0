"""Cancellations in plain files: never more is taken back of a deal than it was credited with.

Source: docs/compensation/plain-files.md
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from wald.heart.compensation.credit import Event, Kind
from wald.heart.compensation.plain_inputs import Deed
from wald.heart.compensation.sheets import Faults

_Key = tuple[str, str, str, Kind]


def within_what_was_credited(deeds: Iterable[Deed], faults: Faults) -> Iterator[Deed]:
    """Yield the rows; of a cancellation only what is left of what the person was credited with.

    A deal with no other row of theirs was credited before these files begin: its cancellation
    takes back what it says.
    """
    rows = tuple(deeds)
    left: dict[_Key, Decimal] = {}
    for deed in rows:
        if deed.event is not Event.CANCELLED:
            left[_key(deed)] = left.get(_key(deed), Decimal(0)) + deed.amount * deed.share
    cancelled = [deed for deed in rows if deed.event is Event.CANCELLED and _key(deed) in left]
    cut: dict[str, Deed] = {}
    for deed in sorted(cancelled, key=lambda one: (one.credited_on, one.credit_id)):
        there, taken = max(left[_key(deed)], Decimal(0)), -deed.amount * deed.share
        left[_key(deed)] = there - min(taken, there)
        if taken > there:
            what = (
                f"{_shown(taken)} of deal {deed.deal} is cancelled, and {_shown(there)} is left of "
                "what was credited for it: no more is taken back"
            )
            fix = "correct the cancellation, or give the credits that lack"
            faults.add(f"{deed.at} of {deed.payee}, amount", what, fix)
            cut[deed.credit_id] = replace(deed, amount=-there / deed.share)
    yield from (cut.get(deed.credit_id, deed) for deed in rows)


def _key(deed: Deed) -> _Key:
    owned = Kind.DIRECT if deed.kind is Kind.SPLIT else deed.kind
    return deed.deal, deed.payee, deed.rule, owned


def _shown(amount: Decimal) -> str:
    return f"{amount.normalize():,f}"
