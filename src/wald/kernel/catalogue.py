"""Find the one-thing-per-file extensions of a package: metrics, connectors, detectors.

Every module of such a package defines one constant with an agreed name, such as
METRIC or CONNECTOR, and the file name is the key. Nothing registers itself and
importing has no effect, so the order is the alphabet's and a test can walk it.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Protocol, TypeVar


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


T = TypeVar("T", bound=Keyed)


def collect(package: str, kind: type[T], constant: str) -> Mapping[str, T]:
    """Return every extension of `package` by key.

    Raises TypeError, naming the file, if a module does not define `constant`
    as a `kind` whose key is the file name. This runs at start-up and in CI.
    """
    found: dict[str, T] = {}
    for info in iter_modules(import_module(package).__path__):
        module = import_module(f"{package}.{info.name}")
        thing = getattr(module, constant, None)
        if not isinstance(thing, kind) or thing.key != info.name:
            wanted = f"{constant}, a {kind.__name__} whose key is {info.name!r}"
            raise TypeError(f"{module.__name__} must define {wanted}")
        found[info.name] = thing
    return MappingProxyType(found)
