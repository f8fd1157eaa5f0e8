"""Structured tangents: a Jacobian of n columns as a short sum of terms, whose cost does not grow with n.

    tangent[:, i]  =  sum over terms of  coefficient[i] * parent[index[i], :]

Elementwise functions scale the coefficients, functions that move entries move coefficients and indices alike, sums are
contracted to rows of a new parent (contraction.py). To the rest of the library this is an array with the directions in
front, of shape ``(n, *inner)``, which takes part in NumPy's protocols; what has no structured form is done densely.
Coefficients may be duals of a lower level: then the derivatives of this derivative are structured too.

The file is long because a tangent has one class: its algebra, its movement and what is written into it share the terms.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple

import numpy as np

from .._typing import Array, NDArray, Tangent, is_numpy
from ..errors import DerivativeLostError
from .parents import Dense, Identity, Parent, Sparse, flat, scattered
from .space import Index, Space

__all__ = ["Structured", "Term", "is_structured"]

#: More terms than this are joined into one of sparse rows; and so many, if their rows hold more than so many entries each.
MANY, FEW, WIDE = 32, 8, 4

#: To join an entry of sparse rows takes about as long as to compute so many dense ones.
JOIN = 50


class Term(NamedTuple):
    """Coefficients (one for each entry, or one for all) times rows of a parent."""

    coefficient: Array
    index: Index  # type: ignore[assignment]  # a tuple's method of that name is not needed
    parent: Parent


class Slot:
    """A term that an array which is written into owns, in full arrays."""

    __slots__ = ("coefficient", "index", "parent")

    def __init__(self, coefficient: Array, index: NDArray, parent: Parent) -> None:
        self.coefficient, self.index, self.parent = coefficient, index, parent


def is_structured(x: Any) -> bool:
    """Whether a tangent is structured."""
    return type(x) is Structured


class Structured:
    """A tangent that is a sum of terms.

    An array that is written into owns its terms as slots; its views look through it, so that each sees what is written
    through the other.
    """

    __slots__ = (
        "__weakref__",
        "_slots",
        "_terms",
        "base",
        "dense_form",
        "inner",
        "shape",
        "space",
        "version",
        "view",
        "view_key",
    )

    def __init__(self, space: Space, inner: tuple[int, ...], terms: Iterable[Term]) -> None:
        self.space = space
        #: The shape behind the directions.
        self.inner = tuple(inner)
        self.shape = (space.size, *inner)
        self._terms: tuple[Term, ...] | None = tuple(terms)
        self._slots: list[Slot] | None = None
        self.base: Structured | None = None
        self.view: Callable[[Any], Any] | None = None
        self.view_key: Hashable = None
        self.version = 0
        self.dense_form: Tangent = None

    @classmethod
    def seed(cls, space: Space, start: int, shape: tuple[int, ...], dtype: Any) -> Structured:
        """The unit vectors from number ``start`` on, one for each entry of an array of this shape."""
        rows = space.counter(math.prod(shape), start).reshape(shape)
        return cls(space, shape, [Term(np.dtype(dtype).type(1), space.index(rows), space.identity)])

    @classmethod
    def rows_of(cls, space: Space, parent: Parent, inner: tuple[int, ...]) -> Structured:
        """The tangent whose entries have the rows of this parent, in order."""
        index = space.index(space.counter(parent.rows).reshape(inner))
        one = np.dtype(parent.dtype or space.dtype).type(1)
        return cls(space, inner, [Term(one, index, parent)])

    @classmethod
    def from_dense(cls, space: Space, tangent: Tangent) -> Structured:
        """A dense tangent of these directions as rows of its own."""
        rows = np.reshape(np.moveaxis(tangent, 0, -1), (math.prod(tangent.shape[1:]), space.size)).copy()
        return cls.rows_of(space, Dense(rows), tuple(tangent.shape[1:]))

    # ---------------------------------------------------------------------------------- what an array tells

    @property
    def ndim(self) -> int:
        """The number of axes, that of the directions among them."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of entries that the dense form would have."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """The bytes of coefficients, indices and parents; what is shared with other tangents counts too."""
        stored = {id(p): p.nbytes for _, _, p in self.terms} | {id(i): i.array.nbytes for _, i, _ in self.terms}
        return sum(stored.values()) + sum(getattr(c, "nbytes", 8) for c, _, _ in self.terms)

    @property
    def dtype(self) -> Any:
        """That of the coefficients and parents together."""
        if self.terms:
            kinds = [
                np.result_type(_dtype(t.coefficient), *([] if t.parent.dtype is None else [t.parent.dtype])) for t in self.terms
            ]
            return np.result_type(*kinds)
        return self.space.dtype

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms as they are now."""
        root = self.base
        if root is not None and root.version != self.version:
            self._terms, self.version = root.seen_through(self.view, self.inner, self.view_key), root.version
        elif self._terms is None:
            self._terms = self._frozen()
        assert self._terms is not None
        return self._terms

    def current(self) -> Tangent:
        """The tangent itself, or the dense array that has taken its place."""
        root = self if self.base is None else self.base
        if root.dense_form is None or self.base is None:
            return self if root.dense_form is None else root.dense_form
        from .dense import over_directions

        assert self.view is not None
        return over_directions(self.view, root.dense_form, 1)

    def __repr__(self) -> str:
        return f"Structured(shape={self.shape}, terms={len(self.terms)})"

    def __len__(self) -> int:
        return self.space.size

    def __iter__(self) -> Any:
        return iter(self.dense())

    def __reduce__(self) -> Any:
        return np.asarray, (self.dense(),)

    # ------------------------------------------------------------------------------------------- as matrices

    def matrix(self) -> Array:
        """All entries dense, one row of n for each."""
        total: Array = None
        for coefficient, index, parent in self.terms:
            rows = index.array.reshape(-1)
            term = parent.matrix(flat(coefficient, index.array), rows)
            total = term if total is None else total + term
        if total is None:
            return np.zeros((math.prod(self.inner), self.space.size), self.space.dtype)
        return total

    def dense(self) -> Tangent:
        """The same as an array with the directions in front."""
        self.space.refuse_large(math.prod(self.inner), "an operation without a structured form")
        columns = np.moveaxis(self.matrix(), -1, 0)
        return np.reshape(columns, self.shape).copy()

    def entries(self) -> Sparse:
        """All stored entries in sparse rows, columns in order, each of them once."""
        size, n = math.prod(self.inner), self.space.size
        places, values = [np.zeros(0, np.intp)], []
        for coefficient, index, parent in self.terms:
            counts, columns, data = parent.expanded(flat(coefficient, index.array), index.array.reshape(-1))
            places.append(np.repeat(np.arange(size), counts) * n + columns)
            values.append(data)
        keys = np.concatenate(places)
        data = np.concatenate(values) if values else np.zeros(0, self.space.dtype)
        if keys.size and not (keys[1:] > keys[:-1]).all():
            order = np.argsort(keys, kind="stable")
            keys = keys[order]
            first = np.concatenate([[True], keys[1:] != keys[:-1]])
            data = scattered(data[order], np.cumsum(first) - 1, int(first.sum()))
            keys = keys[first]
        indptr = np.searchsorted(keys, np.arange(size + 1) * n)
        return Sparse(data, keys % max(n, 1), indptr, n)

    def times(self, vectors: Array) -> Array:
        """The product of all entries' rows with vectors of shape (n, ...): one row of products for each entry."""
        extra = (1,) * (np.ndim(vectors) - 1)
        total = np.zeros((math.prod(self.inner), *np.shape(vectors)[1:]), np.result_type(self.dtype, vectors))
        for coefficient, index, parent in self.terms:
            rows = index.array.reshape(-1)
            weights = flat(coefficient, index.array)
            if not index.full:
                weights = np.where(rows > 0, weights, 0)
            total += np.reshape(weights, (-1, *extra)) * parent.times(vectors)[np.maximum(rows - 1, 0)]
        return total

    def transposed_times(self, vectors: Array) -> Array:
        """The sum over all entries of their rows times vectors of shape (entries, ...)."""
        shape = np.shape(vectors)[1:]
        total = np.zeros((self.space.size, *shape), np.result_type(self.dtype, vectors))
        for coefficient, index, parent in self.terms:
            weighted = np.reshape(flat(coefficient, index.array), (-1,) + (1,) * len(shape)) * vectors
            summed = np.zeros((parent.rows + 1, *shape), total.dtype)
            if shape:
                np.add.at(summed, index.array.reshape(-1), weighted)
            else:
                summed = scattered(weighted, index.array.reshape(-1), parent.rows + 1)
            total = total + parent.transposed_times(summed[1:])
        return total

    # ---------------------------------------------------------------------------------------- linear algebra

    def made(self, inner: tuple[int, ...], terms: Iterable[Term]) -> Tangent:
        """A tangent of these terms, merged, in the representation that costs least."""
        merged: dict[tuple[int, int], Term] = {}
        for term in terms:
            key = (id(term.index), id(term.parent))
            found = merged.get(key)
            merged[key] = term if found is None else Term(found.coefficient + term.coefficient, term.index, term.parent)
        result = Structured(self.space, inner, merged.values())
        return result.settled()

    def settled(self) -> Tangent:
        """The same tangent, with fewer terms, or the dense array if that is cheaper."""
        terms = self._terms or ()
        space, count = self.space, len(terms)
        widths = [t.parent.width() for t in terms if not t.parent.dense] if count > 1 else []
        width = sum(widths)
        if not space.exact and (2 * width > space.size or (space.automatic and space.is_small(math.prod(self.inner)))):
            return self.dense()
        if count <= FEW or (count <= MANY and width <= WIDE * count):
            return self
        dearer = space.automatic and not space.exact and JOIN * sum(w for w in widths if w > WIDE) > space.size
        return self.dense() if dearer else self.joined()

    def joined(self) -> Structured:
        """The same in a single term."""
        size, n = math.prod(self.inner), self.space.size
        width = sum(t.parent.width() for t in self.terms)
        dense = not self.space.exact and 4 * width >= n and size * n * 8 < 1 << 30
        parent: Parent = Dense(self.matrix()) if dense else self.entries()
        return Structured.rows_of(self.space, parent, self.inner)

    def with_coefficients(self, function: Callable[[Array], Array]) -> Structured:
        """The same terms with a linear function of each entry applied to their coefficients."""
        return Structured(self.space, self.inner, [t._replace(coefficient=function(t.coefficient)) for t in self.terms])

    def broadcast(self, inner: tuple[int, ...]) -> list[Term]:
        """The terms of an array of a larger shape."""
        if inner == self.inner:
            return list(self.terms)
        return [
            Term(
                t.coefficient if np.ndim(t.coefficient) == 0 else np.broadcast_to(t.coefficient, inner),
                self.space.moved(t.index, lambda a: np.broadcast_to(a, inner), ("broadcast", inner)),
                t.parent,
            )
            for t in self.terms
        ]

    def _scaled(self, factor: Array, operation: Callable[[Array, Array], Array]) -> Tangent:
        shape = np.shape(factor)
        if len(shape) > len(self.inner):
            if shape[0] != 1 or len(shape) != self.ndim:
                return operation(self.dense(), factor)
            factor, shape = factor[0], shape[1:]
        inner = self.inner if not shape or shape == self.inner else np.broadcast_shapes(self.inner, shape)
        terms = []
        for coefficient, index, parent in self.broadcast(inner):
            scaled = operation(coefficient, factor)
            if np.ndim(scaled) and np.shape(scaled) != inner:
                scaled = np.broadcast_to(scaled, inner)
            terms.append(Term(scaled, index, parent))
        if inner == self.inner:
            return Structured(self.space, inner, terms)
        return self.made(inner, terms)

    def __mul__(self, other: Any) -> Tangent:
        return self.dense() * other.dense() if is_structured(other) else self._scaled(other, np.multiply)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Tangent:
        return self._scaled(other, np.divide)

    def __neg__(self) -> Tangent:
        return self.with_coefficients(np.negative)

    def __pos__(self) -> Tangent:
        return self.copy()

    def __add__(self, other: Any) -> Tangent:
        if not is_structured(other):
            if np.ndim(other) == 0 and is_numpy(np.asarray(other)) and not other:
                return self
            extra = np.ndim(other) - self.ndim
            if extra or 4 * math.prod(np.shape(other)[1:]) > math.prod(self.inner):
                return self.dense() + other
            other = Structured.from_dense(self.space, other)
        inner = self.inner if self.shape == other.shape else np.broadcast_shapes(self.inner, other.inner)
        return self.made(inner, [*self.broadcast(inner), *other.broadcast(inner)])

    __radd__ = __add__

    def __sub__(self, other: Any) -> Tangent:
        return self + (-other)

    def __rsub__(self, other: Any) -> Tangent:
        return (-self) + other

    def __matmul__(self, other: Any) -> Tangent:
        return np.matmul(self.dense(), other)

    def __rmatmul__(self, other: Any) -> Tangent:
        return np.matmul(other, self.dense())

    def __eq__(self, other: object) -> Any:
        return self.dense() == other

    __hash__ = None  # type: ignore[assignment]

    def copy(self, order: str = "K") -> Structured:
        """The same tangent, apart from what is written into this one."""
        return Structured(self.space, self.inner, self.terms)

    def astype(self, dtype: Any) -> Structured:
        """The same with coefficients of this dtype."""
        if all(_dtype(c) == dtype and (p.dtype is None or p.dtype == dtype) for c, _, p in self.terms):
            return self
        terms = []
        for coefficient, index, parent in self.terms:
            wider = parent.dtype is not None and np.result_type(parent.dtype, dtype) != dtype
            terms.append(Term(_astype(coefficient, dtype), index, _cast(parent, dtype) if wider else parent))
        return Structured(self.space, self.inner, terms)

    @property
    def real(self) -> Tangent:
        """The real part, by parts of the coefficients where the parents are real."""
        return self._partwise(np.real)

    @property
    def imag(self) -> Tangent:
        """The imaginary part."""
        return self._partwise(np.imag)

    def _partwise(self, function: Callable[[Array], Array]) -> Tangent:
        """A real-linear function of complex entries."""
        if any(t.parent.dtype is not None and np.dtype(t.parent.dtype).kind == "c" for t in self.terms):
            return function(self.dense())
        return self.with_coefficients(function)

    # -------------------------------------------------------------------------------------------- movement

    def over_directions(self, function: Callable[[Any], Any], leading: int = 1, key: Hashable = None) -> Any:
        """Apply a function that only moves entries, behind the directions (and those of a higher level behind them)."""
        if leading > 1:
            return self.over_directions(_behind(function, leading - 1), 1, None if key is None else (leading, key))
        known = None if key is None else self.space.movements.get((self.inner, key))
        if known is None:
            # Whether it gives a view is asked of an array in C order, as the slots of an array are that is written into.
            first = self.space.counter(math.prod(self.inner)).reshape(self.inner)
            raw = function(first)
            if isinstance(raw, (list, tuple)):
                pieces = (self.over_directions(_piece(function, i), leading) for i in range(len(raw)))
                return type(raw)(pieces) if type(raw) in (list, tuple) else type(raw)(*pieces)
            raw = np.asarray(raw)
            known = bool(raw.size and np.may_share_memory(raw, first)), raw.shape
            if key is not None:
                self.space.movements[self.inner, key] = known
        view, inner = known
        if view:
            return self._seen(function, inner, key)
        return Structured(self.space, inner, self._moved(self.terms, function, key)).settled()

    def _seen(self, function: Callable[[Any], Any], inner: tuple[int, ...], key: Hashable) -> Structured:
        """A view of this array."""
        result = Structured(self.space, inner, ())
        outer = self.view
        result.base = self if self.base is None else self.base
        result.view = function if outer is None else lambda array: function(outer(array))
        if key is not None and (outer is None or self.view_key is not None):
            result.view_key = key if outer is None else (self.view_key, key)
        result.version = -1
        return result

    def _moved(self, terms: Iterable[Term], function: Callable[[Any], Any], key: Hashable) -> tuple[Term, ...]:
        return tuple(
            Term(
                t.coefficient if np.ndim(t.coefficient) == 0 else function(t.coefficient),
                self.space.moved(t.index, function, key),
                t.parent,
            )
            for t in terms
        )

    def reshape(self, *shape: Any) -> Tangent:
        """Another shape behind the directions."""
        new = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        if not new or new[0] not in (self.space.size, -1) or (new[0] == -1 and math.prod(new[1:]) != math.prod(self.inner)):
            return np.reshape(self.dense(), new)
        inner = new[1:]
        return self.over_directions(lambda a: np.reshape(a, inner), 1, ("reshape", inner))

    def __getitem__(self, index: Any) -> Any:
        items = index if type(index) is tuple else (index,)
        if items and isinstance(items[0], slice) and items[0] == slice(None):
            return self.at(items[1:])
        if items and items[0] is Ellipsis and sum(i is not None for i in items) - 1 <= len(self.inner):
            return self.at(items)
        return self.dense()[index]

    def entry(self, i: int) -> NDArray | None:
        """The derivative of one entry of a vector along all directions; None where it is better not made dense."""
        if self.base is not None or self._slots is not None or not self.space.is_small(1):
            return None
        row: NDArray = np.zeros(self.space.size, self.space.dtype)
        for coefficient, index, parent in self.terms:
            if not isinstance(parent, Identity) or hasattr(coefficient, "parts"):
                return None
            place = index.array.item(i)
            if place:
                row[place - 1] += coefficient[i] if np.ndim(coefficient) else coefficient
        return row

    def at(self, index: Any) -> Any:
        """``array[index]`` behind the directions."""
        root = self if self.base is None else self.base
        if root._slots:
            chosen = self._picked(root, index)
            if chosen is not None:
                return chosen

        def function(array: Any) -> Any:
            return array[index]

        return self.over_directions(function, 1, _key(index))

    def _picked(self, root: Structured, index: Any) -> Tangent:
        """A few entries of an array that is being written into; None if they are many, or a view."""
        terms, inner, view = [], (), self.view
        for slot in root._slots or ():
            places = (slot.index if view is None else view(slot.index))[index]
            if np.ndim(places) and (np.may_share_memory(places, slot.index) or 4 * np.size(places) > math.prod(root.inner)):
                return None
            inner = np.shape(places)
            if not np.any(places):
                continue
            coefficient = (slot.coefficient if view is None else view(slot.coefficient))[index]
            terms.append(Term(coefficient, self.space.index(np.asarray(places)), slot.parent))
        return self.made(inner, terms)

    # --------------------------------------------------------------------------------------------- writing

    @property
    def root(self) -> Structured:
        """The array whose memory this one looks at."""
        return self if self.base is None else self.base

    def seen_through(self, view: Any, inner: tuple[int, ...], key: Hashable) -> tuple[Term, ...]:
        """The terms of a view of this array."""
        if self._slots is not None and 4 * math.prod(inner) <= math.prod(self.inner):
            # A small piece of an array that is still being written into is copied; the rest stays as it is.
            return tuple(
                Term(view(s.coefficient).copy(), self.space.index(view(s.index).copy()), s.parent) for s in self._slots
            )
        return self._moved(self.terms, view, key)

    def _frozen(self) -> tuple[Term, ...]:
        """The slots as terms, which are not written into any more."""
        slots, self._slots = self._slots or [], None
        return tuple(Term(s.coefficient, self.space.index(s.index), s.parent) for s in slots if s.index.any())

    def _owned(self) -> list[Slot]:
        """The slots, in memory of their own."""
        if self._slots is None:
            self._slots = [
                Slot(np.broadcast_to(t.coefficient, self.inner).copy(), t.index.array.copy(), t.parent) for t in self.terms
            ]
        self._terms = None
        self.version += 1
        return self._slots

    def put(self, index: Any, new: Tangent) -> None:
        """``array[index] = new`` behind the directions; ``new`` is structured, or 0.0."""
        root, view = self.root, self.view
        terms = new.terms if is_structured(new) else ()
        slots = root._owned()

        def seen(array: Any) -> Any:
            part = array if view is None else view(array)
            if part is not array and part.size and not _shares(part, array):
                raise DerivativeLostError("this view cannot be written into: write into x.copy().")
            return part

        for old in slots:
            seen(old.index)[index] = 0
        free = list(slots)
        for coefficient, places, parent in terms:
            slot: Slot | None = next((s for s in free if s.parent is parent), None)
            if slot is None:
                blank = np.zeros_like(coefficient, shape=root.inner)
                slot = Slot(blank, np.zeros(root.inner, np.intp), parent)
                slots.append(slot)
            else:
                free.remove(slot)
                slot.coefficient = _holding(slot.coefficient, coefficient)
            seen(slot.coefficient)[index] = coefficient
            seen(slot.index)[index] = places.array
        if len(slots) > MANY and 2 * len(slots) > self.space.size and not self.space.exact:
            root.become_dense()

    def become_dense(self) -> None:
        """From now on this array, and every view of it, has a dense tangent."""
        root = self.root
        if root.dense_form is None:
            root.dense_form = root.dense()

    # ------------------------------------------------------------------------------------ NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from .forms import apply_ufunc

        return apply_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        from .forms import apply_function

        return apply_function(function, args, kwargs)


