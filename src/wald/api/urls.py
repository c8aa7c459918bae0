"""The REST API, version 1. Its one page of documentation is openapi.json: no page of ours
may ask another host for anything, as the usual browsers of such documents do."""

from importlib.metadata import version

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.errors import HttpError

from wald.api import loads, numbers
from wald.api.door import SIGN_IN
from wald.api.errors import add_error_answers

api = NinjaAPI(
    title="Wald",
    version="1",
    description=f"Numbers, the rows behind them, and loads. Wald {version('wald')}.",
    urls_namespace="api",
    docs_url=None,
    auth=SIGN_IN,
)
add_error_answers(api)
api.add_router("", numbers.router)
api.add_router("", loads.router)


@api.api_operation(
    ["GET", "POST", "PUT", "PATCH", "DELETE"], "/{path:address}", include_in_schema=False
)
def nothing_here(request: HttpRequest, address: str) -> None:
    raise HttpError(404, f"There is nothing at {address!r}; openapi.json tells what there is")
