"""How a command ends: its exit code, and what it says when it could not do what was asked."""

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from enum import IntEnum
from types import TracebackType

from wald.cli.output import say, say_problems
from wald.kernel.problem import BadInput, Conflict, NotAllowed, Refusal, Stale


class Code(IntEnum):
    """Exit codes; stable, see docs/reference/exit-codes.md."""

    OK = 0
    FAILURE = 1
    UNUSABLE = 2
    QUALITY = 3
    CONFLICT = 4
    RIGHTS = 5


def refused(refusal: Refusal, words: Sequence[str]) -> Code:
    """Say a refusal on standard error, as JSON where JSON was asked for; return its code."""
    code = _code_of(refusal)
    problems = refusal.problems if isinstance(refusal, BadInput) else ()
    changed = refusal.changed if isinstance(refusal, Stale) else ()
    if "--json" in words:
        listed = [{"where": p.where, "what": p.what, "fix": p.fix} for p in problems]
        told = {"error": str(refusal), "problems": listed, "exit_code": int(code)}
        say(json.dumps(told | ({"changed": list(changed)} if changed else {})))
    else:
        say(f"Error: {refusal}")
        say_problems(problem for problem in problems if str(problem) not in str(refusal))
        for sentence in changed:
            say(f"  {sentence}")
    return code


def failed(error: OSError) -> Code:
    """Say what the machine would not do: a full disk, a folder that may not be written."""
    about = f"{error.filename}: " if error.filename else ""
    say(f"Error: {about}{error.strerror or error}.")
    return Code.FAILURE


def show_bug(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
    """Say that Wald broke, and where the traceback is; WALD_DEBUG=1 or --debug prints it here."""
    text = "".join(traceback.format_exception(kind, bug, trace))
    if os.environ.get("WALD_DEBUG") == "1" or "--debug" in sys.argv:
        say(text.rstrip())
        return
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="wald-", suffix=".txt", delete=False
    ) as file:
        file.write(text)
    first = str(bug).partition("\n")[0]
    say(f"Wald broke, which is a bug in it: {kind.__name__}: {first}")
    say(f"Please report it with {file.name}, which says where; `wald --debug …` prints that here.")


def _code_of(refusal: Refusal) -> Code:
    if isinstance(refusal, NotAllowed):
        return Code.RIGHTS
    return Code.CONFLICT if isinstance(refusal, Conflict) else Code.UNUSABLE
