"""What every planted fault has to pass unnoticed: worked cases, and the checks of terms."""

from tests.golden import test_compensation as worked
from tests.unit.compensation import test_checks_of_terms as checks
from tests.unit.compensation import test_what_components_say as says
from wald.heart.compensation.component import components


def try_all(first: str) -> None:
    """Raise at the first claim that does not hold; cases of the component `first` come first."""
    for case in sorted(worked.CASES, key=lambda case: (case.component != first, case.component)):
        if case.refused:
            worked.test_refuses_with_the_reason(case)
            continue
        worked.test_pays_line_by_line_what_was_worked_out(case)
        worked.test_the_total_of_each_period_is_the_one_worked_out(case)
        worked.test_carries_what_was_worked_out(case)
    for key, terms, paths in checks.BAD:
        checks.test_bad_terms_are_found_where_they_stand(key, terms, paths)
    for key, terms in checks.AT_THE_EDGE:
        checks.test_terms_at_the_edge_are_sound(key, terms)
    for key in components():
        says.test_of_its_example(key)
