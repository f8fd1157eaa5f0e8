"""Structured derivatives inside and around others, of every representation, are the derivatives of the mathematics."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

TANGENTS: list[Any] = ["auto", "structured", "dense"]
PAIRS = list(itertools.product(TANGENTS, repeat=2))
RNG = np.random.default_rng(9)
X = RNG.uniform(0.5, 1.5, 5)
U, V = RNG.normal(size=(2, 5))
A = RNG.normal(size=(5, 5)) / 3
Function = Callable[[Any], Any]


def close(found: Any, expected: Any, tolerance: float = 1e-11) -> None:
    """Assert that arrays agree relative to the largest entry."""
    expected = np.asarray(expected)
    assert np.shape(found) == expected.shape
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * scale)


def chain(x: Any) -> Any:
    """Return the sum of x[i]^2 x[i + 1]."""
    return np.sum(x[:-1] ** 2 * x[1:])


def chain_hessian(x: Any) -> Any:
    """Return its Hessian."""
    off = np.diag(2 * x[:-1], 1)
    return np.diag(np.append(2 * x[1:], 0.0)) + off + off.T


def chain_third(x: Any) -> Any:
    """Return its third derivative, the same at every x."""
    T = np.zeros((x.size,) * 3)
    for i in range(x.size - 1):
        for p in set(itertools.permutations((i, i, i + 1))):
            T[p] = 2.0
    return T


def written(x: Any) -> Any:
    """Return the chain again, written entry by entry."""
    out = np.zeros_like(x)
    for i in range(x.size - 1):
        out[i] = x[i] ** 2 * x[i + 1]
    return np.sum(out)


def scattered(x: Any) -> Any:
    """Return the chain again, added into two bins."""
    bins = np.arange(x.size - 1) % 2
    out = np.zeros_like(x, shape=2)
    np.add.at(out, bins, x[:-1] ** 2 * x[1:])
    return out[0] + out[1]


def contracted(x: Any) -> Any:
    """Return the chain again, as products of matrices."""
    return (x * x) @ np.eye(x.size, k=1) @ x


CHAINS = [chain, written, scattered, contracted]


@pytest.mark.parametrize("outer, inner", PAIRS)
@pytest.mark.parametrize("f", CHAINS, ids=lambda f: f.__name__)
def test_jacobian_of_a_gradient(f: Function, outer: Any, inner: Any) -> None:
    """It is the Hessian, whatever the two represent their tangents by."""
    close(dd.jacobian(dd.grad(f, tangents=inner), tangents=outer)(X), chain_hessian(X))
    close(dd.jacobian(dd.jacobian(f, tangents=inner), tangents=outer)(X), chain_hessian(X))


@pytest.mark.parametrize("outer, inner", PAIRS)
@pytest.mark.parametrize("f", CHAINS, ids=lambda f: f.__name__)
def test_third_derivatives(f: Function, outer: Any, inner: Any) -> None:
    """Jacobians of Hessians, Hessians of gradients and three Jacobians agree."""
    close(dd.jacobian(dd.hessian(f, tangents=inner), tangents=outer)(X), chain_third(X))
    close(dd.hessian(dd.grad(f, tangents=inner), tangents=outer)(X), chain_third(X))
    thrice = dd.jacobian(dd.jacobian(dd.grad(f, tangents=inner), tangents=outer), tangents=inner)
    close(thrice(X), chain_third(X))


def test_fourth_derivative() -> None:
    """A Hessian of a Hessian, structured twice."""
    f: Function = lambda x: np.sum(x[:-1] ** 3 * x[1:] ** 2)  # noqa: E731 - differentiated below
    expected = dd.hessian(dd.hessian(f, tangents="dense"), tangents="dense")(X[:3])
    for outer, inner in PAIRS:
        close(dd.hessian(dd.hessian(f, tangents=inner), tangents=outer)(X[:3]), expected)


@pytest.mark.parametrize("outer, inner", PAIRS)
def test_gradient_of_a_function_that_takes_jacobians(outer: Any, inner: Any) -> None:
    """d/dx of sum(J(x)^2) for J = diag(cos x) + A is -sin(2 x) - 2 diag(A) sin x; of f'(x) v, and of log det J too."""

    def h(y: Any) -> Any:
        return np.sin(y) + A @ y

    def size(x: Any) -> Any:
        return np.sum(dd.jacobian(h, tangents=inner)(x) ** 2)

    def volume(x: Any) -> Any:
        return np.linalg.slogdet(dd.jacobian(h, tangents=inner)(x))[1]

    def along(x: Any) -> Any:
        return dd.jacobian(h, tangents=inner)(x) @ V

    close(dd.grad(size, tangents=outer)(X), -np.sin(2 * X) - 2 * np.diag(A) * np.sin(X))
    J = np.diag(np.cos(X)) + A
    close(dd.grad(volume, tangents=outer)(X), -np.diag(np.linalg.inv(J)) * np.sin(X))
    close(dd.jacobian(along, tangents=outer)(X), np.diag(-np.sin(X) * V))
    close(dd.hessian(size, tangents=outer)(X), np.diag(-2 * np.cos(2 * X) - 2 * np.diag(A) * np.cos(X)))


