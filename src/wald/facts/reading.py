"""From a subject and the names a question uses to the one SELECT of its rows.

The SELECT has one column per name: the subject's own, computed ones, and dimensions. Only the
joins those names need are made. People are joined as they were on the row's own day.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from sqlglot import exp

from wald.facts.as_of import day_literal, holds_on
from wald.facts.dimension import DIMENSIONS, dimensions_of, origin
from wald.facts.relations import Scene, converted, relation_rows, template
from wald.facts.subject import Subject, sql_type
from wald.facts.table import ALWAYS
from wald.facts.tables import TABLES
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Calendar, Grain, Year, year_periods
from wald.language.parse import read_value
from wald.language.types import Kind, SqlType

PARAMETERS = {"as_of": SqlType(Kind.DATE)}


def columns_of(subject: Subject, *, dated: bool) -> dict[str, SqlType]:
    """Return every name a condition over `subject` may use, with its type."""
    types = {name: sql_type(type) for name, type in subject.columns.items()}
    types |= {computed.name: sql_type(computed.type) for computed in subject.computed}
    for key, dimension in dimensions_of(subject, dated=dated).items():
        if dimension.via != "calendar":
            types.setdefault(key, SqlType(Kind.TEXT))
    return types


def names_in(*trees: exp.Expr | None) -> set[str]:
    """Return the column names that `trees` use."""
    return {c.name for tree in trees if tree is not None for c in tree.find_all(exp.Column)}


def subject_rows(subject: Subject, scene: Scene, names: Collection[str]) -> exp.Select:
    """Return the rows of `subject` with one column per name, amounts in the reporting currency."""
    computed = {c.name: with_day(_read(subject, c.text), scene) for c in subject.computed}
    person_on = value_tree(subject, subject.person_on, scene)
    priced_on = value_tree(subject, subject.priced_on, scene)
    needed = _own_names(subject, names, computed, person_on, priced_on)

    rows = relation_rows(subject.base, scene, needed & set(subject.columns))
    own = [exp.column(name) for name in sorted(needed & set(subject.columns))]
    made = [exp.alias_(computed[name], name) for name in sorted(needed & set(computed))]
    rows = exp.select(*own, *made).from_(rows.subquery("stored", copy=False), copy=False)
    money = [name for name in subject.money if name in needed]
    if priced_on is not None and money:
        table = subject.base if subject.base in TABLES else subject.tables[0]
        rows = converted(rows, money, priced_on, table, scene)
    return _joined(subject, scene, rows, names, person_on)


def value_tree(subject: Subject, text: str, scene: Scene) -> exp.Expr | None:
    """Read one of the declarations' own texts; a wrong one is a bug, so it raises."""
    return with_day(_read(subject, text), scene) if text else None


_trees: dict[tuple[str, str], exp.Expr] = {}


def _read(subject: Subject, text: str) -> exp.Expr:
    if (subject.key, text) not in _trees:
        checked = read_value(text, columns_of(subject, dated=False), PARAMETERS)
        if checked.tree is None:
            raise ValueError(f"{subject.key}: {text}: {[str(p) for p in checked.problems]}")
        _trees[subject.key, text] = checked.tree
    return _trees[subject.key, text]


def with_day(tree: exp.Expr, scene: Scene) -> exp.Expr:
    """Put the day asked about where `:as_of` stands."""

    def put(node: exp.Expr) -> exp.Expr:
        return day_literal(scene.when.valid) if isinstance(node, exp.Placeholder) else node

    return tree.copy().transform(put)


def _own_names(
    subject: Subject,
    names: Collection[str],
    computed: dict[str, exp.Expr],
    person_on: exp.Expr | None,
    priced_on: exp.Expr | None,
) -> set[str]:
    own = set(subject.columns) | set(computed)
    needed = {*names, *subject.row_key} & own
    vias = {origin(subject, name) for name in names if name in DIMENSIONS}
    if "person" in vias:
        needed |= {subject.person, *names_in(person_on)}
    if "account" in vias:
        needed.add(subject.account)
    if "product" in vias:
        needed.add(subject.product)
    if needed & set(subject.money):
        needed |= {"currency", *names_in(priced_on)}
    return needed | {n for c in needed & set(computed) for n in names_in(computed[c])}


