"""What a case may link to, as text: `opportunity:O1`, `insight:7`, `user:max`.

`statement:7/P1#n16` is a figure of a statement: run, person, id of the figure's node.
"""

import re
from collections.abc import Iterable, Iterator

from wald.kernel.problem import Problem

KINDS = (
    "opportunity", "account", "person", "booking", "load", "metric", "document", "version",
    "insight", "decision", "case", "user", "statement", "adjustment",
)  # fmt: skip
_NUMBERED = ("load", "version", "insight", "decision", "case", "adjustment")
LONGEST = 300
MOST = 50
_FORM = re.compile(r"([a-z]+):(\S(?:.*\S)?)")
_NUMBER = re.compile(r"[1-9][0-9]{0,14}")


def link_problems(links: Iterable[str]) -> Iterator[Problem]:
    """Yield what is wrong with links, each with its place among them."""
    given = list(links)
    if len(given) > MOST:
        yield Problem("links", f"there are {len(given)}", f"give {MOST} at most")
        return
    for place, link in enumerate(given, start=1):
        found = _FORM.fullmatch(link)
        where = f"link {place}"
        if found is None or found[1] not in KINDS or "\0" in link or "\n" in link:
            fix = f"write KIND:KEY, with a kind among {', '.join(KINDS)}"
            yield Problem(where, f"{link[:80]!r} is no link", fix)
        elif len(link) > LONGEST:
            yield Problem(where, f"it has {len(link)} characters", f"keep to {LONGEST}")
        elif found[1] in _NUMBERED and not _NUMBER.fullmatch(found[2]):
            yield Problem(where, f"{link[:80]!r} has no number", f"write it like {found[1]}:7")
