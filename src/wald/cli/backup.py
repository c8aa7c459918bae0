"""Back a workspace up into one file, and make a workspace from such a file."""

from pathlib import Path
from typing import Annotated

import typer

from wald.cli.door import moment, opened, person, prepared
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import put_json, say
from wald.cli.progress import progress

BACKUP_EXAMPLES = """\b
Examples:
  wald backup /safe/wald-2026-03-01.zip
  wald backup backup.zip --json                  with the digest of its manifest

\b
Everything is of one moment, while others work on. The file holds what people wrote and the
keys that open the journal: keep it as safe as the workspace. WALD_RECORDS may say where the
records are.
"""
RESTORE_EXAMPLES = """\b
Examples:
  wald restore backup.zip --home var/again
  WALD_RECORDS=postgresql://db/wald wald restore backup.zip --home /srv/wald

\b
Hashes and journal are verified before anything is written, every row afterwards. Nothing is
overwritten: the folder has to be new or empty, and so has the database.
"""

Archive = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


def backup(file: Archive, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Write records, facts and what loads rejected into one new file."""
    workspace = opened(home)
    from wald.actions import backup

    with progress(quiet=as_json) as told:
        made = backup.backup(
            actor=person(), workspace=workspace, path=file, at=moment(), progress=told
        )
    if as_json:
        head = {"seq": made.seq, "hash": made.head}
        sizes = {"rows": made.rows, "files": made.files, "bytes": made.size}
        put_json({"file": str(made.path), **sizes, "journal": head, "manifest": made.sha256})
    else:
        say(f"{made.path}: {made.rows:,} rows, {made.files:,} files, {made.size:,} bytes.")
        say(f"Journal: {made.seq}:{made.head}")


def restore(file: Archive, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Make a new workspace from a backup, and see that all of it is there."""
    prepared(home)
    from wald.actions import restore

    with progress(quiet=as_json) as told:
        made = restore.restore(actor=person(), home=home, path=file, at=moment(), progress=told)
    if as_json:
        sizes = {"rows": made.rows, "files": made.files, "entries": made.entries}
        put_json({"home": str(made.home), "made_at": made.made_at, **sizes})
    else:
        say(f"{made.home}: {made.rows:,} rows, {made.files:,} files, as of {made.made_at}.")
        say(f"All hashes hold, and all {made.entries:,} entries of the journal.")
