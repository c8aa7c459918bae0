"""The API against what openapi.json says of it: generated calls, right and wrong, and chains.

Schemathesis reads the document and runs all its checks over every operation: examples, the
edges of each schema, random data that fit and that do not, and calls that follow one another.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

from tests.reliability.desk import served
from tests.reliability.result import Result

_WORDS = "four quiet words here"
PHASES = ("examples", "coverage", "fuzzing", "stateful")
# One router refuses every other method at every address: two stand for all of them.
_OF_PHASES = {"coverage": {"unexpected-methods": ["put", "trace"]}}
# A condition or a period may be a text and yet mean nothing: 422. A state may forbid: 409.
_OF_SOCKETS = ("max_redirects", "verify", "cert", "proxies")
_ALSO_RIGHT = ["2xx", "401", "403", "404", "409", "422"]


def run(count: int, seed: int, address: str = "", phases: Sequence[str] = PHASES) -> Result:
    """Send `count` examples of each operation and phase; `address` names an empty PostgreSQL."""
    started, tried, failures = time.monotonic(), 0, []
    with served(address, is_durable=False) as home:
        _fill(home)
        for label, sent, failed in _scenarios(count, seed, phases):
            tried += sent
            failures += [f"{label}: {one}" for one in failed]
    words = "\n".join(["generated calls over every operation", *sorted(set(failures))[:40]])
    return Result(tried, len(failures), words, time.monotonic() - started)


def _scenarios(
    count: int, seed: int, phases: Sequence[str]
) -> Iterator[tuple[str, int, list[str]]]:
    """Yield each scenario: of which operation, how many calls, which checks failed."""
    import schemathesis
    from django.core.wsgi import get_wsgi_application
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema
    from schemathesis.transport.wsgi import WSGITransport

    config = SchemathesisConfig.from_dict(_config(count, seed, phases))
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", get_wsgi_application(), config=config
    )
    WSGITransport.send = _in_process(WSGITransport.send)
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            found = (check for checks in event.recorder.checks.values() for check in checks)
            failed = [_told(check.name, check.failure_info) for check in found]
            yield event.recorder.label, len(event.recorder.cases), [one for one in failed if one]
        if isinstance(event, events.NonFatalError | events.FatalError):
            yield str(getattr(event, "label", "all")), 0, [repr(event)[:2000]]


def _told(check: str, failure: Any) -> str:
    """Return which check failed and how to see it again, "" where it did not fail."""
    if failure is None:
        return ""
    words = f"{failure.failure.title}: {failure.failure.message}"
    return f"{check}: {words} {failure.code_sample}"


def _in_process(send: Callable[..., Any]) -> Callable[..., Any]:
    """Some checks send once more with settings of sockets, which a call in process has not."""
    from wald.records import models

    @wraps(send)
    def sent(transport: object, case: object, **options: object) -> object:
        kept = {name: value for name, value in options.items() if name not in _OF_SOCKETS}
        if models.SignInFailure.objects.exists():  # or wrong passwords would have to wait
            models.SignInFailure.objects.all().delete()
        return send(transport, case, **kept)

    return sent


def _config(count: int, seed: int, phases: Sequence[str]) -> dict[str, object]:
    from tests.reliability.api_records import fitting

    generation = {"mode": "all", "max-examples": count, "deterministic": False}
    return {
        "seed": seed,
        "workers": 1,
        "continue-on-failure": True,
        "auth": {"openapi": {"BasicAuth": {"username": "ana", "password": _WORDS}}},
        "generation": {**generation, "database": "none"},
        "phases": {name: {"enabled": name in phases} | _OF_PHASES.get(name, {}) for name in PHASES},
        "checks": {
            "enabled": True,
            "positive_data_acceptance": {"enabled": True, "expected-statuses": _ALSO_RIGHT},
            "max_response_time": 10,
        },
        **fitting(),
    }


def _fill(home: Path) -> None:
    """Load a small export, let somebody who may do everything sign in, keep some records."""
    from tests.exports import write_export
    from tests.reliability import api_records
    from tests.serving import loaded
    from wald.kernel.policy import Role
    from wald.records.stores.users import create_user

    create_user("ana", _WORDS, Role.ADMINISTRATOR, database="default")
    loaded(write_export(home / "import" / "first"))
    api_records.keep()
