"""Second and third derivatives that textbooks print: linear algebra, special points, blocks, chunks and programs."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd


def rng(seed: int = 0) -> np.random.Generator:
    """Return a generator of its own for every test."""
    return np.random.default_rng(seed)


def close(result: Any, exact: Any, rtol: float = 1e-12) -> None:
    """Assert the same shape and, relative to the largest entry, the same numbers."""
    assert np.shape(result) == np.shape(exact)
    exact = np.asarray(exact)
    np.testing.assert_allclose(result, exact, rtol=rtol, atol=rtol * float(np.max(np.abs(exact), initial=1.0)))


def rosenbrock(x: Any) -> Any:
    """Return the Rosenbrock function of any number of variables."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def test_rosenbrock_by_hand() -> None:
    """The gradient and the Hessian at (.1, .2, .3) are the numbers that one finds by hand."""
    x = np.array([0.1, 0.2, 0.3])
    close(dd.grad(rosenbrock)(x), [-9.4, 15.6, 52.0])
    H = dd.hessian(rosenbrock)(x)
    close(H, [[-66.0, -40.0, 0.0], [-40.0, 130.0, -80.0], [0.0, -80.0, 200.0]])
    np.testing.assert_array_equal(H, H.T)
    value, gradient, matrix = dd.value_grad_and_hessian(rosenbrock)(x)
    assert value == rosenbrock(x)
    close(gradient, [-9.4, 15.6, 52.0])
    np.testing.assert_array_equal(matrix, H)
    third = dd.jacobian(dd.hessian(rosenbrock))(x)
    exact = np.zeros((3, 3, 3))
    for i in (0, 1):
        exact[i, i, i] = 2400 * x[i]
        for place in ((i, i, i + 1), (i, i + 1, i), (i + 1, i, i)):
            exact[place] = -400.0
    close(third, exact)


# ---------------------------------------------------------------- linear algebra
def second(f: Callable[[Any], Any], A: Any, U: Any, V: Any) -> list[Any]:
    """Return the second derivative along U and V by every route."""
    routes = [
        dd.second_directional_derivative(f, A, U, V),
        dd.second_directional_derivative(f, A, V, U),
        dd.jvp(lambda x: dd.jvp(f, x, U)[1], A, V)[1],
        dd.jvp(lambda x: dd.jvp(f, x, V)[1], A, U)[1],
    ]
    # Polarisation: Taylor series know the second derivative along one direction.
    both = [dd.directional_derivative(f, A, W, order=2) for W in (U + V, U - V)]
    return [*routes, (both[0] - both[1]) / 4]


def matrices(n: int = 4, *, symmetric: bool = False) -> tuple[Any, Any, Any]:
    """Return a well conditioned matrix and two directions."""
    A, U, V = rng(7).normal(size=(3, n, n))
    A = A / 3 + np.diag(np.arange(1.0, n + 1) * 2)
    return tuple((X + X.T) / 2 for X in (A, U, V)) if symmetric else (A, U, V)


def test_second_derivative_of_log_det() -> None:
    """The second derivative of log det is -tr(A^-1 dA A^-1 dA')."""
    A, U, V = matrices()
    B = np.linalg.inv(A)
    for found in second(lambda X: np.linalg.slogdet(X)[1], A, U, V):
        close(found, -np.trace(B @ U @ B @ V))
    H = dd.hessian(lambda X: np.linalg.slogdet(X).logabsdet)(A)
    close(H, -np.einsum("jk,li->ijkl", B, B))
    np.testing.assert_array_equal(H.reshape(16, 16), H.reshape(16, 16).T)


def test_second_derivative_of_det() -> None:
    """The second derivative of det is det (tr(BU) tr(BV) - tr(BUBV)), and of a singular matrix by minors."""
    A, U, V = matrices()
    B, det = np.linalg.inv(A), np.linalg.det(A)
    for found in second(np.linalg.det, A, U, V):
        close(found, det * (np.trace(B @ U) * np.trace(B @ V) - np.trace(B @ U @ B @ V)), 1e-11)
    for rank in (0, 1, 2):
        S = np.diag([3.0, 2.0, 1.0][:rank] + [0.0] * (3 - rank))
        exact = np.zeros((3, 3, 3, 3))
        # d2 det / dA_ij dA_kh = e_ikm e_jhn A_mn.
        signs = {p: round(float(np.linalg.det(np.eye(3)[list(p)]))) for p in itertools.permutations(range(3))}
        for (i, k, m), (j, h, n) in itertools.product(signs, repeat=2):
            exact[i, j, k, h] += signs[i, k, m] * signs[j, h, n] * S[m, n]
        close(dd.hessian(np.linalg.det)(S), exact)


