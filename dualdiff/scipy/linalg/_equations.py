"""Matrix equations: one Schur decomposition for the derivatives along all directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._typing import Array, NDArray
from ...arrays import plain
from ...rules.decompositions import adjoint
from ..systems import one_by_one, solution
from ._original import differentiated, original

__all__ = [
    "over_batch",
    "solve_continuous_are",
    "solve_continuous_lyapunov",
    "solve_discrete_are",
    "solve_discrete_lyapunov",
    "solve_lyapunov",
    "solve_sylvester",
    "sylvester_solver",
]


def sylvester_solver(A: NDArray, B: NDArray) -> Callable[[NDArray], NDArray]:
    """Solves ``A X + X B = Q`` for many Q (R. H. Bartels and G. W. Stewart, 1972)."""
    R, U = original.schur(A, output="complex")
    S, V = original.schur(B.conj().T, output="complex")
    (trsyl,) = original.get_lapack_funcs(("trsyl",), (R, S))

    def solve(Q: NDArray) -> NDArray:
        Y, scale, _ = trsyl(R, S, U.conj().T @ Q @ V, tranb="C")
        X: NDArray = U @ (Y / scale) @ V.conj().T
        return X if any(map(np.iscomplexobj, (A, B, Q))) else X.real

    return solve


@differentiated("a", "b", "q")
def solve_sylvester(a: Array, b: Array, q: Array) -> Array:
    """The solution of ``a @ x + x @ b = q``: a dx + dx b = dq - da x - x db.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> dd.derivative(lambda a: linalg.solve_sylvester(np.diag([a, 2.0]), np.eye(2), np.ones((2, 2)))[0, 0])(1.0)
    -0.25
    """
    X = original.solve_sylvester(plain(a), plain(b), plain(q))
    if X.ndim > 2:
        return over_batch(solve_sylvester, (a, 2), (b, 2), (q, 2))
    inverse = one_by_one(sylvester_solver(plain(a), plain(b)), X.shape)
    return solution(lambda X: a @ X + X @ b - q, X, inverse, a, b, q)


@differentiated("a", "q")
def solve_continuous_lyapunov(a: Array, q: Array) -> Array:
    """The solution of ``a @ x + x @ a^H = q``."""
    return solve_sylvester(a, adjoint(a), q)


solve_lyapunov = solve_continuous_lyapunov


@differentiated("a", "q")
def solve_discrete_lyapunov(a: Array, q: Array, method: Any = None) -> Array:
    """The solution of ``a @ x @ a^H - x + q = 0``: dx solves the same equation for dq + da x a^H + a x da^H.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> def variance(a):
    ...     return linalg.solve_discrete_lyapunov(a * np.eye(1), np.eye(1))[0, 0]
    >>> dd.derivative(variance)(0.5), 2 * 0.5 * variance(0.5) ** 2
    (1.77777778, np.float64(1.77777778))
    """
    X = original.solve_discrete_lyapunov(plain(a), plain(q), method)
    if X.ndim > 2:
        return over_batch(solve_discrete_lyapunov, (a, 2), (q, 2))
    inverse = one_by_one(_discrete_solver(plain(a)), X.shape)
    return solution(lambda X: X - a @ X @ adjoint(a) - q, X, inverse, a, q)


def _discrete_solver(A: NDArray) -> Callable[[NDArray], NDArray]:
    """Solves ``X - A X A^H = Q`` for many Q: the triangular equation column by column, from the last.

    With A = U T U^H: Y - T Y T^H = U^H Q U, where column j of T Y T^H has the columns of Y from j on.
    """
    T, U = original.schur(A, output="complex")
    n = len(T)

    def solve(Q: NDArray) -> NDArray:
        F, Y = U.conj().T @ Q @ U, np.zeros_like(T)
        for j in reversed(range(n)):
            known = F[:, j] + T @ (Y[:, j + 1 :] @ T[j, j + 1 :].conj())
            Y[:, j] = original.solve_triangular(np.eye(n) - T * T[j, j].conj(), known)
        X: NDArray = U @ Y @ U.conj().T
        return X if np.iscomplexobj(A) or np.iscomplexobj(Q) else X.real

    return solve


@differentiated("a", "b", "q", "r", "e", "s")
def solve_continuous_are(
    a: Array, b: Array, q: Array, r: Array, e: Array = None, s: Array = None, balanced: bool = True
) -> Array:
    """The stabilising solution of the continuous-time algebraic Riccati equation.

    Its derivative solves the Lyapunov equation of the closed loop.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> def cost(q):  # x**2 = q
    ...     return linalg.solve_continuous_are(np.zeros((1, 1)), np.eye(1), q * np.eye(1), np.eye(1))[0, 0]
    >>> dd.derivative(cost)(4.0), dd.derivative(dd.derivative(cost))(4.0)
    (0.25, -0.03125)
    """
    given = [None if x is None else plain(x) for x in (a, b, q, r, e, s)]
    X = original.solve_continuous_are(*given, balanced)
    if X.ndim > 2:
        return over_batch(solve_continuous_are, *((x, 2) for x in (a, b, q, r, e, s)))
    E: Array = np.eye(len(X)) if e is None else e

    def parts(X: Array) -> tuple[Array, Array]:
        """The gain K, and what it multiplies."""
        G = adjoint(b) @ X @ E if s is None else adjoint(b) @ X @ E + adjoint(s)
        return np.linalg.solve(r, G), G

    def residual(X: Array) -> Array:
        K, G = parts(X)
        return adjoint(a) @ X @ E + adjoint(E) @ X @ a - adjoint(G) @ K + q

    K = plain(parts(X)[0])
    loop = original.solve(plain(E).conj().T, (plain(a) - plain(b) @ K).conj().T).conj().T
    solve = sylvester_solver(loop.conj().T, loop)
    return solution(residual, X, one_by_one(_between(plain(E), solve), X.shape), a, b, q, r, e, s)


@differentiated("a", "b", "q", "r", "e", "s")
def solve_discrete_are(
    a: Array, b: Array, q: Array, r: Array, e: Array = None, s: Array = None, balanced: bool = True
) -> Array:
    """The stabilising solution of the discrete-time algebraic Riccati equation."""
    given = [None if x is None else plain(x) for x in (a, b, q, r, e, s)]
    X = original.solve_discrete_are(*given, balanced)
    if X.ndim > 2:
        return over_batch(solve_discrete_are, *((x, 2) for x in (a, b, q, r, e, s)))
    E: Array = np.eye(len(X)) if e is None else e

    def parts(X: Array) -> tuple[Array, Array]:
        """The gain K, and what it multiplies."""
        G = adjoint(b) @ X @ a if s is None else adjoint(b) @ X @ a + adjoint(s)
        return np.linalg.solve(r + adjoint(b) @ X @ b, G), G

    def residual(X: Array) -> Array:
        K, G = parts(X)
        return adjoint(E) @ X @ E - adjoint(a) @ X @ a + adjoint(G) @ K - q

    K = plain(parts(X)[0])
    loop = original.solve(plain(E).conj().T, (plain(a) - plain(b) @ K).conj().T).conj().T
    solve = _discrete_solver(loop.conj().T)
    return solution(residual, X, one_by_one(_between(plain(E), solve), X.shape), a, b, q, r, e, s)


def _between(E: NDArray, solve: Callable[[NDArray], NDArray]) -> Callable[[NDArray], NDArray]:
    """The solver for E^-H Q E^-1."""
    return lambda Q: solve(original.solve(E.conj().T, original.solve(E.T, Q.T).T))


def over_batch(function: Callable[..., Any], *operands: tuple[Any, int]) -> Array:
    """The function of each entry of a batch; each operand comes with the number of its own axes."""
    batch = np.broadcast_shapes(*(np.shape(x)[: np.ndim(x) - own] for x, own in operands if x is not None))
    spread = [x if x is None else np.broadcast_to(x, batch + np.shape(x)[np.ndim(x) - own :]) for x, own in operands]
    each = [function(*(x if x is None else x[i] for x in spread)) for i in np.ndindex(batch)]
    return np.reshape(np.stack(each), batch + np.shape(each[0]))
