"""Conversions to plain Python and NumPy objects: free for a constant, refused where a derivative would be lost."""

from __future__ import annotations

import dis
import math
import sys
import warnings
import weakref
from types import FrameType
from typing import Any

import numpy as np

from .._typing import is_ndarray
from ..errors import DerivativeLostError, PerformanceWarning
from ..tangents import Zero
from .number import Number, plain
from .sparse_operands import aside

__all__ = ["ConversionMethods"]

_ALLOCATE = "Allocate it with np.zeros_like(x, shape=...), or `import dualdiff.numpy as np`, or wrap the function: dd.lift(f)."
_VALUE = "For the value alone write dd.value_of(x)."
_MANY_OBJECTS = 10_000


def _caller() -> FrameType:
    """The code that asked for the conversion."""
    frame = sys._getframe(2)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith("dualdiff."):
        frame = frame.f_back
    return frame


def _caller_stores() -> bool:
    """Whether the line that asked for the conversion is an assignment into an array, ``plain[i] = dual``."""
    frame = _caller()
    code = frame.f_code.co_code
    return 0 <= frame.f_lasti < len(code) and dis.opname[code[frame.f_lasti]] in ("STORE_SUBSCR", "STORE_SLICE")


def _place() -> str:
    """Where the conversion was asked for, if that is code that has been lifted: lifting again would not help."""
    frame = _caller()
    if type(frame.f_globals) is dict:
        return ""
    return (
        f"{frame.f_code.co_qualname} (line {frame.f_lineno} of {frame.f_code.co_filename}) is lifted already: either the "
        "array was made outside of it (make it inside, or copy it with np.array), or what is called there is compiled code "
        "(give it a rule with dd.custom_jvp)."
    )


def _refuse_mean_of_objects() -> None:
    """Say what happened where np.mean converts the sum of an object array."""
    if sys._getframe(2).f_code.co_filename.endswith("_methods.py"):
        raise DerivativeLostError(
            "np.mean, np.var or np.std of np.array([...]) of duals, an object array: NumPy converts its entries to float. "
            "Make the array with np.stack([...]), or `import dualdiff.numpy as np`."
        )


