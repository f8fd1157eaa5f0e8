"""Rows S1 to S19 of the documents on matrix calculus, each against its exact answer, in both layouts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

Array = Any
LAYOUTS = ("numerator", "denominator")


def close(result: Array, exact: Array, rtol: float = 1e-13) -> None:
    """Assert the same shape, and entries equal to rounding error relative to the largest one."""
    result, exact = np.asarray(result), np.asarray(exact)
    assert result.shape == exact.shape
    scale = float(np.max(np.abs(exact), initial=0.0))
    np.testing.assert_allclose(result, exact, rtol=rtol, atol=rtol * scale)


def in_layout(numerator: Array, layout: str, inputs: int) -> Array:
    """Return the numerator-layout Jacobian, its last ``inputs`` axes moved to the front for the denominator layout."""
    if layout == "numerator":
        return numerator
    return np.moveaxis(numerator, range(-inputs, 0), range(inputs))


def rng(seed: int = 0) -> np.random.Generator:
    """Return a generator of its own for every test."""
    return np.random.default_rng(seed)


def sigma(z: Array) -> Array:
    """Return the logistic function."""
    return 1.0 / (1.0 + np.exp(-z))


# ---------------------------------------------------------------- S1: scalar derivatives
SCALAR: list[tuple[str, Callable[[Any], Any], Callable[[float], float], float]] = [
    ("constant", lambda x: 7.0, lambda x: 0.0, 1.3),
    ("constant array", lambda x: np.float64(7.0), lambda x: 0.0, 1.3),
    ("identity", lambda x: x, lambda x: 1.0, 1.3),
    ("power", lambda x: x**5, lambda x: 5 * x**4, 1.3),
    ("negative power", lambda x: x**-2, lambda x: -2 * x**-3, 1.3),
    ("constant times", lambda x: 4 * x**3, lambda x: 12 * x**2, -0.7),
    ("sum", lambda x: x**5 + x, lambda x: 5 * x**4 + 1, 1.3),
    ("difference", lambda x: x**5 - 3 * x, lambda x: 5 * x**4 - 3, 1.3),
    ("product", lambda x: x**2 * np.sin(x), lambda x: 2 * x * np.sin(x) + x**2 * np.cos(x), 0.8),
    ("quotient", lambda x: np.sin(x) / x, lambda x: (x * np.cos(x) - np.sin(x)) / x**2, 0.8),
    ("chain ln(x^2)", lambda x: np.log(x**2), lambda x: 2 / x, -1.7),
    ("chain sin(x^2)", lambda x: np.sin(x**2), lambda x: 2 * x * np.cos(x**2), 1.1),
    (
        "chain of three",
        lambda x: np.exp(np.sin(x**3)),
        lambda x: np.exp(np.sin(x**3)) * np.cos(x**3) * 3 * x**2,
        0.9,
    ),
    ("sin(x + sin(x))", lambda x: np.sin(x + np.sin(x)), lambda x: np.cos(x + np.sin(x)) * (1 + np.cos(x)), 0.4),
]


@pytest.mark.parametrize("name, f, exact, x", SCALAR, ids=[row[0] for row in SCALAR])
@pytest.mark.parametrize("kind", [float, np.float64, np.array], ids=["float", "float64", "0-d"])
def test_s1_scalar_rules(kind: Any, name: str, f: Any, exact: Any, x: float) -> None:
    """S1: constant, power, sum, product, quotient and chain rules hold for scalars of every kind."""
    close(dd.derivative(f)(kind(x)), exact(x))
    close(dd.grad(f)(kind(x)), exact(x))


# ---------------------------------------------------------------- S2: partial derivatives
def test_s2_partial_derivatives() -> None:
    """S2: a partial derivative holds the other argument constant, with argnums as an int or as a tuple."""

    def f(x: Any, y: Any) -> Any:
        return x**2 * y**2

    x, y = 1.5, -0.4
    close(dd.derivative(f, argnums=0)(x, y), 2 * x * y**2)
    close(dd.derivative(f, argnums=1)(x, y), 2 * x**2 * y)
    both = dd.grad(f, argnums=(0, 1))(x, y)
    assert isinstance(both, tuple)
    close(both[0], 2 * x * y**2)
    close(both[1], 2 * x**2 * y)


def test_s2_second_and_mixed_partials_are_equal() -> None:
    """S2: second partials are exact, and the two mixed ones are the same number."""

    def f(x: Any, y: Any) -> Any:
        return x**2 * y**2

    x, y = 1.5, -0.4
    close(dd.derivative(dd.derivative(f, argnums=0), argnums=0)(x, y), 2 * y**2)
    close(dd.derivative(dd.derivative(f, argnums=1), argnums=1)(x, y), 2 * x**2)
    xy = dd.derivative(dd.derivative(f, argnums=0), argnums=1)(x, y)
    yx = dd.derivative(dd.derivative(f, argnums=1), argnums=0)(x, y)
    close(xy, 4 * x * y)
    close(yx, 4 * x * y)
    H = dd.hessian(lambda v: v[0] ** 2 * v[1] ** 2)(np.array([x, y]))
    close(H, [[2 * y**2, 4 * x * y], [4 * x * y, 2 * x**2]])
    assert H[0, 1] == H[1, 0]


# ---------------------------------------------------------------- S3: gradients
def test_s3_gradient_has_the_shape_of_the_input() -> None:
    """S3: the gradient has the input's shape, whatever that is, and stacks the partial derivatives."""
    for shape in [(), (4,), (2, 3), (2, 1, 3)]:
        x = rng().normal(size=shape)
        close(dd.grad(lambda v: np.sum(v**3))(x), 3 * x**2)


