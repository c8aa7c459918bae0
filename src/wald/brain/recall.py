"""What was decided or noticed before that is like this: ranked, each with why it is like it.

Four things make two alike: the words they use, the metric, the population, what they are
linked to. Words count by how rare they are among the candidates (inverse document frequency,
Spärck Jones 1972, A statistical interpretation of term specificity), so that the words which
every decision has say little.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from wald.kernel.words import words_without_figures

WORDS, METRIC, POPULATION, LINKS = 0.45, 0.25, 0.2, 0.1
LEAST = 0.12  # of a match worth showing: more than a common word or two
_TOLD = 4  # words named as a reason
_KEPT = 2000  # texts whose words and parts are remembered; the same come again on every page
_SHORTEST = 3  # letters of a word that tells anything
_EMPTY = frozenset(
    "about after and any are because been but can could did does for from had has have how into "
    "its more not one our out than that the their them then there these they this was were what "
    "when where which who why will with would you your".split()
)


@dataclass(frozen=True, slots=True)
class Face:
    """What a decision or an insight is recognised by. `population` is a condition."""

    kind: str
    number: int
    text: str
    metric: str = ""
    population: str = ""
    links: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        return _words(self.text)


def insight_face(number: int, claim: str, subject: str, metric: str, where: str) -> Face:
    """Return what an insight is recognised by; `where` is its population."""
    links = frozenset({f"insight:{number}"})
    return Face("insight", number, f"{claim} {subject}", metric, where, links)


def decision_face(
    number: int,
    question: str,
    choice: str,
    why: str,
    metric: str,
    population: str,
    links: Iterable[str],
    insight_id: int | None,
) -> Face:
    """Return what a decision is recognised by; `insight_id` is what it was made on."""
    linked = frozenset({*links, *([f"insight:{insight_id}"] if insight_id else [])})
    return Face("decision", number, " ".join((question, choice, why)), metric, population, linked)


@lru_cache(_KEPT)
def _words(text: str) -> frozenset[str]:
    words = words_without_figures(text)
    return frozenset(w for w in words if len(w) >= _SHORTEST) - _EMPTY


@dataclass(frozen=True, slots=True)
class Match:
    """`likeness` is between 0 and 1; `reasons` say in words what is alike."""

    face: Face
    likeness: float
    reasons: tuple[str, ...]


def alike(one: Face, others: Sequence[Face], *, most: int = 5) -> tuple[Match, ...]:
    """Return the `most` of `others` that are most like `one`, the likest first."""
    weights = _weights([one, *others])
    found = [
        _match(one, other, weights)
        for other in others
        if (other.kind, other.number) != (one.kind, one.number)
    ]
    worth = [match for match in found if match.likeness >= LEAST]
    worth.sort(key=lambda match: (-match.likeness, match.face.kind, -match.face.number))
    return tuple(worth[:most])


@lru_cache(_KEPT)
def parts_of(population: str) -> frozenset[tuple[str, str]]:
    """Return what a condition asks for, as pairs: ("region", "'north'") of region = 'North'.

    A condition that does not parse has no parts: likeness is no place for a refusal.
    """
    if not population.strip():
        return frozenset()
    try:
        tree = parse_one(population, dialect="duckdb", into=exp.Condition)
    except (SqlglotError, RecursionError):
        return frozenset()
    return frozenset(_parts(tree))


def _parts(tree: exp.Expr) -> Iterator[tuple[str, str]]:
    for node in tree.find_all(exp.EQ, exp.In, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NEQ):
        if not isinstance(node.this, exp.Column):
            continue
        values = node.expressions if isinstance(node, exp.In) else [node.expression]
        sign = "=" if isinstance(node, exp.EQ | exp.In) else node.key
        for value in values:
            yield f"{node.this.name.lower()} {sign}", value.sql(dialect="duckdb").lower()


def _match(one: Face, other: Face, weights: Mapping[str, float]) -> Match:
    shared = sorted(one.words & other.words, key=lambda word: (-weights[word], word))
    populations = _overlap(parts_of(one.population), parts_of(other.population))
    links = sorted(one.links & other.links)
    same_metric = bool(one.metric) and one.metric == other.metric
    likeness = (
        WORDS * _cosine(one.words, other.words, weights)
        + METRIC * same_metric
        + POPULATION * populations
        + LINKS * bool(links)
    )
    reasons = []
    if same_metric:
        reasons.append("the same metric")
    if populations:
        both = sorted(parts_of(one.population) & parts_of(other.population))
        reasons.append("of " + " and ".join(f"{name} {value}" for name, value in both))
    if links:
        reasons.append("linked to " + ", ".join(links[:_TOLD]))
    if shared:
        reasons.append("words: " + ", ".join(shared[:_TOLD]))
    return Match(other, likeness, tuple(reasons))


def _weights(faces: Sequence[Face]) -> Mapping[str, float]:
    """Return how much each word tells: the rarer among the faces, the more."""
    seen = Counter(word for face in faces for word in face.words)
    return {word: math.log(1 + len(faces) / times) for word, times in seen.items()}


def _cosine(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    def size(words: frozenset[str]) -> float:
        return math.sqrt(math.fsum(weights[word] ** 2 for word in sorted(words)))

    both = math.fsum(weights[word] ** 2 for word in sorted(one & other))
    return both / (size(one) * size(other)) if both else 0.0


def _overlap(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> float:
    """Return what two conditions share of all they ask for (Jaccard)."""
    return len(one & other) / len(one | other) if one and other else 0.0
