"""The `wald` command as somebody types it, in this process: what it prints, how it ends."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import pytest

from wald.cli.main import main


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def wald(*words: str) -> Ended:
    """Run one command line. A bug in Wald is raised here, since nothing catches it."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), _hook_kept(), pytest.raises(SystemExit) as end:
        main(list(words))
    code = end.value.code
    return Ended(
        code if isinstance(code, int) else int(code is not None), out.getvalue(), err.getvalue()
    )


@contextmanager
def _hook_kept() -> Iterator[None]:
    hook = sys.excepthook
    yield
    sys.excepthook = hook
