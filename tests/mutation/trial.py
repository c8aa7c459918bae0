"""What every planted fault has to pass unnoticed: worked cases, checks of terms, tests of parts.

Tests with random cases or with fixtures are left out: they would take too long for each fault.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import FunctionType, ModuleType

from tests.golden import test_compensation as worked
from tests.golden import test_quotas as quotas
from tests.unit.compensation import (
    test_accrual,
    test_checks_of_terms,
    test_deltas,
    test_eligibility,
    test_figures,
    test_inputs,
    test_referee,
    test_settling,
    test_sharing,
    test_splitting,
    test_what_components_say,
    test_what_is_usual,
    test_windows,
)

# By part of the core, the tests to begin with: a fault is mostly found by those of its own part.
OWN: Mapping[str, ModuleType] = {
    "accrual": test_accrual,
    "deltas": test_deltas,
    "eligibility": test_eligibility,
    "figure": test_figures,
    "gathered": test_inputs,
    "given_sums": test_inputs,
    "inputs": test_inputs,
    "measuring": test_inputs,
    "paying": test_settling,
    "quota.cascade": test_splitting,
    "quota.split": test_splitting,
    "settling": test_settling,
    "sharing": test_sharing,
}
OTHERS = (
    test_referee,
    test_checks_of_terms,
    test_what_components_say,
    test_what_is_usual,
    test_windows,
    quotas,
)


def try_all(first: str) -> None:
    """Raise at the first claim that does not hold; those about the part `first` come first."""
    if first in OWN:
        _try_module(OWN[first])
    for case in sorted(worked.CASES, key=lambda case: (case.component != first, case.component)):
        if case.refused:
            worked.test_refuses_with_the_reason(case)
            continue
        worked.test_pays_line_by_line_what_was_worked_out(case)
        worked.test_the_total_of_each_period_is_the_one_worked_out(case)
        worked.test_carries_what_was_worked_out(case)
    for module in dict.fromkeys((*OTHERS, *OWN.values())):
        _try_module(module)


def _try_module(module: ModuleType) -> None:
    """Run the tests of a module, with all their parameters."""
    for name, test in list(vars(module).items()):
        if name.startswith("test_") and isinstance(test, FunctionType):
            for given in _cases(test):
                test(**given)


def _cases(test: FunctionType) -> Iterator[Mapping[str, object]]:
    """Yield what a test is called with; nothing where it asks for what only pytest can give."""
    code = test.__code__
    wanted = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    if hasattr(test, "hypothesis"):
        return
    marks = [one for one in getattr(test, "pytestmark", []) if one.name == "parametrize"]
    found: list[dict[str, object]] = [{}]
    for mark in marks:
        told, values = mark.args
        names = [one.strip() for one in told.split(",")] if isinstance(told, str) else list(told)
        found = [{**one, **dict(_paired(names, value))} for one in found for value in values]
    if found and set(found[0]) == wanted:
        yield from found


def _paired(names: Sequence[str], value: object) -> Iterator[tuple[str, object]]:
    if len(names) == 1:
        yield names[0], value
    else:
        assert isinstance(value, Sequence)
        yield from zip(names, value, strict=True)