@pytest.mark.parametrize("outer, inner", PAIRS)
def test_gradient_of_a_function_that_takes_hessians(outer: Any, inner: Any) -> None:
    """The gradient of the Laplacian, and of a Newton step's length, by Hessians inside."""

    def laplacian(x: Any) -> Any:
        return np.trace(dd.hessian(lambda y: np.sum(y**4), tangents=inner)(x))

    def newton(x: Any) -> Any:
        value, g, H = dd.value_grad_and_hessian(lambda y: np.sum(y**4) + 1.0, tangents=inner)(x)
        return np.sum(np.linalg.solve(H, g)) + 0 * value

    close(dd.grad(laplacian, tangents=outer)(X), 24 * X)
    close(dd.grad(newton, tangents=outer)(X), np.full(5, 1 / 3))


@pytest.mark.parametrize("outer, inner", PAIRS)
def test_perturbation_confusion(outer: Any, inner: Any) -> None:
    """d/dx [x d/dy (x + y)] is 1, for numbers, entries of arrays, and arrays."""

    def with_numbers(x: Any) -> Any:
        return x * dd.grad(lambda y: x + y, tangents=inner)(1.0)

    def with_arrays(x: Any) -> Any:
        return x * np.diag(dd.jacobian(lambda y: x + y, tangents=inner)(np.ones(5)))

    def with_products(x: Any) -> Any:
        return dd.grad(lambda y: np.sum(x * y**2) + np.sum(x**3), tangents=inner)(x)

    def with_writes(x: Any) -> Any:
        def f(y: Any) -> Any:
            out = np.zeros_like(y)
            out[::2], out[1::2] = x[::2] * y[::2] ** 2, x[1::2]
            return out

        return np.sum(dd.jacobian(f, tangents=inner)(x), axis=1)

    assert dd.grad(with_numbers, tangents=outer)(1.0) == 1.0
    close(dd.jacobian(with_arrays, tangents=outer)(X), np.eye(5))
    close(dd.jacobian(with_products, tangents=outer)(X), np.diag(4 * X))
    close(dd.jacobian(with_writes, tangents=outer)(X), np.diag(np.where(np.arange(5) % 2, 0.0, 4 * X)))


#: Functions of y that use an outer x: as coefficient, exponent, mask, matrix and part.
INSIDE: dict[str, Callable[[Any, Any], Any]] = {
    "coefficient": lambda x, y: np.sum(x * y**2),
    "exponent": lambda x, y: np.sum(y ** (1 + x)),
    "mask": lambda x, y: np.sum(np.where(y > x, x * y, y**2)),
    "matrix": lambda x, y: (np.outer(x, x) @ y) @ y,
    "system": lambda x, y: np.linalg.solve(np.outer(x, x) + 2 * np.eye(5), y) @ y,
    "part": lambda x, y: np.sum(np.concatenate([x * y[::-1], x]) ** 2),
    "maximum": lambda x, y: np.sum(np.maximum(x[:3] * y[2:], 0.0) ** 2),
    "convolution": lambda x, y: np.sum(np.convolve(x, y) ** 2),
    "scattered": lambda x, y: np.sum(np.bincount([0, 1, 1, 0, 2], weights=x * y) ** 2),
    "einsum": lambda x, y: np.einsum("i,ij,j", x, np.outer(y, y), x),
    "bound": lambda x, y: np.sum(x * np.clip(y, x - 0.9, x + 0.2) ** 2),
}


