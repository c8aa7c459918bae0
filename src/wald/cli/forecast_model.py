"""Model forecasts at the terminal: the forecast, its track record, back-testing, which methods."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.forecast import FORECAST_EXAMPLES, app
from wald.cli.options import (
    DEFAULT_HOME,
    AsJson,
    AsOfText,
    Home,
    PeriodText,
    read_as_of,
)
from wald.cli.output import console, put_json, put_records, say, say_problems
from wald.cli.progress import progress

if TYPE_CHECKING:
    from wald.queries.forecasts import ForecastPage
    from wald.queries.track_record import TrackRecord

__all__ = ["FORECAST_EXAMPLES", "MODEL_EXAMPLES", "app"]

MODEL_EXAMPLES = """\b
Examples:
  wald forecast backtest                     every method on every week of past quarters
  wald forecast backtest --level team --json
  wald forecast backtest --grain month       of months instead of quarters
  wald forecast model                        what the quarter will book, by every method
  wald forecast model --unit team:DACH --json
  wald forecast model --period 2026-Q2 --as-of 2026-05-15
  wald forecast methods                      which methods there are
"""

GrainOption = Annotated[
    str, typer.Option("--grain", metavar="G", help="quarter or month. [default: quarter]")
]


@app.command("backtest", epilog=MODEL_EXAMPLES)
def backtest(
    level: Annotated[str, typer.Option(metavar="L", help="all, team or rep. [default: all]")] = "",
    grain: GrainOption = "",
    background: Annotated[
        bool, typer.Option("--background", help="Let a worker do it; prints the job's number.")
    ] = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Back-test every method on past periods, and show how often each was right."""
    workspace = opened(home)
    if background:
        _queue(home, grain, as_json=as_json)
        return
    from wald.actions.backtest import run_backtest
    from wald.queries.plain_forecasts import record_json
    from wald.queries.track_record import track_record

    with progress(quiet=as_json) as told:
        run_backtest(actor=person(), workspace=workspace, at=moment(), grain=grain, progress=told)
    found = track_record(actor=person(), workspace=workspace, grain=grain, level=level)
    if found is None:
        raise RuntimeError("what was kept a moment ago cannot be read")
    if as_json:
        put_json(record_json(found))
    else:
        _show_record(found)


@app.command("model", epilog=MODEL_EXAMPLES)
def model(
    period: PeriodText = "",
    unit: Annotated[
        str, typer.Option(metavar="U", help="all, team:NAME or rep:KEY. [default: the widest]")
    ] = "",
    as_of: AsOfText = "",
    grain: GrainOption = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show what a period will book, by every method, and which of them is used and why."""
    day = read_as_of(as_of)
    workspace = opened(home)
    from wald.queries.forecasts import forecast_of, forecast_page
    from wald.queries.plain_forecasts import forecast_json

    page = None
    if not period and day is None:
        page = forecast_page(actor=person(), workspace=workspace, grain=grain, unit=unit)
    if page is None:
        with progress(quiet=as_json) as told:
            page = forecast_of(
                actor=person(), workspace=workspace, at=moment(),
                period=period, as_of=day, unit=unit, told=told,
            )  # fmt: skip
    if as_json:
        put_json(forecast_json(page))
    else:
        _show_forecast(page)


@app.command("methods", epilog=MODEL_EXAMPLES)
def methods(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List the methods there are."""
    opened(home)
    from wald.queries import forecasts
    from wald.queries.plain_forecasts import method_json

    found = forecasts.methods(actor=person())
    if as_json:
        put_json([method_json(one) for one in found])
        return
    put_records(
        [
            {"method": one.key, "title": one.title, "simple": "yes" if one.is_simple else "",
             "how": one.says}
            for one in found
        ]
    )  # fmt: skip


def _queue(home: Path, grain: str, *, as_json: bool) -> None:
    workspace = opened(home)
    from wald.actions.work.queue import queue
    from wald.queries.forecasts import read_grain

    read_grain(grain)
    job_id = queue(
        actor=person(), workspace=workspace, kind="forecast_backtest", at=moment(),
        arguments={"grain": grain},
    )  # fmt: skip
    if as_json:
        put_json({"job": job_id})
    else:
        say(f"Job {job_id} waits; `wald work show {job_id}` tells how it goes.")


def _show_forecast(page: "ForecastPage") -> None:
    out = console()
    shown = page.shown
    if shown is None:
        say("There is no unit of which you see everybody's rows.")
        return
    used = shown.used
    out.print(
        f"{shown.title}, {page.period} as of {page.day}: closed {_money(shown.closed)} "
        f"{page.currency}"
    )
    if used is not None:
        low, high = used.bounds[1]
        out.print(
            f"Will book {_money(used.middle)}; 80 % sure it is between {_money(low)} and "
            f"{_money(high)}."
        )
        if used.chance is not None:
            out.print(f"Chance to make the quota of {_money(shown.quota)}: {used.chance:.0%}.")
    if shown.parts is not None:
        out.print(
            f"{shown.parts_of} expects {_money(shown.parts.open)} of open deals and "
            f"{_money(shown.parts.new)} of deals not yet created."
        )
    out.print(page.why)
    put_records(
        [
            {
                "method": one.title + (" (used)" if one.is_used else ""),
                "says": _money(one.point),
                "80 % low": _money(one.bounds[1][0]),
                "80 % high": _money(one.bounds[1][1]),
                "quota made": "" if one.chance is None else f"{one.chance:.0%}",
                "off before": _share(one.wape),
            }
            for one in shown.said
        ],
        numbers=("says", "80 % low", "80 % high", "quota made", "off before"),
    )
    for title, why in page.unable:
        out.print(f"{title} says nothing: {why}")
    say_problems(page.problems)


def _show_record(found: "TrackRecord") -> None:
    out = console()
    periods: Sequence[str] = found.periods
    if not periods:
        say("No period is over yet that could be scored.")
        say_problems(found.problems)
        return
    out.print(
        f"Track record, level {found.level}: {len(periods)} periods, {periods[0]} to {periods[-1]}"
    )
    put_records(
        [
            {
                "method": one.title,
                "WAPE": _share(one.overall.wape),
                "bias": _share(one.overall.bias, sign="+"),
                "CRPS": _share(one.overall.crps),
                **{f"held {cover.share:.0%}": f"{cover.held:.0%}" for cover in one.cover},
                "trials": one.overall.trials,
            }
            for one in found.methods
        ],
        numbers=("WAPE", "bias", "CRPS", "held 50%", "held 80%", "held 95%", "trials"),
    )
    put_records(
        [
            {"person": one.name, "as": one.lean.was, "periods": one.lean.periods,
             "lean": f"{one.lean.shrunken.estimate:+.0%}",
             "95 %": f"{one.lean.shrunken.low:+.0%} to {one.lean.shrunken.high:+.0%}",
             "verdict": one.lean.verdict}
            for one in found.people
        ],
        numbers=("lean",),
    )  # fmt: skip
    say_problems(found.problems)


def _money(value: float | None) -> str:
    return "" if value is None else f"{Decimal(round(value)):,f}"


def _share(value: float | None, sign: str = "") -> str:
    return "" if value is None else f"{value:{sign}.1%}"
