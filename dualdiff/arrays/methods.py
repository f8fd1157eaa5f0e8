"""The ndarray side of a number: operators, attributes and methods, each through the NumPy function of its name."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable, Iterator
from types import MethodType
from typing import Any

import numpy as np

from .._typing import is_ndarray, is_numpy
from ..errors import DerivativeLostError, NoRuleError, forgive
from ..rules.elementwise import power_of
from ..rules.kinds import Created
from ..rules.registry import FUNCTIONS
from ..tangents import is_structured, ndim
from .chains import divided
from .conversion import ConversionMethods
from .dispatch import READY, apply_function, apply_ufunc
from .indexing import assign, select
from .number import Number, is_number, numpy_scalar, plain
from .slopes import Operator
from .sparse_operands import is_sparse, operated, sparse_asks
from .ufunc_methods import apply_method

__all__ = ["ArrayMethods"]


def _binary(ufunc: np.ufunc) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """The operator, its reflection, and its in-place form."""
    operator_name = _OPERATOR_NAMES[ufunc]
    name = f"__r{operator_name}__"

    def forward(self: Any, other: Any) -> Any:
        if type(other) is np.ndarray and _is_lone_object(other, name):
            return getattr(other.item(), name)(self)
        if _operable(other, name):
            return apply_ufunc(ufunc, (self, other), {})
        return operated(ufunc, self, other) if is_sparse(other) else NotImplemented

    def reflected(self: Any, other: Any) -> Any:
        if type(other) is np.ndarray and _is_lone_object(other, f"__{operator_name}__"):
            return getattr(other.item(), f"__{operator_name}__")(self)
        if type(other) not in READY and is_sparse(other):
            return operated(ufunc, other, self)
        return apply_ufunc(ufunc, (other, self), {}) if _operable(other) else NotImplemented

    def in_place(self: Any, other: Any) -> Any:
        if ndim(self) == 0 and not is_ndarray(plain(self)):
            return forward(self, other)
        return apply_ufunc(ufunc, (self, other), {"out": self})

    return forward, reflected, in_place


_OPERATOR_NAMES: dict[np.ufunc, str] = {
    np.add: "add",
    np.subtract: "sub",
    np.multiply: "mul",
    np.divide: "truediv",
    np.floor_divide: "floordiv",
    np.remainder: "mod",
    np.divmod: "divmod",
    np.matmul: "matmul",
    np.power: "pow",
}


def _is_lone_object(array: Any, operation: str) -> bool:
    """Whether an array of no axes holds an object that is no number, but knows the operation: a polynomial."""
    if not array.dtype.hasobject or array.ndim:
        return False
    entry = array.item()
    return not is_number(entry) and not isinstance(entry, (int, float, complex)) and hasattr(entry, operation)


def _operable(other: Any, reflected: str = "") -> bool:
    """Whether NumPy takes the operand; an object that knows what to do with us is left to it."""
    kind = type(other)
    if kind in READY or is_numpy(other):
        return True
    if kind in _NO_OPERANDS:
        return False
    return kind in (list, tuple, bool) or not hasattr(kind, reflected)


_NO_OPERANDS = (str, bytes, dict, set, type(None))


def _unary(ufunc: np.ufunc) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        return apply_ufunc(ufunc, (self,), {})

    return method


def _comparison(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Comparisons look at values only and give plain results."""

    def method(self: Any, other: Any) -> Any:
        if not _operable(other):
            return NotImplemented
        value, other = plain(self), np.asarray(other) if isinstance(other, list) else plain(other)
        if type(value) is float and is_numpy(other):
            # A number is no weak scalar.
            value = np.float64(value)
        result = compare(value, other)
        # Of a Python bool, ~ would be -1 or -2.
        return np.bool_(result) if isinstance(result, bool) else result

    return method


class _ScalarError(AttributeError, TypeError):
    """A scalar has no length: neither the attribute, nor what it stands for."""