def test_second_derivative_of_inv_and_solve() -> None:
    """The second derivative of A^-1 is B U B V B + B V B U B, and of A^-1 b the same before b."""
    A, U, V = matrices()
    B, b = np.linalg.inv(A), np.arange(1.0, 5.0)
    exact = B @ U @ B @ V @ B + B @ V @ B @ U @ B
    for found in second(np.linalg.inv, A, U, V):
        close(found, exact)
    for found in second(lambda X: np.linalg.solve(X, b), A, U, V):
        close(found, exact @ b)
    for found in second(lambda X: np.linalg.pinv(X), A, U, V):
        close(found, exact, 1e-10)
    for found in second(lambda X: X @ X @ X, A, U, V):
        close(found, sum(np.linalg.multi_dot(list(p)) for p in itertools.permutations([A, U, V])))
    mixed = dd.hessian(lambda X, c: np.sum(np.linalg.solve(X, c)), argnums=(0, 1))(A, b)
    close(mixed[0][1], -np.einsum("i,jk->ijk", np.sum(B, axis=0), B))
    close(mixed[1][0], np.moveaxis(-np.einsum("i,jk->ijk", np.sum(B, axis=0), B), -1, 0))
    close(mixed[1][1], np.zeros((4, 4)))


def test_second_order_perturbation_theory() -> None:
    """Eigenvalues: d2 w_i = 2 sum over j of U_ij V_ij / (w_i - w_j), in the basis of the eigenvectors."""
    A, U, V = matrices(symmetric=True)
    w, Q = np.linalg.eigh(A)
    u, v = Q.T @ U @ Q, Q.T @ V @ Q
    gaps = w[:, None] - w + np.eye(4)
    exact = 2 * np.sum(np.where(np.eye(4, dtype=bool), 0.0, u * v / gaps), axis=1)
    for f in (np.linalg.eigvalsh, lambda X: np.linalg.eigh(X)[0], lambda X: np.linalg.eigh(X).eigenvalues):
        for found in second(f, A, U, V):
            close(found, exact, 1e-11)
    for found in second(lambda X: np.sort(np.linalg.eigvals(X).real), A, U, V):
        close(found, exact, 1e-10)
    # The vectors along one direction, normalised: c_ij = u_ij / (w_j - w_i) at first order.
    first = np.where(np.eye(4, dtype=bool), 0.0, -u / gaps)
    bends = (-(first @ np.diag(np.diagonal(u))) + u @ first) / -gaps
    bends = 2 * np.where(np.eye(4, dtype=bool), -0.5 * np.sum(first**2, axis=0), bends)
    for found in second(lambda X: np.linalg.eigh(X)[1], A, U, U)[:4]:
        close(found, Q @ bends, 1e-10)


def test_third_order_perturbation_theory() -> None:
    """The third correction of an eigenvalue, from the textbook, along a direction."""
    A, U, _ = matrices(symmetric=True)
    w, Q = np.linalg.eigh(A)
    u = Q.T @ U @ Q
    exact = np.zeros(4)
    for n in range(4):
        others = [k for k in range(4) if k != n]
        exact[n] = sum(u[n, k] * u[k, m] * u[m, n] / (w[n] - w[k]) / (w[n] - w[m]) for k in others for m in others)
        exact[n] -= u[n, n] * sum(u[n, k] ** 2 / (w[n] - w[k]) ** 2 for k in others)
    close(dd.taylor(np.linalg.eigvalsh, A, U, 3)[3], exact, 1e-11)
    close(dd.taylor(lambda X: np.linalg.eigh(X)[0], A, U, 3)[3], exact, 1e-11)


def test_repeated_eigenvalues() -> None:
    """Symmetric functions of eigenvalues are smooth where they repeat: their gradients are right, no nan without a word."""
    A, U, V = np.diag([2.0, 2.0, 5.0]), *matrices(3, symmetric=True)[1:]

    def trace_of_exponential(X: Any) -> Any:
        return np.sum(np.exp(np.linalg.eigvalsh(X)))

    close(dd.jvp(trace_of_exponential, A, U)[1], np.trace(np.diag(np.exp(np.diagonal(A))) @ U))
    # d2 tr f(A) = sum of f'[w_i, w_j] U_ij V_ij, with divided differences of f'.
    e = np.exp(np.diagonal(A))
    gaps = np.diagonal(A)[:, None] - np.diagonal(A)
    differences = np.where(gaps == 0, e[:, None], (e[:, None] - e) / np.where(gaps == 0, 1.0, gaps))
    exact = np.sum(differences * U * V)
    routes: list[Callable[[], Any]] = [
        lambda: dd.second_directional_derivative(trace_of_exponential, A, U, V),
        lambda: dd.jvp(lambda X: dd.jvp(trace_of_exponential, X, U)[1], A, V)[1],
        lambda: (dd.directional_derivative(trace_of_exponential, A, U + V, order=2)
            - dd.directional_derivative(trace_of_exponential, A, U - V, order=2)) / 4,
    ]  # fmt: skip
    for route in routes:
        try:
            found = route()
        except (dd.DualDiffError, np.linalg.LinAlgError):
            continue
        close(found, exact, 1e-11)


