"""Indexing and assignment as NumPy has them, for tangents with directions in front."""

from __future__ import annotations

import dis
import sys
from types import EllipsisType
from typing import Any

import numpy as np

from .. import tangents as ts
from .._typing import Tangent, is_ndarray
from ..errors import DerivativeLostError, ShapeError
from ..tangents import Zero, is_zero, ndim
from .number import Number, absorb, as_constant_of, is_number, plain, settled

__all__ = ["assign", "assign_part", "is_shared", "select"]

_BASIC = (int, slice, type(None), EllipsisType, np.integer)


def _is_basic(index: Any) -> bool:
    items = index if type(index) is tuple else (index,)
    return all(isinstance(i, _BASIC) and type(i) is not bool for i in items)


def _plain_index(index: Any) -> Any:
    """The index by its values; a derivative cannot choose entries."""
    if is_number(index):
        return _whole(index)
    if type(index) is tuple and any(map(is_number, index)):
        return tuple(_whole(i) if is_number(i) else i for i in index)
    return index


def _whole(index: Number) -> Any:
    if not index.is_constant():
        raise DerivativeLostError("an index has no derivative. For the value alone write dd.value_of(index).")
    return plain(index)


def select(number: Number, index: Any) -> Any:
    """``number[index]``: a view where NumPy's is one, a copy for a full integer index."""
    index = _plain_index(index)
    value = number.value
    # A scalar of NumPy's is no array: x[...] is a new one.
    fresh = not is_ndarray(ts.storage(value))
    if not hasattr(value, "shape"):
        value = np.float64(value) if isinstance(value, float) else np.complex128(value)
    basic = _is_basic(index)
    count = ndim(value)
    chosen = value[index]
    scalar = ndim(chosen) == 0 and not is_ndarray(chosen)
    view = basic and not scalar and not fresh
    parts = []
    for name in number.PARTS:
        stored = getattr(number, name)
        tangent = ts.current(stored)
        if isinstance(tangent, Zero):
            keep = view and tangent.cell is not None
            parts.append(tangent.viewed(lambda t: ts.selected(t, index, ndim(t) - count, basic)) if keep else None)
            continue
        if type(tangent) is float or type(tangent) is complex:
            tangent = np.asarray(tangent)[()]
        part = ts.selected(tangent, index, ndim(tangent) - count, basic)
        parts.append(part.copy() if (scalar or fresh) and ndim(part) else part)
    return number.of(chosen, parts, number.level, view=view)


def assign(number: Number, index: Any, new: Any) -> None:
    """``number[index] = new``, with the derivatives of both."""
    index = _plain_index(index)
    new = absorb(new)
    if is_number(new) and new.level > number.level:
        _refuse_shared(number)
        number.promote(new.level, type(new))
    same = is_number(new) and new.level == number.level
    if same and type(new) is not type(number):
        raise DerivativeLostError(f"a {type(number).__name__} array cannot hold a {type(new).__name__}.")
    value = new.value if same else new
    if is_number(value) and not is_number(number.value):
        _refuse_shared(number)
        _promote_value(number, value)
    if same and np.iscomplexobj(plain(value)) and not np.iscomplexobj(plain(number.value)):
        raise DerivativeLostError("a float array cannot hold a complex dual: allocate it with dtype=complex.")
    parts = [number.part_of(new, name) for name in number.PARTS]
    basic = _is_basic(index)
    if any(p is not None and ts.shares_memory(p, t) for p in parts for t in number.tangents()):
        if _stored_by_compiled_code():
            raise DerivativeLostError(
                "compiled code swaps rows of a dual, as rng.shuffle(x) does, but a row is a view: it would be overwritten "
                "before it is read. Write x = x[rng.permutation(len(x))]."
            )
        parts = [None if p is None else ts.copy(p) for p in parts]
    number.value[index] = value
    for name, part in zip(number.PARTS, parts, strict=True):
        assign_part(number, name, part, index, basic, value)