def _joined(
    subject: Subject,
    scene: Scene,
    rows: exp.Select,
    names: Collection[str],
    person_on: exp.Expr | None,
) -> exp.Select:
    wanted: dict[str, list[str]] = {}
    for name in sorted(names):
        if name in DIMENSIONS and (via := origin(subject, name)) not in ("", "calendar"):
            wanted.setdefault(via, []).append(name)
    if not wanted:
        return rows
    shown = [exp.column(name, "own") for name in rows.named_selects]
    joined = exp.select(*shown).from_(rows.subquery("own", copy=False), copy=False)
    for via, keys in wanted.items():
        joined = joined.select(*[exp.column(key, via) for key in keys], copy=False)
        if via == "person" and person_on is not None:
            joined = _with_people(joined, subject, scene, keys, person_on)
        elif via == "account":
            joined = _with_named(joined, subject.account, "account", named_accounts(scene, keys))
        else:
            joined = _with_named(joined, subject.product, "product", named_products(scene))
    return joined


def _with_named(joined: exp.Select, key: str, name: str, rows: exp.Select) -> exp.Select:
    on = exp.column(key, "own").eq(exp.column(f"{name}_key", name))
    return joined.join(rows.subquery(name, copy=False), on=on, join_type="left", copy=False)


def named_accounts(scene: Scene, keys: Iterable[str]) -> exp.Select:
    """Accounts with a name that tells two of the same name apart."""
    if "account" not in keys:
        columns = [name for name in ("segment", "industry", "country") if name in keys]
        rows = scene.labels("account", ["account_id", *columns])
        return exp.select(exp.alias_(exp.column("account_id"), "account_key"), *columns).from_(
            rows.subquery("account", copy=False)
        )
    return template(
        """
        SELECT account_id AS account_key, segment, industry, country,
               CASE WHEN MIN(account_id) OVER (PARTITION BY name)
                         = MAX(account_id) OVER (PARTITION BY name) THEN name
                    ELSE CONCAT(name, ' (', account_id, ')') END AS account
          FROM account
        """,
        account=scene.labels("account", ["account_id", "name", "segment", "industry", "country"]),
    )


def named_products(scene: Scene) -> exp.Select:
    return template(
        """
        SELECT product_id AS product_key, family AS product_family,
               CASE WHEN MIN(product_id) OVER (PARTITION BY name)
                         = MAX(product_id) OVER (PARTITION BY name) THEN name
                    ELSE CONCAT(name, ' (', product_id, ')') END AS product
          FROM product
        """,
        product=scene.labels("product", ["product_id", "name", "family"]),
    )


def _named_people(scene: Scene) -> exp.Select:
    """People by the name they bear last, so that two of one name are told apart by their keys."""
    return template(
        """
        SELECT person_id,
               CASE WHEN MIN(person_id) OVER (PARTITION BY name)
                         = MAX(person_id) OVER (PARTITION BY name) THEN name
                    ELSE CONCAT(name, ' (', person_id, ')') END AS called
          FROM person WHERE valid_to IS NULL
        """,
        person=scene.labels("person", ["person_id", "name"]),
    )


_PERSON_COLUMNS = ("person_id", "valid_from", "team", "region", "territory", "role")


def people_windows(scene: Scene, keys: Collection[str]) -> exp.Select:
    """Return people by window: rep_id, valid_from, valid_to, where they stood, and the names that
    `keys` ask for. With a day of the hierarchy, only what was known to hold by then."""
    scene = scene if scene.org is None else replace(scene, when=AsOf(scene.org, scene.when.known))
    people = template(
        """
        SELECT person.person_id AS rep_id, person.valid_from, person.valid_to, person.team,
               person.region, person.territory, person.role
          FROM person
        """,
        person=scene.labels("person", [*_PERSON_COLUMNS, "manager_id"]),
    )
    if "rep" in keys:
        people = people.select(exp.column("rep", "named"), copy=False).join(
            template(
                "SELECT person_id AS named_id, called AS rep FROM named",
                named=_named_people(scene),
            ).subquery("named", copy=False),
            on=exp.column("person_id", "person").eq(exp.column("named_id", "named")),
            copy=False,
        )
    if "manager" in keys:
        people = people.select(exp.column("manager", "boss"), copy=False).join(
            template(
                "SELECT person_id AS boss_id, called AS manager FROM named",
                named=_named_people(scene),
            ).subquery("boss", copy=False),
            on=exp.column("manager_id", "person").eq(exp.column("boss_id", "boss")),
            join_type="left",
            copy=False,
        )
    return people