def test_second_derivatives_of_decompositions() -> None:
    """Singular values, Cholesky and QR factors: the second derivatives of their defining equations."""
    A, U, V = matrices()
    P = A @ A.T
    for found in second(lambda X: np.linalg.svdvals(X) ** 2, A, U, V):
        dP, dQ = U @ A.T + A @ U.T, V @ A.T + A @ V.T
        w, Q = np.linalg.eigh(P)
        u, v = Q.T @ dP @ Q, Q.T @ dQ @ Q
        gaps = w[:, None] - w + np.eye(4)
        exact = 2 * np.sum(np.where(np.eye(4, dtype=bool), 0.0, u * v / gaps), axis=1)
        close(found, (exact + np.diagonal(Q.T @ (U @ V.T + V @ U.T) @ Q))[::-1], 1e-10)

    def rebuilt(X: Any) -> Any:
        L = np.linalg.cholesky(X @ X.T)
        return L @ L.T

    for found in second(rebuilt, A, U, V):
        close(found, U @ V.T + V @ U.T, 1e-10)
    for found in second(lambda X: np.matmul(*np.linalg.qr(X)), A, U, V):
        close(found, np.zeros((4, 4)), 1e-10)
    for found in second(lambda X: np.linalg.norm(X) ** 2, A, U, V):
        close(found, 2 * np.sum(U * V))
    for found in second(lambda X: np.linalg.norm(X), A, U, V):
        n = np.linalg.norm(A)
        close(found, np.sum(U * V) / n - np.sum(A * U) * np.sum(A * V) / n**3)


# ---------------------------------------------------------------- special points
def seconds(f: Callable[[Any], Any], x: float) -> list[float]:
    """Return the second derivative of a function of a number by every route."""
    return [
        dd.hessian(f)(x),
        dd.derivative(dd.derivative(f))(x),
        dd.second_directional_derivative(f, x, 1.0, 1.0),
        dd.directional_derivative(f, x, 1.0, order=2),
        2 * dd.taylor(f, x, 1.0, 2)[2],
        dd.jacobian(dd.grad(lambda v: f(v[0])))(np.array([x]))[0, 0],
        dd.hessian(lambda v: f(v[0]))(np.array([x]))[0, 0],
        dd.hessian(lambda v: np.sum(f(v)))(np.array([x, x]))[1, 1],
        dd.hessian_diagonal(lambda v: np.sum(f(v)))(np.array([x, x]))[1],
        dd.hvp(lambda v: np.sum(f(v)), np.array([x]), np.ones(1))[0],
        dd.value_grad_and_hessian(f)(x)[2],
    ]


