"""Read what people are paid on: plans, people, quotas, scores and terms; credits from the engine.

Credits are computed for everybody at once and added up to a cell for each person, measure and
month; where a person's days begin or end within a month, to a cell for each day. Plans that look
at each deal bring the credits themselves, of some people at a time. Everything is read as a basis
says, never as it is now. Whoever asks here has asked for rights before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from wald.engine.connect import Engine, run, shared
from wald.engine.layers import no_rows, typed
from wald.facts.as_of import day_literal
from wald.facts.relations import Scene
from wald.facts.settings import calendar_of, terms_of
from wald.heart.compensation.component import components
from wald.heart.compensation.crediting import HELD, Only, columns_read, credit_rows
from wald.heart.compensation.fold import Inputs
from wald.heart.compensation.gathered import Cells, Gathered, Key, cells_of
from wald.heart.compensation.inputs import Known
from wald.heart.compensation.layers import CREDIT, MEASURE
from wald.heart.compensation.measure_rows import measure_rows
from wald.heart.compensation.measuring import COLUMNS
from wald.heart.compensation.paying import Days, Payee
from wald.heart.compensation.plan import Plan
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Calendar, Grain, Period, period_of, periods, year_of
from wald.kernel.problem import Problem
from wald.kernel.workspace import Workspace
from wald.language.write import write
from wald.queries.kept import signature
from wald.queries.pay_basis import Basis, as_json, hash_of, pinned
from wald.queries.pay_credits_kept import CreditsOf, Said
from wald.queries.pay_faults import faults_of
from wald.queries.pay_goals import quotas_of, scores_of
from wald.queries.pay_people import People, people_of
from wald.queries.pay_pool import Pool, Source, persons_of
from wald.queries.pay_portions import ALWAYS, filled, taken_of, with_taken
from wald.queries.pay_texts import text_about
from wald.records.stores.pay import KeptRun


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a run; `first_on` is the first day that Wald ever paid, and `counts_from` the
    first of its fiscal year, since when counters count."""

    period: Period
    first_on: date
    counts_from: date

    @classmethod
    def of(cls, period: Period, first_on: date, calendar: Calendar) -> "Span":
        return cls(period, first_on, year_of(calendar, first_on).start)

    @property
    def all_days(self) -> Period:
        """All days that are computed: of the run, and those its counters look back at."""
        return Period(self.counts_from, self.period.end, self.period.label)

    @property
    def days(self) -> Days:
        return Days(self.period.start, self.period.end, self.first_on)


