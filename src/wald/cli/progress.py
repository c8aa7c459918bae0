"""Progress of long work on standard error, where a terminal shows it; else a file stays clean."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[str, int, int | None], None]


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Step]:
    """Give what to tell each step to: its name, how much is done, and of how much if known."""
    if quiet or not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)

        def told(step: str, done: int, total: int | None) -> None:
            bars.update(task, description=step, completed=done, total=total)

        yield told