SPECIAL: dict[str, tuple[Callable[[Any], Any], float, float]] = {
    "abs(x)**2 at 0": (lambda x: np.abs(x) ** 2, 0.0, 2.0),
    "abs(x)**2 at -0": (lambda x: np.abs(x) ** 2, -0.0, 2.0),
    "abs(x) * abs(x)": (lambda x: np.abs(x) * np.abs(x), 0.0, 2.0),
    "square of fabs": (lambda x: np.square(np.fabs(x)), 0.0, 2.0),
    "abs(x)**2.0": (lambda x: abs(x) ** 2.0, 0.0, 2.0),
    "abs(x)**3": (lambda x: np.abs(x) ** 3, 0.0, 0.0),
    "x**0": (lambda x: x**0, 0.0, 0.0),
    "x**0.0": (lambda x: x**0.0, 0.0, 0.0),
    "x**1": (lambda x: x**1, 0.0, 0.0),
    "x**1.0": (lambda x: x**1.0, 0.0, 0.0),
    "x**2": (lambda x: x**2, 0.0, 2.0),
    "x**2.0": (lambda x: x**2.0, 0.0, 2.0),
    "np.power(x, 2)": (lambda x: np.power(x, 2), 0.0, 2.0),
    "float_power(x, 2)": (lambda x: np.float_power(x, 2), 0.0, 2.0),
    "x**3": (lambda x: x**3, 0.0, 0.0),
    "x**3.0": (lambda x: x**3.0, 0.0, 0.0),
    "x**np.array(2)": (lambda x: x ** np.array(2), 0.0, 2.0),
    "x * x": (lambda x: x * x, 0.0, 2.0),
    "0**x": (lambda x: 0**x, 2.0, 0.0),
    "0.0**x": (lambda x: 0.0**x, 2.0, 0.0),
    "x**2.5": (lambda x: x**2.5, 0.0, 0.0),
    "(-x)**2": (lambda x: (-x) ** 2, 0.0, 2.0),
    "(-2 + x)**3": (lambda x: (-2 + x) ** 3, 0.0, -12.0),
    "sinc": (np.sinc, 0.0, -(np.pi**2) / 3),
    "i0": (np.i0, 0.0, 0.5),
    "norm squared": (lambda x: np.hypot(x, 1.0), 0.0, 1.0),
    "prod with zeros": (lambda x: np.prod(np.stack([x, x, x + 1.0]), axis=0), 0.0, 2.0),
    "floor": (np.floor, 2.0, 0.0),
    "sign": (np.sign, 0.0, 0.0),
    "where": (lambda x: np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), x**2), 0.0, 2.0),
    "where with nan behind": (lambda x: np.where(x > -1, x**2, np.sqrt(x - 5.0)), 0.0, 2.0),
    "clip inside": (lambda x: np.clip(x, -1.0, 1.0) ** 2, 0.3, 2.0),
    "clip outside": (lambda x: np.clip(x, -1.0, 1.0) ** 2, 1.3, 0.0),
    "logaddexp of equals": (lambda x: np.logaddexp(x, -x), 0.0, 1.0),
    "arctan2": (lambda x: np.arctan2(x, 1.0), 0.0, 0.0),
    "arctan2 on the axis": (lambda x: np.arctan2(1.0, x), 0.0, 0.0),
    "cosh of acosh": (lambda x: np.cosh(np.arccosh(x)), 1.5, 0.0),
    "maximum away": (lambda x: np.maximum(x, -1.0) ** 2, 0.0, 2.0),
    "stopped": (lambda x: dd.stop_gradient(x) * x**2, 3.0, 6.0),
    "constant": (lambda x: 3.0, 1.0, 0.0),
    "linear": (lambda x: 3.0 * x, 1.0, 0.0),
}


@pytest.mark.parametrize("name", SPECIAL)
@pytest.mark.filterwarnings("ignore:invalid value encountered in sqrt:RuntimeWarning")
def test_special_point(name: str) -> None:
    """At special points the second derivative is the conventions' by every route."""
    f, x, exact = SPECIAL[name]
    for i, found in enumerate(seconds(f, x)):
        assert abs(found - exact) <= 1e-13 * max(1.0, abs(exact)), f"route {i}: {found!r}, not {exact!r}"


def test_power_with_an_infinite_second_derivative() -> None:
    """x**1.875 at 0 has slope 0, and an infinite second derivative, never nan; along 0 it is 0."""
    with np.errstate(all="ignore"):
        assert dd.derivative(lambda x: x**1.875)(0.0) == 0
        for found in seconds(lambda x: x**1.875, 0.0):
            assert found == np.inf
        assert dd.second_directional_derivative(lambda x: x**1.875, 0.0, 0.0, 0.0) == 0
        assert dd.directional_derivative(lambda x: x**1.875, 0.0, 0.0, order=2) == 0


@pytest.mark.parametrize("x", [np.zeros(3), np.array([0.0, 1.0, -2.0]), np.array([-0.0, 0.0, 3.0])], ids=str)
def test_hessian_of_the_sum_of_squares_of_absolute_values(x: Any) -> None:
    """The Hessian of sum(abs(x)**2) is 2 I at every point, by every route."""

    def f(x: Any) -> Any:
        return np.sum(np.abs(x) ** 2)

    for H in (dd.hessian(f)(x), dd.jacobian(dd.grad(f))(x), dd.jacobian(dd.jacobian(f))(x), dd.hvp(f, x, np.eye(3))):
        close(H, 2 * np.eye(3))
    close(dd.hessian_diagonal(f)(x), np.full(3, 2.0))