def test_s3_descent_finds_the_minimum() -> None:
    """S3: steepest descent along -grad reaches the minimiser of a quadratic loss."""
    A = np.array([[3.0, 0.5], [0.5, 1.0]])
    b = np.array([1.0, -2.0])

    def loss(x: Any) -> Any:
        return 0.5 * x @ A @ x - b @ x

    x = np.zeros(2)
    gradient = dd.grad(loss)
    for _ in range(400):
        x = x - 0.3 * gradient(x)
    np.testing.assert_allclose(x, np.linalg.solve(A, b), rtol=1e-12)


def test_s3_linear_approximation_is_the_tangent_plane() -> None:
    """S3: linearize gives the value and the hyperplane whose slope is the gradient, with a second-order remainder."""
    x = np.array([0.3, -1.2, 0.7])

    def f(v: Any) -> Any:
        return np.exp(v[0]) * np.sin(v[1]) + v[2] ** 3

    value, plane = dd.linearize(f, x)
    close(value, f(x))
    gradient = dd.grad(f)(x)
    v = np.array([0.2, -0.5, 1.0])
    close(plane(v), gradient @ v)
    remainders = [abs(f(x + h * v) - value - plane(h * v)) for h in (1e-2, 1e-3)]
    assert remainders[1] < 0.02 * remainders[0]


# ---------------------------------------------------------------- S4: directional derivatives
def test_s4_directional_derivative_is_gradient_dot_direction() -> None:
    """S4: the directional derivative equals grad . v and the limit of difference quotients."""
    x = np.array([0.3, -1.2, 0.7])
    v = np.array([1.0, 2.0, -0.5])

    def f(z: Any) -> Any:
        return np.sin(z[0] * z[1]) + z[2] ** 2 * z[0]

    result = dd.directional_derivative(f, x, v)
    close(result, dd.grad(f)(x) @ v)
    assert abs((f(x + 1e-7 * v) - f(x)) / 1e-7 - result) < 1e-5
    close(dd.directional_derivative(f, x, v, normalize=True), result / np.linalg.norm(v))


