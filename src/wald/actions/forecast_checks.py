"""What a number that somebody says has to be: asked before anything is written."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from wald.heart.cadence import Cadence, Category
from wald.kernel.money import minor_units
from wald.kernel.problem import Problem

LONGEST_NOTE = 2000
MOST = Decimal(10) ** 14
_LONGEST_NUMBER = 40
_CURRENCY = re.compile("[A-Z]{3}")


def amounts_of(
    given: Mapping[str, str], cadence: Cadence, currency: str
) -> tuple[dict[str, Decimal], list[Problem]]:
    """Return the amounts by category, and what is wrong with them; empty ones are not said."""
    found: dict[str, Decimal] = {}
    problems = []
    for name, text in given.items():
        if not text.strip():
            continue
        where = name[:_LONGEST_NUMBER] or "category"
        if name not in {one.value for one in cadence.categories}:
            asked = ", ".join(one.value for one in cadence.categories)
            what = f"{where!r} is no category of the forecast calendar"
            problems.append(Problem(where, what, f"say {asked}"))
            continue
        amount = read_amount(text)
        if amount is None:
            fix = "write a number such as 120000 or 1250.50"
            problems.append(Problem(where, f"{text[:_LONGEST_NUMBER]!r} is no amount", fix))
        elif amount != round(amount, minor_units(currency)):
            what = f"{text.strip()} is finer than {currency or 'money'} is"
            problems.append(Problem(where, what, "round it"))
        else:
            found[name] = amount
    if not found and not problems:
        where = cadence.categories[0].value
        problems.append(Problem(where, "no amount is given", "give one at least"))
    return found, problems


def read_amount(text: str) -> Decimal | None:
    """Read a decimal below the largest amount; thousands may be parted by commas or spaces."""
    plain = re.sub(r"(?<=\d)[, \u00a0\u202f](?=\d{3}(?:\D|$))", "", text.strip())
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return None
    is_sound = found.is_finite() and len(plain) < _LONGEST_NUMBER and abs(found) < MOST
    return found if is_sound else None


def currency_problems(currency: str) -> Iterator[Problem]:
    if currency and not _CURRENCY.fullmatch(currency):
        fix = "write its ISO 4217 code, such as EUR"
        yield Problem("currency", f"{currency[:10]!r} is no currency", fix)


def note_problems(where: str, note: str, needed: str) -> Iterator[Problem]:
    """Yield what is wrong with a reason; `needed` says why there must be one, "" if it need not."""
    if needed and not note:
        yield Problem(where, f"it is missing, and {needed}", "say why")
    if len(note) > LONGEST_NOTE:
        what = f"it has {len(note):,} characters"
        yield Problem(where, what, f"stay below {LONGEST_NOTE:,}")


def why_needed(amounts: Mapping[str, Decimal], *, is_late: bool, for_another: bool) -> str:
    """Return why a submission needs a reason, "" where it needs none."""
    if is_late:
        return "numbers are locked"
    if for_another:
        return "the number is somebody else's"
    return "an amount is below zero" if any(one < 0 for one in amounts.values()) else ""


def title_of(category: str) -> str:
    """Return a category as people read it."""
    known = {one.value: one.title for one in Category}
    return known.get(category, category.replace("_", " ").capitalize())