def _behind(function: Callable[[Any], Any], leading: int) -> Callable[[Any], Any]:
    from .dense import over_directions

    return lambda array: over_directions(function, array, leading)


def _piece(function: Callable[[Any], Any], i: int) -> Callable[[Any], Any]:
    return lambda array: function(array)[i]


def _dtype(coefficient: Any) -> Any:
    return coefficient.dtype if hasattr(coefficient, "dtype") else np.dtype(type(coefficient))


def _astype(x: Any, dtype: Any) -> Any:
    if np.dtype(dtype).kind != "c" and _dtype(x).kind == "c":
        x = np.real(x)
    return x.astype(dtype) if hasattr(x, "astype") else np.dtype(dtype).type(x)


def _cast(parent: Any, dtype: Any) -> Parent:
    if isinstance(parent, Dense):
        return Dense(_astype(parent.array, dtype))
    return Sparse(_astype(parent.data, dtype), parent.indices, parent.indptr, parent.columns)


def _shares(part: Any, whole: Any) -> bool:
    """Whether the arrays, of any level, overlap in memory."""
    while hasattr(part, "parts"):
        part, whole = part.parts()[0], whole.parts()[0]
    return bool(np.may_share_memory(part, whole))


def _holding(array: Any, new: Any) -> Any:
    """The array, in a form that entries like the new ones can be written into."""
    levels = hasattr(new, "parts"), hasattr(array, "parts")
    if (levels[0] and (not levels[1] or new.level > array.level)) or np.result_type(_dtype(array), _dtype(new)) != _dtype(
        array
    ):
        wide = np.zeros_like(new, shape=np.shape(array), dtype=np.result_type(_dtype(array), _dtype(new)))
        wide[...] = array
        return wide
    return array


def _key(index: Any) -> Hashable:
    """A basic index as something that can be looked up; None for any other."""
    items = index if type(index) is tuple else (index,)
    key: list[Hashable] = ["[]"]
    for item in items:
        if isinstance(item, slice):
            key.append(("slice", item.start, item.stop, item.step))
        elif item is None or item is Ellipsis or (isinstance(item, (int, np.integer)) and type(item) is not bool):
            key.append(item)
        else:
            return None
    try:
        hash(tuple(key))
    except TypeError:
        return None
    return tuple(key)