def test_s4_the_gradient_is_the_steepest_direction() -> None:
    """S4: over unit directions the derivative is largest along the gradient, where it is the gradient's norm."""
    x = np.array([0.3, -1.2, 0.7])

    def f(z: Any) -> Any:
        return np.sin(z[0] * z[1]) + z[2] ** 2 * z[0]

    gradient = dd.grad(f)(x)
    norm = np.linalg.norm(gradient)
    close(dd.directional_derivative(f, x, gradient, normalize=True), norm)
    directions = rng(1).normal(size=(1000, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    slopes = dd.jvp(f, x, directions)[1]
    assert slopes.shape == (1000,)
    assert np.all(np.abs(slopes) <= norm * (1 + 1e-14))


# ---------------------------------------------------------------- S5: norms
@pytest.mark.parametrize("p", [1.5, 2, 3, 4.5])
def test_s5_gradient_of_norms(p: float) -> None:
    """S5: the gradients of the 1-norm, the squared 2-norm and the p-norm, through np.linalg.norm and by hand."""
    x = np.array([0.5, -1.5, 2.5, -0.1])
    close(dd.grad(lambda v: np.sum(np.abs(v)))(x), np.sign(x))
    close(dd.grad(lambda v: np.linalg.norm(v, 1))(x), np.sign(x))
    close(dd.grad(lambda v: np.linalg.norm(v) ** 2)(x), 2 * x)
    close(dd.grad(lambda v: v @ v)(x), 2 * x)
    exact = x * np.abs(x) ** (p - 2) / np.linalg.norm(x, p) ** (p - 1)
    close(dd.grad(lambda v: np.linalg.norm(v, p))(x), exact)
    close(dd.grad(lambda v: np.sum(np.abs(v) ** p) ** (1 / p))(x), exact)


# ---------------------------------------------------------------- S6, S7: vector functions
@pytest.mark.parametrize("layout", LAYOUTS)
def test_s6_jacobian_of_a_linear_map(layout: Any) -> None:
    """S6: the Jacobian of A'x is A' in numerator layout (m x n) and A in denominator layout (n x m)."""
    A = rng().normal(size=(4, 3))
    x = rng(1).normal(size=4)
    close(dd.jacobian(lambda v: A.T @ v, layout=layout)(x), A.T if layout == "numerator" else A)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_s6_jacobian_stacks_gradients(layout: Any) -> None:
    """S6: row i (numerator) or column i (denominator) of the Jacobian is the gradient of output i."""
    x = np.array([0.4, -0.8, 1.7])

    def f(v: Any) -> Any:
        return np.stack([v[0] * v[1], np.exp(v[2]) + v[0]])

    rows = np.array([[x[1], x[0], 0.0], [1.0, 0.0, np.exp(x[2])]])
    close(dd.jacobian(f, layout=layout)(x), rows if layout == "numerator" else rows.T)
    for i in range(2):
        close(dd.grad(lambda v, i=i: f(v)[i])(x), rows[i])


def test_s7_chain_rule() -> None:
    """S7: in denominator layout dz/dx = dy/dx dz/dy, and the gradient of norm(A'x)^2 is 2 A A' x."""
    A = rng().normal(size=(4, 3))
    x = rng(1).normal(size=4)
    close(dd.grad(lambda v: np.linalg.norm(A.T @ v) ** 2)(x), 2 * A @ A.T @ x)

    def y(v: Any) -> Any:
        return np.sin(A.T @ v)

    def z(w: Any) -> Any:
        return w[:2] * w[1:]

    whole = dd.jacobian(lambda v: z(y(v)), layout="denominator")(x)
    first = dd.jacobian(y, layout="denominator")(x)
    second = dd.jacobian(z, layout="denominator")(y(x))
    close(whole, first @ second)
    close(dd.jacobian(lambda v: z(y(v)))(x), second.T @ first.T)


# ---------------------------------------------------------------- S8 to S12: layers, matrices, tensors
@pytest.mark.parametrize("layout", LAYOUTS)
def test_s8_network_layer(layout: Any) -> None:
    """S8: the Jacobian of B' sigma(A'x) is A diag(s (1 - s)) B in denominator layout."""
    A, B = rng().normal(size=(4, 3)), rng(1).normal(size=(3, 2))
    x = rng(2).normal(size=4)
    s = sigma(A.T @ x)
    exact = A @ np.diag(s * (1 - s)) @ B
    close(dd.jacobian(lambda v: B.T @ sigma(A.T @ v), layout=layout)(x), in_layout(exact.T, layout, 1))


def test_s9_gradient_by_a_matrix() -> None:
    """S9: the gradient of norm(A'x)^2 with respect to the matrix A is 2 x x' A, of the shape of A."""
    A, x = rng().normal(size=(4, 3)), rng(1).normal(size=4)
    close(dd.grad(lambda M: np.linalg.norm(M.T @ x) ** 2)(A), 2 * np.outer(x, x) @ A)
    close(dd.grad(lambda M, v: np.sum((M.T @ v) ** 2))(A, x), 2 * np.outer(x, x) @ A)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_s10_vector_by_matrix(layout: Any) -> None:
    """S10: d(A'x)_k / dA_ij is x_i when j = k and 0 otherwise, a rank-3 array with the axes of the layout."""
    A, x = rng().normal(size=(4, 3)), rng(1).normal(size=4)
    numerator = np.einsum("i,jk->kij", x, np.eye(3))
    result = dd.jacobian(lambda M: M.T @ x, layout=layout)(A)
    assert result.shape == ((3, 4, 3) if layout == "numerator" else (4, 3, 3))
    close(result, in_layout(numerator, layout, 2))


def test_s11_loss_of_the_first_layer() -> None:
    """S11: grad of norm(B' sigma(A'x) - c)^2 by A is 2 x [diag(s (1 - s)) B (B's - c)]'."""
    A, B = rng().normal(size=(4, 3)), rng(1).normal(size=(3, 2))
    x, c = rng(2).normal(size=4), rng(3).normal(size=2)
    s = sigma(A.T @ x)
    exact = 2 * np.outer(x, np.diag(s * (1 - s)) @ B @ (B.T @ s - c))
    close(dd.grad(lambda M: np.linalg.norm(B.T @ sigma(M.T @ x) - c) ** 2)(A), exact)
    close(dd.grad(lambda M: np.sum((B.T @ sigma(M.T @ x) - c) ** 2))(A), exact)


def test_s12_matrix_by_scalar() -> None:
    """S12: the derivative of a matrix by a scalar has the matrix's shape."""
    A = rng().normal(size=(2, 3))
    close(dd.derivative(lambda t: A * t**2)(0.7), 2 * 0.7 * A)
    close(
        dd.derivative(lambda t: np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]))(0.7),
        [[-np.sin(0.7), -np.cos(0.7)], [np.cos(0.7), -np.sin(0.7)]],
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_s12_matrix_by_vector(layout: Any) -> None:
    """S12: the derivative of a p x q matrix by an m-vector is p x q x m, or m x p x q in denominator layout."""
    x = np.array([0.5, -2.0, 1.5])
    w = np.array([1.0, 3.0])
    numerator = np.einsum("p,qm->pqm", w, np.diag(2 * x))
    close(dd.jacobian(lambda v: np.outer(w, v**2), layout=layout)(x), in_layout(numerator, layout, 1))


# ---------------------------------------------------------------- S13: matrix differentials
P, Q = rng(5).normal(size=(3, 3)), rng(6).normal(size=(3, 3))
DP, DQ = rng(7).normal(size=(3, 3)), rng(8).normal(size=(3, 3))
C = rng(9).normal(size=(3, 3))
DIFFERENTIALS: list[tuple[str, Callable[[Any, Any], Any], Array]] = [
    ("constant", lambda A, B: C, np.zeros((3, 3))),
    ("scaling", lambda A, B: 2.5 * A, 2.5 * DP),
    ("transpose", lambda A, B: A.T, DP.T),
    ("trace", lambda A, B: np.trace(A), np.trace(DP)),
    ("sum", lambda A, B: A + B, DP + DQ),
    ("difference", lambda A, B: A - B, DP - DQ),
    ("constant product", lambda A, B: C @ A @ C, C @ DP @ C),
    ("product", lambda A, B: A @ B, DP @ Q + P @ DQ),
    ("Hadamard product", lambda A, B: A * B, DP * Q + P * DQ),
    ("trace of product", lambda A, B: np.trace(A.T @ B), np.sum(DP * Q) + np.sum(P * DQ)),
    ("Kronecker product", lambda A, B: np.kron(A, B), np.kron(DP, Q) + np.kron(P, DQ)),
    ("determinant", lambda A, B: np.linalg.det(A), np.linalg.det(P) * np.trace(np.linalg.solve(P, DP))),
    ("log-determinant", lambda A, B: np.linalg.slogdet(A)[1], np.trace(np.linalg.solve(P, DP))),
    ("inverse", lambda A, B: np.linalg.inv(A), -np.linalg.inv(P) @ DP @ np.linalg.inv(P)),
    ("solve", lambda A, B: np.linalg.solve(A, B), np.linalg.solve(P, DQ - DP @ np.linalg.solve(P, Q))),
    ("square", lambda A, B: A @ A, DP @ P + P @ DP),
    ("quadratic form", lambda A, B: B.T @ A @ B, DQ.T @ P @ Q + Q.T @ DP @ Q + Q.T @ P @ DQ),
]


@pytest.mark.parametrize("name, f, exact", DIFFERENTIALS, ids=[row[0] for row in DIFFERENTIALS])
def test_s13_matrix_differentials(name: str, f: Any, exact: Array) -> None:
    """S13: jvp computes the differential of every matrix expression, and the value beside it."""
    value, differential = dd.jvp(f, (P, Q), (DP, DQ))
    close(value, f(P, Q), rtol=0)
    close(differential, exact, rtol=1e-12)


# ---------------------------------------------------------------- S14: Hessians
def test_s14_hessian_is_symmetric_and_exact() -> None:
    """S14: the Hessian of x'Ax/2 + sin(b'x) is (A + A')/2 - sin(b'x) b b', exactly symmetric."""
    A, b, x = rng().normal(size=(4, 4)), rng(1).normal(size=4), rng(2).normal(size=4)
    H = dd.hessian(lambda v: 0.5 * v @ A @ v + np.sin(b @ v))(x)
    assert np.array_equal(H, H.T)
    close(H, (A + A.T) / 2 - np.sin(b @ x) * np.outer(b, b))


def test_s14_second_order_taylor() -> None:
    """S14: value, gradient and Hessian give the Taylor polynomial whose error is of third order."""
    x, v = np.array([0.4, -0.9]), np.array([0.6, 0.8])

    def f(z: Any) -> Any:
        return np.exp(z[0]) * np.cos(z[1])

    value, gradient, H = dd.value_grad_and_hessian(f)(x)
    e, c, s = np.exp(x[0]), np.cos(x[1]), np.sin(x[1])
    close(value, e * c)
    close(gradient, [e * c, -e * s])
    close(H, [[e * c, -e * s], [-e * s, -e * c]])

    def error(h: float) -> float:
        step = h * v
        return abs(float(f(x + step) - (value + gradient @ step + 0.5 * step @ H @ step)))

    assert 500 < error(1e-1) / error(1e-2) < 2000
    close(dd.second_directional_derivative(f, x, v, v), v @ H @ v)
    close(dd.directional_derivative(f, x, v, order=2), v @ H @ v)


# ---------------------------------------------------------------- S15, S16: elementwise functions and dot products
ELEMENTWISE: list[tuple[str, Callable[[Any, Any], Any], Callable[[Array, Array], Array]]] = [
    ("w + x", lambda w, x: w + x, lambda w, x: np.ones_like(x)),
    ("w - x", lambda w, x: w - x, lambda w, x: -np.ones_like(x)),
    ("w * x", lambda w, x: w * x, lambda w, x: w),
    ("w / x", lambda w, x: w / x, lambda w, x: -w / x**2),
    ("max(w, x)", np.maximum, lambda w, x: (x > w).astype(float)),
    ("scalar expansion", lambda w, x: w[0] + 3.0 * x, lambda w, x: np.full_like(x, 3.0)),
    ("exp", lambda w, x: np.exp(x), lambda w, x: np.exp(x)),
]


@pytest.mark.parametrize("name, f, diagonal", ELEMENTWISE, ids=[row[0] for row in ELEMENTWISE])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_s15_elementwise_jacobians_are_diagonal(layout: Any, name: str, f: Any, diagonal: Any) -> None:
    """S15: elementwise functions have diagonal Jacobians, with zeros that are exact."""
    w, x = np.array([1.0, -2.0, 0.5, 3.0]), np.array([0.3, 1.1, -0.7, 5.0])
    J = dd.jacobian(f, argnums=1, layout=layout)(w, x)
    close(J, np.diag(diagonal(w, x)))
    assert np.all(J[~np.eye(4, dtype=bool)] == 0.0)


def test_s15_sum_and_scalar_expansion() -> None:
    """S15: sum reduces to a row of ones, and the derivative of a vector by the scalar it was shifted by is ones."""
    x = np.array([0.3, 1.1, -0.7])
    close(dd.grad(np.sum)(x), np.ones(3))
    close(dd.jacobian(lambda z: x + z)(2.0), np.ones(3))
    close(dd.derivative(lambda z: x * z)(2.0), x)
    close(dd.derivative(lambda z: np.sum(x * z))(2.0), np.sum(x))
    close(dd.jacobian(lambda v: np.sum(7.0 * v**2))(x), 14.0 * x)


def test_s15_sparse_jacobian_of_many_variables() -> None:
    """S15: the diagonal pattern is found, and a hundred thousand variables take a hundred thousand entries."""
    sparse = pytest.importorskip("scipy.sparse")
    x = np.linspace(0.0, 1.0, 100_000)
    J = dd.jacobian(lambda v: v * np.sin(v), sparse=True)(x)
    assert J.nnz == x.size
    close(J.diagonal(), np.sin(x) + x * np.cos(x))
    pattern = dd.jacobian_sparsity(lambda v: v * np.sin(v), x[:5])
    assert sparse.issparse(pattern)
    assert np.array_equal(pattern.toarray(), np.eye(5, dtype=bool))


def test_s16_dot_product() -> None:
    """S16: the gradient of y = w . x is w, directly and through the intermediate v = w * x and its sum."""
    w, x = np.array([1.0, -2.0, 0.5]), np.array([0.3, 1.1, -0.7])
    close(dd.grad(lambda x: np.dot(w, x))(x), w)
    close(dd.grad(lambda x: w @ x)(x), w)
    close(dd.grad(lambda x: np.sum(w * x))(x), w)
    close(dd.grad(lambda w: np.sum(w * x))(w), x)
    inner = dd.jacobian(lambda x: w * x)(x)
    outer = dd.grad(np.sum)(w * x)
    close(outer @ inner, w)


# ---------------------------------------------------------------- S17: numerical differentiation
DIFFERENCES: list[tuple[str, int, Callable[[Callable[[Any], Any], float, float], float]]] = [
    ("forward", 1, lambda f, x, h: (f(x + h) - f(x)) / h),
    ("backward", 1, lambda f, x, h: (f(x) - f(x - h)) / h),
    ("central", 2, lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h)),
    ("Richardson", 4, lambda f, x, h: (8 * (f(x + h / 2) - f(x - h / 2)) - (f(x + h) - f(x - h))) / (6 * h)),
]