def in_window(scene: Scene, day: exp.Expr, person: str) -> list[exp.Expr]:
    """Return the conditions under which a window of the joined `person` holds on `day`, or on the
    day whose hierarchy counts; none where nobody's row ever changed."""
    if not _has_windows(scene):
        return []
    day = day_literal(scene.org) if scene.org is not None else day
    until = exp.column("valid_to", person)
    return [exp.column("valid_from", person) <= day.copy(), holds_on(day, until)]


def _with_people(
    joined: exp.Select, subject: Subject, scene: Scene, keys: list[str], day: exp.Expr
) -> exp.Select:
    people = people_windows(scene, keys)
    day = day.copy().transform(
        lambda n: exp.column(n.name, "own") if isinstance(n, exp.Column) else n
    )
    on: list[exp.Expr] = [exp.column(subject.person, "own").eq(exp.column("rep_id", "person"))]
    on += in_window(scene, day, "person")
    return joined.join(
        people.subquery("person", copy=False), on=exp.and_(*on), join_type="left", copy=False
    )


def _has_windows(scene: Scene) -> bool:
    """Did any person's row ever change? Where not, each person has one row, held always."""
    return any(
        part.last_on is not None and part.last_on.isoformat() != ALWAYS
        for part in scene.snapshot.parts("person")
    )


def bucket(grain: Grain, day: exp.Expr, scene: Scene) -> exp.Expr:
    """Return the first day of the period of `grain` that holds `day`."""
    calendar = scene.terms.calendar
    if grain is Grain.DAY:
        return day.copy()
    if calendar.starts_month is None:
        return _listed_bucket(calendar, grain, day, scene)
    shift = (calendar.starts_month - 1) % (3 if grain is Grain.QUARTER else 12)
    if grain is Grain.MONTH or shift == 0:
        return exp.cast(_truncated(grain, day), "DATE")
    months = exp.Interval(this=exp.Literal.string(str(shift)), unit=exp.var("MONTH"))
    moved = exp.cast(exp.Sub(this=day.copy(), expression=months), "DATE")
    back = exp.Add(this=exp.cast(_truncated(grain, moved), "DATE"), expression=months.copy())
    return exp.cast(back, "DATE")


def _truncated(grain: Grain, day: exp.Expr) -> exp.Expr:
    return exp.TimestampTrunc(this=exp.cast(day.copy(), "TIMESTAMP"), unit=exp.var(grain.value))


_YEARS_BACK, _YEARS_AHEAD = 60, 4  # around the last day: deals are expected to close some ahead


def _listed_bucket(calendar: Calendar, grain: Grain, day: exp.Expr, scene: Scene) -> exp.Expr:
    """Name each period's first day in a CASE; weeks and custom tables have no truncation.

    A day outside the years listed, or outside a custom table, has no period.
    """
    parts = [
        part
        for name, table in TABLES.items()
        if table.moves or name == "quota"
        for part in scene.snapshot.parts(name)
    ]
    last = max([scene.when.valid, *(p.last_on for p in parts if p.last_on)]).year
    first = min([scene.when.valid, *(p.first_on for p in parts if p.first_on)]).year
    years = range(max(first, last - _YEARS_BACK) - 1, last + _YEARS_AHEAD)
    listed = [
        period
        for year in _covered(calendar, years)
        for period in year_periods(calendar, year, grain)
    ]
    case = exp.Case()
    if not listed:
        return exp.cast(exp.null(), "DATE")
    for earlier, period in zip([None, *listed], listed, strict=False):
        if earlier is None or earlier.end != period.start:
            case = case.when(
                exp.LT(this=day.copy(), expression=day_literal(period.start)), exp.null()
            )
        within = exp.LT(this=day.copy(), expression=day_literal(period.end))
        case = case.when(within, day_literal(period.start))
    return exp.cast(case, "DATE")


def _covered(calendar: Calendar, numbers: Iterable[int]) -> Iterator[Year]:
    """Yield the fiscal years that the calendar has; a custom table ends somewhere."""
    for number in numbers:
        try:
            yield calendar.year(number)
        except (ValueError, OverflowError):
            continue
