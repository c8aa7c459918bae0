"""Who of plain files is in which plan, on which days; who cannot be, and who is above whom.

Source: docs/compensation/plain-files.md
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wald.heart.compensation.credit import Kind
from wald.heart.compensation.plain_credits import managers_of, meets_person
from wald.heart.compensation.plain_inputs import Inputs, Person
from wald.heart.compensation.plan import Plan
from wald.heart.compensation.sheets import Faults

FIRST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class DatedPlan:
    """A version of a plan and the days on which it holds, up to not including `ends_on`."""

    plan: Plan
    starts_on: date = FIRST
    ends_on: date | None = None


def everybody(inputs: Inputs) -> Mapping[str, tuple[Person, ...]]:
    """Return all whom the files name, sorted, row by row; with a file of people only those."""
    if inputs.has_people:
        return dict(sorted(inputs.people.items()))
    names = {deed.payee for deed in inputs.deeds} | set(inputs.quotas) | set(inputs.scores)
    return {name: (Person(name),) for name in sorted(names)}


def members_of(
    by_name: Mapping[str, Sequence[DatedPlan]],
    people: Mapping[str, tuple[Person, ...]],
    inputs: Inputs,
    faults: Faults,
) -> dict[str, tuple[Person, ...]]:
    """Return who is in which plan, row by row. In none though credited, or in two: a fault."""
    found: dict[str, list[Person]] = {name: [] for name in by_name}
    for person in (one for rows in people.values() for one in rows):
        own = [name for name, versions in by_name.items() if _is_in(versions[-1].plan, person,
                                                                    inputs)]  # fmt: skip
        apart = [name for name in own if not by_name[name][-1].plan.beside_others]
        if len(own) > 1 and apart:
            what = f"{person.payee} is in {len(own)} plans at once: {', '.join(own)}"
            fix = "let roles and conditions of the plans differ, or say beside_others in them"
            faults.add(f"{person.at or 'people'} of {person.payee}", what, fix, person.payee)
        for name in own:
            found[name].append(person)
    _without_a_plan(found, people, inputs, faults)
    return {name: tuple(members) for name, members in found.items()}


def _is_in(plan: Plan, person: Person, inputs: Inputs) -> bool:
    """Is a person in the plan? Without a file of people roles are not known, and not asked."""
    who = plan.eligible
    if who.people and person.payee not in who.people:
        return False
    if not inputs.has_people:
        return True
    if who.roles and person.role not in who.roles:
        return False
    return not who.where or meets_person(who.where, person)


def _without_a_plan(
    members: Mapping[str, Sequence[Person]],
    people: Mapping[str, tuple[Person, ...]],
    inputs: Inputs,
    faults: Faults,
) -> None:
    paid = {person.payee for found in members.values() for person in found}
    for deed in inputs.deeds:
        if deed.payee in paid:
            continue
        where = f"{deed.at} of {deed.payee}"
        if deed.payee not in people:
            fix = "add them to the file of people, or correct the name"
            faults.add(where, "nobody of that name is among the people", fix, deed.payee)
        else:
            role = people[deed.payee][-1].role
            what = f"{deed.payee} is in no plan" + (
                f": no plan is for the role {role}" if role else ""
            )
            fix = "give the person a role that a plan is for, or the plan the role"
            faults.add(where, what, fix, deed.payee)


def above_them(
    plan: Plan, members: Sequence[Person], unsound: set[str], inputs: Inputs, faults: Faults
) -> None:
    """Leave out those to whom credits roll up that could not be read, or come to too much."""
    rules = [rule for rule in plan.credits if rule.kind is Kind.ROLL_UP]
    levels = max((rule.levels for rule in rules), default=0)
    paid = {person.payee for person in members}
    for payee in sorted(unsound):
        above = (managers_of(payee, inputs, levels, day) for day in _changes(inputs))
        for manager in dict.fromkeys(one for found in above for one in found):
            if manager in paid:
                what = f"credits of {payee} count for {manager}, and are not all known"
                faults.add(f"people of {manager}", what, f"correct the rows of {payee}", manager)


def rings(plans: Iterable[DatedPlan], inputs: Inputs, faults: Faults) -> None:
    """Find people who report to themselves, over others; their roll-ups would never end."""
    rolls = any(rule.kind is Kind.ROLL_UP for one in plans for rule in one.plan.credits)
    told: set[str] = set()
    for day in _changes(inputs):
        now = {payee: found for payee in inputs.people if (found := inputs.person_on(payee, day))}
        for start in now:
            ring, at = [start], now[start].manager
            while at in now and at not in ring:
                ring.append(at)
                at = now[at].manager
            if at == start and not told & set(ring):
                told |= set(ring)
                chain = " reports to ".join([*ring, start])
                what, fix = (
                    f"the hierarchy is a ring: {chain}",
                    "correct the manager of one of them",
                )
                where = f"{now[start].at} of {start}, manager"
                faults.add(where, what, fix, *(ring if rolls else ()))


def _changes(inputs: Inputs) -> tuple[date, ...]:
    """Return the days on which somebody's row begins to hold, and the first of all days."""
    days = {one.valid_from for rows in inputs.people.values() for one in rows if one.valid_from}
    return (FIRST, *sorted(days))