@pytest.mark.parametrize("outer, inner", PAIRS)
@pytest.mark.parametrize("name", INSIDE)
def test_closures_over_outer_numbers(name: str, outer: Any, inner: Any) -> None:
    """An inner derivative at a constant point, and at a point that moves, differentiates by the outer variable as well."""
    f = INSIDE[name]

    def at_a_constant(x: Any, tangents: Any = inner) -> Any:
        return dd.grad(lambda y: f(x, y), tangents=tangents)(U + 1.5)

    def at_itself(x: Any, tangents: Any = inner) -> Any:
        return dd.grad(lambda y: f(x, y), tangents=tangents)(x * x[::-1])

    for g in (at_a_constant, at_itself):
        expected = dd.jacobian(lambda x, g=g: g(x, "dense"), tangents="dense")(X)
        assert np.any(expected)
        close(dd.jacobian(g, tangents=outer)(X), expected)


@pytest.mark.parametrize("tangents", TANGENTS)
def test_directional_verbs_through_structured_ones(tangents: Any) -> None:
    """jvp, hvp, series and second directions go through structured gradients and Jacobians."""
    slope: Function = dd.grad(chain, tangents=tangents)
    matrix: Function = dd.jacobian(lambda x: x[:-1] ** 2 * x[1:], tangents=tangents)
    H, T = chain_hessian(X), chain_third(X)
    close(dd.jvp(slope, X, V)[1], H @ V)
    close(dd.jvp(slope, X, np.stack([U, V]))[1], np.stack([H @ U, H @ V]))
    close(np.sum(dd.jvp(matrix, X, V)[1], axis=0), H @ V)
    close(dd.jvp(dd.hessian(chain, tangents=tangents), X, V)[1], T @ V)
    close(dd.directional_derivative(slope, X, V), H @ V)
    close(dd.directional_derivative(slope, X, V, order=2), T @ V @ V)
    close(dd.second_directional_derivative(slope, X, U, V), T @ V @ U)
    series = dd.taylor(slope, X, V, 3)
    close(series, np.stack([slope(X), H @ V, T @ V @ V / 2, np.zeros(5)]))
    close(dd.hvp(lambda x: np.sum(slope(x)), X, V), np.sum(T, axis=0) @ V)
    _, L = dd.linearize(slope, X)
    close(L(V), H @ V)
    close(dd.divergence(slope)(X), np.trace(H))
    close(dd.derivative(lambda t: slope(X + t * V))(0.0), H @ V)
    close(dd.jacobian(lambda t: slope(X + t * V))(0.3), dd.hessian(chain)(X + 0.3 * V) @ V)


@pytest.mark.parametrize("tangents", TANGENTS)
def test_structured_verbs_through_directional_ones(tangents: Any) -> None:
    """Structured gradients and Jacobians go through jvp, hvp, derivatives, series and linear maps inside."""
    H, T = chain_hessian(X), chain_third(X)
    close(dd.grad(lambda x: dd.jvp(chain, x, V)[1], tangents=tangents)(X), H @ V)
    close(dd.jacobian(lambda x: dd.hvp(chain, x, V), tangents=tangents)(X), T @ V)
    close(dd.hessian(lambda x: dd.jvp(chain, x, V)[1], tangents=tangents)(X), T @ V)
    close(dd.jacobian(lambda x: dd.linearize(chain, x)[1](V), tangents=tangents)(X), H @ V)
    close(dd.jacobian(lambda v: dd.jvp(chain, X, v)[1], tangents=tangents)(V), dd.grad(chain)(X))
    close(dd.jacobian(lambda v: dd.jvp(dd.grad(chain), X, v)[1], tangents=tangents)(V), H)
    close(dd.grad(lambda x: dd.second_directional_derivative(chain, x, U, V), tangents=tangents)(X), T @ U @ V)
    close(dd.grad(lambda x: dd.derivative(lambda t: chain(x + t * V))(0.0), tangents=tangents)(X), H @ V)
    series = np.stack([dd.grad(chain)(X), H @ V, T @ V @ V / 2])
    close(dd.jacobian(lambda x: dd.taylor(chain, x, V, 2), tangents=tangents)(X), series)
    close(dd.grad(dd.laplacian(chain), tangents=tangents)(X), np.trace(T))
    close(dd.jacobian(dd.hessian_diagonal(chain), tangents=tangents)(X), np.einsum("iij->ij", T))


