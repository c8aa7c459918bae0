"""All tables, private to the stores."""

from wald.records.models.loads import Load, Part, Reject, Setting

__all__ = ["Load", "Part", "Reject", "Setting"]
