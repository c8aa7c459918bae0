"""The compensation plans of an invented company, as plain JSON values."""

from wald.simulator.company import REGIONS, Company
from wald.simulator.days import day_of
from wald.simulator.planted import PlanPaysMarginAway


def plans(
    company: Company, first_day: int, problem: PlanPaysMarginAway | None, cut: int
) -> list[dict[str, object]]:
    """Return the plans in force between two days; the planted one follows the first."""
    if problem is None or problem.starts > cut:
        return [_plan(company, 1, first_day, None, [])]
    bonus: dict[str, object] = {
        "kind": "deal_bonus",
        "title": "Large deal bonus",
        "pays": "rate of the deal's amount, for each won deal of at least the threshold",
        "thresholds": [
            {"currency": region.currency, "amount": f"{problem.threshold / 100:.2f}"}
            for region in REGIONS
        ],
        "rate": "0.03",
    }
    return [
        _plan(company, 1, first_day, problem.starts, []),
        _plan(company, 2, problem.starts, None, [bonus]),
    ]


def _plan(
    company: Company, version: int, starts: int, ends: int | None, extra: list[dict[str, object]]
) -> dict[str, object]:
    tiers = [("0", "0.06"), ("0.8", "0.08"), ("1", "0.12")]
    return {
        "key": f"{company.key}-rep-{version}",
        "title": f"Sales rep plan, version {version}",
        "role": "rep",
        "starts_on": day_of(starts).isoformat(),
        "ends_on": None if ends is None else day_of(ends).isoformat(),
        "period": "fiscal quarter",
        "credit": "all of a booking to its owner",
        "components": [
            {
                "kind": "tiered_rate",
                "title": "Commission on bookings",
                "measure": "bookings of the quarter over the quota of the quarter",
                "tiers": [{"starts_at": at, "rate": rate} for at, rate in tiers],
            },
            *extra,
        ],
    }
