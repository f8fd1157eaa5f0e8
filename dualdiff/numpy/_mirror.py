"""NumPy's names for arrays that carry derivatives: most are NumPy's own, those that make arrays are wrapped.

Outside a differentiation a wrapped function returns what NumPy returns. While one runs, new arrays have room for
derivatives, and arguments that NumPy's protocol does not look at (``initial=``, a fill value, a list of numbers) count too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from types import ModuleType
from typing import Any

import numpy as np

from .._typing import is_ndarray, is_numpy
from ..arrays import is_number, plain
from ..arrays.construction import with_room
from ..arrays.dispatch import apply_function
from ..arrays.levels import open_levels
from ..arrays.number import holds_numbers, leaves, rebuilt, replaced
from ..rules.kinds import Composite, Created, Custom, Linear, Moves, Product, ZeroSlope
from ..rules.registry import rule_of

__all__ = ["REPLACED", "holds_numbers", "mirror", "mirrored", "on_values", "replace", "roomy"]

#: What has another meaning in these namespaces, by identity.
REPLACED: dict[int, tuple[Any, Any]] = {}


def replace(original: Any, replacement: Any) -> None:
    """Let a name of NumPy's mean something else in every namespace that has it."""
    REPLACED[id(original)] = (original, replacement)


def mirrored(value: Any) -> Any:
    """What an object of NumPy's is in these namespaces."""
    known = REPLACED.get(id(value))
    if known is not None and known[0] is value:
        return known[1]
    if not callable(value) or isinstance(value, (type, np.ufunc)):
        return value
    rule = _rule(value)
    if isinstance(rule, (Composite, Created, Custom, Linear, Moves, Product, ZeroSlope)):
        replace(value, _created(value) if isinstance(rule, Created) else roomy(value, dispatches=True))
        return REPLACED[id(value)][1]
    return value


def _rule(function: Any) -> Any:
    try:
        return rule_of(function)
    except TypeError:
        return None


_SPECIAL_NAMES = ("__all__", "__version__", "__array_api_version__", "__array_namespace_info__")


def mirror(module: ModuleType, namespace: dict[str, Any], lazy: Iterable[str] = ()) -> None:
    """Fill a namespace with the public names of a module of NumPy's."""
    for name in dir(module):
        if name in lazy or (name.startswith("__") and name not in _SPECIAL_NAMES):
            continue
        namespace.setdefault(name, mirrored(getattr(module, name)))
    namespace.setdefault("__doc__", module.__doc__)
    namespace["__dir__"] = lambda: dir(module)
    # What NumPy gets later, a submodule that somebody imports.
    namespace.setdefault("__getattr__", lambda name: mirrored(getattr(module, name)))


def roomy(function: Any, *, dispatches: bool = False) -> Any:
    """The function, whose results can take derivatives while a differentiation runs."""

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if not open_levels() and not any(map(_starts_with_number, args)):
            return function(*args, **kwargs)
        if dispatches and (any(map(holds_numbers, args)) or any(map(holds_numbers, kwargs.values()))):
            return apply_function(function, args, kwargs)
        return _with_room(function(*args, **kwargs), args, kwargs)

    return wrapped


def _starts_with_number(argument: Any) -> bool:
    """Whether an argument is a list of numbers of ours, by its first entry."""
    return (type(argument) is list or type(argument) is tuple) and bool(argument) and is_number(argument[0])


def _created(function: Any) -> Any:
    """A function that makes arrays: of numbers where there are any, with room for others."""

    @wraps(function)
    def create(*args: Any, **kwargs: Any) -> Any:
        if args and hasattr(type(args[0]), "__array__"):
            args = (_told(args[0]), *args[1:])
        if not open_levels():
            try:
                made = function(*args, **kwargs)
            except (TypeError, ValueError):
                if not any(map(holds_numbers, args)):
                    raise
            else:
                if not made.dtype.hasobject or not any(map(holds_numbers, args)):
                    return made
        elif not any(map(holds_numbers, args)) and not any(map(holds_numbers, kwargs.values())):
            return _with_room(function(*args, **kwargs), args, kwargs)
        kwargs.pop("like", None)
        return apply_function(function, args, kwargs)

    return create


def _told(argument: Any) -> Any:
    """The number that an object of the user's says it is as an array; NumPy would not take it from him."""
    if is_number(argument) or is_numpy(argument):
        return argument
    told = argument.__array__()
    return told if is_number(told) else argument


def on_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that looks at values only."""

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        values = {name: replaced(value, plain) for name, value in kwargs.items()}
        return function(*(replaced(x, plain) for x in args), **values)

    return wrapped


def _with_room(made: Any, args: Any, kwargs: Any) -> Any:
    """A result with room for derivatives, if nobody else holds its memory: a write must be seen by all who do."""
    if type(made) is not np.ndarray:
        if isinstance(made, (tuple, list)) and any(type(part) is np.ndarray for part in made):
            parts = [_with_room(part, args, kwargs) for part in made]
            return rebuilt(made, parts)
        return made
    if made.dtype.kind not in "fc":
        return made
    owner = made
    while is_ndarray(owner.base):
        owner = owner.base
    if owner.base is not None:
        return made
    for argument in (*args, *kwargs.values()):
        for entry in leaves(argument):
            if is_ndarray(entry) and np.may_share_memory(made, entry):
                return made
    return with_room(made)
