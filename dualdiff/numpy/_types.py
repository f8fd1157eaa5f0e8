"""NumPy's types as numbers of ours fit them: ``isinstance`` says yes, a call keeps the derivative.

Each is a subclass of NumPy's own, so it works as a dtype and as a base class; calling it gives NumPy's own objects.
"""

from __future__ import annotations

import contextlib
import inspect
from typing import Any

import numpy as np

from .._typing import is_ndarray, is_numpy
from ..arrays import is_number, plain
from ..arrays.construction import with_room
from ..arrays.number import absorb, holds_numbers
from ._mirror import mirrored, replace

__all__ = ["BUILTINS"]


class _Alike(type):
    """Instances and subclasses of the original count, and numbers whose values are such."""

    original: type

    def __instancecheck__(cls, instance: Any) -> bool:
        if "original" not in cls.__dict__:
            return super().__instancecheck__(instance)
        if is_number(instance):
            value = plain(instance)
            value = value if is_numpy(value) else np.asarray(value)[()]
            return isinstance(value, cls.original)
        return isinstance(instance, cls.original)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, cls.original) if "original" in cls.__dict__ else super().__subclasscheck__(other)

    def __eq__(cls, other: object) -> bool:
        if not isinstance(other, type):
            # A dtype knows what it is equal to.
            return NotImplemented
        return other is cls or ("original" in cls.__dict__ and other is cls.original)

    def __hash__(cls) -> int:
        return hash(cls.original) if "original" in cls.__dict__ else super().__hash__()


def _scalar_type(original: Any) -> Any:
    """A scalar type whose call keeps the derivative."""

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if args and holds_numbers(args[0]):
            return (args[0] if is_number(args[0]) else absorb(args[0])).astype(original)
        return original(*args, **kwargs)

    names = {"original": original, "__new__": new, "__doc__": original.__doc__, "__module__": "numpy", "__slots__": ()}
    return _signed(_Alike(original.__name__, (original,), names))


def _signed(made: Any) -> Any:
    """The type with the signature of its original, where NumPy tells one."""
    with contextlib.suppress(ValueError, TypeError):
        made.__signature__ = inspect.signature(made.original)
    return made


def _new_array(cls: Any, *args: Any, **kwargs: Any) -> Any:
    if cls is mirrored(np.ndarray):
        made = np.ndarray(*args, **kwargs)
        return with_room(made) if made.base is None else made
    return np.ndarray.__new__(cls, *args, **kwargs)


def _new_float(cls: Any, x: Any = 0.0, /) -> Any:
    if is_number(x):
        return x.reshape(()).astype(float)[()] if np.size(x) == 1 else float(x)
    return float(x)


for _name in ("float16", "float32", "float64", "longdouble", "complex64", "complex128", "clongdouble"):
    replace(getattr(np, _name), _scalar_type(getattr(np, _name)))
for _abstract in (np.floating, np.inexact, np.complexfloating, np.number, np.generic):
    replace(_abstract, _Alike(_abstract.__name__, (_abstract,), {"original": _abstract, "__doc__": _abstract.__doc__}))
_array_names = {"original": np.ndarray, "__new__": _new_array, "__doc__": np.ndarray.__doc__, "__module__": "numpy"}
replace(np.ndarray, _signed(_Alike("ndarray", (np.ndarray,), _array_names)))


def _new_int(cls: Any, *args: Any, **kwargs: Any) -> Any:
    # What is behind the point is cut off: the derivative is zero.
    return int(plain(args[0])) if len(args) == 1 and is_number(args[0]) else int(*args, **kwargs)


def _new_complex(cls: Any, *args: Any, **kwargs: Any) -> Any:
    if not any(map(is_number, args)):
        return complex(*args, **kwargs)
    real, imaginary = (*args, 0.0) if len(args) == 1 else args
    return real + 1j * imaginary


def _new_type(cls: Any, *args: Any, **kwargs: Any) -> Any:
    if len(args) != 1:
        return type.__new__(cls, *args, **kwargs)
    (x,) = args
    if is_number(x):
        return mirrored(np.ndarray) if np.ndim(x) or is_ndarray(plain(x)) else BUILTINS["float"]
    found = type(x)
    return _TYPES.get(found) or mirrored(found)


def _builtin(original: type, new: Any, **names: Any) -> Any:
    return _Alike(original.__name__, (original,), {"original": original, "__new__": new, "__doc__": original.__doc__} | names)


#: Builtins of which a call keeps the derivative (int has none to keep), and a type() that knows them.
BUILTINS: dict[str, Any] = {
    "float": _builtin(float, _new_float, dtype=np.dtype(float)),
    "int": _builtin(int, _new_int, dtype=np.dtype(int)),
    "complex": _builtin(complex, _new_complex, dtype=np.dtype(complex)),
    "type": _builtin(type, _new_type, __init__=lambda self, *args, **kwargs: None),
}
_TYPES: dict[type, Any] = {float: BUILTINS["float"], int: BUILTINS["int"], complex: BUILTINS["complex"]}
