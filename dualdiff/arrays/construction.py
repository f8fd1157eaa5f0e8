"""The parts that a number may be made of: values in floating point, tangents that fit them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import tangents as ts
from .._typing import is_ndarray, is_numpy
from ..errors import ShapeError
from ..tangents import ZERO, is_zero
from .levels import open_levels
from .number import absorb, is_number, payload, plain, settled

__all__ = ["as_tangent", "as_value", "room_for", "with_room"]

_FLOAT64 = np.dtype(float)


def as_value(value: Any) -> Any:
    """A value in the form that numbers hold: floating, a Python number for a scalar."""
    if type(value) is float or (type(value) is np.ndarray and value.dtype is _FLOAT64):
        return value
    if is_number(value):
        return value
    if isinstance(value, (bool, int, np.bool_, np.integer)):
        return float(value)
    if isinstance(value, (float, complex)):
        return payload(value) if isinstance(value, np.generic) else value
    if isinstance(value, (str, bytes)) or value is None:
        raise TypeError(f"{type(value).__name__} {value!r} cannot be differentiated: a dual holds floats.")
    array = absorb(value)
    if is_number(array):
        return array
    if not is_numpy(array):
        array = np.asarray(array)
    if array.dtype.names is not None:
        raise TypeError("structured arrays cannot be differentiated: choose a field, a['name'].")
    if array.dtype.kind in "biu":
        array = array.astype(float)
    if array.dtype.kind not in "fc":
        raise TypeError(f"an array of dtype {array.dtype} cannot be differentiated: a dual holds floats.")
    if is_ndarray(array) and not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return payload(array)


def room_for(value: Any, levels: tuple[tuple[int, Any, Any], ...]) -> Any:
    """An array that numbers of these levels can be written into: a constant to each that it does not have yet."""
    storage = ts.storage(value)
    if not levels or not is_ndarray(storage) or storage.dtype.kind not in "fc":
        return value
    *lower, (level, kind, _) = levels
    if not is_number(value) or value.level < level:
        return kind.of(room_for(value, tuple(lower)), (None,) * len(kind.PARTS), level)
    below = tuple(lower) if value.level == level else levels
    return value.of(room_for(value.value, below), (getattr(value, name) for name in value.PARTS), value.level)


def with_room(value: Any) -> Any:
    """A new array that the numbers of all running differentiations can be written into; anything else as it is."""
    levels = open_levels()
    return room_for(value, levels) if levels else value


def as_tangent(tangent: Any, value: Any, name: str) -> Any:
    """A tangent checked against its value."""
    kind = type(tangent)
    if kind is type(value):
        if kind is np.ndarray and tangent.shape == value.shape and tangent.dtype is value.dtype is _FLOAT64:
            return ts.laid_out(tangent, value)
        if kind is float and tangent != 0:
            return tangent
    if tangent is ZERO or is_zero(tangent) or (type(tangent) in (int, float) and tangent == 0):
        return settled(value, None)
    tangent = as_value(tangent)
    shape, full = np.shape(value), np.shape(tangent)
    if (full != shape and full[1:] != shape) or len(full) > len(shape) + 1:
        raise ShapeError(
            f"a {name} of shape {full} does not fit a value of shape {shape}: it has the value's shape, or "
            f"({', '.join(map(str, ('k', *shape)))}) for k directions in front."
        )
    if np.iscomplexobj(plain(tangent)) and not np.iscomplexobj(plain(value)):
        raise ShapeError(f"a complex {name} does not fit a real value: make the value complex.")
    return settled(value, tangent)
