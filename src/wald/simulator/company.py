"""The invented companies: where they sell, to whom, what, and through which stages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the world with one currency and one leader."""

    name: str
    currency: str
    prices: float  # price list factor against EUR
    opens_at: int  # hour (UTC) at which its working day starts


@dataclass(frozen=True, slots=True)
class Market:
    """Where teams work: several teams of a large company share one market."""

    name: str
    code: str
    region: int
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    name: str
    weight: float  # share of accounts
    gross: float  # median list value of a new deal, EUR
    spread: float  # standard deviation of its logarithm
    days: tuple[float, float, float, float, float]  # median days in each open stage
    losing: float  # factor on the chance to lose in a stage
    employees: float  # median head count
    discount: float  # typical discount, share


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    outcome: str
    probability: str
    category: str
    losing: float  # chance to lose a new deal in this stage


@dataclass(frozen=True, slots=True)
class Product:
    name: str
    family: str
    list_price: int  # cents, EUR
    cost: float  # share of the list price
    main: float  # weight as what a deal is mainly about


@dataclass(frozen=True, slots=True)
class DealType:
    name: str
    weight: float
    losing: float  # factor on the chance to lose in a stage
    size: float  # factor on the list value
    pace: float  # factor on the days in each stage


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    weight: float  # share of deals
    converts: float  # share of its leads that become a deal; 0: has no leads
    answer_hours: float  # median hours until a lead is answered


@dataclass(frozen=True, slots=True)
class Company:
    """Everything about a company that is not chance.

    Two companies with the same parameters and seed live the same history; `planted` names
    the problems that are switched on unless the caller says otherwise.
    """

    key: str
    title: str
    domain: str
    planted: tuple[str, ...]
    deals_a_year: float = 76.0  # new deals of one fully ramped rep in an average territory
    growth: float = 0.06  # of new deals, a year
    accounts_a_rep: int = 25
    leave_years: float = 5.5  # mean years a rep stays
    manager_years: float = 8.0
    quota_factor: float = 1.0


REGIONS = (
    Region("Central Europe", "EUR", 1.0, 7),
    Region("UK & Ireland", "GBP", 0.86, 8),
    Region("North America", "USD", 1.10, 13),
)

# The first three stand in different regions, so that the smallest company has all currencies.
MARKETS = (
    Market("DACH", "DACH", 0, ("Germany", "Austria", "Switzerland")),
    Market("UK & Ireland", "UKI", 1, ("United Kingdom", "Ireland")),
    Market("US East", "USE", 2, ("United States",)),
    Market("France & Benelux", "FBX", 0, ("France", "Belgium", "Netherlands")),
    Market("US West", "USW", 2, ("United States", "Canada")),
)

SEGMENTS = (
    Segment("SMB", 0.50, 11_500, 0.48, (6, 8, 12, 13, 12), 0.95, 45, 0.08),
    Segment("Mid-Market", 0.38, 24_000, 0.48, (11, 14, 21, 23, 21), 1.00, 420, 0.12),
    Segment("Enterprise", 0.12, 48_000, 0.55, (18, 24, 36, 40, 38), 1.10, 4_800, 0.17),
)

INDUSTRIES = (
    "Manufacturing",
    "Retail",
    "Logistics",
    "Healthcare",
    "Financial services",
    "Software",
    "Energy",
    "Public sector",
)
INDUSTRY_WEIGHTS = (0.19, 0.15, 0.12, 0.13, 0.13, 0.13, 0.07, 0.08)

STAGES = (
    Stage("Prospecting", "open", "0.05", "pipeline", 0.33),
    Stage("Qualification", "open", "0.15", "pipeline", 0.28),
    Stage("Discovery", "open", "0.30", "best_case", 0.24),
    Stage("Proposal", "open", "0.50", "most_likely", 0.21),
    Stage("Negotiation", "open", "0.75", "commit", 0.23),
    Stage("Closed Won", "won", "1", "closed", 0.0),
    Stage("Closed Lost", "lost", "0", "omitted", 0.0),
)
OPEN_STAGES = 5
DISCOVERY, PROPOSAL, NEGOTIATION, WON, LOST = 2, 3, 4, 5, 6
OUTCOMES = ("open", "won", "lost")
CATEGORIES = ("omitted", "pipeline", "best_case", "most_likely", "commit", "closed")

TYPES = (
    DealType("new_business", 0.62, 1.0, 1.0, 1.0),
    DealType("expansion", 0.24, 0.72, 0.62, 0.75),
    DealType("renewal", 0.14, 0.22, 0.80, 0.60),
)
NEW_BUSINESS, EXPANSION, RENEWAL = 0, 1, 2

SOURCES = (
    Source("Website", 0.20, 0.20, 5.0),
    Source("Event", 0.12, 0.14, 30.0),
    Source("Content", 0.08, 0.10, 16.0),
    Source("Partner", 0.16, 0.35, 9.0),
    Source("Referral", 0.10, 0.45, 6.0),
    Source("Outbound", 0.34, 0.0, 0.0),
)
CHANNELS = ("direct", "partner", "online")
PARTNER = 3  # index in SOURCES

PRODUCTS = (
    Product("Canopy Platform", "Platform", 480_00, 0.19, 0.30),
    Product("Canopy Enterprise", "Platform", 920_00, 0.17, 0.16),
    Product("Ringlog Analytics", "Analytics", 260_00, 0.21, 0.16),
    Product("Ringlog Forecast", "Analytics", 390_00, 0.23, 0.08),
    Product("Understory Connect", "Connectors", 140_00, 0.26, 0.06),
    Product("Understory Mobile", "Connectors", 95_00, 0.28, 0.03),
    Product("Trunk Gateway", "Hardware", 640_00, 0.58, 0.10),
    Product("Trunk Sensor Pack", "Hardware", 85_00, 0.62, 0.05),
    Product("Onboarding day", "Services", 1_150_00, 0.66, 0.02),
    Product("Consulting day", "Services", 1_390_00, 0.63, 0.04),
    Product("Premium Support", "Support", 120_00, 0.38, 0.0),
    Product("Training seat", "Services", 310_00, 0.52, 0.0),
)

ACME = Company(
    key="acme",
    title="Acme, with problems planted in it",
    domain="acme.example",
    planted=(
        "process_broke",
        "sandbagger",
        "segment_slipped",
        "discount_creep",
        "plan_pays_margin_away",
        "weak_rep",
    ),
)
QUIET = Company(
    key="quiet",
    title="the quiet control company: the same engine, nothing planted",
    domain="quiet.example",
    planted=(),
)


def companies() -> tuple[Company, ...]:
    return (ACME, QUIET)