class _Borrower:
    """Owns nothing: an array made of it lives on in every view of it."""

    __slots__ = ("__array_interface__", "__weakref__", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.__array_interface__ = value.__array_interface__


class ConversionMethods(Number):
    """What Python's and NumPy's conversions find."""

    __slots__ = ()

    def _converted(self, kind: Any, name: str) -> Any:
        if self.is_constant():
            return kind(plain(self))
        _refuse_mean_of_objects()
        if _caller_stores():
            raise DerivativeLostError(
                f"np.zeros(...)[i] = <dual>: a float array cannot hold a derivative. {_place() or _ALLOCATE}"
            )
        raise DerivativeLostError(
            f"{name} of a {type(self).__name__} would drop its derivative. {_VALUE} "
            + (_place() or f"To store it in an array, do not use a float array: {_ALLOCATE} For `math`, use dualdiff.math."),
            asked=self,
        )

    def __float__(self) -> float:
        return float(self._converted(float, "float()"))

    def __int__(self) -> int:
        return int(self._converted(int, "int()"))

    def __complex__(self) -> complex:
        return complex(self._converted(complex, "complex()"))

    def __index__(self) -> int:
        if self.is_constant():
            raise TypeError("a dual holds floats, which are no index: write int(x).")
        raise DerivativeLostError(
            f"operator.index() of a {type(self).__name__} would drop its derivative. {_VALUE}", asked=self
        )

    def __bool__(self) -> bool:
        return bool(plain(self))

    def __round__(self, digits: int | None = None) -> Any:
        return round(plain(self)) if digits is None else np.round(self, digits)

    def __floor__(self) -> int:
        rounded: int = math.floor(plain(self))
        return rounded

    def __ceil__(self) -> int:
        rounded: int = math.ceil(plain(self))
        return rounded

    def __trunc__(self) -> int:
        rounded: int = math.trunc(plain(self))
        return rounded

    def item(self, *index: Any) -> Any:
        """The Python number at an index, for a constant; a derivative would be lost otherwise."""
        if self.is_constant():
            return np.asarray(plain(self)).item(*index)
        if _place():
            # Lifted code takes it for a float, which keeps its derivative there.
            return np.ravel(self)[index[0] if index else slice(None)].reshape(())[()]
        raise DerivativeLostError(f"item() of a {type(self).__name__} would drop its derivative: index it, x[i]. {_VALUE}")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if self.is_constant() and not (dtype is not None and np.dtype(dtype).hasobject):
            value = plain(self)
            if copy or not is_ndarray(value) or (dtype is not None and np.dtype(dtype) != value.dtype):
                return np.array(value, dtype=dtype, copy=copy)
            return np.asarray(self._lend(value))
        lone = aside(self)
        if lone is not None:
            return lone
        if dtype is None or np.dtype(dtype).hasobject:
            return self._objects()
        _refuse_mean_of_objects()
        if _caller_stores():
            raise DerivativeLostError(
                f"np.zeros(...)[...] = <dual>: a float array cannot hold a derivative. {_place() or _ALLOCATE}"
            )
        raise DerivativeLostError(
            f"np.asarray(<{type(self).__name__}>, dtype={np.dtype(dtype).name}): a float array cannot hold a derivative. "
            f"{_VALUE} {_place() or _ALLOCATE}"
        )

    def _lend(self, value: Any) -> Any:
        """The memory of the value, with a note in all that could get a derivative while it is lent."""
        borrower = _Borrower(value)
        number: Any = self
        while isinstance(number, Number):
            for name in number.PARTS:
                stored = getattr(number, name)
                if isinstance(stored, Zero) and stored.cell is not None:
                    stored.cell.lent.append(weakref.ref(borrower))
            number = number.value
        return borrower

    def _objects(self) -> Any:
        """The object array of scalar duals that NumPy's own array constructors get."""
        shape = np.shape(self.value)
        objects = np.empty(shape, object)
        if not shape:
            objects[()] = self[()] if is_ndarray(self.value) else self  # type: ignore[index]
            return objects
        if objects.size > _MANY_OBJECTS:
            warnings.warn(
                f"np.asarray of a dual makes {objects.size} Python objects. Keep the dual as it is, use np.stack or "
                "np.concatenate, or `import dualdiff.numpy as np`.",
                PerformanceWarning,
                stacklevel=3,
            )
        for index in np.ndindex(shape):
            objects[index] = self[index]  # type: ignore[index]
        return objects

    def view(self, *args: Any, **kwargs: Any) -> Any:
        """The same memory under another array; as another type it raises."""
        return self._memory() if args or kwargs else self[...]  # type: ignore[index]

    def _memory(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse access to raw memory."""
        raise DerivativeLostError(
            f"a {type(self).__name__} has no raw memory to view, resize or write: its derivative lies elsewhere. An "
            f"np.matrix, np.recarray or masked array asks for such a view: use np.asarray of it. {_VALUE}"
        )

    resize = tobytes = tofile = dump = dumps = byteswap = getfield = setfield = _memory

    def setflags(self, *args: Any, **kwargs: Any) -> None:
        """Refuse flags of raw memory; whether one may write has a name of its own."""
        raise DerivativeLostError(
            f"a {type(self).__name__} has no raw memory with flags: to protect it write x.flags.writeable = False."
        )

    def __repr__(self) -> str:
        fields = [f"{name.lstrip('_')}={_shown(self.part(name))}" for name in self.PARTS]
        return f"{type(self).__name__}({_shown(self.value)}, {', '.join(fields)})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        if not spec:
            return repr(self)
        parts = [_formatted(self.value, spec)]
        for part_name in self.PARTS:
            tangent, name = self.part(part_name), part_name.lstrip("_")
            shown = [format(t, spec) for t in np.ravel(tangent)] if is_ndarray(tangent) else None
            parts.append(f"{name}={'[' + ', '.join(shown) + ']' if shown else _formatted(tangent, spec)}")
        return f"{type(self).__name__}({', '.join(parts)})"


def _formatted(tangent: Any, spec: str) -> str:
    if is_ndarray(tangent) and tangent.ndim:
        return f"[{', '.join(_formatted(row, spec) for row in tangent)}]"
    return repr(tangent) if not isinstance(tangent, (float, complex, np.number, Number)) else format(tangent, spec)


def _shown(part: Any) -> str:
    if is_ndarray(part):
        return np.array2string(part, separator=", ")
    return repr(part) if not isinstance(part, np.generic) else str(part)
