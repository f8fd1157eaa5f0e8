"""Solutions of equations, differentiated by the implicit function theorem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

RNG = np.random.default_rng(5)
M, E = 1.0, 0.2


def opaque(solver: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse numbers, as compiled code does."""

    def compiled(*args: Any) -> Any:
        assert not any(isinstance(x, (dd.Dual, dd.HyperDual, dd.Taylor)) for x in args)
        return solver(*args)

    return compiled


@opaque
def iteration(mean: Any, e: Any) -> Any:
    """Stop at a tolerance that is coarser than the derivatives have to be."""
    x = mean + 0 * e
    while np.any(np.abs(x - e * np.sin(x) - mean) > 1e-5):
        x = mean + e * np.sin(x)
    return x


anomaly = dd.implicit_root(lambda x, mean, e: x - e * np.sin(x) - mean, iteration)


def exact(mean: Any, e: Any) -> Any:
    """Solve Kepler's equation to rounding."""
    x = mean
    for _ in range(60):
        x = x - (x - e * np.sin(x) - mean) / (1 - e * np.cos(x))
    return x


X = exact(M, E)
D = 1 - E * np.cos(X)
FIRST = np.array([1 / D, np.sin(X) / D])
SECOND = np.array(
    [
        [-E * np.sin(X) / D**3, np.cos(X) / D**2 - E * np.sin(X) ** 2 / D**3],
        [np.cos(X) / D**2 - E * np.sin(X) ** 2 / D**3, np.sin(2 * X) / D**2 - E * np.sin(X) ** 3 / D**3],
    ]
)


def of_vector(p: Any) -> Any:
    """Both arguments in one."""
    return anomaly(p[0], p[1])


P = np.array([M, E])
FIRST_ORDERS: dict[str, Callable[[], Any]] = {
    "grad": lambda: dd.grad(of_vector)(P),
    "jacobian": lambda: dd.jacobian(of_vector)(P),
    "structured": lambda: dd.jacobian(of_vector, tangents="structured")(P),
    "one direction": lambda: [dd.jvp(anomaly, (M, E), v)[1] for v in ((1.0, 0.0), (0.0, 1.0))],
    "two directions": lambda: dd.jvp(of_vector, (P,), (np.eye(2),))[1],
    "argnums": lambda: dd.grad(anomaly, argnums=(0, 1))(M, E),
    "by hand": lambda: anomaly(dd.Dual(M, [1.0, 0.0]), dd.Dual(E, [0.0, 1.0])).tangent,
    "closure": lambda: dd.grad(lambda p: dd.implicit_root(lambda x: x - p[1] * np.sin(x) - p[0], lambda: 1.1853)())(P),
    "series": lambda: [dd.taylor(of_vector, P, v, 1)[1] for v in np.eye(2)],
}


@pytest.mark.parametrize("case", FIRST_ORDERS)
def test_first_derivatives_of_keplers_equation(case: str) -> None:
    """Every verb gives dE/dM = 1 / (1 - e cos E) and dE/de = sin E / (1 - e cos E)."""
    np.testing.assert_allclose(FIRST_ORDERS[case](), FIRST, rtol=1e-12)


def own_gradient(p: Any) -> Any:
    """The first derivatives, written with the solution itself."""
    x = of_vector(p)
    return np.stack([1 / (1 - p[1] * np.cos(x)), np.sin(x) / (1 - p[1] * np.cos(x))])


SECOND_ORDERS: dict[str, Callable[[], Any]] = {
    "hessian": lambda: dd.hessian(of_vector)(P),
    "structured": lambda: dd.hessian(of_vector, tangents="structured")(P),
    "dense": lambda: dd.hessian(of_vector, tangents="dense")(P),
    "jacobian of grad": lambda: dd.jacobian(dd.grad(of_vector))(P),
    "hyper-dual": lambda: [[dd.second_directional_derivative(of_vector, P, u, v) for u in np.eye(2)] for v in np.eye(2)],
    "hvp": lambda: dd.hvp(of_vector, P, np.eye(2)),
    "closure": lambda: dd.hessian(lambda p: dd.implicit_root(lambda x: x - p[1] * np.sin(x) - p[0], lambda: 1.1853)())(P),
    "by its own gradient": lambda: dd.jacobian(own_gradient)(P),
}


