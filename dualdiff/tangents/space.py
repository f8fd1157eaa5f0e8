"""What the structured tangents of one differentiation share: the unit vectors, and the indices met so far.

Two terms merge when they have the same parent and the same index *object*. So indices are kept here: one that is a view
of the counter is known by its place in memory, any other by its entries, and one that was moved once is not moved again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from .._typing import NDArray
from ..errors import TooDenseError
from .parents import Identity

__all__ = ["Index", "Space", "is_small"]

#: A tangent of so few entries, of an array so short, is cheaper dense than structured; a longer one might be broadcast.
SMALL, SHORT = 4096, 16

#: So many directions of a scalar are cheaper dense.
FEW = 512

#: So many indices are kept from one evaluation to the next.
CROWD = 1 << 14

#: Up to so many directions, their numbers are counted at once.
LARGE_COUNTER = 1 << 24

#: Bytes that one dense tangent may take before the differentiation is done in chunks of directions instead.
LARGEST = 1 << 30


def is_small(size: int, count: int) -> bool:
    """Whether a tangent of so many entries along so many directions is cheaper dense."""
    return count <= FEW if size == 1 else size <= SHORT and size * count <= SMALL


class Index:
    """The rows of a parent that the entries of an array have, counted from one; 0 for none. Never changed once made."""

    __slots__ = ("_full", "array", "moved", "serial")

    def __init__(self, array: NDArray, serial: int) -> None:
        self.array = array
        #: The order in which a space came to know its indices.
        self.serial = serial
        self._full: bool | None = None
        self.moved: dict[Hashable, Index] = {}

    @property
    def full(self) -> bool:
        """Whether every entry has a row."""
        if self._full is None:
            self._full = bool(self.array.all())
        return self._full


class Space:
    """The directions of one differentiation, ``size`` of them.

    automatic: whether small tangents are made dense. exact: whether the pattern of stored entries matters, so that none
    is stored for a column on which the entry does not depend.
    """

    __slots__ = (
        "_count",
        "_counters",
        "_known",
        "automatic",
        "dtype",
        "exact",
        "identity",
        "lasting",
        "layouts",
        "movements",
        "of_blocks",
        "paired",
        "pairs",
        "parents",
        "rows",
        "size",
        "together",
    )

    def __init__(self, size: int, dtype: Any, *, automatic: bool, exact: bool = False) -> None:
        self.size = size
        self.dtype = np.dtype(dtype)
        self.automatic, self.exact = automatic, exact
        self.identity = Identity(size)
        self.layouts: dict[Any, Any] = {}
        #: For a shape and a movement that can be looked up: whether it gives a view, and of what shape.
        self.movements: dict[Hashable, tuple[bool, tuple[int, ...]]] = {}
        #: The column indices of rows that were contracted, kept by the indices they came from; and which arrays these are.
        self.rows: dict[Hashable, Any] = {}
        self.lasting: dict[int, NDArray] = {}
        #: For a movement of several arrays that can be looked up, and their indices: the index of the result.
        self.together: dict[Hashable, Index] = {}
        #: The space of the pairs of directions, once there is one; pairs of parents, and the indices of pairs of terms.
        self.pairs: Space | None = None
        self.parents: dict[tuple[int, int], Any] = {}
        self.paired: dict[tuple[int, int, int, int], Any] = {}
        #: The space of tangents that are blocks of larger ones; in that space, the space of these.
        self.of_blocks: Space | None = None
        self._count = itertools.count()
        self._known: dict[Hashable, list[Index]] = {}
        self._counters: dict[int, NDArray] = {}
        if size < LARGE_COUNTER:
            self.counter(size)

    def counter(self, size: int, start: int = 0) -> NDArray:
        """The numbers start + 1, ..., start + size, a view of memory that all share."""
        for counter in self._counters.values():
            if len(counter) >= start + size:
                return counter[start : start + size]
        counter = np.arange(1, start + size + 1)
        counter.flags.writeable = False
        self._counters[id(counter)] = counter
        return counter[start : start + size]

    @property
    def crowded(self) -> bool:
        """Whether so many indices were met that it is better to begin anew."""
        return len(self._known) > CROWD

    def index(self, array: NDArray) -> Index:
        """The index with these entries; the array is not changed afterwards."""
        counted = id(array.base) in self._counters
        key: Hashable
        if counted:
            key = (array.__array_interface__["data"][0], array.shape, array.strides)
        elif array.size:
            last = array.size - 1
            key = (array.shape, array.item(0), array.item(last // 3), array.item(last // 2), array.item(last))
        else:
            key = (array.shape, None)
        found = self._known.get(key)
        if found is None:
            found = self._known.setdefault(key, [])
        for index in found:
            if counted or np.array_equal(index.array, array):
                return index
        index = Index(array, next(self._count))
        found.append(index)
        return index

    def moved(self, index: Index, function: Callable[[NDArray], Any], key: Hashable) -> Any:
        """The index with its entries moved by the function; nested lists of them, if it gives such."""
        if key is not None and key in index.moved:
            return index.moved[key]
        result = function(index.array)
        if isinstance(result, (list, tuple)):
            return [self.index(np.asarray(part)) for part in result]
        found = self.index(np.asarray(result))
        if key is not None:
            index.moved[key] = found
        return found

    def is_small(self, size: int) -> bool:
        """Whether a tangent of so many entries a direction is cheaper dense."""
        return self.automatic and is_small(size, self.size)

    def refuse_large(self, size: int, name: str) -> None:
        """Raise when a dense tangent would not fit into memory that a user expects to be taken."""
        if size * self.size * 8 > LARGEST:
            raise TooDenseError(
                f"{name} needs a dense derivative of {size} x {self.size} entries, {size * self.size * 8 / 2**30:.1f} GiB."
            )
