"""What a number can be broken down by, and where each dimension comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wald.facts.subject import Subject
from wald.kernel.period import Grain


@dataclass(frozen=True, slots=True)
class Dimension:
    """`via` is the joined relation it comes from; "" means the subject's own column."""

    key: str
    title: str
    via: str  # "", "person", "account", "product" or "calendar"
    grain: Grain | None = None


def _dimensions(*dimensions: Dimension) -> Mapping[str, Dimension]:
    return MappingProxyType({dimension.key: dimension for dimension in dimensions})


DIMENSIONS = _dimensions(
    Dimension("rep", "Rep", "person"),
    Dimension("team", "Team", "person"),
    Dimension("region", "Region", "person"),
    Dimension("manager", "Manager", "person"),
    Dimension("role", "Role", "person"),
    Dimension("territory", "Territory", "person"),
    Dimension("account", "Account", "account"),
    Dimension("segment", "Segment", "account"),
    Dimension("industry", "Industry", "account"),
    Dimension("country", "Country", "account"),
    Dimension("product", "Product", "product"),
    Dimension("product_family", "Product family", "product"),
    Dimension("stage", "Stage", ""),
    Dimension("type", "Type", ""),
    Dimension("lead_source", "Lead source", ""),
    Dimension("forecast_category", "Forecast category", ""),
    Dimension("outcome", "Outcome", ""),
    Dimension("channel", "Channel", ""),
    Dimension("kind", "Kind", ""),
    Dimension("source", "Source", ""),
    Dimension("currency", "Currency", ""),
    Dimension("starts_on", "Quota window", ""),
    Dimension("rep_id", "Rep key", "person"),
    Dimension("account_id", "Account key", ""),
    Dimension("product_id", "Product key", ""),
    Dimension("day", "Day", "calendar", Grain.DAY),
    Dimension("month", "Month", "calendar", Grain.MONTH),
    Dimension("quarter", "Quarter", "calendar", Grain.QUARTER),
    Dimension("year", "Year", "calendar", Grain.YEAR),
)


def dimensions_of(subject: Subject, *, dated: bool) -> Mapping[str, Dimension]:
    """Return what a metric over `subject` can be broken down by; `dated` adds the calendar's."""
    have = {"person": subject.person, "account": subject.account, "product": subject.product}

    def fits(dimension: Dimension) -> bool:
        if dimension.via == "calendar":
            return dated
        return dimension.key in subject.columns or bool(have.get(dimension.via))

    return MappingProxyType({key: d for key, d in DIMENSIONS.items() if fits(d)})


def origin(subject: Subject, key: str) -> str:
    """Return where a dimension of `subject` comes from; the subject's own column goes first."""
    return "" if key in subject.columns else DIMENSIONS[key].via
