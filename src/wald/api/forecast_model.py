"""Model forecasts: what a period will book by every method, how often each was right."""

from django.http import Http404, HttpRequest
from ninja import Query, Router

from wald.api.door import asking, refuse_unknown, workspace
from wald.api.forecast_model_shapes import (
    AskedModel,
    AskedRecord,
    ForecastMethodShape,
    ModelForecastShape,
    TrackRecordShape,
)
from wald.api.shapes import FAULTS
from wald.queries.forecasts import forecast_page, methods
from wald.queries.plain import Json
from wald.queries.plain_forecasts import forecast_json, method_json, record_json
from wald.queries.track_record import track_record

router = Router(tags=["forecast"])
_NONE = "No forecast is kept yet; a job of the kind forecast_backtest makes it."


@router.get("/forecast/methods", response={200: list[ForecastMethodShape], **FAULTS})
def forecast_methods(request: HttpRequest) -> list[Json]:
    """The methods by which Wald forecasts, the simple ones first."""
    refuse_unknown(request)
    return [method_json(one) for one in methods(actor=asking(request))]


@router.get("/forecast/model", response={200: ModelForecastShape, **FAULTS})
def model_forecast(request: HttpRequest, asked: Query[AskedModel]) -> Json:
    """What a period will book as a distribution, by every method, which is used and why."""
    refuse_unknown(request, AskedModel.model_fields)
    page = forecast_page(
        actor=asking(request), workspace=workspace(), grain=asked.grain, unit=asked.unit
    )
    if page is None:
        raise Http404(_NONE)
    told = forecast_json(page)
    units = told["units"]
    cut = units[asked.offset : asked.offset + asked.limit] if isinstance(units, list) else []
    return {**told, "units": cut, "total_units": len(page.units)}


@router.get("/forecast/track-record", response={200: TrackRecordShape, **FAULTS})
def forecast_track_record_of(request: HttpRequest, asked: Query[AskedRecord]) -> Json:
    """How often forecasts were right: error by week, coverage, value added, how people lean."""
    refuse_unknown(request, AskedRecord.model_fields)
    found = track_record(
        actor=asking(request), workspace=workspace(), grain=asked.grain, level=asked.level
    )
    if found is None:
        raise Http404(_NONE)
    return record_json(found)
