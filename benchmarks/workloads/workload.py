"""What a workload is: a function, a point, the derivative that is asked for, and numbers that are known to be right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Colouring", "Kind", "Workload", "complex_step"]

Array = NDArray[np.float64]
#: What is asked for. "jacobians": one at each of many points.
Kind = Literal[
    "derivative", "gradient", "jvp", "jacobian", "hessian", "sparse jacobian", "sparse hessian", "jacobians", "hvp", "uhv"
]
STEP = 1e-30


@dataclass(frozen=True)
class Colouring:
    """Columns of a sparse matrix in groups that no row meets twice, found by hand for libraries that need it.

    seeds: (groups, columns), the sum of each group's unit vectors. entry_row, entry_group: where each stored entry is found
    in the products of the matrix with the seeds.
    """

    seeds: Array
    entry_row: NDArray[np.intp]
    entry_group: NDArray[np.intp]

    def entries(self, products: Any) -> Any:
        """The stored entries, from the products stacked along axis 0."""
        return products[self.entry_group, self.entry_row]


@dataclass(frozen=True)
class Workload:
    """A function ``f(x, xp, **data)`` of x, where xp is NumPy or a library's namespace like it.

    by_hand: the derivative that a person would write, where there is one; it is the reference then. reference: else the
    numbers that an answer must agree with. sparse_entries: the numbers of a sparse result.
    """

    name: str
    title: str
    kind: Kind
    f: Callable[..., Any]
    x: Any
    data: dict[str, Any] = field(default_factory=dict)
    v: Any = None
    u: Any = None
    by_hand: Callable[[], Any] | None = None
    reference: Callable[[], Array] | None = None
    sparse_entries: Callable[[Any], Array] = np.asarray
    colouring: Colouring | None = None

    def plain(self, x: Any) -> Any:
        """The function with NumPy itself: what a user has."""
        return self.f(x, np, **self.data)

    def numbers(self, result: Any) -> Array:
        """The numbers of a result that are compared."""
        return np.asarray(self.sparse_entries(result) if hasattr(result, "tocsr") else result, dtype=float)

    def expected(self) -> Array:
        """The reference; no differentiation library has a part in it."""
        if self.reference is not None:
            return self.reference()
        assert self.by_hand is not None
        return self.numbers(self.by_hand())


def complex_step(f: Callable[..., Any], x: Any, v: Any, **data: Any) -> Any:
    """The derivative of an analytic f along v: Im f(x + ihv) / h, without a difference."""
    return np.imag(f(x + 1j * STEP * v, np, **data)) / STEP