@pytest.mark.parametrize("name, order, difference", DIFFERENCES, ids=[row[0] for row in DIFFERENCES])
def test_s17_differences_err_where_duals_do_not(name: str, order: int, difference: Any) -> None:
    """S17: a difference's error falls with its order, then rises as 1/h; a dual number's is rounding, and has no step."""

    def f(x: Any) -> Any:
        return np.exp(np.sin(x)) / (1 + x**2)

    x = 1.2
    exact = f(x) * (np.cos(x) - 2 * x / (1 + x**2))

    def error(h: float) -> float:
        return abs(float(difference(f, x, h)) / float(exact) - 1)

    coarse, fine = (0.1, 0.05) if order == 4 else (1e-2, 1e-3)
    assert abs(np.log(error(coarse) / error(fine)) / np.log(coarse / fine) - order) < 0.1
    assert error(1e-12) > 1e-7
    assert abs(dd.derivative(f)(x) / exact - 1) < 1e-15


# ---------------------------------------------------------------- S18: symbolic differentiation
def nested_product(x: Any, depth: int, cos: Callable[[Any], Any] = np.cos) -> Any:
    """Return a product nested ``depth`` deep, each time with itself."""
    for _ in range(depth):
        x = 1 + x * cos(x)
    return x


def test_s18_nested_product_in_one_pass() -> None:
    """S18: the derivative of a product nested 20 deep is the product of 20 slopes, in one pass."""
    exact, y = 1.0, 0.5
    for _ in range(20):
        exact *= np.cos(y) - y * np.sin(y)
        y = 1 + y * np.cos(y)
    close(dd.derivative(nested_product)(0.5, 20), exact)