def span_of(run: KeptRun) -> Span:
    """Return the span of a run that is kept."""
    period = Period(run.starts_on, run.ends_on, run.period)
    return Span(period, date.fromisoformat(str(run.inputs["first_on"])), run.counts_from)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read; `measures` are the rows of the measure layer, `said` gives what there is to
    say of everybody's credits, version by version."""

    payees: Mapping[str, Payee]
    known: Mapping[str, Known]
    names: Mapping[str, str]
    problems: tuple[Problem, ...]
    measures: pa.Table
    pool: Pool
    said: Callable[[], Sequence[Said]]
    nobody: Inputs = field(default_factory=lambda: Gathered(Known(), {}))

    def filled(self, persons: Sequence[str]) -> Iterator[Payee]:
        """Yield those of some people who are paid, with the credits that their plans look at."""
        for group in self.pool.groups(one for one in persons if one in self.payees):
            yield from filled([self.payees[one] for one in group], self.pool.credits(group))


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where one reading is done, and for whom; persons None: everybody. `kept`: see `read`."""

    engine: Engine
    scene: Scene
    basis: Basis
    span: Span
    persons: frozenset[str] | None
    kept: CreditsOf | None = None

    @property
    def calendar(self) -> Calendar:
        return calendar_of(self.basis.settings)


@dataclass(frozen=True, slots=True)
class _Version:
    """A version of a plan that somebody is paid by: the days that count for it, and who."""

    plan: Plan
    starts_on: date
    ends_on: date
    persons: frozenset[str]


def read(
    workspace: Workspace,
    basis: Basis,
    span: Span,
    *,
    engine: str = "",
    persons: frozenset[str] | None = None,
    with_credits: bool = False,
    with_faults: bool = False,
    keep: Callable[[pa.Table], None] | None = None,
    kept: CreditsOf | None = None,
) -> Reading:
    """Read everything that pay of these people (None: everybody) is computed from.

    `with_credits`: inputs hold the credits themselves, so that figures name them, and no cells.
    `with_faults`: problems name the deals that credit nobody, or not as they should. `keep` is
    given the rows of the credit layer, version by version. `kept` gives the credits of one person
    where they were kept, with all that can be said of them.
    """
    desk = replace(_desk(workspace, basis, span, engine, persons), kept=kept)
    people = people_of(workspace, desk.engine, desk.scene, basis, span.all_days, persons)
    versions = list(_versions(people, span))
    known = _known(desk, people, versions)
    pool = Pool(desk.engine)
    cells: dict[str, dict[Key, Cells]] = {}
    parts: list[pa.Table] = []
    everyone: dict[tuple[str, str, date, date], Mapping[str, Decimal]] = {}
    for version in versions:
        if _reads_everyone(version.plan):
            everyone |= _everyone(desk, version, people)
        if with_credits:
            continue
        columns = _columns(version.plan)
        staged = _credits(desk, version, columns)
        found = _cells(desk, version, people, staged)
        parts.append(found)
        _gather(found, cells)
        if keep is not None:
            keep(_layer(desk, people, version, staged))
        if _reads_credits(version.plan):
            names = [name for name in COLUMNS if name in columns and name != "amount"]
            pool.add(version.plan.version, staged, [*names, HELD], version.persons)
    known = {person: replace(one, everyone_of=everyone) for person, one in known.items()}
    if with_credits:
        taken = taken_of(((one.plan.version, _explained(desk, one)) for one in versions), known)
        known = {person: with_taken(one, taken[person]) for person, one in known.items()}
    payees = {
        person: Payee(
            person,
            people.currency(person),
            people.chains[person],
            known[person]
            if with_credits
            else Gathered(known[person], cells.get(person, {}), everyone),
        )
        for person in people.chains
    }
    plans = [one.plan for one in versions] if with_faults else []
    faults = faults_of(desk.engine, desk.scene, plans, span.all_days, people.names)
    return Reading(
        payees,
        known,
        people.names,
        (*people.problems, *faults),
        pa.concat_tables([no_rows(MEASURE), *parts]),
        pool,
        said=lambda: [
            Said(one.plan.version, one.persons, _select(desk, one, frozenset(COLUMNS)))
            for one in versions
        ],
    )


def credited_for(
    workspace: Workspace,
    basis: Basis,
    span: Span,
    engine: str,
    persons: frozenset[str],
    deals: set[str],
) -> Iterator[tuple[str, str, date]]:
    """Yield person, deal and first day of each credit of these people for these deals."""
    if not deals:
        return
    desk = _desk(workspace, basis, span, engine, persons)
    people = people_of(workspace, desk.engine, desk.scene, basis, span.all_days, persons)
    among = exp.column("deal_id").isin(*[exp.Literal.string(one) for one in sorted(deals)])
    for version in _versions(people, span):
        first = exp.alias_(exp.Min(this=exp.column("credited_on")), "first_on")
        credits = _select(desk, version, frozenset(ALWAYS)).subquery("credit", copy=False)
        tree = exp.select("person_id", "deal_id", first).from_(credits).where(among.copy())
        found = run(desk.engine, tree.group_by("person_id", "deal_id"))
        for row in found.to_pylist():
            yield row["person_id"], row["deal_id"], row["first_on"]


def _desk(
    workspace: Workspace, basis: Basis, span: Span, engine: str, persons: frozenset[str] | None
) -> _Desk:
    stored = pinned(basis, database=workspace.database, root=workspace.facts)
    opened = shared(engine, workspace.facts)
    opened.attach(stored)
    scene = Scene(stored, AsOf(span.period.last_day), terms_of(basis.settings))
    return _Desk(opened, scene, basis, span, persons)


def _versions(people: People, span: Span) -> Iterator[_Version]:
    """Yield each version somebody has a stretch in, with all days its counters may look at."""
    persons: dict[str, set[str]] = {}
    plans: dict[str, Plan] = {}
    ends: dict[str, date] = {}
    for person, chains in people.chains.items():
        for stretch in (one for chain in chains for one in chain):
            key = stretch.plan.version
            plans[key] = stretch.plan
            persons.setdefault(key, set()).add(person)
            ends[key] = max(ends.get(key, date.min), stretch.days.end)
    for key in sorted(plans):
        yield _Version(plans[key], span.counts_from, ends[key], frozenset(persons[key]))


def _reads_credits(plan: Plan) -> bool:
    return any(components()[one.component].reads_credits(one.terms) for one in plan.components)


def _reads_everyone(plan: Plan) -> bool:
    return any(components()[one.component].reads_everyone for one in plan.components)


def _columns(plan: Plan) -> frozenset[str]:
    """Return the columns of credits that pay rests on; to explain them all are read."""
    own = {"booked_on"} if _reads_credits(plan) else set()
    return frozenset({*ALWAYS, *own, *columns_read(plan)})


def _select(desk: _Desk, version: _Version, columns: frozenset[str]) -> exp.Select:
    only = Only(
        persons=desk.persons,
        columns=columns,
        held_deals=frozenset(desk.basis.held_deals),
    )
    return credit_rows(version.plan, desk.scene, version.starts_on, version.ends_on, only)


def _credits(desk: _Desk, version: _Version, columns: frozenset[str]) -> Source:
    """Return what gives the credits of a version to select from; kept at hand, if possible."""
    tree, stage = _select(desk, version, columns), desk.engine.stage
    if stage is None or desk.persons is not None:
        return lambda: tree.subquery("credit")
    text = write(tree, desk.engine.dialect)
    return lambda: exp.alias_(exp.to_table(stage(text)), "credit", table=True)


def _explained(desk: _Desk, version: _Version) -> pa.Table:
    """Return the credits of a version with all that can be said of them."""

    def tree(persons: frozenset[str] | None) -> exp.Select:
        return _select(replace(desk, persons=persons), version, frozenset(COLUMNS))

    if desk.persons is None or len(desk.persons) != 1 or desk.basis.tried is not None:
        return run(desk.engine, tree(desk.persons))
    days = (version.starts_on, version.ends_on, desk.span.period)
    basis = hash_of(as_json(desk.basis))
    key = (signature(desk.scene.snapshot), basis, version.plan.version, *days)
    (person,) = desk.persons
    if desk.kept is not None and (rows := desk.kept(person, version.plan.version)) is not None:
        return rows
    return desk.engine.fetch(text_about(key, person, tree, desk.engine.dialect))


def _cells(desk: _Desk, version: _Version, people: People, credits: Source) -> pa.Table:
    """Return rows of the measure layer: the sums of each measure by person and month."""
    if not version.plan.measures:
        return no_rows(MEASURE)
    months = periods(desk.calendar, Grain.MONTH, version.starts_on, version.ends_on)
    cuts = [month.start for month in months]
    daily = sorted(people.with_days & version.persons)
    chosen = exp.select("*").from_(credits(), copy=False)
    rows = run(desk.engine, measure_rows(version.plan, chosen, cuts, daily))
    persons = pa.array(sorted(version.persons), pa.string())
    kept = rows.filter(pc.is_in(persons_of(rows), value_set=persons))
    plan = pa.array([version.plan.version] * kept.num_rows, pa.string())
    return typed(MEASURE, kept.append_column("plan", plan))


def _gather(found: pa.Table, cells: dict[str, dict[Key, Cells]]) -> None:
    by_key: dict[tuple[str, Key], list[tuple[date, Decimal]]] = {}
    columns = (found.column(name).to_pylist() for name in MEASURE.columns)
    for person, plan, measure, day, amount in zip(*columns, strict=True):
        if amount is not None:
            by_key.setdefault((person, (plan, measure)), []).append((day, amount))
    for (person, key), pairs in by_key.items():
        cells.setdefault(person, {})[key] = cells_of(pairs)


def _everyone(
    desk: _Desk, version: _Version, people: People
) -> dict[tuple[str, str, date, date], Mapping[str, Decimal]]:
    """Return what everybody in a plan has measured, by measure and payout period."""
    whole = _Desk(desk.engine, desk.scene, desk.basis, desk.span, None)
    credits = _credits(whole, version, _columns(version.plan))
    members = people.members(version.plan)
    found = _cells(
        whole, _Version(version.plan, version.starts_on, version.ends_on, members), people, credits
    )
    cells: dict[str, dict[Key, Cells]] = {}
    _gather(found, cells)
    asked: dict[tuple[str, str, date, date], Mapping[str, Decimal]] = {}
    for entry in version.plan.components:
        if not components()[entry.component].reads_everyone or entry.every.grain is None:
            continue
        day = version.starts_on
        while day < version.ends_on:
            period = period_of(desk.calendar, entry.every.grain, day)
            key = (version.plan.version, entry.measure)
            asked[*key, period.start, period.end] = {
                person: cells[person][key].between(period.start, period.end)
                if key in cells.get(person, {})
                else Decimal(0)
                for person in sorted(people.members_on(version.plan, period))
            }
            day = period.end
    return asked


def _known(desk: _Desk, people: People, versions: Iterable[_Version]) -> dict[str, Known]:
    """Return quotas, scores and own terms of each payee; credits are added where they are read."""
    currencies = {person: people.currencies(person) for person in people.chains}
    last = year_of(desk.calendar, desk.span.period.last_day).end - timedelta(days=1)
    quotas = quotas_of(desk.engine, desk.scene, currencies, last, desk.persons)
    scores = scores_of(desk.engine, desk.scene)
    return {
        person: Known(
            (),
            quotas.get(person, ()),
            all_scores=scores.get(person, ()),
            own_terms=people.terms.get(person, ()),
        )
        for person in people.chains
    }


def _layer(desk: _Desk, people: People, version: _Version, credits: Source) -> pa.Table:
    """Return the credits of the run's own days, each under the version that held on its day."""
    period, credited = desk.span.period, exp.column("credited_on")
    inside = exp.and_(
        credited >= day_literal(period.start), credited.copy() < day_literal(period.end)
    )
    names = [name for name in CREDIT.columns if name != "plan"]
    rows = run(desk.engine, exp.select(*names).from_(credits(), copy=False).where(inside))
    kept = _in_their_days(rows, people, version, period)
    plan = pa.array([version.plan.version] * kept.num_rows, pa.string())
    return typed(CREDIT, kept.append_column("plan", plan))


def _in_their_days(rows: pa.Table, people: People, version: _Version, period: Period) -> pa.Table:
    """Keep credits of the people of a version on the days on which it holds for them."""
    whole, partly = [], {}
    for person in version.persons:
        days = people.days(person, version.plan.version)
        if any(one.start <= period.start and period.end <= one.end for one in days):
            whole.append(person)
        else:
            partly[person] = days
    persons = persons_of(rows)
    kept = pc.is_in(persons, value_set=pa.array(whole, pa.string()))
    if partly:
        some = rows.filter(pc.is_in(persons, value_set=pa.array(list(partly), pa.string())))
        columns = (some.column(name).to_pylist() for name in ("person_id", "credited_on"))
        mask = [
            any(day in one for one in partly[person]) for person, day in zip(*columns, strict=True)
        ]
        return pa.concat_tables([rows.filter(kept), some.filter(pa.array(mask, pa.bool_()))])
    return rows.filter(kept)
