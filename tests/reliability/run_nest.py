"""Pay runs for the campaign that kills them, forked from a warm process.

Usage: python -m tests.reliability.run_nest HOME. The nest pays a copy of HOME first, so that all is
imported and parsed, and closes it; what comes after opens database, engine and files itself. For
each home on a line of the input a child is forked, which runs and releases 2026-Q1 unless that is
done, and tells each step: "step WORDS", last "done". The nest itself says "child PID" first, and
"ended SIGNAL" when the child is gone: the signal that ended it, 0 for none.
"""

import gc
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

PERIOD = "2026-Q1"
_PATIENCE = 600  # seconds after which a child that stands still is ended, and told


def main() -> None:
    home = Path(sys.argv[1])
    os.environ["WALD_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "wald.site.settings"
    import django

    django.setup()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody listens any more: end without a word
    _warm(home)
    _say("ready")
    for line in sys.stdin:
        hears, tells = os.pipe()
        child = os.fork()
        if child == 0:
            os.read(hears, 1)  # says nothing before it was named
            signal.alarm(_PATIENCE)
            _child(Path(line.strip()))
        _say(f"child {child}")
        os.write(tells, b"!")
        os.close(tells)
        os.close(hears)
        _, status = os.waitpid(child, 0)
        _say(f"ended {os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}")


def _warm(home: Path) -> None:
    from django.db import connections

    copy = home.with_name(f"{home.name}-warm")
    shutil.copytree(home, copy)
    _pay(copy, lambda words: None)
    connections.close_all()
    shutil.rmtree(copy)
    gc.collect()
    gc.freeze()  # what is shared stays shared


def _child(home: Path) -> None:
    """Bring a workspace to where its quarter is released, telling each step; never returns."""
    try:
        _pay(home, _say)
        _say("done")
        os._exit(0)
    except BaseException as error:
        _say(f"failed {error!r}")
        raise
    finally:
        os._exit(1)


def _pay(home: Path, said: Callable[[str], None]) -> None:
    from wald.actions import pay
    from wald.actions.workspace import open_workspace
    from wald.kernel.actor import everything
    from wald.records.stores import pay as store

    workspace, at = open_workspace(home), datetime(2026, 4, 2, 8, tzinfo=UTC)
    if not store.released(database=workspace.database):
        made = pay.run(
            actor=everything("ana"), workspace=workspace, period=PERIOD, at=at,
            how=pay.How(processes=1), progress=lambda words, done, total: said(f"step {words}"),
        )  # fmt: skip
        said("step Releasing")
        pay.release(actor=everything("fin"), workspace=workspace, run_id=made.run_id, at=at)
    said("step Released")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