@pytest.mark.parametrize("case", SECOND_ORDERS)
def test_second_derivatives_of_keplers_equation(case: str) -> None:
    """The second order is exact as well, in any nesting."""
    np.testing.assert_allclose(SECOND_ORDERS[case](), SECOND, rtol=1e-11)


def test_any_order() -> None:
    """Power series, and derivatives of derivatives of derivatives, agree with the operations' own."""
    np.testing.assert_allclose(
        dd.taylor(lambda e: anomaly(M, e), E, 1.0, 5), dd.taylor(lambda e: exact(M, e), E, 1.0, 5), rtol=1e-10
    )
    third = dd.derivative(dd.derivative(dd.derivative(lambda e: anomaly(M, e))))
    np.testing.assert_allclose(third(E), 6 * dd.taylor(lambda e: exact(M, e), E, 1.0, 3)[3], rtol=1e-10)


def test_levels_are_not_confused() -> None:
    """A solution inside a residual of another: d/da of x with x = a y(x), y**2 = a, is 3/2 sqrt(a)."""

    def outer(a: Any) -> Any:
        inner = dd.implicit_root(lambda y, b: y**2 - b, opaque(np.sqrt))
        return dd.implicit_root(lambda x, a: x - a * inner(a), opaque(lambda a: a**1.5))(a)

    assert dd.derivative(outer)(2.0) == pytest.approx(1.5 * np.sqrt(2), rel=1e-12)
    assert dd.derivative(dd.derivative(outer))(2.0) == pytest.approx(0.75 / np.sqrt(2), rel=1e-12)


def test_a_solution_may_be_a_tree() -> None:
    """Unknowns and arguments may be arrays, scalars, and containers of them."""

    def residual(x: Any, p: Any) -> Any:
        return {"sum": x["a"] + x["b"] - p[0], "scale": x["b"] - 2 * p[1]["c"]}

    def solver(p: Any) -> Any:
        b = 2 * p[1]["c"]
        return {"a": p[0] - b, "b": b}

    root = dd.implicit_root(residual, opaque(solver))
    point = (np.array([1.0, 2.0]), {"c": np.array([3.0, 4.0])})
    _, slopes = dd.jvp(root, (point,), ((np.array([1.0, 0.0]), {"c": np.array([0.0, 1.0])}),))
    np.testing.assert_allclose(slopes["a"], [1.0, -2.0])
    np.testing.assert_allclose(slopes["b"], [0.0, 2.0])


def test_values_are_the_solvers_own() -> None:
    """Where nothing is differentiated the solver's result comes back as it is; its error is not in the derivative's value."""
    assert anomaly(M, E) == iteration(M, E)
    assert dd.jvp(anomaly, (M, E), (1.0, 0.0))[0] == pytest.approx(X, rel=1e-15)


def test_linear_quadratic_problem() -> None:
    """x = -Q(a)^-1 c has the derivative Q^-1 dQ Q^-1 c, for more parameters than are propagated densely."""
    A = RNG.normal(size=(4, 4))
    S = A @ A.T + np.eye(4)
    best = dd.implicit_root(lambda x, w, c: S @ x * w + c, opaque(lambda w, c: -np.linalg.solve(S * w[:, None], c)))
    w, c = RNG.uniform(1, 2, 4), RNG.normal(size=4)
    np.testing.assert_allclose(dd.jacobian(best, argnums=1)(w, c), -np.linalg.inv(S * w[:, None]), rtol=1e-11, atol=1e-13)
    direct = dd.hessian(lambda w: np.sum(np.linalg.solve(S * w[:, None], c) ** 2))(w)
    np.testing.assert_allclose(dd.hessian(lambda w: np.sum(best(w, c) ** 2))(w), direct, rtol=1e-10, atol=1e-10)
    many = np.concatenate([w, np.ones(96)])
    np.testing.assert_allclose(
        dd.jacobian(lambda p: best(p[:4] * p[-1], c))(many),
        dd.jacobian(lambda p: best(p[:4] * p[-1], c), tangents="dense")(many),
    )


def bratu(u: Any, k: Any) -> Any:
    """A boundary value problem, u'' = k exp(u), on a grid."""
    n = len(u)
    around = np.pad(u, (1, 1))
    return around[2:] - 2 * u + around[:-2] - k * np.exp(u) / n**2


def newton(k: Any) -> Any:
    """Solve it with SciPy."""
    from scipy.sparse.linalg import spsolve

    u = np.zeros(300)
    for _ in range(5):
        value, J = dd.value_and_jacobian(bratu, sparse=True)(u, k)
        u = u - spsolve(J.tocsc(), value)
    return u


