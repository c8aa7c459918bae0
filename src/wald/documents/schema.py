"""The JSON Schema of a document's text, envelope and all, for editors that complete and check."""

from pydantic import BaseModel

from wald.documents.document import DocumentType

_DAY = {"type": "string", "format": "date"}
_BOUND = {
    "type": ["object", "null"],
    "additionalProperties": False,
    "properties": {"lowest": {}, "highest": {}, "one_of": {"type": "array", "minItems": 1}},
}


def json_schema(type: DocumentType[BaseModel]) -> dict[str, object]:
    """Return the schema (draft 2020-12) of texts of this type, of the organization and of units.

    An override's content is not checked against the shape there: it gives any part of it.
    """
    content = type.shape.model_json_schema(ref_template="#/$defs/{model}")
    definitions = content.pop("$defs", {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": type.title,
        "type": "object",
        "additionalProperties": False,
        "required": ["document", "name", "starts_on", "content"],
        "properties": {
            "document": {"const": type.key},
            "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,99}$"},
            "unit": {"type": "string", "minLength": 1, "maxLength": 120},
            "starts_on": _DAY,
            "ends_on": _DAY,
            "expires_on": _DAY,
            "owner": {"type": "string"},
            "reason": {"type": "string"},
            "local": {"type": ["object", "null"], "additionalProperties": _BOUND},
            "content": {"type": "object"},
        },
        "if": {"required": ["unit"]},
        "then": {
            "required": ["expires_on", "owner", "reason"],
            "not": {"anyOf": [{"required": ["ends_on"]}, {"required": ["local"]}]},
        },
        "else": {
            "properties": {"content": content},
            "not": {"required": ["expires_on"]},
        },
        "$defs": definitions,
    }
