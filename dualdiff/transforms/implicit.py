"""The derivative of a solution with respect to what the equation depends on: the implicit function theorem.

For r(x(a), a) = 0: dx = -(dr/dx)^-1 dr. Where a carries derivatives, one step x - J^-1 r(x, a) of Newton's method with
the plain Jacobian J at the plain solution gives x its derivatives to first order, and each further step to one more
(A. Griewank and A. Walther, Evaluating derivatives, 2008, section 15.2).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .. import tangents as ts
from .._typing import Array, NDArray, Tree, is_ndarray
from ..arrays import HyperDual, Quadratic, Taylor, is_number, plain
from ..arrays.number import absorb
from ..errors import DerivativeLostError, NotDifferentiableError, ShapeError
from .arguments import flatten, rebuild
from .escape import stop_gradient, value_of
from .jacobian import value_and_jacobian
from .linear_solve import Inverse, inverse_of
from .refinement import Linearised, refined

__all__ = ["Vectors", "implicit_root", "lifted", "order_of", "raised"]


def implicit_root(
    residual: Callable[..., Any], solver: Callable[..., Any], *, sparse: bool = False,
    solve: Callable[[Any, NDArray], Any] | None = None,
) -> Callable[..., Any]:  # fmt: skip
    """The solution of an equation as a differentiable function of its parameters.

    The solver may be anything: compiled code, an iteration, a table. It sees plain values and is never differentiated; the
    derivatives, of any order, come from the residual.

    Parameters
    ----------
    residual : callable
        ``residual(x, *args)``, zero at the solution: as many numbers as x has (an array, or a tuple, list or dict of arrays).
    solver : callable
        ``solver(*args)`` returns x, a real array or a tree of them, from plain args.
    sparse : bool
        Whether the Jacobian of the residual by x is a `scipy.sparse.csr_array`, factored by `scipy.sparse.linalg.splu`.
        What is differentiated must then be among the args, not in what the residual closes over.
    solve : callable, optional
        ``solve(J, b)`` returns the solution of ``J y = b``, with b of shape (n,) or (n, k), in the place of the
        factorisation: `scipy.sparse.linalg.spsolve`, an iterative solver, one that knows the structure of J.

    Returns
    -------
    callable
        Takes args, arrays or trees of them, and returns x: what the solver returned where nothing is differentiated. While
        something is, x is refined by Newton's method until rounding, and carries the derivatives of the args.

    Raises
    ------
    NotDifferentiableError
        When the result is differentiated and the Jacobian by x is singular, the solver's answer is no root, or is complex.
    ShapeError
        If the residual has not as many entries as x.

    Notes
    -----
    A starting point among the args has derivative zero, as the solution does not depend on it.

    Examples
    --------
    Kepler's equation, solved by an iteration that stops at a tolerance:

    >>> import numpy as np
    >>> import dualdiff as dd
    >>> def iteration(M, e):
    ...     E = M
    ...     while abs(E - e * np.sin(E) - M) > 1e-6:
    ...         E = M + e * np.sin(E)
    ...     return E
    >>> anomaly = dd.implicit_root(lambda E, M, e: E - e * np.sin(E) - M, iteration)
    >>> E = anomaly(1.0, 0.2)
    >>> float(dd.derivative(anomaly)(1.0, 0.2) * (1 - 0.2 * np.cos(E)))
    1.00000
    """

    def root(*args: Any) -> Any:
        values = stop_gradient(args)
        x = solver(*values)
        vectors = Vectors(x, "implicit_root")
        linearised = vectors.linearised(lambda y: residual(y, *values), sparse)
        invert = partial(inverse_of, solve=solve, what="implicit_root")
        moving, order = vectors.flat(lambda y: residual(y, *args)), order_of(args)
        found = lifted(moving, vectors.start, linearised, invert, order=order, what="implicit_root")
        return x if found is vectors.start else vectors.tree(found)

    return root


class Vectors:
    """The unknowns of an equation, an array or a tree of them, as one vector."""

    def __init__(self, x: Tree, what: str) -> None:
        self.form, self.what = value_of(x), what
        leaves = [np.asarray(leaf) for leaf in flatten(self.form)]
        if any(leaf.dtype.kind not in "fiu" for leaf in leaves):
            raise NotDifferentiableError(
                f"{what}: the solver returned {[str(leaf.dtype) for leaf in leaves]}, and solutions are real arrays: write a "
                "complex one as its real and imaginary parts, two unknowns."
            )
        self.shapes = [leaf.shape for leaf in leaves]
        self.cuts = np.cumsum([0, *(leaf.size for leaf in leaves)]).tolist()
        joined = np.concatenate([leaf.ravel() for leaf in leaves]) if leaves else np.zeros(0)
        self.start: NDArray = joined if joined.dtype.kind == "f" else joined.astype(float)

    def tree(self, x: Array) -> Tree:
        """The unknowns in their own form."""
        pieces = zip(self.cuts, self.cuts[1:], self.shapes, strict=False)
        return rebuild(self.form, (np.reshape(x[a:b], shape) if shape else x[a] for a, b, shape in pieces))

    def flat(self, residual: Callable[[Any], Any]) -> Callable[[Array], Array]:
        """The residual as a function of the one vector, one vector itself."""

        def function(x: Array) -> Array:
            leaves = [absorb(leaf) if is_ndarray(leaf) else leaf for leaf in flatten(residual(self.tree(x)))]
            pieces = [np.reshape(leaf, (np.size(plain(leaf)),)) for leaf in leaves]
            size = sum(np.size(plain(piece)) for piece in pieces)
            if size != self.cuts[-1]:
                raise ShapeError(f"{self.what}: the residual has {size} entries for {self.cuts[-1]} unknowns.")
            return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

        return function

    def linearised(self, residual: Callable[[Any], Any], sparse: bool) -> Linearised:
        """The residual and its Jacobian, as values."""
        both = value_and_jacobian(self.flat(residual), sparse=sparse)

        def at(x: NDArray) -> tuple[NDArray, Any]:
            try:
                value, J = both(x)
            except DerivativeLostError as error:
                if not sparse:
                    raise
                raise NotDifferentiableError(
                    f"{self.what}(sparse=True): the residual closes over something that is being differentiated, and a sparse "
                    "matrix cannot hold its derivatives. Make it one of the arguments."
                ) from error
            return plain(value), J if sparse else plain(J)

        return at


def lifted(
    residual: Callable[[Array], Array], x: NDArray, linearised: Linearised, invert: Callable[[Any], Inverse], *,
    order: int = 0, near: float | NDArray = 1e-2, what: str,
) -> Array:  # fmt: skip
    """The root beside x of a residual that carries derivatives, with its own; x itself where it carries none.

    ``order`` is that of what the residual is known to depend on: it may not show, where the residual is piecewise constant.
    ``near`` is how far the root may be from x, as for `refined`.
    """
    order = max(order, order_of(residual(x))) if x.size else 0
    if not order:
        return x
    root, inverse = refined(linearised, invert, x, near, what)
    return raised(residual, root, inverse, order)


def raised(residual: Callable[[Array], Array], root: NDArray, inverse: Inverse, order: int) -> Array:
    """The root of a residual that carries derivatives with its own, by the plain inverse of the Jacobian there."""
    number: Array = root
    step = 0
    while step < order:
        r = residual(number)
        order = max(order, order_of(r))
        number = number + _correction(inverse, r)
        step += 1
    return number


def order_of(*trees: Tree) -> int:
    """The total order of the derivatives that numbers carry: as many steps of Newton's method give a root all of them."""
    orders: dict[Any, int] = {}
    for tree in trees:
        for leaf in flatten(tree):
            _collect(absorb(leaf) if is_ndarray(leaf) and leaf.dtype.hasobject else leaf, orders)
    return sum(orders.values())


def _collect(x: Any, orders: dict[Any, int]) -> None:
    """Note the order of each level in a number and its parts."""
    if not is_number(x):
        return
    value, *moving = x.parts()
    if moving:
        order = 2 if isinstance(x, (HyperDual, Quadratic)) else x.order if isinstance(x, Taylor) else 1
        orders[x.level] = max(orders.get(x.level, 0), order)
    for part in (value, *(ts.densely(t) for t in moving)):
        _collect(part, orders)


def _correction(inverse: Inverse, r: Array) -> Array:
    """Minus the inverse applied to the last axis of an array, or of a number and all its parts."""
    if is_number(r):
        return r.partwise_front(lambda part, leading: _correction(inverse, ts.densely(part)))
    rows = np.reshape(r, (-1, np.shape(r)[-1]))
    # Subtracted from 0, a zero has no sign.
    return np.reshape(np.ascontiguousarray(0.0 - inverse(rows.T).T), np.shape(r))