@pytest.mark.parametrize("outer, inner", PAIRS)
def test_both_variables_of_a_function(outer: Any, inner: Any) -> None:
    """A mixed second derivative d2f / dx dy, either way round."""

    def f(x: Any, y: Any) -> Any:
        return np.sum(x**2 * np.roll(y, 1) ** 3) + (x @ A @ y)

    expected = A + np.diag(6 * X * np.roll(V, 1) ** 2) @ np.roll(np.eye(5), 1, axis=0)
    close(dd.jacobian(dd.grad(f, argnums=0, tangents=inner), argnums=1, tangents=outer)(X, V), expected)
    close(dd.jacobian(dd.grad(f, argnums=1, tangents=inner), argnums=0, tangents=outer)(X, V), expected.T)
    both = dd.hessian(f, argnums=(0, 1), tangents=outer)(X, V)
    close(both[0][1], expected)
    close(both[1][0], expected.T)


# ---------------------------------------------------------------- rules and programs of the user's own
@dd.custom_jvp
def wave(x: Any, y: Any) -> Any:
    """Return sin(x) y, computed where no dual can go."""
    return np.sin(np.asarray(x, dtype=float)) * np.asarray(y, dtype=float)


@wave.defjvp
def _wave_rule(primals: Any, tangents: Any) -> Any:
    (x, y), (dx, dy) = primals, tangents
    return wave(x, y), np.cos(x) * dx * y + np.sin(x) * dy


@dd.custom_jvp
def solution(M: Any, b: Any) -> Any:
    """Solve a linear system, computed where no dual can go."""
    return np.linalg.solve(np.asarray(M, dtype=float), np.asarray(b, dtype=float))


@solution.defjvp
def _solution_rule(primals: Any, tangents: Any) -> Any:
    (M, b), (dM, db) = primals, tangents
    z = solution(M, b)
    return z, solution(M, db - dM @ z)


#: Functions with a rule of the user's own, and the same in sight.
RULES: dict[str, tuple[Function, Function]] = {
    "elementwise": (lambda x: wave(x, x**2), lambda x: np.sin(x) * x**2),
    "moved": (lambda x: wave(x[::-1], 2.0)[1:] * x[:-1], lambda x: 2 * np.sin(x[::-1])[1:] * x[:-1]),
    "scalars": (lambda x: wave(x[0], x[1]) * x, lambda x: np.sin(x[0]) * x[1] * x),
    "system": (lambda x: solution(A + 3 * np.diag(x), x), lambda x: np.linalg.solve(A + 3 * np.diag(x), x)),
    "after a sum": (lambda x: wave(np.sum(x), 1.0) * x, lambda x: np.sin(np.sum(x)) * x),
    "after a product": (lambda x: wave(A @ x, A.T @ x), lambda x: np.sin(A @ x) * (A.T @ x)),
    "written": (lambda x: np.append(wave(x[:2], x[1:3]), x[3:]), lambda x: np.append(np.sin(x[:2]) * x[1:3], x[3:])),
}


@pytest.mark.parametrize("tangents", TANGENTS)
@pytest.mark.parametrize("name", RULES)
def test_custom_rules(name: str, tangents: Any) -> None:
    """Functions with custom_jvp have their derivatives, first and second, nested and around."""
    f, g = RULES[name]
    expected = dd.hessian(g, tangents="dense")(X)
    close(dd.jacobian(f, tangents=tangents)(X), dd.jacobian(g, tangents="dense")(X))
    close(dd.hessian(f, tangents=tangents)(X), expected)
    close(dd.jacobian(dd.jacobian(f, tangents=tangents), tangents=tangents)(X), expected)
    close(dd.grad(lambda x: np.sum(f(x) ** 2), tangents=tangents)(X), dd.grad(lambda x: np.sum(g(x) ** 2), tangents="dense")(X))


