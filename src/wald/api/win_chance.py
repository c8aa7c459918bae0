"""Chances of open deals to be won, and how good such chances were."""

from django.http import Http404, HttpRequest
from ninja import Query, Router

from wald.api.door import asking, refuse_unknown, workspace
from wald.api.shapes import FAULTS
from wald.api.win_chance_shapes import AskedChances, WinChanceShape
from wald.queries.plain import Json
from wald.queries.plain_win_chance import win_chance_json
from wald.queries.win_chance import win_chance_page

router = Router(tags=["forecast"])


@router.get("/forecast/win-chance", response={200: WinChanceShape, **FAULTS})
def win_chance_list(request: HttpRequest, asked: Query[AskedChances]) -> Json:
    """The chance of each open deal you see, the reasons, and how chances were judged."""
    refuse_unknown(request, AskedChances.model_fields)
    page = win_chance_page(
        actor=asking(request),
        workspace=workspace(),
        deal=asked.deal,
        limit=asked.limit,
        offset=asked.offset,
    )
    if page is None:
        raise Http404("No deals are loaded yet.")
    return win_chance_json(page)
