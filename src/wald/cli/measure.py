"""Ask for numbers: which metrics there are, one metric measured, the rows behind it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import opened, person
from wald.cli.options import (
    DEFAULT_HOME,
    AsCsv,
    AsJson,
    AsOfText,
    EngineUrl,
    Home,
    KnownText,
    PeriodText,
    read_as_of,
    read_known,
)
from wald.cli.output import console, put_csv, put_json, put_records, say, table
from wald.kernel.problem import BadInput, Problem

if TYPE_CHECKING:
    from wald.facts.metric import Metric
    from wald.facts.question import Answer
    from wald.queries.measure import RowsBehind

METRICS_EXAMPLES = """\b
Examples:
  wald metrics              every metric with its definition
  wald metrics win_rate     what it means, by what it can be broken down
  wald metrics --json
"""
MEASURE_EXAMPLES = """\b
Examples:
  wald measure win_rate --by region --period 2017-Q3
  wald measure bookings --by rep --by quarter --csv > bookings.csv
  wald measure open_pipeline --where "segment = 'Enterprise' AND amount > 50000"
  wald measure won_deals --as-of 2017-06-30 --json
  wald measure bookings --known 2024-05-01       as Wald knew it that day
  wald measure win_rate --period 2017-Q3 --rows  the deals behind the number
"""
_SHOWN_ROWS = 50  # of the rows behind a number, where a person reads them


def metrics(
    key: Annotated[str, typer.Argument(metavar="KEY", help="One metric, told in full.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the metrics, or tell all about one."""
    from wald.facts.metric import metrics as all_metrics

    if key:
        _tell_metric(_metric(key), as_json=as_json)
        return
    found = all_metrics().values()
    if as_json:
        from wald.queries.plain import metric_json

        put_json([metric_json(metric) for metric in found])
        return
    put_records(
        [{"Metric": m.key, "Unit": m.unit.value, "Definition": m.definition} for m in found]
    )


def measure(
    metric: Annotated[str, typer.Argument(metavar="METRIC", help="Its key in `wald metrics`.")],
    by: Annotated[
        list[str] | None, typer.Option(metavar="DIM", help="Break it down; repeatable.")
    ] = None,
    where: Annotated[
        str, typer.Option(metavar="COND", help="Only rows for which this holds.")
    ] = "",
    period: PeriodText = "",
    as_of: AsOfText = "",
    known: KnownText = "",
    rows: Annotated[bool, typer.Option("--rows", help="The rows behind the number.")] = False,
    limit: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Of --rows. [default: 50 on a screen, else all]"),
    ] = None,
    engine: EngineUrl = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Measure a metric, and say what to know beside the number.

    Dimensions, columns for --where and the exact definition: wald metrics METRIC.
    """
    if as_json and as_csv:
        raise BadInput("Choose one form.", [Problem("--json --csv", "both are given", "drop one")])
    day, instant = read_as_of(as_of), read_known(known)
    workspace = opened(home)
    from wald.queries import measure as desk
    from wald.queries.plain import answer_json, rows_json

    ask = desk.Ask(metric, tuple(by or ()), where, period, day, instant)
    actor = person()
    if rows:
        most = _SHOWN_ROWS if limit is None and not (as_json or as_csv) else limit
        found = desk.rows_behind(
            actor=actor, workspace=workspace, ask=ask, engine=engine, limit=most
        )
        _put_rows(found, rows_json(found), as_json=as_json, as_csv=as_csv)
        return
    answer = desk.measure(actor=actor, workspace=workspace, ask=ask, engine=engine)
    _put_answer(answer, answer_json(answer), as_json=as_json, as_csv=as_csv)


def _put_answer(answer: "Answer", plain: dict[str, object], *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        put_json(plain)
    elif as_csv:
        from wald.queries.plain import plain as cell

        values = [(*row.key, cell(row.value)) for row in answer.rows]
        put_csv([*answer.by, "value"], values)
        _say_notes(answer.notes)
    else:
        _show_answer(answer)


def _show_answer(answer: "Answer") -> None:
    from rich.text import Text

    from wald.cli.figures import UNKNOWN, shown
    from wald.facts.dimension import DIMENSIONS

    titles = [DIMENSIONS[key].title for key in answer.by]
    made = table(*titles, answer.title, right=(answer.title,))
    for row in answer.rows:
        cells = [UNKNOWN if part is None else part for part in row.key]
        cells.append(shown(row.value, answer.unit, answer.currency))
        made.add_row(*[Text(cell) for cell in cells])
    out = console()
    out.print(Text(_heading(answer), style="bold"))
    if answer.rows:
        out.print()
        out.print(made)
    for note in answer.notes:
        out.print(f"Note: {note}")


def _heading(answer: "Answer") -> str:
    parts = [answer.title]
    if answer.period is not None:
        parts.append(answer.period.label)
    parts.append(f"as of {answer.as_of}")
    if answer.known_at is not None:
        parts.append(f"known {answer.known_at:%Y-%m-%d %H:%M} UTC")
    return ", ".join(parts)


def _put_rows(
    found: "RowsBehind", plain: dict[str, object], *, as_json: bool, as_csv: bool
) -> None:
    if as_json:
        put_json(plain)
        return
    from wald.queries.plain import plain as cell

    records = [{k: cell(v) for k, v in row.items()} for row in found.rows.to_pylist()]
    if as_csv:
        put_csv(found.rows.column_names, [tuple(record.values()) for record in records])
        _say_notes(found.answer.notes)
        return
    _show_answer(found.answer)
    console().print()
    put_records(records, numbers=("numerator", "denominator"))
    if len(records) < found.total:
        say(f"{len(records):,} of {found.total:,} rows; --limit N shows more, --csv all.")


def _say_notes(notes: Sequence[str]) -> None:
    for note in notes:
        say(f"Note: {note}")


def _metric(key: str) -> "Metric":
    """Return the metric `key`. Raises BadInput, with the nearest key, if there is none."""
    from difflib import get_close_matches

    from wald.facts.metric import metrics as all_metrics

    found = all_metrics().get(key)
    if found is None:
        near = get_close_matches(key, all_metrics(), n=1)
        fix = f"did you mean {near[0]}?" if near else "see `wald metrics` for the list"
        problem = Problem("metric", f"{key!r} is not one", fix)
        raise BadInput(f"There is no metric {key!r}.", [problem])
    return found


def _tell_metric(metric: "Metric", *, as_json: bool) -> None:
    from wald.queries.plain import metric_json

    told = metric_json(metric)
    if as_json:
        put_json(told)
        return
    out = console()
    out.print(f"{metric.title} ({metric.key})")
    out.print(f"  {metric.definition}")
    for name, text in (
        ("Unit", metric.unit.value),
        ("Better", metric.better),
        ("Counts on", metric.on or "one day: it is a level"),
        ("Unknown", metric.nulls),
        ("By", ", ".join(map(str, _listed(told["dimensions"])))),
        ("Where", ", ".join(map(str, _listed(told["columns"])))),
        ("Source", metric.source),
    ):
        out.print(f"  {name + ':':<11}{text}")


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
