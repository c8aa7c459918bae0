"""A folder of a load's own for what it needs only while it runs."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wald.engine.intake.lock import is_held

_ALIVE = "alive"


@contextmanager
def scratch(cache: Path) -> Iterator[Path]:
    """Give an empty folder below `cache` and remove it, and those of dead loads, afterwards."""
    root = cache / "loading"
    root.mkdir(parents=True, exist_ok=True)
    sweep(root)
    with tempfile.TemporaryDirectory(dir=root, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        unnamed = folder / "unnamed"
        with unnamed.open("w") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX)
            unnamed.rename(folder / _ALIVE)  # only now may others ask whether it is held
            yield folder


def sweep(root: Path) -> None:
    """Remove the folders whose process is gone."""
    for folder in root.iterdir():
        alive = folder / _ALIVE
        if alive.exists() and not is_held(alive):
            shutil.rmtree(folder, ignore_errors=True)
