"""What shares telling words is found among very many, as a look at all of them would find it."""

import math
import random
from collections import Counter
from collections.abc import Sequence

from wald.records import models
from wald.records.stores.likely import likely
from wald.records.stores.search import Eyes

ALL = Eyes(None)
BOTH = ("insight", "decision")
_SYLLABLES = [one + two for one in "bdfgklmnprstvz" for two in "aeiou"]


def _fill(store: str, texts: Sequence[str], *, kind: str = "insight", person_id: str = "") -> None:
    """Let texts be found under the numbers 1, 2 and so on."""
    models.SearchEntry.objects.using(store).bulk_create(
        (
            models.SearchEntry(kind=kind, number=n, person_id=person_id, title=text, body="")
            for n, text in enumerate(texts, start=1)
        ),
        batch_size=2000,
    )


def _likely(
    store: str, text: str, eyes: Eyes = ALL, kinds: Sequence[str] = BOTH, limit: int = 60
) -> list[tuple[str, int]]:
    return list(likely(text.split(), eyes=eyes, kinds=kinds, limit=limit, database=store))


def _vocabulary(count: int) -> list[str]:
    chance = random.Random(7)  # noqa: S311  # the same each time
    return sorted({"".join(chance.choices(_SYLLABLES, k=3)) for _ in range(count)})


def test_one_word_in_common_will_do_and_rare_ones_come_first(record_store: str) -> None:
    _fill(record_store, ["north deals", "north deals", "north churn", "south"])
    assert _likely(record_store, "north churn zebra") == [
        ("insight", 3),
        ("insight", 2),
        ("insight", 1),
    ]
    assert _likely(record_store, "zebra") == _likely(record_store, "") == []
    assert _likely(record_store, "north", limit=1) == [("insight", 3)]


def test_only_of_the_kinds_and_persons_that_are_asked_for(record_store: str) -> None:
    _fill(record_store, ["north"], person_id="P1")
    _fill(record_store, ["north"], kind="decision")
    assert _likely(record_store, "north", kinds=["insight"]) == [("insight", 1)]
    assert _likely(record_store, "north", kinds=[]) == []
    assert _likely(record_store, "north", Eyes(frozenset())) == [("decision", 1)]
    assert len(_likely(record_store, "north", Eyes(frozenset({"P1"})))) == 2


def test_the_similar_one_is_found_among_twenty_thousand(record_store: str) -> None:
    """Each word of it stands in hundreds of others, and it is the oldest of all."""
    chance, vocabulary = random.Random(3), _vocabulary(400)  # noqa: S311  # the same each time
    planted = chance.sample(vocabulary, 8)
    texts = [" ".join(planted), *(" ".join(chance.sample(vocabulary, 8)) for _ in range(20_000))]
    _fill(record_store, texts)
    asked = [*planted[:6], "notthere"]
    assert _likely(record_store, " ".join(asked))[0] == ("insight", 1)


def test_nobody_misses_theirs_behind_what_they_may_not_see(record_store: str) -> None:
    """The words stand in thousands of entries about others, all of them newer."""
    _fill(record_store, ["pilot proposal north"], kind="decision")
    _fill(record_store, ["pilot proposal north"] * 3000, person_id="P2")
    assert _likely(record_store, "pilot proposal", Eyes(frozenset({"P1"}))) == [("decision", 1)]


def test_as_a_look_at_all_of_them_would_rank_them(record_store: str) -> None:
    """Where all entries fit in, the points are those of the whole: rare words weigh more."""
    chance, vocabulary = random.Random(5), _vocabulary(120)  # noqa: S311  # the same each time
    texts = [" ".join(chance.sample(vocabulary, 6)) for _ in range(300)]
    _fill(record_store, texts)
    times = Counter(word for text in texts for word in text.split())
    for _ in range(20):
        asked = chance.sample(vocabulary, 5)
        points = {
            number: math.fsum(
                math.log(1 + 100_000 / times[word]) for word in asked if word in text.split()
            )
            for number, text in enumerate(texts, start=1)
        }
        best = sorted((n for n in points if points[n]), key=lambda n: (-round(points[n], 9), -n))
        found = [number for _, number in _likely(record_store, " ".join(asked), limit=10)]
        assert [round(points[n], 9) for n in found] == [round(points[n], 9) for n in best[:10]]
