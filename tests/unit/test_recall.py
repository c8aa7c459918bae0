"""What is alike, and why: by metric, population, links and the words that tell something."""

from hypothesis import given
from hypothesis import strategies as st

from wald.brain.recall import Face, alike, parts_of

NORTH = Face("insight", 1, "Deals in the North are lost", "win_rate", "region = 'North'")


def _numbers(one: Face, *others: Face) -> list[int]:
    return [match.face.number for match in alike(one, others)]


def test_the_same_metric_and_population_come_before_the_same_words() -> None:
    same = Face("decision", 2, "Pilots before quotes", "win_rate", "region = 'North'")
    words = Face("decision", 3, "Deals in the North are lost to a rival", "bookings")
    assert _numbers(NORTH, words, same) == [2, 3]


def test_says_what_is_alike() -> None:
    other = Face("decision", 2, "Lost deals: pilots first", "win_rate", "region = 'North'")
    (match,) = alike(NORTH, [other])
    assert match.reasons == ("the same metric", "of region = 'north'", "words: deals, lost")


def test_a_population_that_overlaps_counts_in_part() -> None:
    both = Face("decision", 2, "x", "win_rate", "region IN ('North', 'South')")
    one = Face("decision", 3, "x", "win_rate", "region = 'North'")
    first, second = alike(NORTH, [both, one])
    assert (first.face.number, second.face.number) == (3, 2)


def test_links_make_alike_what_shares_nothing_else() -> None:
    plan = frozenset({"document:plan/2027"})
    one = Face("decision", 1, "Accelerators from 120 %", "bookings", links=plan)
    other = Face("decision", 2, "Quarterly instead of yearly", "bookings", links=plan)
    (match,) = alike(one, [other])
    assert "linked to document:plan/2027" in match.reasons


def test_nothing_in_common_is_not_shown() -> None:
    assert alike(NORTH, [Face("decision", 2, "Coffee for the office", "push_count")]) == ()


def test_it_is_not_like_itself() -> None:
    assert alike(NORTH, [NORTH]) == ()


def test_words_that_all_share_tell_little() -> None:
    """`quota` stands in all of them, `churn` in two."""
    one = Face("decision", 0, "quota churn")
    others = ("ramp", "season", "split", "spread", "floor", "carve", "relief")
    rest = [Face("decision", n, f"quota {word}") for n, word in enumerate(others, start=2)]
    found = alike(one, [Face("decision", 1, "quota churn again"), *rest])
    assert found[0].face.number == 1
    assert all(match.likeness < found[0].likeness / 2 for match in found[1:])


def test_a_condition_is_its_parts_in_any_order() -> None:
    assert parts_of("region = 'North' AND amount > 10") == {
        ("region =", "'north'"),
        ("amount gt", "10"),
    }
    assert parts_of("amount > 10 AND Region IN ('NORTH')") == parts_of(
        "region = 'North' AND amount > 10"
    )


def test_a_text_that_is_no_condition_has_no_parts() -> None:
    assert parts_of("region = = '") == frozenset()
    assert parts_of("(" * 5000) == frozenset()


@given(st.lists(st.text(max_size=40), max_size=12), st.text(max_size=40))
def test_likeness_is_a_share_and_the_order_is_told_by_the_values(
    texts: list[str], text: str
) -> None:
    others = [Face("decision", n, t, "m") for n, t in enumerate(texts, start=1)]
    found = alike(Face("insight", 1, text, "m"), others, most=20)
    assert all(0 <= match.likeness <= 1 + 1e-9 for match in found)
    assert found == alike(Face("insight", 1, text, "m"), others[::-1], most=20)