def test_s18_symbolic_derivatives_swell() -> None:
    """S18: the formula of that derivative more than doubles with each level, and has the value found here."""
    sympy = pytest.importorskip("sympy")
    x = sympy.Symbol("x")
    formulas = [sympy.diff(nested_product(x, depth, sympy.cos), x) for depth in range(1, 7)]
    operations = [formula.count_ops() for formula in formulas]
    assert all(after > 2 * before for before, after in pairwise(operations))
    for depth, formula in enumerate(formulas, start=1):
        close(dd.derivative(nested_product)(0.5, depth), float(formula.subs(x, sympy.Rational(1, 2)).evalf(30)))


# ---------------------------------------------------------------- S19: a small network
def test_s19_a_network_trains() -> None:
    """S19: descent along the gradient lowers the loss of a network; Gauss-Newton with the exact Jacobian lowers it further."""
    X = rng().uniform(-1, 1, size=(60, 2))
    y = np.sin(3 * X[:, 0]) * X[:, 1]

    def residuals(w: Array) -> Array:
        return np.tanh(X @ w[:12].reshape(2, 6) + w[12:18]) @ w[18:24] - y

    def loss(w: Array) -> Array:
        return np.mean(residuals(w) ** 2)

    start = rng(1).normal(size=24)
    r, J = dd.value_and_jacobian(residuals)(start)
    Z = np.tanh(X @ start[:12].reshape(2, 6) + start[12:18])
    by_first = np.einsum("ni,nh->nih", X, start[18:24] * (1 - Z**2)).reshape(60, 12)
    close(J, np.concatenate([by_first, start[18:24] * (1 - Z**2), Z], axis=1))
    close(dd.grad(loss)(start), 2 / 60 * J.T @ r)

    w, descent = start, [loss(start)]
    for _ in range(100):
        w = w - 0.1 * dd.grad(loss)(w)
        descent.append(loss(w))
    assert all(after < before for before, after in pairwise(descent))

    w, damping = start, 1.0
    for _ in range(100):
        r, J = dd.value_and_jacobian(residuals)(w)
        step = np.linalg.solve(J.T @ J + damping * np.eye(24), -J.T @ r)
        accepted = loss(w + step) < np.mean(r**2)
        w, damping = (w + step, damping / 3) if accepted else (w, damping * 2)
    assert loss(w) < 0.01 * descent[-1] < 0.01 * descent[0]
