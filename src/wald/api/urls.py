"""The REST API, version 1. Its one page of documentation is openapi.json: no page of ours
may ask another host for anything, as the usual browsers of such documents do."""

from importlib.metadata import version
from typing import ClassVar

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from wald.api import (
    calibration,
    cases,
    channels,
    decisions,
    documents,
    forecast_model,
    hygiene,
    hygiene_fixes,
    insights,
    journal,
    keys,
    loads,
    night,
    notices,
    numbers,
    pay,
    pay_books,
    pay_statements,
    people,
    pipeline,
    pipeline_velocity,
    plans,
    quotas,
    rollup,
    verdict,
    views,
    win_chance,
    work,
)
from wald.api.document import complete
from wald.api.door import SIGN_IN
from wald.api.errors import add_error_answers
from wald.api.idempotency import once


class Api(NinjaAPI):
    """Ninja's, except that its document names operations plainly and errors by their form.

    The document is built once in a process: it takes a second, and nothing in it changes.
    """

    _documents: ClassVar[dict[str, OpenAPISchema]] = {}  # by the path before every address

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, object] | None = None
    ) -> OpenAPISchema:
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self._documents:
            schema = super().get_openapi_schema(path_prefix=prefix, path_params=path_params)
            complete(schema)
            self._documents[prefix] = schema
        return self._documents[prefix]


api = Api(
    title="Wald",
    version="1",
    description=f"Numbers, the rows behind them, and loads. Wald {version('wald')}.",
    urls_namespace="api",
    docs_url=None,
    auth=SIGN_IN,
)
add_error_answers(api)
api.add_decorator(once, mode="view")
api.add_router("", numbers.router)
api.add_router("", loads.router)
api.add_router("", keys.router)
api.add_router("", people.router)
api.add_router("", pipeline.router)
api.add_router("", pipeline_velocity.router)
api.add_router("", calibration.router)
api.add_router("", hygiene.router)
api.add_router("", hygiene_fixes.router)
api.add_router("", pay.router)
api.add_router("", pay_statements.router)
api.add_router("", pay_books.router)
api.add_router("", plans.router)
api.add_router("", journal.router)
api.add_router("", views.router)
api.add_router("", documents.router)
api.add_router("", insights.router)
api.add_router("", night.router)
api.add_router("", verdict.router)
api.add_router("", decisions.router)
api.add_router("", cases.router)
api.add_router("", work.router)
api.add_router("", notices.router)
api.add_router("", channels.router)
api.add_router("", quotas.router)
api.add_router("", rollup.router)
api.add_router("", forecast_model.router)
api.add_router("", win_chance.router)