def program(x: Any) -> Any:
    """Fill plain arrays, entry by entry and at once, as a program that knows nothing of derivatives does."""
    n = len(x)
    out, work = np.zeros((2, n)), np.empty(n)
    work[:] = x
    for i in range(1, n):
        out[0, i] = work[i - 1] * x[i] + out[0, i - 1] / 2
    np.add.at(out[1], np.arange(n) // 2, x**2)
    total = np.array([out[0, -1], out[1, 0], x[0]])
    return total * np.ones(3), out


@pytest.mark.parametrize("outer, inner", PAIRS)
def test_lifted_programs(outer: Any, inner: Any) -> None:
    """A lifted program has structured derivatives, and a lifted program may take them inside."""
    f: Function = dd.lift(program)
    dense, found = (dd.jacobian(f, tangents=tangents)(X) for tangents in ("dense", outer))
    for a, b in zip(found, dense, strict=True):
        close(a, b)
    second = dd.hessian(lambda x: np.sum(f(x)[1] ** 2), tangents=outer)(X)
    close(second, dd.hessian(lambda x: np.sum(f(x)[1] ** 2), tangents="dense")(X))

    def taking(x: Any) -> Any:
        out = np.zeros(len(x))
        out[:] = dd.grad(lambda y: np.sum(x * y**3), tangents=inner)(x)
        return out

    close(dd.jacobian(dd.lift(taking), tangents=outer)(X), np.diag(9 * X**2))


@pytest.mark.parametrize("outer, inner", PAIRS)
def test_escapes(outer: Any, inner: Any) -> None:
    """stop_gradient and value_of take a number out of every derivative around, and leave the others."""
    close(dd.grad(lambda x: np.sum(dd.stop_gradient(x) * x), tangents=outer)(X), X)
    close(dd.hessian(lambda x: np.sum(dd.stop_gradient(x) * x**2), tangents=outer)(X), np.diag(2 * X))
    f: Function = lambda x: np.sum(dd.grad(lambda y: np.sum(dd.stop_gradient(x) * y**2), tangents=inner)(x))  # noqa: E731
    close(dd.grad(f, tangents=outer)(X), 2 * X)
    g: Function = lambda x: np.sum(x * dd.value_of(dd.grad(chain, tangents=inner)(x)))  # noqa: E731 - differentiated below
    close(dd.grad(g, tangents=outer)(X), dd.grad(chain)(X))


# ---------------------------------------------------------------- numbers of every kind
@pytest.mark.parametrize("outer, inner", PAIRS)
def test_single_precision(outer: Any, inner: Any) -> None:
    """float32 stays float32 through both."""
    x = X.astype(np.float32)
    found = dd.jacobian(dd.grad(chain, tangents=inner), tangents=outer)(x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, chain_hessian(X), rtol=1e-5, atol=1e-6)
    gradient = dd.grad(lambda x: np.sum(dd.jacobian(np.sin, tangents=inner)(x)), tangents=outer)(x)
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, -np.sin(X), rtol=1e-5)
    assert dd.hessian(contracted, tangents=outer)(x).dtype == dd.hessian(contracted, tangents="dense")(x).dtype


POINTS: list[Any] = [
    0.7, 2, np.float64(0.7), np.array(0.7), np.array([0.7]), np.zeros(0), np.zeros((2, 0)), np.full((2, 2), 0.7),
]  # fmt: skip
VERBS: list[Any] = [dd.value_and_grad, dd.value_and_jacobian, dd.hessian, dd.value_grad_and_hessian]