# ---------------------------------------------------------------- blocks, chunks and shapes
def model(x: Any, y: Any, z: Any) -> Any:
    """Return a function of a vector, a matrix and a number, with every mixed derivative."""
    return np.sum(np.sin(y @ x)) * np.exp(z) + x @ x * z**2 + np.sum(y**3)


POINT = (np.array([0.3, -0.7]), np.array([[0.5, 1.0], [-0.4, 0.2], [1.1, -0.6]]), 0.8)


@pytest.mark.parametrize("argnums", [0, 1, 2, (0, 1), (2, 0), (0, 1, 2), (1,)], ids=str)
def test_blocks_of_mixed_partials(argnums: int | tuple[int, ...]) -> None:
    """Blocks by argnums are Jacobians of gradients, tuples of tuples for a tuple, and the lower are the upper ones turned."""
    blocks = dd.hessian(model, argnums=argnums)(*POINT)
    several = argnums if isinstance(argnums, tuple) else (argnums,)
    table = blocks if isinstance(argnums, tuple) else ((blocks,),)
    assert isinstance(table, tuple) and len(table) == len(several)
    for i, a in enumerate(several):
        assert isinstance(table[i], tuple) and len(table[i]) == len(several)
        for j, b in enumerate(several):
            exact = dd.jacobian(dd.grad(model, argnums=a), argnums=b)(*POINT)
            assert np.shape(table[i][j]) == np.shape(POINT[a]) + np.shape(POINT[b])
            close(table[i][j], exact)
            first, other = np.size(POINT[a]), np.size(POINT[b])
            np.testing.assert_array_equal(np.reshape(table[i][j], (first, other)), np.reshape(table[j][i], (other, first)).T)
    value, gradient, again = dd.value_grad_and_hessian(model, argnums=argnums)(*POINT)
    assert value == model(*POINT)
    for p, q in zip(np.atleast_1d(0) if not isinstance(again, tuple) else range(len(again)), range(len(several)), strict=True):
        close(gradient[q] if isinstance(gradient, tuple) else gradient, dd.grad(model, argnums=several[q])(*POINT))
        assert p == q


CHUNKED: dict[str, Callable[[Any], Any]] = {
    "Rosenbrock": rosenbrock,
    "vector": lambda x: np.stack([rosenbrock(x), np.sum(np.exp(x)), np.prod(x)]),
    "quotient": lambda x: np.sum(np.exp(x[1:] * x[:-1]) / (1 + x[0] ** 2)),
    "elementwise": lambda x: np.sum(np.tanh(x) * np.cos(x**2)),
    "filled": lambda x: np.sum(_filled(np.zeros_like(x), x)),
}


def _filled(out: Any, x: Any) -> Any:
    for i in range(len(x)):
        out[i] = x[i] ** 2 * x[i - 1] / (1.5 + x[0] ** 2)
    return out


@pytest.mark.parametrize("name", CHUNKED)
def test_chunks_change_no_bit(name: str) -> None:
    """Every chunk size gives the same bits, and the result is symmetric to the bit."""
    f, x = CHUNKED[name], rng(3).normal(size=13)
    H = dd.hessian(f, tangents="dense")(x)
    np.testing.assert_array_equal(H, np.swapaxes(H, -1, -2))
    for chunk_size in (1, 2, 5, 12, 13, 14):
        again = dd.hessian(f, chunk_size=chunk_size)(x)
        np.testing.assert_array_equal(again, np.swapaxes(again, -1, -2))
        np.testing.assert_array_equal(again, H)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 2), (0,), (1, 0, 2)], ids=str)
@pytest.mark.parametrize("out", [(), (1,), (2, 3), (0,)], ids=str)
def test_vector_functions(shape: tuple[int, ...], out: tuple[int, ...]) -> None:
    """A function of any output shape has a Hessian of shape out + in + in, and third derivatives out + in + in + in."""
    x, weights = rng(4).normal(size=shape), rng(5).normal(size=out)

    def f(x: Any) -> Any:
        return np.multiply.outer(weights, np.sum(np.sin(x)) ** 2) if out else weights * np.sum(np.sin(x)) ** 2

    c, s = np.cos(x), np.sin(x)
    n = x.size
    exact = 2 * np.outer(c, c) - 2 * np.sum(s) * np.diag(s.ravel())
    H = dd.hessian(f)(x)
    assert np.shape(H) == out + shape + shape
    close(np.reshape(H, (*out, n, n)), np.multiply.outer(weights, exact))
    third = dd.jacobian(dd.hessian(f))(x)
    assert np.shape(third) == out + shape * 3
    T = np.reshape(third, (*out, n, n, n))
    for order in itertools.permutations(range(3)):
        close(T, np.moveaxis(T, [len(out) + i for i in range(3)], [len(out) + i for i in order]), 1e-13)


