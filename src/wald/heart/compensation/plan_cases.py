"""Worked cases written beside a plan: what people have, and what they must be paid.

Under `cases:` of the plan's own file, or of a file beside it. A case has rows as plain files have
them (credits, quotas, people, payments, scores, rates), a period, and what is expected: totals,
lines, balances, who is left out. Source: docs/compensation/plans.md
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wald.documents.nodes import Fields, Items, Node, Value, read_nodes
from wald.heart.compensation.fold import Line
from wald.heart.compensation.plain_inputs import Files
from wald.heart.compensation.plain_members import DatedPlan
from wald.heart.compensation.plain_pay import Payee, PlainPay, pay
from wald.heart.compensation.sheets import KINDS, Sheet
from wald.kernel.period import Calendar, Period, read_period
from wald.kernel.problem import BadInput, Problem

_TOP = re.compile(r"[A-Za-z_\"'].*")
_CASES = re.compile(r"cases\s*:.*")
_OF_CASE = ("name", "payee", "period", "expect", "left_out", *KINDS)
_OF_EXPECTED = ("payee", "total", "lines", "balances", "currency")
_OF_LINE = ("component", "period", "reason", "base", "rate", "amount", "kind")


@dataclass(frozen=True, slots=True)
class Case:
    """`at` is its place in the file; `expect` holds what each payee must be paid."""

    name: str
    at: str
    period: str
    files: Files
    expect: tuple[Mapping[str, object], ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A case, what came out, and each difference in words; none where it is as expected."""

    case: Case
    differences: tuple[str, ...]


def without_cases(text: str) -> str:
    """Return a text without its top-level `cases`; every other line keeps its number."""
    kept, is_case = [], False
    for line in text.splitlines(keepends=True):
        if _TOP.match(line):
            is_case = _CASES.match(line) is not None
        kept.append("\n" if is_case else line)
    return "".join(kept)


def read_cases(text: str) -> tuple[Case, ...]:
    """Read the cases of a text, none if it has none. Raises BadInput with every Problem."""
    tree, problems = read_nodes(text)
    if tree is None or problems:
        raise BadInput("The cases cannot be read.", problems)
    node = tree.fields.get("cases")
    if node is None:
        return ()
    if not isinstance(node, Items):
        problem = Problem(node.place.told("cases"), "a list is expected here", "begin with a dash")
        raise BadInput("The cases cannot be read.", [problem])
    made = [_case(item, i, problems) for i, item in enumerate(node.items)]
    if problems:
        raise BadInput("The cases cannot be read.", problems)
    return tuple(one for one in made if one is not None)


def _case(node: Node, i: int, problems: list[Problem]) -> Case | None:
    at = f"cases[{i}]"
    if not isinstance(node, Fields):
        problems.append(Problem(node.place.told(at), "a case has fields", "write name: …"))
        return None
    told = _known(_plain(node), _OF_CASE, node, at, problems)
    payee = str(told.get("payee") or "")
    sheets = {kind: _sheet(kind, told.get(kind), payee) for kind in KINDS if told.get(kind)}
    expect = told.get("expect")
    expected = expect if isinstance(expect, list) else [expect] if expect else []
    rows = tuple(_expected(one, payee, node, at, problems) for one in expected)
    left_out = told.get("left_out")
    if not rows and not left_out:
        fix = "write expect: and below it payee and total"
        problems.append(Problem(node.place.told(at), "it expects nothing", fix))
    sheets.setdefault("credits", Sheet("credits", (), columns=KINDS["credits"][0]))
    return Case(
        name=str(told.get("name") or f"case {i + 1}"),
        at=node.place.told(),
        period=str(told.get("period") or ""),
        files=Files(**sheets),
        expect=rows,
        left_out=tuple(str(one) for one in left_out) if isinstance(left_out, list) else (),
    )


def _known(
    told: object, known: Sequence[str], node: Node, at: str, problems: list[Problem]
) -> Mapping[str, object]:
    if not isinstance(told, Mapping):
        problems.append(Problem(node.place.told(at), "fields are expected here", "write them"))
        return {}
    for name in told:
        if name not in known:
            fix = f"choose among {', '.join(known)}"
            problems.append(Problem(node.place.told(f"{at}.{name}"), "means nothing here", fix))
    return told


def _expected(
    told: object, payee: str, node: Node, at: str, problems: list[Problem]
) -> Mapping[str, object]:
    row = dict(_known(told, _OF_EXPECTED, node, f"{at}.expect", problems))
    lines = row.get("lines")
    for line in lines if isinstance(lines, list) else ():
        _known(line, _OF_LINE, node, f"{at}.expect.lines", problems)
    return {"payee": payee, **row}


