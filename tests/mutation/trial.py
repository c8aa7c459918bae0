"""What every planted fault has to pass unnoticed: worked cases, and the checks of terms."""

import re

from tests.golden import test_compensation as worked
from tests.unit.compensation import test_checks_of_terms as checks
from wald.kernel.problem import Refusal


def try_all(first: str) -> None:
    """Raise at the first claim that does not hold; cases of the component `first` come first."""
    for case in sorted(worked.CASES, key=lambda case: (case.component != first, case.component)):
        if case.refused:
            try_refused(case)
            continue
        worked.test_pays_line_by_line_what_was_worked_out(case)
        worked.test_the_total_of_each_period_is_the_one_worked_out(case)
        worked.test_carries_what_was_worked_out(case)
    for key, terms, paths in checks.BAD:
        checks.test_bad_terms_are_found_where_they_stand(key, terms, paths)
    for key, terms in checks.AT_THE_EDGE:
        checks.test_terms_at_the_edge_are_sound(key, terms)


def try_refused(case: worked.PayCase) -> None:
    try:
        case.folded()
    except Refusal as refused:
        assert re.search(case.refused, str(refused)), f"{case}: {refused}"
    else:
        raise AssertionError(f"{case} is not refused")
