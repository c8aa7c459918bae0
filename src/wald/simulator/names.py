"""Invented names: people, companies and job titles, each a mixture of short lists."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.simulator.columns import taken, words
from wald.simulator.streams import Ints

FIRST = (
    "Ada Alma Amir Anton Aisha Ben Bela Carla Chen Clara Dario Dina Edith Elias Emil Erik Esra "
    "Femke Finn Freya Gita Greta Hana Hugo Ida Ilse Imran Ines Ivo Jana Jonas Joana Kai Karim "
    "Katja Kofi Lara Lea Leon Lina Luca Luis Maja Malik Mara Marta Max Mei Mila Mina Moritz Nadia "
    "Nico Nils Nora Olga Omar Oskar Paul Pia Priya Rafael Rosa Ruben Sami Sana Sofia Stella Sven "
    "Tara Theo Tilda Tom Uma Vera Viktor Wanda Yara Yusuf Zoe"
).split()
LAST = (
    "Adler Ahmed Albers Amsel Baker Banik Berg Bianchi Birch Blum Boateng Brandt Brook Castro "
    "Chopra Conti Cruz Dahl Diaz Dorn Dubois Eklund Engel Falk Farah Fischer Forster Garcia "
    "Geller Grant Haas Hansen Hart Heller Holm Hussain Ito Jansen Jensen Kaya Keller Khan Klein "
    "Koch Kowal Kumar Lang Larsen Laurent Lehner Lind Lopez Marin Martens Mayer Meyer Moreau Mori "
    "Nash Novak Nowak Oduya Olsen Ortega Park Patel Peters Petrov Quist Rahman Reed Reiter Ricci "
    "Rossi Roth Sato Schulz Silva Singh Sommer Stein Stone Suarez Tanaka Thorn Torres Ulrich "
    "Vogel Wagner Walsh Weber West Winter Wolf Wong Yilmaz Young Zeller"
).split()
TITLES = (
    "Chief executive",
    "Head of operations",
    "Head of finance",
    "Purchasing lead",
    "IT director",
    "Plant manager",
    "Project lead",
    "Controller",
)
_STEMS = (
    "Alder Amber Anchor Arbor Aster Atlas Aurora Basalt Beacon Birch Blue Bramble Brick Bright "
    "Cedar Cinder Clear Cliff Cobalt Compass Copper Coral Crane Crest Delta Drift Eagle Eastern "
    "Elder Ember Falcon Fern Field Finch Flint Forge Gable Garnet Glen Granite Grove Harbor Hazel "
    "Heath Heron Hollow Indigo Iron Ivory Jasper Juniper Kestrel Keystone Lark Laurel Linden "
    "Lumen Maple Marble Meadow Meridian Mill Mistral Moor Moss North Oak Onyx Orchard Osprey "
    "Pebble Pine Plover Prairie Quarry Quartz Raven Reed Ridge River Robin Rowan Sable Saffron "
    "Sage Sand Sequoia Silver Slate Solar Sparrow Spruce Sterling Stone Summit Swift Tamarack "
    "Teal Thicket Timber Topaz Umber Vale Vista Walnut Willow Winter Wren Yarrow Zephyr"
).split()
_SECONDS = (
    "brook bridge field gate haven hill land line mark mere path point port rock shore side stead "
    "stream ton view ward water way wood works worth yard"
).split()
_KINDS = {
    "Manufacturing": ("Machines", "Castings", "Tools", "Components"),
    "Retail": ("Stores", "Markets", "Trading", "Outfitters"),
    "Logistics": ("Freight", "Haulage", "Logistics", "Shipping"),
    "Healthcare": ("Clinics", "Care", "Diagnostics", "Pharma"),
    "Financial services": ("Bank", "Insurance", "Capital", "Leasing"),
    "Software": ("Software", "Systems", "Digital", "Labs"),
    "Energy": ("Energy", "Power", "Grid", "Renewables"),
    "Public sector": ("Council", "Transit", "Water Board", "University"),
}
_STRIDE = 3_571  # shares no factor with the number of full names: all come before one repeats


def person_names(numbers: Ints, seed: int) -> pa.Array:
    """Return a full name for each number; neighbours differ."""
    first, last = _parts(numbers, seed)
    return pc.binary_join_element_wise(words(FIRST, first), words(LAST, last), " ")


def person_mails(numbers: Ints, seed: int, domain: str) -> pa.Array:
    """Return an address for each number, unique because the number is in it."""
    first, last = _parts(numbers, seed)
    tail = pc.binary_join_element_wise(pa.array(numbers).cast(pa.string()), domain, "@")
    names = pc.binary_join_element_wise(words(FIRST, first), words(LAST, last), ".")
    return pc.utf8_lower(pc.binary_join_element_wise(names, tail, "."))


def company_names(numbers: Ints, industries: Ints, industry_names: tuple[str, ...]) -> pa.Array:
    """Return a company name for each number, telling its industry; all differ."""
    mixed = numbers * 2_147 % (len(_STEMS) * len(_SECONDS))
    kinds = pa.array([kind for name in industry_names for kind in _KINDS[name]])
    kind = industries * 4 + numbers % 4
    first = pc.binary_join_element_wise(
        words(_STEMS, mixed % len(_STEMS)), words(_SECONDS, mixed // len(_STEMS)), ""
    )
    rounds = numbers // (len(_STEMS) * len(_SECONDS))
    again = pa.array(["" if n == 0 else f" {n + 1}" for n in range(int(rounds.max(initial=0)) + 1)])
    named = pc.binary_join_element_wise(first, taken(kinds, kind), " ")
    return pc.binary_join_element_wise(named, taken(again, rounds), "")


def _parts(numbers: Ints, seed: int) -> tuple[Ints, Ints]:
    mixed = (numbers * _STRIDE + seed % 7_919) % (len(FIRST) * len(LAST))
    return np.asarray(mixed % len(FIRST)), np.asarray(mixed // len(FIRST))
