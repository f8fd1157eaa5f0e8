"""NumPy's types as numbers of ours fit them: ``isinstance`` says yes, a call keeps the derivative.

Each is a subclass of NumPy's own, so it works as a dtype and as a base class; calling it gives NumPy's own objects.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import is_ndarray, is_numpy
from ..arrays import is_number, plain
from ..arrays.construction import with_room
from ._mirror import mirrored, replace

__all__ = ["python_float"]


def _is_scalar(x: Any) -> bool:
    return is_number(x) and not is_ndarray(_innermost(x))


def _innermost(x: Any) -> Any:
    return plain(x)


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
        return other is cls or ("original" in cls.__dict__ and other is cls.original)

    def __hash__(cls) -> int:
        return hash(cls.original) if "original" in cls.__dict__ else super().__hash__()


def _scalar_type(original: Any) -> Any:
    """A scalar type whose call keeps the derivative."""

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if args and is_number(args[0]):
            return args[0].astype(original)
        return original(*args, **kwargs)

    names = {"original": original, "__new__": new, "__doc__": original.__doc__, "__module__": "numpy", "__slots__": ()}
    return _Alike(original.__name__, (original,), names)


def _new_array(cls: Any, *args: Any, **kwargs: Any) -> Any:
    if cls is mirrored(np.ndarray):
        return with_room(np.ndarray(*args, **kwargs)) if len(args) + len(kwargs) == 1 else np.ndarray(*args, **kwargs)
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
replace(np.ndarray, _Alike("ndarray", (np.ndarray,), _array_names))

#: Python's float, of which float(x) keeps the derivative.
python_float: Any = _Alike(
    "float", (float,), {"original": float, "dtype": np.dtype(float), "__new__": _new_float, "__doc__": float.__doc__}
)
