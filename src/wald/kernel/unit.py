"""What a number can be: the unit decides how it is kept, shown, and rolled up."""

from enum import Enum


class Unit(Enum):
    COUNT = "count"  # whole things
    MONEY = "money"  # an exact amount in one currency
    RATIO = "ratio"  # 1 = 100 %; kept as two sums until shown
    DAYS = "days"
    HOURS = "hours"  # engines count seconds; shown as hours
    AVERAGE = "average"  # a count per head, such as activities per rep; kept as two sums
