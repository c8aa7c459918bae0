"""What the rules of hygiene find on a day at the deals that somebody sees, and what is at risk."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from wald.brain.value_of_fix import FixValue, together
from wald.facts.relations import Scene
from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.rule import (
    Finding,
    Hygiene,
    HygieneRule,
    Severity,
    Unjudged,
    hygiene_rules,
    judge_deals,
)
from wald.heart.pipeline.doubts import Doubt
from wald.heart.pipeline.standing import compose_open
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.chances_kept import find_chances
from wald.queries.fix_values import FixValues, fix_values
from wald.queries.hygiene_deals import DealsOfDay, deals_of_days, hygiene_day, past_for
from wald.queries.hygiene_evidence import evidence_of
from wald.queries.kept import kept
from wald.queries.measure import View
from wald.queries.pipeline_ground import at_engine, doubts_of
from wald.queries.sales_process import staged_view

BY_VALUE = "value"
NOBODY = "(none)"  # as an owner or a team: deals of which it is not known
PAGE = 50
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class HygieneAsk:
    """What a person asks; "" means all. `owner` is the key of a person, `team` a name."""

    on: date | None = None  # None: the last day in the data, not after the last load
    known: datetime | None = None
    rule: str = ""
    severity: str = ""
    owner: str = ""
    team: str = ""
    deal: str = ""
    order: str = ""  # "value": what most narrows the forecast first; "": worst and largest first


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding with its deal. The amount at risk is that of the deal, None where unknown.

    `value`: by how much a fix narrows the forecast, None where it cannot be told.
    """

    finding: Finding
    deal: OpenDeal
    value: FixValue | None

    @property
    def rule(self) -> HygieneRule:
        return hygiene_rules()[self.finding.rule]


@dataclass(frozen=True, slots=True)
class Part:
    """Findings of one rule, severity, owner or team: each deal counts once in `deals` and in
    `amount`, which is in the reporting currency; `unpriced` of them have none. `narrows`: by how
    much the 80 % range of the forecast narrows if all are fixed, None where it cannot be told."""

    key: str
    title: str
    findings: int
    deals: int
    amount: Decimal
    unpriced: int
    narrows: float | None


@dataclass(frozen=True, slots=True)
class RulePart:
    """A rule with what it found, and of how many deals it cannot tell, by reason."""

    rule: HygieneRule
    part: Part
    unjudged: tuple[Unjudged, ...]


@dataclass(frozen=True, slots=True)
class HygienePage:
    """`lines` are one page of `total.findings`, deal by deal, the worst and largest first.

    Each breakdown is of all other filters, without its own. `values` tells which forecast fixes
    narrow, or why nobody can tell.
    """

    on: date
    known_at: datetime | None
    reaches: date | None
    currency: str
    open_deals: int
    open_amount: Decimal
    total: Part
    lines: tuple[FindingLine, ...]
    rules: tuple[RulePart, ...]
    severities: tuple[Part, ...]
    owners: tuple[Part, ...]
    teams: tuple[Part, ...]
    doubts: tuple[Doubt, ...]
    choices: Mapping[str, tuple[tuple[str, str], ...]]  # per filter, keys with titles
    values: FixValues


@dataclass(frozen=True, slots=True)
class Judged:
    """The open deals of a day that somebody sees, and what the rules say of them."""

    of_day: DealsOfDay
    deals: tuple[OpenDeal, ...]
    hygiene: Hygiene
    lines: tuple[FindingLine, ...]
    values: FixValues


