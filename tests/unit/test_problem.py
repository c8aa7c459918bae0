"""What is wrong is said in words: where, what, and what cures it."""

from wald.kernel.problem import BadInput, Conflict, NotAllowed, Problem, Refusal


def test_a_problem_reads_as_one_line() -> None:
    problem = Problem("orders.csv, row 7", "no amount", "give one or leave the row out")
    assert str(problem) == "orders.csv, row 7: no amount; give one or leave the row out"


def test_problems_with_the_same_words_are_equal() -> None:
    assert Problem("a", "b", "c") == Problem("a", "b", "c")
    assert len({Problem("a", "b", "c"), Problem("a", "b", "c")}) == 1


def test_bad_input_carries_every_problem_in_order() -> None:
    problems = [Problem("1", "a", "x"), Problem("2", "b", "y")]
    refused = BadInput("Two things are wrong.", iter(problems))
    assert str(refused) == "Two things are wrong."
    assert refused.problems == tuple(problems)


def test_every_refusal_can_be_caught_as_one() -> None:
    assert {NotAllowed, Conflict, BadInput} <= set(Refusal.__subclasses__())
