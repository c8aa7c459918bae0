"""What a workspace decides once: reporting currency, rate rule and fiscal calendar."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType

from wald.actions.act import act
from wald.facts.settings import CALENDARS, Settings, calendar_of
from wald.facts.terms import RateRule
from wald.kernel.actor import Actor
from wald.kernel.period import Year, custom_calendar
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.records.stores.settings import load_settings, save_settings


def change_setting(
    *, actor: Actor, workspace: Workspace, key: str, value: str, at: datetime
) -> Settings:
    """Change one setting, given as people write it, and return all. Raises BadInput.

    `custom_years` is written `2024: 2024-02-01 2024-03-01 …; 2025: …`: for each fiscal year the
    thirteen days that bound its twelve months.
    """
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="settings.change",
        action="settings.change",
        about=f"setting:{key}",
    ) as entry:
        before = load_settings(database=workspace.database)
        changed = _changed(before, key, value)
        save_settings(changed, database=workspace.database)
        entry.before = {key: _plain(before, key)}
        entry.after = {key: _plain(changed, key)}
        return changed


def _changed(before: Settings, key: str, value: str) -> Settings:
    """Return the settings with one of them changed. Raises BadInput."""
    read = _READERS.get(key)
    changed = read(before, value.strip()) if read else _not_among("setting", key, list(_READERS))
    if isinstance(changed, Problem):
        raise BadInput(f"{key} stays as it is.", [changed])
    try:
        calendar_of(changed)
    except ValueError as error:
        raise BadInput(f"{key} stays as it is.", [_calendar_problem(error)]) from error
    return changed


def _plain(settings: Settings, key: str) -> object:
    """Return one setting as JSON has it."""
    value = getattr(settings, key)
    if key == "custom_years":
        return {str(number): [day.isoformat() for day in days] for number, days in value}
    return value.value if isinstance(value, RateRule) else value


def _currency(before: Settings, value: str) -> Settings | Problem:
    if not re.fullmatch(r"[A-Za-z]{3}", value):
        return Problem("currency", f"{value!r} is no currency", "write an ISO 4217 code like EUR")
    return replace(before, currency=value.upper())


def _rate_rule(before: Settings, value: str) -> Settings | Problem:
    rules = [rule.value for rule in RateRule]
    if value not in rules:
        return _not_among("rate_rule", value, rules)
    return replace(before, rate_rule=RateRule(value))


def _calendar(before: Settings, value: str) -> Settings | Problem:
    if value not in CALENDARS:
        return _not_among("calendar", value, CALENDARS)
    return replace(before, calendar=value)


def _fiscal_year_starts(before: Settings, value: str) -> Settings | Problem:
    if not re.fullmatch(r"[1-9]|1[0-2]", value):
        return Problem("fiscal_year_starts", f"{value!r} is not a month", "write 1 to 12")
    return replace(before, fiscal_year_starts=int(value))


def _custom_years(before: Settings, value: str) -> Settings | Problem:
    fix = "write 2024: 2024-02-01 2024-03-01 … with thirteen days; then the next year"
    years = []
    for text in filter(None, (part.strip() for part in value.split(";"))):
        number, _, days = text.partition(":")
        try:
            bounds = tuple(date.fromisoformat(day) for day in days.split())
            years.append((int(number), bounds))
        except ValueError as error:
            return Problem("custom_years", f"{text[:40]!r} cannot be read ({error})", fix)
    try:
        custom_calendar(tuple(Year(number, bounds) for number, bounds in years))
    except ValueError as error:
        return Problem("custom_years", str(error), fix)
    return replace(before, custom_years=tuple(years))


def _not_among(where: str, value: str, choices: Sequence[str]) -> Problem:
    return Problem(where, f"{value!r} is not one", f"choose among {', '.join(choices)}")


def _calendar_problem(error: ValueError) -> Problem:
    return Problem("calendar", str(error), "set custom_years first, then calendar custom")


_READERS: Mapping[str, Callable[[Settings, str], Settings | Problem]] = MappingProxyType(
    {
        "currency": _currency,
        "rate_rule": _rate_rule,
        "calendar": _calendar,
        "fiscal_year_starts": _fiscal_year_starts,
        "custom_years": _custom_years,
    }
)