@pytest.mark.parametrize("tangents", TANGENTS)
@pytest.mark.parametrize("x", POINTS, ids=repr)
def test_points_of_any_shape(x: Any, tangents: Any) -> None:
    """Python's numbers, scalars, 0-d and empty arrays: the shapes, types and numbers of dense tangents, at every order."""
    functions: list[Function] = [
        lambda x: np.sum(x**3), lambda x: np.sum(np.sin(x) * x), lambda x: np.sum(np.ravel(x)[::-1] ** 2) * 1.0,
        lambda x: np.sum(dd.jacobian(np.sin, tangents=tangents)(x)), lambda x: 2.0 * np.prod(x * np.cos(x)),
    ]  # fmt: skip
    for f in functions:
        for verb in VERBS:
            expected, found = (verb(f, tangents=t)(x) for t in ("dense", tangents))
            pairs = zip(found, expected, strict=True) if isinstance(found, tuple) else [(found, expected)]
            for a, b in pairs:
                assert type(a) is type(b)
                assert np.asarray(a).dtype == np.asarray(b).dtype
                close(a, b)
        nested, exact = (dd.jacobian(dd.jacobian(f, tangents=t), tangents=t)(x) for t in (tangents, "dense"))
        close(nested, exact)
    maps: list[Function] = [lambda x: x**2, lambda x: np.stack([x, x * x]), lambda x: np.ones(3), lambda x: np.ravel(x)[:0]]
    for f in maps:
        close(dd.jacobian(f, tangents=tangents)(x), dd.jacobian(f, tangents="dense")(x))
        close(dd.hessian(f, tangents=tangents)(x), dd.hessian(f, tangents="dense")(x))


@pytest.mark.parametrize("outer, inner", PAIRS)
def test_complex_results_of_real_inputs(outer: Any, inner: Any) -> None:
    """Complex functions of real numbers, and real functions that pass through complex ones."""
    f: Function = lambda x: np.exp(1j * x) * x[::-1]  # noqa: E731 - differentiated below
    close(dd.jacobian(f, tangents=outer)(X), dd.jacobian(f, tangents="dense")(X))
    close(dd.hessian(f, tangents=outer)(X), dd.hessian(f, tangents="dense")(X))
    close(dd.jacobian(dd.jacobian(f, tangents=inner), tangents=outer)(X), dd.hessian(f, tangents="dense")(X))
    g: Function = lambda x: np.sum(np.abs(np.fft.fft(x) + 9) ** 2) + np.sum((x * (1 + 2j)).imag ** 3)  # noqa: E731
    close(dd.hessian(g, tangents=outer)(X), dd.hessian(g, tangents="dense")(X))
    close(dd.jacobian(dd.grad(g, tangents=inner), tangents=outer)(X), dd.hessian(g, tangents="dense")(X))
    h: Function = lambda x: np.sum(np.abs(dd.jacobian(f, tangents=inner)(x)) ** 2)  # noqa: E731 - differentiated below
    expected = dd.grad(lambda x: np.sum(np.abs(dd.jacobian(f, tangents="dense")(x)) ** 2), tangents="dense")(X)
    close(dd.grad(h, tangents=outer)(X), expected)


@pytest.mark.parametrize("tangents", TANGENTS)
def test_containers(tangents: Any) -> None:
    """Derivatives by containers nest, and keep their form."""

    def f(p: Any) -> Any:
        return np.sum(p["a"] ** 2 * p["b"][0]) + p["b"][1] ** 2

    point = {"a": X, "b": (2.0, np.array(3.0))}
    gradient = dd.grad(f, tangents=tangents)(point)
    assert list(gradient) == ["a", "b"] and isinstance(gradient["b"], tuple)
    close(gradient["a"], 4 * X)
    second = dd.jacobian(dd.grad(f, tangents=tangents), tangents=tangents)(point)
    close(second["a"]["a"], 4 * np.eye(5))
    close(second["a"]["b"][0], 2 * X)
    close(second["b"][1]["b"][1], 2.0)


# ---------------------------------------------------------------- one level after another
@pytest.mark.parametrize("outer, inner", PAIRS)
def test_an_error_inside_leaves_nothing_behind(outer: Any, inner: Any) -> None:
    """A function that catches the error of an inner derivative is differentiated as if it had not asked."""

    def broken(y: Any) -> Any:
        np.linalg.inv(np.zeros((2, 2)) * y[0])
        return y

    def f(x: Any) -> Any:
        try:
            dd.jacobian(broken, tangents=inner)(x)
        except np.linalg.LinAlgError:
            return chain(x)
        raise AssertionError

    close(dd.grad(f, tangents=outer)(X), dd.grad(chain)(X))
    close(dd.hessian(f, tangents=outer)(X), chain_hessian(X))