def hygiene(
    *,
    actor: Actor,
    workspace: Workspace,
    ask: HygieneAsk,
    limit: int | None = PAGE,
    offset: int = 0,
    engine: str = "",
) -> HygienePage | None:
    """Return the findings asked for, None when no deals are loaded.

    Only deals whose owner the actor may see as of the day count, in totals too. Raises BadInput
    with every Problem in what was asked.
    """
    seen = staged_view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    day = ask.on or hygiene_day(seen)
    if day is None or not seen.snapshot.has("opportunity"):
        return None
    judged = _judged(actor, workspace, seen, day)
    _check(ask, judged)
    doubts = kept((seen.signature, "doubts of hygiene", day), lambda: _doubts(seen, day, workspace))
    lines = _ordered(_where(judged.lines, ask), ask)
    until = None if limit is None else offset + limit
    return HygienePage(
        on=day,
        known_at=seen.snapshot.learned_at,
        reaches=seen.snapshot.reaches,
        currency=seen.terms.currency,
        open_deals=len(judged.deals),
        open_amount=sum((one.amount or _NOTHING for one in judged.deals), _NOTHING),
        total=_part("", "All", lines),
        lines=tuple(lines[offset:until]),
        rules=_by_rule(judged, ask),
        severities=_by_severity(judged, ask),
        owners=_ranked(_where(judged.lines, ask, but="owner"), owner_of),
        teams=_ranked(_where(judged.lines, ask, but="team"), team_of),
        doubts=doubts,
        choices=_choices(judged),
        values=judged.values,
    )


def findings_on(
    *,
    actor: Actor,
    workspace: Workspace,
    on: date | None = None,
    known: datetime | None = None,
    engine: str = "",
) -> Judged | None:
    """Return every finding at the deals that the actor sees on a day, None without deals."""
    seen = staged_view(actor=actor, workspace=workspace, engine=engine, known=known)
    day = on or hygiene_day(seen)
    if day is None or not seen.snapshot.has("opportunity"):
        return None
    return _judged(actor, workspace, seen, day)


def _judged(actor: Actor, workspace: Workspace, seen: View, day: date) -> Judged:
    found = find_chances(seen)
    key = (seen.signature, "hygiene", day, (found.key, found.made_at) if found else None)
    return kept(key, lambda: _judge(actor, workspace, seen, day))


def _judge(actor: Actor, workspace: Workspace, seen: View, day: date) -> Judged:
    def everybody() -> DealsOfDay:
        past = past_for(seen, day)
        evidence = evidence_of(actor=actor, workspace=workspace, seen=seen, past=past)
        return deals_of_days(seen, past, [day], evidence)[day]

    of_day = kept((seen.whole.signature, "hygiene of everybody", day), everybody)
    persons = seen.snapshot.seen_on(day)
    deals = tuple(one for one in of_day.deals if persons is None or one.owner_id in persons)
    found = judge_deals(deals, of_day.ground)
    by_key = {one.deal_id: one for one in deals}
    values = fix_values(seen, found.findings, day)
    lines = [FindingLine(one, by_key[one.deal_id], values.of(one)) for one in found.findings]
    return Judged(of_day, deals, found, tuple(_by_deal(lines)), values)


def _by_deal(lines: Iterable[FindingLine]) -> list[FindingLine]:
    """Return lines deal by deal: that with the worst finding first, then the largest."""
    worst: dict[str, int] = {}
    for line in lines:
        key = line.finding.deal_id
        worst[key] = max(worst.get(key, 0), line.finding.severity)

    def place(line: FindingLine) -> tuple[object, ...]:
        key, amount = line.finding.deal_id, line.deal.amount or _NOTHING
        return (-worst[key], -amount, key, -line.finding.severity, line.finding.rule)

    return sorted(lines, key=place)


def _ordered(lines: list[FindingLine], ask: HygieneAsk) -> list[FindingLine]:
    if ask.order != BY_VALUE:
        return lines
    return sorted(lines, key=lambda one: -one.value.variance if one.value else 0.0)


def _check(ask: HygieneAsk, judged: Judged) -> None:
    problems = []
    if ask.rule and ask.rule not in hygiene_rules():
        fix = f"choose among {', '.join(hygiene_rules())}"
        problems.append(Problem(f"rule {ask.rule!r}", "there is no such rule", fix))
    words = [one.word for one in Severity]
    if ask.severity and ask.severity not in words:
        fix = f"choose among {', '.join(words)}"
        problems.append(Problem(f"severity {ask.severity!r}", "there is no such severity", fix))
    if ask.order not in ("", BY_VALUE):
        fix = f"write {BY_VALUE}, or nothing for the worst first"
        problems.append(Problem(f"order {ask.order!r}", "there is no such order", fix))
    if problems:
        raise BadInput("The findings cannot be shown like this.", problems)


