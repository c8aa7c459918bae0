"""Pay runs for the campaign that kills them, forked from a warm process.

Usage: python -m tests.reliability.run_nest. For each home on a line of its input a child is forked,
which runs and releases 2026-Q1 unless that is done, and tells each step: "step WORDS", last "done".
The nest itself says "child PID" first, and "ended" when the child is gone.
"""

import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

PERIOD = "2026-Q1"


def main() -> None:
    home = Path(sys.argv[1])
    os.environ["WALD_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "wald.site.settings"
    import django

    django.setup()
    # Everything a run imports, so that a child begins at once; no engine is opened here.
    import duckdb  # noqa: F401
    import pyarrow.csv
    import pyarrow.parquet  # noqa: F401

    from wald.actions import pay  # noqa: F401
    from wald.documents.document import document_types
    from wald.heart.compensation.component import components

    document_types(), components()
    _say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _child(Path(line.strip()))
        _say(f"child {child}")
        with suppress(ChildProcessError):
            os.waitpid(child, 0)
        _say("ended")


def _child(home: Path) -> None:
    """Bring a workspace to where its quarter is released, telling each step; never returns."""
    try:
        _pay(home)
        _say("done")
        os._exit(0)
    except BaseException as error:
        _say(f"failed {error!r}")
        raise
    finally:
        os._exit(1)


def _pay(home: Path) -> None:
    from wald.actions import pay
    from wald.actions.workspace import open_workspace
    from wald.kernel.actor import everything
    from wald.records.stores import pay as store

    workspace, at = open_workspace(home), datetime(2026, 4, 2, 8, tzinfo=UTC)
    if not store.released(database=workspace.database):
        made = pay.run(
            actor=everything("ana"), workspace=workspace, period=PERIOD, at=at,
            how=pay.How(processes=1), progress=lambda words, done, total: _say(f"step {words}"),
        )  # fmt: skip
        _say("step drafted")
        pay.release(actor=everything("fin"), workspace=workspace, run_id=made.run_id, at=at)
    _say("step released")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
