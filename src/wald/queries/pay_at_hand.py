"""What a released run gives one person, kept at hand: what it rests on never changes.

Small, as a person's credits may be thousands, and of this process alone. Whoever asks here has
asked for rights before: nothing is kept by who asks.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from wald.heart.compensation.fold import PeriodPay
from wald.heart.compensation.inputs import Known
from wald.heart.compensation.paying import Payee

_MOST = 6  # people: as each has tens of thousands of values, and Python looks through all for rings


@dataclass(frozen=True, slots=True)
class AtHand:
    """A person as a run read them, and their pay as it was folded; `opportunities`: by deal, None
    where they are not known."""

    payee: Payee
    known: Known
    name: str
    pays: tuple[PeriodPay, ...]
    opportunities: Mapping[str, str] | None = None


_kept: OrderedDict[tuple[str, ...], AtHand] = OrderedDict()
_lock = Lock()


def at_hand(key: tuple[str, ...], make: Callable[[], AtHand]) -> AtHand:
    """Return what is kept under `key`, or make and keep it."""
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return made


def forget() -> None:
    """Keep nothing any more, as a new process does."""
    with _lock:
        _kept.clear()