def test_third_derivatives() -> None:
    """All third derivatives, by every nesting of verbs, of functions whose third derivatives one knows."""
    x = np.array([0.3, -0.7, 1.1])
    a = np.array([1.0, 2.0, -0.5])
    exact = np.exp(a @ x) * np.einsum("i,j,k->ijk", a, a, a)

    def f(x: Any) -> Any:
        return np.exp(a @ x)

    close(dd.jacobian(dd.hessian(f))(x), exact)
    close(dd.hessian(dd.grad(f))(x), exact)
    close(dd.hessian(dd.jacobian(f))(x), exact)
    close(dd.jacobian(dd.jacobian(dd.jacobian(f)))(x), exact)
    close(dd.jacobian(lambda y: dd.hvp(f, y, a))(x), exact @ a)
    close(dd.jvp(dd.hessian(f), x, a)[1], exact @ a)
    close(dd.directional_derivative(f, x, a, order=3), np.einsum("ijk,i,j,k", exact, a, a, a))
    close(dd.hessian(lambda y: dd.directional_derivative(f, y, a))(x), exact @ a)
    close(dd.hessian(dd.hessian(f))(x), np.exp(a @ x) * np.einsum("i,j,k,l->ijkl", a, a, a, a))
    close(dd.grad(dd.laplacian(f))(x), np.einsum("ijj->i", exact))


def test_hvp_of_several_vectors() -> None:
    """Several vectors in front, in every chunk size, give the Hessian times each of them."""
    x, v = rng(6).normal(size=(2, 3)), rng(7).normal(size=(4, 2, 3))

    def f(x: Any) -> Any:
        return np.sum(np.sin(x)) ** 2 + np.prod(x)

    H = dd.hessian(f)(x)
    exact = np.einsum("ijkl,nkl->nij", H, v)
    for chunk_size in (None, 1, 4, 6, 7):
        options: dict[str, Any] = {} if chunk_size is None else {"chunk_size": chunk_size}
        close(dd.hvp(f, x, v, **options), exact)
        close(dd.hvp(f, x, v[0], **options), exact[0])
    close(dd.hvp(lambda x: 3.0, x, v), np.zeros((4, 2, 3)))
    close(dd.hvp(lambda x: np.sum(x), x, v), np.zeros((4, 2, 3)))
    close(dd.hvp(lambda t: t**3, 2.0, np.array([1.0, 2.0])), [12.0, 24.0])
    close(dd.jvp(lambda y: dd.hvp(f, y, v), x, 0 * x)[1], np.zeros((4, 2, 3)))


def test_second_directional_derivative_of_several_directions() -> None:
    """p directions and q directions give (p, q, *out), one of each none, the zero direction zero."""
    x = rng(8).normal(size=3)
    u, v = rng(9).normal(size=(2, 3)), rng(10).normal(size=(4, 3))

    def f(x: Any) -> Any:
        return np.stack([np.exp(x[0] * x[1]) * x[2], np.sum(x**3)])

    H = dd.hessian(f)(x)
    close(dd.second_directional_derivative(f, x, u, v), np.einsum("aij,pi,qj->pqa", H, u, v))
    close(dd.second_directional_derivative(f, x, u[0], v), np.einsum("aij,i,qj->qa", H, u[0], v))
    close(dd.second_directional_derivative(f, x, u, v[0]), np.einsum("aij,pi,j->pa", H, u, v[0]))
    close(dd.second_directional_derivative(f, x, 0 * u, v), np.zeros((2, 4, 2)))
    close(dd.second_directional_derivative(lambda x: x[:2] * 2.0, x, u, v), np.zeros((2, 4, 2)))
    close(dd.second_directional_derivative(f, x, u[:1], v[:1]), np.einsum("aij,pi,qj->pqa", H, u[:1], v[:1]))


def test_no_directions_at_all() -> None:
    """An empty set of directions gives an empty set of derivatives, of the right shape."""
    x, v, none = np.ones(3), np.ones((4, 3)), np.zeros((0, 3))

    def f(x: Any) -> Any:
        return np.stack([np.exp(x[0] * x[1]) * x[2], np.sum(x**3)])

    assert dd.jvp(f, x, none)[1].shape == (0, 2)
    assert dd.taylor(f, x, none, 3).shape == (4, 0, 2)
    assert dd.hvp(lambda x: np.sum(x**3), x, none).shape == (0, 3)
    assert dd.second_directional_derivative(f, x, none, v).shape == (0, 4, 2)
    assert dd.second_directional_derivative(f, x, v, none).shape == (4, 0, 2)


