"""``x.flat``: the entries in C order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["Flat"]


class Flat:
    """Reads and writes the entries of a number by their position in C order."""

    __slots__ = ("_array",)

    def __init__(self, array: Any) -> None:
        self._array = array

    def __len__(self) -> int:
        return int(self._array.size)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return self._array[self._places(index)]

    def __setitem__(self, index: Any, new: Any) -> None:
        new = np.ravel(new)
        places = self._places(index)
        count = np.size(places[0])
        self._array[places] = np.resize(new, np.shape(places[0])) if count else new[:0]

    def copy(self) -> Any:
        """The entries as an array of their own."""
        return self._array.flatten()

    def _places(self, index: Any) -> tuple[Any, ...]:
        positions = np.arange(len(self))[index]
        return np.unravel_index(positions, self._array.shape)

    def _compared(self, name: str, other: Any) -> Any:
        return getattr(self.copy(), name)(other.copy() if isinstance(other, Flat) else other)

    def __eq__(self, other: object) -> Any:
        return self._compared("__eq__", other)

    def __ne__(self, other: object) -> Any:
        return self._compared("__ne__", other)

    def __lt__(self, other: Any) -> Any:
        return self._compared("__lt__", other)

    def __le__(self, other: Any) -> Any:
        return self._compared("__le__", other)

    def __gt__(self, other: Any) -> Any:
        return self._compared("__gt__", other)

    def __ge__(self, other: Any) -> Any:
        return self._compared("__ge__", other)

    __hash__ = None  # type: ignore[assignment]

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self._array.ravel().__array__(dtype, copy)