def _stored_by_compiled_code() -> bool:
    """Whether the assignment that runs is no statement of Python's."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("dualdiff.arrays"):
        frame = frame.f_back
    if frame.f_globals.get("__name__", "").startswith("dualdiff."):
        return False
    code = frame.f_code.co_code
    return dis.opname[code[frame.f_lasti]].startswith("CALL")


def _promote_value(number: Number, value: Any) -> None:
    """Make room for derivatives of a lower level, in the value and in all that views of it will share."""
    number.value = value.of(number.value, (None,) * len(value.PARTS), value.level)
    for name, tangent in zip(number.PARTS, number.tangents(), strict=True):
        stored = getattr(number, name)
        if isinstance(tangent, Zero) or is_number(tangent) or ts.is_structured(tangent):
            continue
        if isinstance(stored, Zero):
            assert stored.cell is not None
            stored.cell.tangent = as_constant_of(number.value, stored.cell.tangent)
        else:
            setattr(number, name, as_constant_of(number.value, tangent))


def assign_part(number: Number, name: str, part: Any, index: Any, basic: bool, value: Any) -> None:
    """Write a tangent (None for zero) of this value into one of an array's."""
    stored, count = getattr(number, name), ndim(number.value)
    if part is None:
        if not is_zero(stored):
            tangent = ts.current(stored)
            ts.put(tangent, index, ndim(tangent) - count, basic, 0.0)
        return
    leading = ts.directions(part, ndim(value))
    if is_zero(stored):
        stored.materialise(leading, part)
        stored.cell.tangent = as_constant_of(number.value, stored.cell.tangent)
    part = ts.fitting(ts.current(stored), part)
    tangent = ts.current(stored)
    if is_number(part) and not is_number(tangent):
        tangent = _promoted_part(number, name, part, leading)
    if ndim(tangent) - count != len(leading):
        leading = tangent.shape[: ndim(tangent) - count]
        raise _mismatch(leading, part)
    ts.put(tangent, index, len(leading), basic, _fitted(part, len(leading), number, index))


def _mismatch(leading: tuple[int, ...], part: Any) -> Exception:
    return ShapeError(f"the array holds {leading or 'one'} directions, the tangent written into it has shape {part.shape}.")


def _fitted(part: Tangent, leading: int, number: Number, index: Any) -> Tangent:
    """The tangent with as many axes behind its directions as the place it goes to."""
    if not leading:
        return part
    extra = ndim(number.value[index]) - (part.ndim - leading)
    if extra > 0:
        return part.reshape(part.shape[:leading] + (1,) * extra + part.shape[leading:])
    if extra < 0:
        return part.reshape(part.shape[:leading] + part.shape[leading - extra :])
    return part


def _promoted_part(number: Number, name: str, part: Any, leading: tuple[int, ...]) -> Any:
    """The tangent as an array that can hold numbers of another level, for all that share it."""
    stored = getattr(number, name)
    if isinstance(stored, Zero):
        assert stored.cell is not None
        held = ts.current(stored.cell.tangent)
        stored.cell.tangent = part.of(held, (None,) * len(part.PARTS), part.level)
        return stored.current()
    if ts.is_structured(stored):
        stored.root.dense_form = part.of(stored.root.dense_form, (None,) * len(part.PARTS), part.level)
        return stored.current()
    _refuse_shared(number)
    promoted = part.of(stored, (None,) * len(part.PARTS), part.level)
    setattr(number, name, settled(number.value, promoted))
    return promoted


def _held(number: Number) -> int:
    """How many hold the memory of the number, counting also those that ask."""
    storage = ts.storage(number)
    if not is_ndarray(storage):
        return 0
    return sys.maxsize if storage.base is not None else sys.getrefcount(storage)


def _held_alone(number: Number) -> int:
    """The same for a number that nobody else knows of, whatever this Python counts."""
    depth, inner = 1, number.value
    while is_number(inner):
        depth, inner = depth + 1, inner.value
    alone: Any = np.zeros(1)
    for _ in range(depth):
        alone = number.of(alone, (None,) * len(number.PARTS), number.level)
    return _held(alone)


def is_shared(number: Number) -> bool:
    """Whether others hold the memory of the value: views, or whoever was given it as a plain array."""
    return _held(number) > _held_alone(number)


def _refuse_shared(number: Number) -> None:
    """Raise when a view would not learn that its base holds derivatives of another level from now on."""
    if is_shared(number):
        raise DerivativeLostError(
            "this array shares memory with another and was made before the derivative written into it began: write into "
            "x.copy(), or allocate it with np.zeros_like of the number that is written."
        )