@pytest.mark.parametrize("inner", TANGENTS)
def test_inner_sparse_results_never_drop_an_outer_derivative(inner: Any) -> None:
    """A sparse matrix holds plain numbers: inside another derivative it is right, or an error."""
    pytest.importorskip("scipy.sparse")

    def f(x: Any) -> Any:
        matrix: Any = dd.jacobian(lambda y: y**3, sparse=True, tangents=inner)(x)
        return matrix.sum()

    try:
        found = dd.grad(f)(X)
    except (dd.DualDiffError, TypeError, ValueError):
        return
    close(found, 6 * X)


@pytest.mark.parametrize("outer", TANGENTS)
def test_inner_sparse_results_of_constants(outer: Any) -> None:
    """At a constant point a sparse matrix inside another derivative is a constant, as an operator too."""
    pytest.importorskip("scipy.sparse")
    f: Function = lambda x: (dd.jacobian(lambda y: y**2, sparse=True)(V).toarray() @ x) * x  # noqa: E731 - differentiated below
    close(dd.jacobian(f, tangents=outer)(X), np.diag(4 * V * X))


def test_prepared_functions_inside_never_drop_an_outer_derivative() -> None:
    """A prepared function inside another derivative is right, or an error."""
    pytest.importorskip("scipy.sparse")
    P = dd.prepare_jacobian(lambda y: y**3, X)
    try:
        found = dd.grad(lambda x: P(x).sum())(X)
    except (dd.DualDiffError, TypeError, ValueError):
        return
    close(found, 6 * X)


def test_newton_inside_a_derivative() -> None:
    """The derivative of a root that Newton's method finds with structured Jacobians is the implicit one."""

    def residual(y: Any, p: Any) -> Any:
        return y**3 + A @ y - p

    def root(p: Any, tangents: Any) -> Any:
        y = np.ones(5) + 0 * p
        for _ in range(12):
            value, J = dd.value_and_jacobian(residual, tangents=tangents)(y, p)
            y = y - np.linalg.solve(J, value)
        return y

    p = X + 2
    y = root(p, "dense")
    exact = np.linalg.inv(np.diag(3 * y**2) + A)
    for outer, inner in PAIRS:
        close(dd.jacobian(lambda p, inner=inner: root(p, inner), tangents=outer)(p), exact, 1e-10)


def test_nested_in_threads() -> None:
    """Nested derivatives of all representations run in several threads at once."""

    def work(k: int) -> None:
        for i in range(15):
            outer, inner = PAIRS[(i + 2 * k) % len(PAIRS)]
            close(dd.jacobian(dd.grad(CHAINS[i % 4], tangents=inner), tangents=outer)(X), chain_hessian(X))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def network(x: Any) -> Any:
    """Two layers of five neurons, whose weights are the inputs: sums of five terms, of numbers of any order."""
    A, B = x[:25].reshape(5, 5), x[25:].reshape(5, 5)
    return np.sum(np.tanh(np.tanh(np.linspace(-1, 1, 15).reshape(3, 5) @ A) @ B) ** 2)


def test_contracted_pairs_of_rows() -> None:
    """Short contractions: the Hessian, and its derivative along a direction, are those of dense tangents."""
    x, v = np.linspace(-0.5, 0.5, 50), np.cos(np.arange(50))
    hessians = [dd.hessian(network, tangents=t) for t in ("structured", "dense")]
    close(*(hessian(x) for hessian in hessians))
    close(*(dd.jvp(hessian, (x,), (v,))[1] for hessian in hessians))


def test_pairs_of_unit_vectors_are_not_multiplied_densely() -> None:
    """A kernel of all pairs of 20 points in space: six terms each, which have fewer entries than 60 x 60 directions."""

    def f(x: Any) -> Any:
        difference = x[:, None] - x
        return np.sum(np.exp(-np.sum(difference * difference, axis=-1)))

    x = np.random.default_rng(0).normal(size=(20, 3))
    expected = dd.hessian(f, tangents="dense")(x)
    tracemalloc.start()
    found = dd.hessian(f)(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)
    assert peak < 5e6