def owner_of(deal: OpenDeal) -> tuple[str, str]:
    return (deal.owner_id or NOBODY, deal.owner or "Nobody")


def team_of(deal: OpenDeal) -> tuple[str, str]:
    return (deal.team or NOBODY, deal.team or "No team")


def _where(lines: Iterable[FindingLine], ask: HygieneAsk, but: str = "") -> list[FindingLine]:
    """Return the lines that pass every filter but one."""
    wanted = {
        name: value
        for name, value in (
            ("rule", ask.rule),
            ("severity", ask.severity),
            ("owner", ask.owner),
            ("team", ask.team),
            ("deal", ask.deal),
        )
        if value and name != but
    }
    return [one for one in lines if all(_is(one, *item) for item in wanted.items())]


def _is(line: FindingLine, name: str, value: str) -> bool:
    own = {
        "rule": line.finding.rule,
        "severity": line.finding.severity.word,
        "owner": owner_of(line.deal)[0],
        "team": team_of(line.deal)[0],
        "deal": line.deal.deal_id,
    }
    return own[name] == value


def _part(key: str, title: str, lines: Sequence[FindingLine]) -> Part:
    amounts = {one.deal.deal_id: one.deal.amount for one in lines}
    values = [one.value for one in lines if one.value]
    return Part(
        key=key,
        title=title,
        findings=len(lines),
        deals=len(amounts),
        amount=sum((one or _NOTHING for one in amounts.values()), _NOTHING),
        unpriced=sum(one is None for one in amounts.values()),
        narrows=together(values)[1] if values else None,
    )


def _by_rule(judged: Judged, ask: HygieneAsk) -> tuple[RulePart, ...]:
    """Return every rule, those with the most at risk first, also those that found nothing."""
    lines = _where(judged.lines, ask, but="rule")
    found = [
        RulePart(
            rule,
            _part(key, rule.title, [one for one in lines if one.finding.rule == key]),
            tuple(one for one in judged.hygiene.unjudged if one.rule == key),
        )
        for key, rule in hygiene_rules().items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.part.amount, -one.part.deals, one.rule.key)))


def _by_severity(judged: Judged, ask: HygieneAsk) -> tuple[Part, ...]:
    lines = _where(judged.lines, ask, but="severity")
    return tuple(
        _part(
            one.word,
            f"{one.word.capitalize()} severity",
            [x for x in lines if x.finding.severity is one],
        )
        for one in sorted(Severity, reverse=True)
    )


def _ranked(
    lines: Sequence[FindingLine], by: Callable[[OpenDeal], tuple[str, str]]
) -> tuple[Part, ...]:
    groups: dict[tuple[str, str], list[FindingLine]] = {}
    for line in lines:
        groups.setdefault(by(line.deal), []).append(line)
    parts = [_part(key, title, found) for (key, title), found in groups.items()]
    return tuple(sorted(parts, key=lambda one: (-one.amount, -one.deals, one.title)))


def _choices(judged: Judged) -> Mapping[str, tuple[tuple[str, str], ...]]:
    def listed(by: Callable[[OpenDeal], tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple(sorted({by(one) for one in judged.deals}, key=lambda pair: pair[1]))

    return MappingProxyType(
        {
            "rule": tuple((key, rule.title) for key, rule in hygiene_rules().items()),
            "severity": tuple((one.word, one.word) for one in sorted(Severity, reverse=True)),
            "owner": listed(owner_of),
            "team": listed(team_of),
        }
    )


def _doubts(seen: View, day: date, workspace: Workspace) -> tuple[Doubt, ...]:
    """Return what is not known of the deals that are judged, as the page of the pipeline has it."""
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    deals = at_engine(seen, compose_open(scene, ()))
    return doubts_of(seen, deals, scene, days=(day,), workspace=workspace)