class _ArraysOnly:
    """A method that scalars do not have, so that hasattr denies it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __get__(self, number: Any, owner: Any = None) -> Any:
        if number is None:
            return self.function
        if not number.shape and not is_ndarray(plain(number)):
            raise _ScalarError(f"a scalar {type(number).__name__} has no {self.function.__name__}.")
        return MethodType(self.function, number)


def _refused(symbol: str) -> Callable[..., Any]:
    def method(self: Any, *other: Any) -> Any:
        raise NoRuleError(
            f"{symbol} works on integers and booleans; a dual holds floats. Compare first: (x > 0) {symbol} mask."
        )

    return method


def _function(function: Callable[..., Any]) -> Callable[..., Any]:
    """The method that calls a NumPy function with the array first."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__name__ = function.__name__
    method.__doc__ = f"See ``numpy.{function.__name__}``."
    return method


class ArrayMethods(ConversionMethods, Number):
    """Operators, attributes and methods that every number has in common."""

    __slots__ = ()
    __array_priority__ = 1000.0

    def __hash__(self) -> int:
        raise TypeError(
            f"a {type(self).__name__} is not hashable, so it cannot be a key of a dict or of a cache: use dd.value_of(x), or "
            "call the function without its cache."
        )

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """What ``isinstance`` is told: code that asks whether it was given an array, or a float, is told yes."""
        if sparse_asks():
            return type(self)
        value = self.value
        while isinstance(value, Number):
            value = value.value
        return type(numpy_scalar(value))

    # ---------------------------------------------------------------------------------------- protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(map(is_structured, inputs)):
            # The tangent of a higher level, which knows what to do with a number of this one.
            return NotImplemented
        if ufunc is np.power:
            forgive(inputs[-1])
        if method == "__call__":
            return apply_ufunc(ufunc, inputs, kwargs)
        return apply_method(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if any(map(is_structured, args)):
            return NotImplemented
        result = apply_function(function, args, kwargs)
        if type(result) is np.ndarray and isinstance(FUNCTIONS.get(function), Created):
            # An array made with like= this number can hold its derivatives.
            return self.constant(result)
        return result

    # ---------------------------------------------------------------------------------------- operators

    __add__, __radd__, __iadd__ = _binary(np.add)
    __sub__, __rsub__, __isub__ = _binary(np.subtract)
    __mul__, __rmul__, __imul__ = _binary(np.multiply)
    __truediv__, __rtruediv__, __itruediv__ = _binary(np.divide)
    __floordiv__, __rfloordiv__, __ifloordiv__ = _binary(np.floor_divide)
    __mod__, __rmod__, __imod__ = _binary(np.remainder)
    __divmod__, __rdivmod__, _ = _binary(np.divmod)
    __matmul__, __rmatmul__, __imatmul__ = _binary(np.matmul)
    _power, __rpow__, __ipow__ = _binary(np.power)
    del _
    __neg__ = _unary(np.negative)
    __pos__ = _unary(np.positive)
    __abs__ = _unary(np.absolute)
    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)
    __eq__ = _comparison(operator.eq)
    __ne__ = _comparison(operator.ne)
    __and__ = __rand__ = __iand__ = _refused("&")
    __or__ = __ror__ = __ior__ = _refused("|")
    __xor__ = __rxor__ = __ixor__ = _refused("^")
    __lshift__ = __rlshift__ = __ilshift__ = _refused("<<")
    __rshift__ = __rrshift__ = __irshift__ = _refused(">>")
    __invert__ = _refused("~")

    def __pow__(self, other: Any) -> Any:
        if is_plain_scalar(other):
            power = Operator(other)
            result = divided(self, power, (self,))
            return self.elementwise(power_of(other), power, (self,), {}) if result is None else result
        return self._power(other)

    # ---------------------------------------------------------------------------------------- container

    def __getitem__(self, index: Any) -> Any:
        return select(self, index)

    def __setitem__(self, index: Any, new: Any) -> None:
        assign(self, index, new)

    @_ArraysOnly
    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __contains__(self, item: Any) -> bool:
        return plain(item) in np.asarray(plain(self))

    # --------------------------------------------------------------------------------------- attributes

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return np.shape(self.value)

    @shape.setter
    def shape(self, shape: Any) -> None:
        raise TypeError("the shape of a dual cannot be set in place: write x = x.reshape(shape).")

    @property
    def ndim(self) -> int:
        """The number of axes of the value."""
        return ndim(self.value)

    @property
    def size(self) -> int:
        """The number of entries of the value."""
        return int(np.size(plain(self)))

    @property
    def itemsize(self) -> int:
        """The bytes of one entry of the value."""
        return int(self.dtype.itemsize)

    @property
    def nbytes(self) -> int:
        """The bytes of the value."""
        return self.size * self.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        """The strides of the value."""
        return np.asarray(plain(self)).strides

    @property
    def flags(self) -> Any:
        """The memory flags of the value."""
        return np.asarray(plain(self)).flags

    @property
    def base(self) -> Any:
        """The owner of the value's memory."""
        return getattr(plain(self), "base", None)

    @property
    def device(self) -> str:
        """Always ``"cpu"``."""
        return "cpu"

    @property
    def T(self) -> Any:
        """The transposed array, a view."""
        return np.transpose(self)

    @property
    def mT(self) -> Any:
        """The matrices transposed, a view."""
        return np.matrix_transpose(self)

    @property
    def real(self) -> Any:
        """The real part, a view."""
        return np.real(self) if self.dtype.kind == "c" else self

    @real.setter
    def real(self, new: Any) -> None:
        if self.dtype.kind == "c":
            np.real(self)[...] = new
        else:
            self[...] = new

    @property
    def imag(self) -> Any:
        """The imaginary part, a view for complex arrays."""
        return np.imag(self)

    @imag.setter
    def imag(self, new: Any) -> None:
        if self.dtype.kind != "c":
            raise TypeError("array does not have imaginary part to set")
        np.imag(self)[...] = new

    @property
    def flat(self) -> Any:
        """The entries in C order, readable and writable by index."""
        from .flat import Flat

        return Flat(self)

    @flat.setter
    def flat(self, new: Any) -> None:
        self.flat[:] = new

    # ------------------------------------------------------------------------------------------ methods

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:
        """See ``numpy.ndarray.reshape``."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, **kwargs)

    def transpose(self, *axes: Any) -> Any:
        """See ``numpy.ndarray.transpose``."""
        return np.transpose(self, None if not axes else axes[0] if len(axes) == 1 else axes)

    def flatten(self, order: str = "C") -> Any:
        """See ``numpy.ndarray.flatten``."""
        return np.ravel(self, order=order).copy()  # type: ignore[call-overload]

    def copy(self, order: str = "C") -> Any:
        """See ``numpy.ndarray.copy``."""
        return np.copy(self, order=order)  # type: ignore[call-overload]

    def astype(self, dtype: Any, order: str = "K", casting: str = "unsafe", subok: bool = True, copy: bool = True) -> Any:
        """See ``numpy.ndarray.astype``; a dtype that cannot hold a derivative raises."""
        dtype = np.dtype(dtype)
        if dtype == self.dtype and not copy:
            return self
        if dtype.kind not in "fc":
            if self.is_constant() or dtype.kind == "b":
                return np.asarray(plain(self)).astype(dtype)
            raise DerivativeLostError(
                f"astype({dtype}) of a {type(self).__name__} would drop its derivative. "
                "For the value alone write dd.value_of(x).astype(...)."
            )
        if dtype.kind == "f" and self.dtype.kind == "c":
            raise DerivativeLostError("astype from complex to float would drop the imaginary part: write x.real.")
        return self.partwise(lambda part: part.astype(dtype) if hasattr(part, "astype") else dtype.type(part))

    def clip(self, min: Any = None, max: Any = None, out: Any = None, **kwargs: Any) -> Any:
        """See ``numpy.ndarray.clip``."""
        return np.clip(self, min, max, out=out, **kwargs)

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Any:
        """See ``numpy.ndarray.compress``."""
        return np.compress(condition, self, axis=axis) if out is None else np.compress(condition, self, axis, out)

    def conj(self) -> Any:
        """See ``numpy.ndarray.conj``: a real array is returned as it is."""
        return np.conjugate(self) if self.dtype.kind == "c" else self

    conjugate = conj

    def fill(self, new: Any) -> None:
        """See ``numpy.ndarray.fill``."""
        self[...] = new

    def sort(self, axis: int = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> None:
        """See ``numpy.ndarray.sort``."""
        self[...] = np.sort(self, axis=axis, kind=kind)

    def partition(self, kth: Any, axis: int = -1, kind: Any = "introselect", order: Any = None) -> None:
        """See ``numpy.ndarray.partition``."""
        self[...] = np.partition(self, kth, axis=axis, kind=kind)

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        """The namespace of the array API standard that arrays of this kind belong to."""
        version: Any = api_version
        if version is not None:
            # NumPy knows which versions there are.
            np.empty(0).__array_namespace__(api_version=version)
        # By name: the namespace lies above the arrays, and is imported for those who ask.
        return importlib.import_module("dualdiff.numpy")

    def is_integer(self) -> bool:
        """See ``float.is_integer``: a question about the value."""
        return bool(np.float64(plain(self)).is_integer())

    def to_device(self, device: str, /, *, stream: Any = None) -> Any:
        """The array itself: there is one device."""
        if device != "cpu" or stream is not None:
            raise ValueError(f"unsupported device {device!r} or stream: the only device is 'cpu'.")
        return self

    def nonzero(self) -> Any:
        """See ``numpy.ndarray.nonzero``."""
        return np.asarray(plain(self)).nonzero()

    def searchsorted(self, v: Any, side: Any = "left", sorter: Any = None) -> Any:
        """See ``numpy.ndarray.searchsorted``."""
        return np.asarray(plain(self)).searchsorted(plain(v), side, sorter)

    def tolist(self) -> Any:
        """The nested list of the scalar duals."""
        return [row.tolist() for row in self] if self.ndim else self

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    def __reduce__(self) -> Any:
        return _rebuilt, (type(self), self.value, tuple(_stored(t) for t in self.tangents()), self.level)

    def over_directions(self, function: Callable[[Any], Any], leading: int, key: Any = None) -> Any:
        """Apply a function that moves entries behind the leading axes: a tangent that is itself a number."""
        from .. import tangents as ts

        count = self.ndim

        def along(tangent: Any) -> Any:
            return ts.over_directions(function, tangent, leading + ndim(tangent) - count, key)

        value = ts.over_directions(function, self.value, leading, key)
        moved = []
        for name, tangent in zip(self.PARTS, self.tangents(), strict=True):
            if isinstance(tangent, ts.Zero):
                moved.append(getattr(self, name).viewed(along))
            else:
                moved.append(along(tangent))
        return self._joined(value, moved, [self])


def _stored(tangent: Any) -> Any:
    from ..tangents import is_zero

    return None if is_zero(tangent) else tangent


def _rebuilt(kind: Any, value: Any, tangents: tuple[Any, ...], level: int) -> Any:
    return kind.of(value, tangents, level)


_METHODS: dict[str, Any] = {
    name: getattr(np, name)
    for name in (
        "all", "any", "argmax", "argmin", "argpartition", "argsort", "choose", "cumprod", "cumsum", "diagonal", "dot",
        "max", "mean", "min", "prod", "put", "ravel", "repeat", "round", "squeeze", "std", "sum", "swapaxes", "take", "trace",
        "var",
    )
}  # fmt: skip

# NumPy's loops over object arrays call the methods of a scalar dual by the ufunc's name.
_SCALAR_METHODS = (
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh",
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "square", "reciprocal",
    "rint", "fabs", "floor", "ceil", "trunc", "sign", "hypot", "deg2rad", "rad2deg", "degrees", "radians", "fmod",
    "logaddexp", "logaddexp2", "copysign", "isfinite", "isnan", "isinf", "signbit",
)  # fmt: skip

for _name, _numpy_function in _METHODS.items():
    setattr(ArrayMethods, _name, _function(_numpy_function))
for _name in _SCALAR_METHODS:
    setattr(ArrayMethods, _name, _function(getattr(np, _name)))


def is_plain_scalar(x: Any) -> bool:
    """Whether x is a Python or NumPy number."""
    return isinstance(x, (int, float, complex, np.number)) and not is_number(x)
