"""The REST API, version 1. Its one page of documentation is openapi.json: no page of ours
may ask another host for anything, as the usual browsers of such documents do."""

from importlib.metadata import version

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from wald.api import keys, loads, numbers
from wald.api.door import SIGN_IN
from wald.api.errors import FORM, add_error_answers


class Api(NinjaAPI):
    """Ninja's, except that its document names operations plainly and errors by their form."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, object] | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        response["content"] = {FORM: response["content"]["application/json"]}
        return schema


api = Api(
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
api.add_router("", keys.router)