def _sheet(kind: str, told: object, payee: str) -> Sheet:
    rows = [row for row in told if isinstance(row, Mapping)] if isinstance(told, list) else []
    owned = "payee" in KINDS[kind][0]
    return Sheet(kind, [({"payee": payee} if owned and payee else {}) | dict(r) for r in rows])


def _plain(node: Node) -> object:
    if isinstance(node, Value):
        return node.value
    if isinstance(node, Items):
        return [_plain(one) for one in node.items]
    return {name: _plain(one) for name, one in node.fields.items()}


def try_case(case: Case, plans: Sequence[DatedPlan], calendar: Calendar) -> Tried:
    """Pay a case and say what differs from what it expects."""
    period = read_period(case.period, calendar) if case.period else None
    if isinstance(period, Problem):
        return Tried(case, (str(period),))
    try:
        found = pay(plans, case.files, calendar, period)
    except BadInput as refusal:
        return Tried(case, (str(refusal), *(str(problem) for problem in refusal.problems)))
    return Tried(case, tuple(_differences(case, found)))


def _differences(case: Case, found: PlainPay) -> Iterator[str]:
    paid = {one.payee: one for one in found.payees}
    for wanted in case.expect:
        payee = str(wanted["payee"])
        if payee in paid:
            yield from _of_payee(wanted, paid[payee], found.period)
        else:
            why = "; ".join(str(one) for one in found.problems) or "nothing is credited to them"
            yield f"{payee} is not paid: {why}"
    for payee in case.left_out:
        if payee not in found.left_out:
            yield f"{payee} is paid {told(paid[payee].total) if payee in paid else 'nothing'}, and \
was to be left out"


def _of_payee(wanted: Mapping[str, object], payee: Payee, period: Period) -> Iterator[str]:
    name = payee.payee
    if "total" in wanted and not _same(wanted["total"], payee.total):
        yield f"{name}: the total is {told(payee.total)}, expected {told(wanted['total'])}"
    if wanted.get("currency") not in (None, payee.currency):
        yield f"{name}: paid in {payee.currency}, expected {wanted['currency']}"
    if isinstance(wanted.get("lines"), list):
        yield from _of_lines(wanted["lines"], payee)
    balances = wanted.get("balances")
    if isinstance(balances, Mapping):
        yield from _of_balances(balances, payee)


def _of_lines(wanted: object, payee: Payee) -> Iterator[str]:
    """Pair expected lines with those that were paid: alike ones first, then by component."""
    paid = [_columns(line, one.stretch.paid_in.label) for one in payee.pays for line in one.lines]
    missing = []
    for line in wanted if isinstance(wanted, list) else ():
        match = next((one for one in paid if _is_like(line, one)), None)
        if match is None:
            missing.append(line)
        else:
            paid.remove(match)
    for line in missing:
        near = next((one for one in paid if one["component"] == line.get("component")), None)
        if near is None:
            yield f"{payee.payee}: no line {_words(line)}"
            continue
        paid.remove(near)
        off = [key for key in line if not _same(line[key], near.get(key))]
        parts = ", ".join(f"{key} is {told(near[key])}, expected {told(line[key])}" for key in off)
        yield f"{payee.payee}, {near['component']} in {near['period']} ({near['reason']}): {parts}"
    for one in paid:
        yield f"{payee.payee}: a line that is not expected, {_words(one)}"


def _columns(line: Line, period: str) -> dict[str, object]:
    return {
        "component": line.component,
        "period": period,
        "reason": line.reason,
        "base": line.base.value,
        "rate": line.rate.value,
        "amount": line.amount.value,
        "kind": line.kind,
    }


def _is_like(wanted: Mapping[str, object], paid: Mapping[str, object]) -> bool:
    return all(_same(value, paid.get(key)) for key, value in wanted.items())


def _of_balances(wanted: Mapping[str, object], payee: Payee) -> Iterator[str]:
    last: dict[str, Mapping[str, object]] = {}
    for one in payee.pays:
        for component in one.components:
            last[component.key] = {key: figure.value for key, figure in component.balance.items()}
    for key, names in wanted.items():
        for name, value in names.items() if isinstance(names, Mapping) else ():
            found = last.get(key, {}).get(name)
            if not _same(value, found):
                yield f"{payee.payee}, {key}: {name} is {told(found)}, expected {told(value)}"


def _same(wanted: object, found: object) -> bool:
    if isinstance(wanted, int | Decimal) and isinstance(found, int | Decimal):
        return Decimal(wanted) == Decimal(found)
    return str(wanted) == str(found)


def told(value: object) -> str:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{Decimal(value).normalize():,f}"
    return "nothing" if value is None else str(value)


def _words(line: Mapping[str, object]) -> str:
    return ", ".join(f"{key} {told(value)}" for key, value in line.items() if value != "")
