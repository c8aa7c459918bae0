"""Files that are on the disk, and not only in its cache: only then may a record name them."""

import os
from pathlib import Path


def see_on_disk(path: Path) -> None:
    """Wait until the disk has a file, or knows the files of a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
