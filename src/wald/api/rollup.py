"""Forecasts people make: roll-up, what was said of somebody, saying a number, overriding one."""

from http import HTTPStatus

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions import forecast as action
from wald.api.door import asking, moment, read_dates, refuse_unknown, workspace
from wald.api.rollup_shapes import (
    AskedForecast,
    AskedForecastRows,
    AskedLines,
    ForecastEntryShape,
    ForecastHistoryShape,
    ForecastRowsShape,
    NewOverrideShape,
    NewSubmissionShape,
    RollUpShape,
    WrittenForecastShape,
)
from wald.api.shapes import FAULTS, Fault
from wald.queries.plain import Json
from wald.queries.plain_rollup import (
    entry_json,
    history_json,
    kept_json,
    line_json,
    roll_up_json,
    rows_json,
)
from wald.queries.rollup import roll_up
from wald.queries.rollup_person import forecast_history, overrides
from wald.queries.rollup_rows import forecast_rows
from wald.queries.rollup_stage import AskedRollUp

router = Router(tags=["forecast"])

_WRITTEN = {
    200: WrittenForecastShape,
    201: WrittenForecastShape,
    409: Fault,
    **FAULTS,
}


@router.get("/forecast", response={200: RollUpShape, **FAULTS})
def forecast_roll_up(request: HttpRequest, asked: Query[AskedLines]) -> Json:
    """What everybody you see said of a period, beside what their deals add up to."""
    refuse_unknown(request, AskedLines.model_fields)
    page = roll_up(
        actor=asking(request), workspace=workspace(), ask=_ask(asked, asked.unit), at=moment()
    )
    if page is None:
        raise Http404("Nothing is loaded yet.")
    lines = page.lines[asked.offset : asked.offset + asked.limit]
    told = roll_up_json(page)
    return {
        **told,
        "lines": [line_json(one, page) for one in lines],
        "total_lines": len(page.lines),
    }


@router.get("/forecast/people/{path:person}", response={200: ForecastHistoryShape, **FAULTS})
def one_forecast(request: HttpRequest, person: str, asked: Query[AskedForecast]) -> Json:
    """Every number said of somebody in a period, newest first."""
    refuse_unknown(request, AskedForecast.model_fields)
    found = forecast_history(
        actor=asking(request), workspace=workspace(), person_id=person, ask=_ask(asked),
        at=moment(),
    )  # fmt: skip
    if found is None:
        raise Http404("There is nobody with this key whom you see.")
    return history_json(found)


@router.get("/forecast/rows", response={200: ForecastRowsShape, **FAULTS})
def forecast_row_list(request: HttpRequest, asked: Query[AskedForecastRows]) -> Json:
    """The deals and bookings behind a number of the roll-up."""
    refuse_unknown(request, AskedForecastRows.model_fields)
    found = forecast_rows(
        actor=asking(request), workspace=workspace(), person_id=asked.person, what=asked.what,
        ask=_ask(asked), at=moment(), limit=asked.limit, offset=asked.offset,
    )  # fmt: skip
    if found is None:
        raise Http404("There is nobody with this key whom you see.")
    return rows_json(found)


@router.get("/forecast/overrides", response={200: list[ForecastEntryShape], **FAULTS})
def forecast_overrides(request: HttpRequest, asked: Query[AskedForecast]) -> list[Json]:
    """Who put which number in the place of which in a period, and when; oldest first."""
    refuse_unknown(request, AskedForecast.model_fields)
    found = overrides(actor=asking(request), workspace=workspace(), ask=_ask(asked), at=moment())
    return [entry_json(one) for one in found]


@router.post("/forecast/submissions", response=_WRITTEN)
def submit_forecast(request: HttpRequest, given: NewSubmissionShape) -> Status[Json]:
    """Say a number for a period. 200: the same stands already. 409 tells what changed since
    `version`."""
    refuse_unknown(request)
    new = action.NewSubmission(
        given.period, given.amounts, given.currency, given.note, given.person, given.version
    )
    made = action.submit(actor=asking(request), workspace=workspace(), new=new, at=moment())
    return _written(made)


@router.post("/forecast/overrides", response=_WRITTEN)
def override_forecast(request: HttpRequest, given: NewOverrideShape) -> Status[Json]:
    """Put a number in the place of somebody's, with a reason; both are kept."""
    refuse_unknown(request)
    new = action.NewOverride(
        given.person, given.period, given.category, given.amount or "", given.reason,
        given.currency, given.version,
    )  # fmt: skip
    made = action.override(actor=asking(request), workspace=workspace(), new=new, at=moment())
    return _written(made)


def _written(made: action.Made) -> Status[Json]:
    status = HTTPStatus.CREATED if made.is_new else HTTPStatus.OK
    entries = [kept_json(one) for one in made.entries]
    return Status(int(status), {"version": made.version, "is_new": made.is_new, "entries": entries})


def _ask(asked: AskedForecast, unit: str = "") -> AskedRollUp:
    as_of, known = read_dates(asked.as_of, asked.known)
    return AskedRollUp(asked.period, unit, as_of, known)
