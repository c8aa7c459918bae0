"""Where one organization's data lives: a folder, and the name of the database in it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Workspace:
    """`database` is the name under which this process knows the folder's record database."""

    home: Path
    database: str

    @property
    def facts(self) -> Path:
        return self.home / "facts"

    @property
    def rejects(self) -> Path:
        return self.home / "rejects"

    @property
    def cache(self) -> Path:
        return self.home / "cache"
