"""What every number of ours can do: carry parts through functions that move entries or are linear, whatever its algebra.

A number has a value and named tangents; each tangent has the value's shape behind its own axes of directions. Subclasses
add the chain rule (``elementwise``), the product rule and the differentials of linear algebra.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import numpy as np

from .. import tangents as ts
from .._typing import Array, Tangent, Tree, is_ndarray, is_numpy
from ..errors import DerivativeLostError, ShapeError
from ..rules.kinds import Custom, Elementwise, Product, Several
from ..tangents import ZERO, Zero, current, is_zero, ndim
from .levels import lend

__all__ = [
    "Number",
    "absorb",
    "as_constant_of",
    "holds_numbers",
    "is_number",
    "leaves",
    "numpy_scalar",
    "payload",
    "plain",
    "plain_numpy",
    "rebuilt",
    "replaced",
    "top",
]


class Number:
    """A value with tangents at one level."""

    __slots__ = ("__weakref__",)

    #: The names of the tangents.
    PARTS: ClassVar[tuple[str, ...]] = ()
    #: Which of them an elementwise function is linear in together, the others being fixed, by their places.
    LINEAR: ClassVar[tuple[tuple[int, ...], ...]] = ()

    value: Any
    level: Any

    # --------------------------------------------------------------------------------------- subclasses

    def elementwise(self, rule: Elementwise, ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Apply an elementwise function by its partial derivatives."""
        raise NotImplementedError

    def unary(self, rule: Elementwise, function: Any) -> Any:
        """The same for one argument, where the parts are plain; None where more care is needed."""

    def several(self, rule: Several, ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Apply an elementwise function with several results."""
        raise NotImplementedError

    def product(self, rule: Product, function: Any, operands: list[Any], others: dict[str, Any]) -> Any:
        """Apply a function that is linear in each operand."""
        raise NotImplementedError

    def custom(self, rule: Custom, function: Any, operands: list[Any], others: dict[str, Any]) -> Any:
        """Apply a function whose differential is written by hand."""
        raise NotImplementedError

    # ------------------------------------------------------------------------------------------- parts

    @classmethod
    def of(cls, value: Array, tangents: Iterable[Tangent], level: int, *, view: bool = False) -> Any:
        """A number of these parts, in the payload and dtype that belong to it; None stands for a zero tangent.

        The parts of a view stay where they are in memory; other tangents take the strides of the value.
        """
        kind = type(value)
        if kind is not float and (kind is not np.ndarray or value.dtype is not _FLOAT64):
            value = payload(value)
            if is_numpy(value) and value.dtype.kind not in "fcO":
                return _without_derivative(value, tangents)
        self: Any = _new(cls)
        self.value = value
        self.level = level
        for name, tangent in zip(cls.PARTS, tangents, strict=True):
            setattr(self, name, settled(value, tangent, view))
        return self

    def tangents(self) -> tuple[Tangent, ...]:
        """The tangents as they are now."""
        return tuple([current(getattr(self, name)) for name in self.PARTS])

    def parts(self) -> tuple[Any, ...]:
        """The value and the tangents that are not symbolic zeros."""
        return (self.value, *(t for t in self.tangents() if not isinstance(t, Zero)))

    def is_constant(self) -> bool:
        """Whether no derivative would be lost with the tangents."""
        value = self.value
        return all(map(is_zero, self.tangents())) and (not is_number(value) or value.is_constant())

    def part(self, name: str) -> Tangent:
        """A tangent in numbers, a symbolic zero as zeros of the value's shape."""
        tangent = current(getattr(self, name))
        if not isinstance(tangent, Zero):
            lend(tangent)
            return tangent
        return ts.zeros((), np.shape(self.value), self.dtype)

    def value_at(self, x: Any) -> Any:
        """The value of a number of this level; anything else is a constant here."""
        return x.value if is_number(x) and x.level == self.level else x

    def _numpy_value_at(self, x: Any) -> Any:
        """The same, a scalar as NumPy's own: a number is no weak scalar."""
        return numpy_scalar(x.value) if is_number(x) and x.level == self.level else x

    def part_of(self, x: Any, name: str) -> Tangent:
        """A tangent of a number of this level; None for a constant."""
        if not is_number(x) or x.level != self.level:
            return None
        tangent = current(getattr(x, name))
        return None if isinstance(tangent, Zero) else tangent

    def constant(self, value: Any) -> Any:
        """A result of slope zero: float arrays can take a derivative later, other results are plain."""
        if isinstance(value, (tuple, list)):
            return rebuilt(value, [self.constant(v) for v in value])
        if not is_number(value) and np.result_type(value).kind not in "fc":
            return value
        return self.of(value, (None,) * len(self.PARTS), self.level)

    def with_value(self, result: Any, value: Any) -> Any:
        """The result with this value in the place of its own."""
        if not is_number(result) or result.level != self.level:
            return self.constant(value)
        if np.shape(result) != np.shape(value):
            raise ShapeError(f"a derivative of shape {np.shape(result)} was found for a value of shape {np.shape(value)}.")
        return self.of(value, (_apart(self.part_of(result, name)) for name in self.PARTS), self.level)

    def zeros_of_shape(self, shape: tuple[int, ...]) -> Any:
        """An array of zeros that can take the derivatives of this number."""
        return self.of(np.zeros(shape, self.dtype), (None,) * len(self.PARTS), self.level)

    @property
    def dtype(self) -> Any:
        """The dtype of the value."""
        value = self.value
        return value.dtype if hasattr(value, "dtype") else np.dtype(type(value))

    # ----------------------------------------------------------------------------- kinds without algebra

    def partwise(self, function: Callable[[Array], Array]) -> Any:
        """Apply a linear function of each entry to value and tangents alike."""
        return self.partwise_front(lambda part, leading: function(part))

    def partwise_front(self, over: Callable[[Array, int], Any]) -> Any:
        """Apply a linear function, ``over(part, number of axes of directions in front)``, to value and tangents."""
        value = over(self.value, 0)
        count = ndim(self.value)
        if count and (type(value) is np.float64 or type(value) is float):
            return self.of(value, [None if is_zero(t) else over(t, ndim(t) - count) for t in self.tangents()], self.level)
        shape = np.shape(value)

        def along(t: Tangent) -> Any:
            leading = ndim(t) - count
            if count or not leading:
                return over(t, leading)
            # NumPy takes axis 0 of a 0-d array for itself: here it would be the axis of directions.
            return np.reshape(over(t.reshape((*t.shape, 1)), leading), t.shape + shape)

        tangents = [
            getattr(self, name).viewed(along) if is_zero(t) else along(t)
            for name, t in zip(self.PARTS, self.tangents(), strict=True)
        ]
        return self._joined(value, tangents, [self])

    def move(self, function: Callable[..., Any], inputs: list[Tree]) -> Any:
        """Apply a function that only moves the entries of its inputs."""
        values = function(*(replaced(x, self._numpy_value_at) for x in inputs))
        tangents = [self._moved(function, inputs, name) for name in self.PARTS]
        return self._joined(values, tangents, [x for x in leaves(inputs) if is_number(x) and x.level == self.level])

    def _moved(self, function: Callable[..., Any], inputs: list[Tree], name: str) -> Any:
        entries = list(leaves(inputs))
        known = [self.part_of(x, name) for x in entries]
        alone, key = len(entries) == 1, getattr(function, "key", None)

        def along(tangent: Tangent) -> Any:
            return function(*(replaced(x, lambda _: tangent) for x in inputs))

        if all(t is None for t in known):
            if not alone:
                return None
            count = ndim(entries[0].value)
            return getattr(entries[0], name).viewed(lambda t: ts.over_directions(along, t, ndim(t) - count, key))
        leading = _common_directions(entries, known, self)
        if not leading:
            supply = iter([_zeros_like(x) if t is None else t for x, t in zip(entries, known, strict=True)])
            return function(*(replaced(x, lambda _: next(supply)) for x in inputs))
        if alone:
            return ts.over_directions(along, known[0], len(leading), key)

        def together(parts: list[Any]) -> Any:
            supply = iter(parts)
            return function(*(replaced(x, lambda _: next(supply)) for x in inputs))

        shapes = [np.shape(self.value_at(x)) for x in entries]
        return ts.moved(together, known, shapes, len(leading), key)

    def _joined(self, value: Any, tangents: list[Any], sources: list[Any]) -> Any:
        """Numbers of the moved parts; views of the value stay views of the tangents, copies stay copies."""
        if isinstance(value, (list, tuple)):
            rows = [t if isinstance(t, (list, tuple)) else _view_of_each(t, len(value)) for t in tangents]
            numbers = [self._joined(v, list(row), sources) for v, *row in zip(value, *rows, strict=True)]
            return type(value)(numbers) if type(value) in (list, tuple) else type(value)(*numbers)
        storage, view = ts.storage(value), False
        if is_ndarray(storage):
            view = any(ts.shares_memory(value, x.value) for x in sources)
            for position, tangent in enumerate(tangents):
                if tangent is None or isinstance(tangent, Zero):
                    if not view:
                        tangents[position] = None
                    continue
                shared = any(ts.shares_memory(tangent, t) for x in sources for t in x.tangents() if not is_zero(t))
                if shared and not view:
                    tangents[position] = tangent.copy()
                elif view and not shared and storage.flags.writeable and storage.size:
                    # The layouts of value and tangent differ: a write could not be seen by both, so there is none.
                    value = value.copy()
                    ts.storage(value).flags.writeable = False
                    view = False
        return self.of(value, tangents, self.level, view=view)

    # ----------------------------------------------------------------------------------------- writing

    def promote(self, level: int, kind: type[Number]) -> None:
        """Make this array, in place, one that can hold numbers of a higher level."""
        if type(self) is not kind:
            raise DerivativeLostError(f"a {type(self).__name__} array cannot hold a {kind.__name__}.")
        inner = self.of(self.value, (getattr(self, name) for name in self.PARTS), self.level)
        self.value = inner
        for name in self.PARTS:
            setattr(self, name, Zero.of(inner))
        self.level = level


def _apart(tangent: Tangent) -> Tangent:
    """A tangent that is no view of another number's."""
    return tangent.copy() if getattr(ts.storage(tangent), "base", None) is not None else tangent


def _without_derivative(value: Any, tangents: Iterable[Tangent]) -> Any:
    """An integer result, which dtype=int asked for: plain if it is constant, refused if truncation cut a derivative off."""
    if all(tangent is None or is_zero(tangent) for tangent in tangents):
        return value
    raise DerivativeLostError(
        f"dtype={value.dtype} of a result that depends on a dual would drop its derivative. "
        "For the value alone write dd.value_of(x)."
    )


def _view_of_each(tangent: Any, count: int) -> list[Any]:
    """One zero for each piece of a split zero."""
    if isinstance(tangent, Zero):
        return [tangent.viewed(operator.itemgetter(i)) for i in range(count)]
    return [tangent] * count


def _common_directions(entries: list[Any], known: list[Any], number: Number) -> tuple[int, ...]:
    found = {ts.directions(t, ndim(number.value_at(x))) for x, t in zip(entries, known, strict=True) if t is not None}
    if len(found) > 1:
        raise ShapeError(
            f"numbers of one level with different directions (or Taylor series of different order): {sorted(found)}"
        )
    return found.pop()


def _zeros_like(x: Any) -> Any:
    """A zero tangent of a constant, in its precision."""
    dtype = np.result_type(plain(x))
    return np.zeros(np.shape(x), dtype if dtype.kind in "fc" else float)[()]


def payload(value: Any) -> Any:
    """A float64 or complex128 scalar as a Python number, which computes faster; anything else as it is."""
    if type(value) is np.float64 or type(value) is np.complex128:
        return float(value) if type(value) is np.float64 else complex(value)
    return value


_FLOAT64 = np.dtype(float)
_new: Any = object.__new__


def settled(value: Any, tangent: Tangent, view: bool = False) -> Tangent:
    """The tangent in the dtype and payload of its value."""
    kind = type(tangent)
    if type(value) is float:
        if kind is float or (kind is np.ndarray and tangent.dtype is _FLOAT64):
            return tangent
        if kind is np.float64:
            return float(tangent)
    elif kind is np.ndarray and type(value) is np.ndarray and tangent.dtype is value.dtype:
        return tangent if view else ts.laid_out(tangent, value)
    if ts.is_structured(tangent):
        return tangent.astype(getattr(value, "dtype", None) or np.dtype(type(value)))
    if tangent is None or (isinstance(tangent, Zero) and tangent.cell is None):
        return Zero.of(value) if ndim(value) or is_ndarray(ts.storage(value)) else ZERO
    if isinstance(tangent, Zero):
        return tangent
    kind = type(value)
    if kind is float:
        tangent = np.real(tangent) if np.iscomplexobj(plain(tangent)) else tangent
        return float(tangent) if ndim(tangent) == 0 and is_numpy(tangent) else ts.cast(tangent, _FLOAT64)
    if kind is complex:
        return complex(tangent) if ndim(tangent) == 0 and is_numpy(tangent) else tangent
    if is_number(value) and ndim(tangent) and not is_number(tangent):
        # A write of a number of the value's level must find room for its derivative.
        return as_constant_of(value, ts.cast(tangent, value.dtype))
    if ndim(tangent) == 0 and not is_number(tangent) and not is_ndarray(value) and hasattr(value, "dtype"):
        return value.dtype.type(tangent) if not is_number(value) else payload(tangent)
    if is_ndarray(value) and not hasattr(tangent, "dtype"):
        return np.asarray(tangent, value.dtype)
    if not hasattr(value, "dtype"):
        return tangent
    tangent = ts.cast(tangent, value.dtype)
    return tangent if view else _laid_out(tangent, value)


def _laid_out(tangent: Tangent, value: Any) -> Tangent:
    """The tangent, at every level, with the strides of its value."""
    template = ts.storage(value)
    if not is_number(tangent):
        return ts.laid_out(tangent, template)
    leading = ndim(tangent) - ndim(value)
    storage = ts.storage(tangent)
    if not is_ndarray(storage) or not is_ndarray(template):
        return tangent
    if storage.strides[leading:] == template.strides:
        return tangent
    parts = (None if isinstance(t, Zero) else _laid_out(t, template) for t in tangent.tangents())
    return tangent.of(_laid_out(tangent.value, template), parts, tangent.level)


def as_constant_of(value: Any, array: Array) -> Any:
    """The array as a constant of the levels of the value."""
    if not is_number(value) or ts.is_structured(array):
        return array
    return value.of(as_constant_of(value.value, array), (None,) * len(value.PARTS), value.level)


# ------------------------------------------------------------------------------------- numbers in trees


def is_number(x: Any) -> bool:
    """Whether x is a number of ours."""
    return isinstance(x, Number)


def plain(x: Any) -> Any:
    """The value below all levels; containers of numbers and object arrays entry by entry."""
    while isinstance(x, Number):
        x = x.value
    return x


def numpy_scalar(value: Any) -> Any:
    """A scalar's payload as the float64 or complex128 that it stands for; anything else as it is."""
    return np.float64(value) if type(value) is float else np.complex128(value) if type(value) is complex else value


def plain_numpy(x: Any) -> Any:
    """The value below all levels, as NumPy holds it."""
    return numpy_scalar(plain(x)) if isinstance(x, Number) else x


def rebuilt(sequence: Any, entries: list[Any]) -> Any:
    """A list, tuple or named tuple of the same type with these entries."""
    kind = type(sequence)
    return kind(*entries) if hasattr(kind, "_fields") else kind(entries)


def leaves(tree: Tree) -> Iterator[Any]:
    """The entries of nested lists and tuples; of a polynomial, its coefficients."""
    if isinstance(tree, Number):
        yield tree
    elif isinstance(tree, (list, tuple)):
        for branch in tree:
            yield from leaves(branch)
    elif type(tree) is np.poly1d:
        yield tree.coeffs
    else:
        yield tree


def holds_numbers(argument: Any) -> bool:
    """Whether an argument is a number of ours, or a nested list or an object array that holds one."""
    kind = type(argument)
    if kind is list or kind is tuple:
        return any(type(entry) is not float and holds_numbers(entry) for entry in argument)
    if kind is np.ndarray:
        return bool(argument.dtype.hasobject) and any(map(is_number, argument.ravel().tolist()))
    return is_number(argument)


def replaced(tree: Tree, function: Callable[[Any], Any]) -> Tree:
    """The same nested lists and tuples with the function applied to each entry."""
    if isinstance(tree, Number):
        return function(tree)
    if isinstance(tree, (list, tuple)):
        branches = [replaced(branch, function) for branch in tree]
        return type(tree)(branches) if type(tree) in (list, tuple) else type(tree)(*branches)
    return function(tree)


def top(entries: Iterable[Any]) -> Any:
    """The number of the highest level among these; None if there is none."""
    found: Any = None
    for x in entries:
        if isinstance(x, Number):
            if found is None or x.level > found.level:
                found = x
            elif x.level == found.level and type(x) is not type(found):
                raise TypeError(
                    f"a {type(x).__name__} and a {type(found).__name__} of one level cannot be combined; nest them."
                )
    return found


#: By name, since numpy.ma is slow to import.
_REFUSED = {
    "MaskedArray": "a masked array: fill it first, or keep the mask beside the data and use np.where.",
    "matrix": "an np.matrix, whose * is a matrix product: write np.asarray(matrix) and @.",
}


def absorb(x: Any) -> Any:
    """An operand as one array: object arrays of numbers are stacked, masked arrays and matrices refused."""
    kind = type(x)
    if kind is np.ndarray:
        if x.dtype.hasobject:
            return _stacked(x)
        if x.dtype.names is not None:
            raise TypeError("structured arrays cannot be combined with a dual: choose a field, a['name'].")
        return x
    if is_ndarray(x):
        for refused, reason in _REFUSED.items():
            if any(base.__name__ == refused for base in kind.__mro__):
                raise TypeError(f"dualdiff cannot combine a dual with {reason}")
        return np.asarray(x)
    if isinstance(x, (list, tuple)):
        return absorb(np.array(x))
    if kind.__module__.startswith("scipy.sparse._"):
        raise TypeError(f"NumPy's functions do not take a {kind.__name__}: write an operator (A @ x, A * x), or A.toarray().")
    return x


def _stacked(objects: Any) -> Any:
    """The one array that an object array of numbers means."""
    entries = objects.ravel().tolist()
    number = top(entries)
    if number is None:
        if not all(isinstance(e, (int, float, complex, np.number, np.bool_)) for e in entries):
            raise TypeError("an object array in which not every entry is a number cannot be differentiated.")
        return np.array(entries, dtype=complex if any(map(np.iscomplexobj, entries)) else float).reshape(objects.shape)
    if not all(np.ndim(e) == 0 for e in entries):
        raise TypeError("an object array of arrays cannot be differentiated: use np.stack or np.concatenate.")
    return number.move(lambda *parts: np.stack(parts).reshape(objects.shape), [_as_scalar(e) for e in entries])


def _as_scalar(entry: Any) -> Any:
    return entry if is_number(entry) else np.asarray(entry)[()]
