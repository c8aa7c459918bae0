"""The tutorial's commands work in the order in which it gives them."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.house.tree import DOCS, ROOT, commands

_PROGRAM = str(Path(sys.executable).parent / "wald")


def test_every_command_of_the_first_hour_succeeds(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    said = commands(DOCS / "tutorial" / "first-hour.md", "wald")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("WALD_")}
    for line in said:
        ran = subprocess.run(
            [_PROGRAM, *shlex.split(line)[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{line}\n{ran.stderr}"
    assert len(said) >= 6, "the tutorial asks for something"
