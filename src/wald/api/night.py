"""The night that was kept: what detectors looked at, what they found, what was not told and why."""

from django.http import Http404, HttpRequest
from ninja import Query, Router

from wald.api.door import asking, read_dates, refuse_unknown, workspace
from wald.api.night_shapes import AskedNight, NightShape
from wald.api.shapes import FAULTS
from wald.queries.nights import night_page
from wald.queries.plain import Json

router = Router(tags=["insights"])


@router.get("/night", response={200: NightShape, **FAULTS})
def the_night(request: HttpRequest, asked: Query[AskedNight]) -> Json:
    """What the last night, or that of a day, looked at and found; all looks are judged together."""
    refuse_unknown(request, AskedNight.model_fields)
    day, _ = read_dates(asked.as_of, "")
    found = night_page(actor=asking(request), workspace=workspace(), day=day)
    if found is None:
        raise Http404("No night was kept yet, or none of that day.")
    return {
        **found.night.body,
        "looked_at": found.night.at.isoformat(),
        "nights": [one.isoformat() for one in found.days],
    }
