"""SELECTs about one person, written once and then asked for each: writing one takes its time.

Whoever asks here has asked for rights before.
"""

from collections.abc import Callable

from sqlglot import exp

from wald.language.write import Dialect, write
from wald.queries.kept import kept

_SOMEBODY = "\ue000somebody\ue000"  # stands where the person will stand; no key of ours has these


def text_about(
    key: tuple[object, ...],
    person_id: str,
    make: Callable[[frozenset[str]], exp.Expr],
    dialect: Dialect,
) -> str:
    """Return the text of a SELECT about one person; `key` names everything else it depends on."""
    text = kept(("about", dialect, *key), lambda: write(make(frozenset({_SOMEBODY})), dialect))
    return text.replace(_literal(_SOMEBODY, dialect), _literal(person_id, dialect))


def _literal(person_id: str, dialect: Dialect) -> str:
    return write(exp.Literal.string(person_id), dialect)
