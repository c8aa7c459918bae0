"""Two persons agree to what holds: who wrote on a draft may not approve it, nor who stands in.

Source  docs/decisions/0004-documents-are-texts-in-versions.md
"""

from collections.abc import Iterable


def one_with(
    approver: str, writers: Iterable[str], stands_in: Iterable[tuple[str, str]]
) -> tuple[str, ...] | None:
    """Return the chain from a writer to the approver, or from the approver to a writer, along
    which each lets the next stand in; None where the two are apart.

    `stands_in` are pairs (owner, delegate) that hold today. A writer who approves is a chain
    of one.
    """
    pairs = tuple(stands_in)
    for writer in dict.fromkeys(writers):
        if writer == approver:
            return (writer,)
        for start, goal in ((writer, approver), (approver, writer)):
            chain = _chain(start, goal, pairs)
            if chain is not None:
                return chain
    return None


def _chain(start: str, goal: str, pairs: tuple[tuple[str, str], ...]) -> tuple[str, ...] | None:
    waiting: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for chain in waiting:
        for owner, delegate in pairs:
            if owner == chain[-1] and delegate not in seen:
                if delegate == goal:
                    return (*chain, delegate)
                seen.add(delegate)
                waiting.append((*chain, delegate))
    return None