@pytest.mark.parametrize("given", [False, True])
def test_sparse_jacobians(given: bool) -> None:
    """With sparse=True the Jacobian is never dense, and a linear solver of the user's own may be given."""
    pytest.importorskip("scipy")
    from scipy.sparse.linalg import spsolve

    shapes = []

    def solve(J: Any, b: Any) -> Any:
        shapes.append(b.shape)
        assert not isinstance(J, np.ndarray)
        return spsolve(J.tocsc(), b)

    sparsely = dd.implicit_root(bratu, opaque(newton), sparse=True, solve=solve if given else None)
    densely = dd.implicit_root(bratu, opaque(newton))
    for differentiate in (dd.jacobian, dd.hessian):
        np.testing.assert_allclose(differentiate(sparsely)(1.0), differentiate(densely)(1.0), rtol=1e-9)
    assert bool(shapes) == given
    k = np.array([1.0, 2.0])
    np.testing.assert_allclose(
        dd.jacobian(lambda k: sparsely(k[0] * k[1]))(k), np.outer(dd.jacobian(densely)(2.0), k[::-1]), rtol=1e-9
    )


def _root(x: Any, residual: Callable[[Any, Any], Any], **keywords: Any) -> Callable[[Any], Any]:
    return dd.implicit_root(residual, lambda a: x, **keywords)


REFUSED: dict[str, tuple[Callable[[Any], Any], float, str]] = {
    "double root at zero": (_root(1e-8, lambda x, a: x**2 - a), 0.0, "does not converge"),
    "double root": (_root(1 + 1e-8, lambda x, a: (x - 1) ** 2 - a), 0.0, "does not converge"),
    "double root, hit": (_root(1.0, lambda x, a: (x - 1) ** 2 - a), 0.0, "singular"),
    "triple root": (_root(1e-5, lambda x, a: x**3 - a), 0.0, "does not converge"),
    "no root": (_root(0.3, lambda x, a: x**2 + a), 1.0, "does not converge"),
    "another root": (_root(0.5, lambda x, a: x - a), 3.0, "away"),
    "not determined": (_root(np.ones(2), lambda x, a: np.sum(x) * np.ones(2) - 2 * a), 1.0, "singular"),
    "unused unknown": (_root(np.ones(2), lambda x, a: np.stack([x[0] - a, x[0] ** 2 - a])), 1.0, "singular"),
    "complex": (_root(1j, lambda x, a: x**2 + a), 1.0, "real arrays"),
    "nan": (_root(np.nan, lambda x, a: x - a), 1.0, "nan"),
    "jump": (_root(1.0, lambda x, a: np.sign(x - a)), 1.0, "singular"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case: str) -> None:
    """Where there is no derivative, an error says why, and what to do."""
    f, a, why = REFUSED[case]
    with np.errstate(all="ignore"), pytest.raises(dd.NotDifferentiableError, match=why):
        dd.jacobian(f)(a)


def test_refusal_of_shapes() -> None:
    """A residual has as many entries as there are unknowns."""
    with pytest.raises(dd.ShapeError, match="2 entries for 1 unknowns"):
        dd.derivative(_root(1.0, lambda x, a: np.stack([x, x]) - a))(1.0)
    with pytest.raises(dd.ShapeError, match="returned shape"):
        dd.derivative(_root(1.0, lambda x, a: x - a, solve=lambda J, b: np.ones(3)))(1.0)


def test_sparse_closures_are_refused() -> None:
    """A sparse Jacobian cannot hold the derivatives of what the residual closes over."""
    pytest.importorskip("scipy")
    with pytest.raises(dd.NotDifferentiableError, match="sparse"):
        dd.derivative(lambda a: dd.implicit_root(lambda x: a * x - 1, lambda: np.ones(1), sparse=True)()[0])(1.0)


def test_a_singular_sparse_jacobian_is_refused() -> None:
    """Whether the factors or the user's solver find it."""
    pytest.importorskip("scipy")
    from scipy.sparse.linalg import spsolve

    for solve in (None, lambda J, b: spsolve(J.tocsc(), b)):
        f = _root(np.ones(2), lambda x, a: np.stack([x[0] + x[1], x[0] + x[1]]) - 2 * a, sparse=True, solve=solve)
        with pytest.raises(dd.NotDifferentiableError, match="singular"):
            dd.jacobian(f)(1.0)