# ---------------------------------------------------------------- programs that might go wrong
def newton(a: Any) -> Any:
    """Return the cube root by Newton's iteration, whose derivatives converge a step later each."""
    y = 1.0 + 0.0 * a
    for _ in range(9):
        y = y - (y**3 - a) / (3 * y**2)
    return y


def euler(x: Any) -> Any:
    """Step a pendulum, writing every state into one array."""
    states = np.zeros_like(x, shape=(20, 2))
    states[0] = x
    for i in range(19):
        q, p = states[i]
        states[i + 1, 1] = p - 0.1 * np.sin(q)
        states[i + 1, 0] = q + 0.1 * states[i + 1, 1]
    return states[-1]


def shared(x: Any) -> Any:
    """Use one buffer for everything."""
    buffer = np.empty_like(x)
    total = 0.0
    for k in range(1, 4):
        np.multiply(x, k, out=buffer)
        np.sin(buffer, out=buffer)
        buffer **= 2
        total = total + np.sum(buffer) * x[k - 1]
    return total


def views(x: Any) -> Any:
    """Write through overlapping views."""
    y = x * 1.0
    front, back = y[:-1], y[1:]
    front *= back
    back += front[::-1]
    y[::2] = y[::2] ** 2
    return np.sum(y * x)


def aliased(x: Any) -> Any:
    """Accumulate into a name that another name holds."""
    y = x**2
    z = y
    z += x**3
    y *= x
    return np.sum(z - y) + np.sum(y)


def inner_minimum(x: Any) -> Any:
    """Minimise over another variable by Newton's method with derivatives inside."""

    def objective(y: Any, x: Any) -> Any:
        return (y - x[0]) ** 2 + np.exp(y * x[1]) + 0.1 * y**4

    y = 0.0 * x[0]
    for _ in range(12):
        y = y - dd.derivative(objective)(y, x) / dd.derivative(dd.derivative(objective))(y, x)
    return objective(y, x)


def implicit(x: Any) -> Any:
    """Sum a fixed point that holds values and derivatives of x."""
    y = x
    for _ in range(60):
        y = 0.4 * np.cos(y) + 0.2 * x
    return np.sum(y**2)


PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "Newton's iteration": lambda x: np.sum(newton(2.0 + x)),
    "pendulum": euler,
    "shared buffer": shared,
    "overlapping views": views,
    "aliased names": aliased,
    "minimum inside": inner_minimum,
    "fixed point": implicit,
    "gradient inside": lambda x: np.sum(dd.grad(lambda y: np.sum(np.sin(y) * x))(x**2)),
    "Hessian inside": lambda x: np.linalg.det(dd.hessian(lambda y: np.sum(np.exp(y * x[0])) + np.prod(y))(x) + np.eye(4)),
    "Taylor inside": lambda x: np.sum(dd.taylor(lambda t: np.sin(t * x), 0.3, 1.0, 3)),
    "Taylor of the point inside": lambda x: np.sum(dd.taylor(lambda y: np.exp(y * x), x, x**2, 3)),
    "Laplacian inside": lambda x: dd.laplacian(lambda y: np.prod(y**2) * x[0])(x),
    "jvp along x": lambda x: dd.jvp(lambda y: np.sin(y) * y[::-1], x, x**2)[1],
    "abs of abs": lambda x: np.sum(np.abs(np.abs(x) - 0.5) ** 3),
    "max of squares": lambda x: np.max(x**2) * np.min(x) + np.sort(x)[1] ** 3,
    "median of products": lambda x: np.median(np.outer(x, x) + np.arange(16.0).reshape(4, 4)),
    "norm of the rows": lambda x: np.sum(np.linalg.norm(np.outer(x, x) + np.eye(4), axis=1)),
    "repeated indices": lambda x: np.sum(x[[0, 0, 1, 3]] ** 2 * x[[1, 0, 0, 2]]),
    "add.at": lambda x: _added(np.zeros_like(x), x),
    "where of a quotient": lambda x: np.sum(np.where(np.abs(x) > 0.1, np.sin(x) / x, 1.0)),
    "interp of the knots": lambda x: np.interp(0.2, np.sort(x), x**2),
    "einsum of one array": lambda x: np.einsum("i,i,j,j->", x, x, x, np.exp(x)),
    "matrix power": lambda x: np.sum(np.linalg.matrix_power(np.outer(x, np.sin(x)) + np.eye(4), 3)),
    "matrix power -2": lambda x: np.sum(np.linalg.matrix_power(np.outer(x, np.sin(x)) + 2 * np.eye(4), -2)),
    "power with base and exponent": lambda x: np.sum((1.5 + x**2) ** (x[::-1] * x)),
    "log-sum-exp with a shift": lambda x: np.max(x) + np.log(np.sum(np.exp(x - np.max(x)))),
    "ratio of norms": lambda x: np.linalg.norm(x, 3) / np.linalg.norm(x) + np.linalg.norm(x, 1),
    "var of an offset": lambda x: np.var(x + 1e6) + np.std(x),
    "cumprod": lambda x: np.cumprod(x) @ np.cumsum(x),
    "fft": lambda x: np.sum(np.abs(np.fft.fft(x)) ** 2 * np.arange(4.0)),
    "complex in between": lambda x: np.abs(np.sum(np.exp(1j * x * np.arange(4.0)))) ** 2,
    "complex modulus": lambda x: np.sum(np.abs(x + 1j * x[::-1] ** 2)),
    "polynomial roots": lambda x: np.max(np.abs(np.roots(np.stack([1.0 + 0 * x[0], x[0] - 5.0, 6.0 + x[1]])))),
    "quadrature": lambda x: np.trapezoid(np.exp(np.multiply.outer(np.linspace(0, 1, 9), x)), axis=0) @ x,
    "apply along an axis": lambda x: np.sum(np.apply_along_axis(lambda r: r[0] * r**2, 1, np.outer(x, x))),
    "Python's sum and sorted": lambda x: sum(sorted(x)[:2]) ** 2 + max(x) * min(x),
    "convolution": lambda x: np.sum(np.convolve(x, np.convolve(x, x)) ** 2),
    "lstsq": lambda x: np.sum(np.linalg.lstsq(np.outer(x, np.ones(2)) + np.eye(4, 2), x**2, rcond=None)[0]),
    "pinv": lambda x: np.sum(np.linalg.pinv(np.outer(x, np.sin(x[:2])) + np.eye(4, 2))),
    "qr": lambda x: np.linalg.qr(np.outer(x, np.sin(x[:2])) + np.eye(4, 2)).R,
    "svd": lambda x: np.linalg.svd(np.outer(x, np.sin(x)) + np.diag([1.0, 2, 3, 4])).S,
    "eigenvector": lambda x: np.abs(np.linalg.eigh(np.outer(x, x) + np.diag([1.0, 2, 4, 8]))[1][:, 0]),
    "slogdet": lambda x: np.linalg.slogdet(np.outer(x, np.sin(x)) - np.eye(4))[1],
}


def _added(out: Any, x: Any) -> Any:
    np.add.at(out, [0, 0, 2], x[:3] ** 2)
    return np.sum(out**2)


X4 = np.array([0.3, -0.8, 0.9, 1.4])


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    """Every verb of second and third order agrees with the others, and with differences of first derivatives."""
    f = PROGRAMS[name]
    x = X4[:2] if name == "pendulum" else X4
    n = len(x)
    H = dd.hessian(f)(x)
    np.testing.assert_array_equal(H, np.swapaxes(H, -1, -2))
    close(dd.jacobian(dd.jacobian(f))(x), H, 1e-9)
    diagonal = np.diagonal(H, axis1=-2, axis2=-1)
    close(dd.hessian_diagonal(f)(x), diagonal, 1e-9)
    u, v = rng(1).normal(size=(2, n))
    close(dd.second_directional_derivative(f, x, u, v), H @ v @ u, 1e-9)
    close(dd.directional_derivative(f, x, u, order=2), H @ u @ u, 1e-9)
    h = 2e-4
    J = dd.jacobian(f)
    # Richardson's extrapolation of central differences of the Jacobian.
    near, far = ((J(x + s * u) - J(x - s * u)) / (2 * s) for s in (h, 2 * h))
    np.testing.assert_allclose((4 * near - far) / 3, H @ u, rtol=1e-7, atol=1e-7 * max(1.0, float(np.max(np.abs(H)))))
    third = dd.jacobian(dd.hessian(f))(x)
    close(dd.directional_derivative(f, x, u, order=3), third @ u @ u @ u, 1e-8)
    near, far = ((dd.hessian(f)(x + s * u) - dd.hessian(f)(x - s * u)) / (2 * s) for s in (h, 2 * h))
    np.testing.assert_allclose((4 * near - far) / 3, third @ u, rtol=1e-6, atol=1e-6 * max(1.0, float(np.max(np.abs(third)))))
