"""What ``sparse=True``, patterns, linear maps and prepared functions promise of their results, and the errors they raise."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import dualdiff as dd

sparse = pytest.importorskip("scipy.sparse")
linalg = pytest.importorskip("scipy.sparse.linalg")

TANGENTS: list[Any] = ["auto", "structured", "dense"]
RNG = np.random.default_rng(11)
X = RNG.uniform(0.5, 1.5, 6)
M = RNG.normal(size=(3, 4))
A = RNG.normal(size=(4, 6))
Function = Callable[[Any], Any]


def tridiagonal(x: Any) -> Any:
    """Return a nonlinear second difference."""
    p = np.pad(x, 1)
    return p[2:] * p[:-2] + x**2


#: Functions of an array, and points of every shape.
FUNCTIONS: dict[str, tuple[Function, Any]] = {
    "elementwise": (np.sin, X),
    "tridiagonal": (tridiagonal, X),
    "dense": (lambda x: np.tanh(A @ x), X),
    "dense and sparse": (lambda x: np.concatenate([x**2, A @ x]), X),
    "matrix to matrix": (lambda x: np.sin(x) @ x.T, M),
    "matrix to vector": (lambda x: np.sum(x**2, axis=0), M),
    "scalar": (lambda x: np.sum(np.sin(x[1:]) * x[:-1]), X),
    "of a scalar": (lambda x: np.array([1.0, 2.0]) * x**2, np.array(0.7)),
    "scalar to scalar": (np.sin, np.float64(0.7)),
    "Python's float": (np.sin, 0.7),
    "solve": (lambda x: np.linalg.solve(np.diag(x[:4]) + 1, x[2:]), X),
    "cumulative": (lambda x: np.cumsum(x**2), X),
    "gathered": (lambda x: x[[3, 3, 0, -1]] * x[0], X),
    "sorted": (np.sort, X[::-1].copy()),
    "scattered": (lambda x: np.bincount([0, 2, 2, 1, 0, 4], weights=x**2), X),
    "constant": (lambda x: np.ones(3), X),
    "nothing": (lambda x: x[:0], X),
    "of nothing": (lambda x: np.ones(2) * np.sum(x), np.zeros(0)),
    "nothing of nothing": (np.sin, np.zeros((0, 3))),
    "integers": (lambda x: x**2, np.arange(4)),
    "fft": (lambda x: np.fft.rfft(x).real, X),
}


def dense(f: Function, x: Any) -> Any:
    """Return the Jacobian as a matrix, by the dense path."""
    value, found = dd.value_and_jacobian(f, tangents="dense")(x)
    return np.reshape(found, (np.size(value), np.size(x)))


def assert_format(matrix: Any, shape: tuple[int, int], dtype: Any = np.float64) -> None:
    """Assert a canonical csr_array: rows in order, columns sorted, none twice, small indices."""
    assert type(matrix) is sparse.csr_array
    assert matrix.shape == shape
    assert matrix.dtype == dtype
    assert matrix.indices.dtype == np.int32 and matrix.indptr.dtype == np.int32
    assert matrix.indptr[0] == 0 and matrix.indptr[-1] == len(matrix.indices) == len(matrix.data) == matrix.nnz
    assert np.all(np.diff(matrix.indptr) >= 0)
    for start, stop in zip(matrix.indptr, matrix.indptr[1:], strict=False):
        row = matrix.indices[start:stop]
        assert np.all(np.diff(row) > 0)
        assert np.all((row >= 0) & (row < shape[1]))
    assert matrix.has_sorted_indices and matrix.has_canonical_format


def close(found: Any, expected: Any, tolerance: float = 1e-12) -> None:
    """Assert that arrays agree relative to the largest entry."""
    expected = np.asarray(expected)
    assert np.shape(found) == expected.shape
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * scale)


# ---------------------------------------------------------------- Jacobians
@pytest.mark.parametrize("tangents", TANGENTS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_sparse_jacobian(name: str, tangents: Any) -> None:
    """A canonical csr_array of shape (out.size, in.size), whichever tangents it is made of."""
    f, x = FUNCTIONS[name]
    expected = dense(f, x)
    found = dd.jacobian(f, sparse=True, tangents=tangents)(x)
    assert_format(found, expected.shape)
    close(found.toarray(), expected)
    value, again = dd.value_and_jacobian(f, sparse=True, tangents=tangents)(x)
    assert np.shape(value) == np.shape(f(x)) and type(value) is type(dd.value_and_jacobian(f)(x)[0])
    close(value, f(x), 1e-15)
    assert_format(again, expected.shape)
    close(again.toarray(), expected)


EXPLICIT: dict[str, tuple[Function, Any, int]] = {
    "times zero": (lambda x: x * 0, X, 6),
    "square at zero": (lambda x: x**2, np.zeros(4), 4),
    "product at zero": (lambda x: x[1:] * x[:-1], np.zeros(4), 6),
    "a difference of itself": (lambda x: x - x, X, 6),
    "times an array with zeros": (lambda x: x * np.array([1.0, 0.0, 2.0, 0.0, 0.0, 3.0]), X, 6),
    "cosine where it is level": (np.cos, np.zeros(3), 3),
}


@pytest.mark.parametrize("name", EXPLICIT)
def test_zeros_stay_in_the_pattern(name: str) -> None:
    """An entry that is zero at this point alone is stored."""
    f, x, stored = EXPLICIT[name]
    found: Any = dd.jacobian(f, sparse=True)(x)
    assert_format(found, (np.size(f(x)), x.size))
    assert found.nnz == stored
    close(found.toarray(), dense(f, x))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.longdouble])
def test_precision_is_kept(dtype: Any) -> None:
    """The matrix has the dtype of the dense Jacobian."""
    x = X.astype(dtype)
    expected = dd.jacobian(tridiagonal, tangents="dense")(x)
    for tangents in TANGENTS:
        found = dd.jacobian(tridiagonal, tangents=tangents)(x)
        assert found.dtype == expected.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=10 * float(np.finfo(dtype).eps))
    # SciPy has no sparse matrix of float16.
    if dtype is not np.float16:
        matrix: Any = dd.jacobian(tridiagonal, sparse=True)(x)
        assert_format(matrix, (6, 6), dtype)
        np.testing.assert_allclose(matrix.toarray(), expected, rtol=10 * float(np.finfo(dtype).eps))
    if dtype in (np.float32, np.float64):
        bends: Any = dd.hessian(lambda x: np.sum(tridiagonal(x)), sparse=True)(x)
        assert_format(bends, (6, 6), dtype)


class Pair(NamedTuple):
    """A named tuple of a program."""

    first: Any
    second: Any


def of_two(a: Any, b: Any) -> Any:
    """Return a vector of a matrix and a vector."""
    return np.concatenate([a[0] * b[:4], [np.sum(a) * b[1]]])


def test_several_arguments_are_columns_one_after_another() -> None:
    """With argnums a tuple, or containers, the columns of all leaves stand one after another in one matrix."""
    by_a, by_b = (np.reshape(m, (5, -1)) for m in dd.jacobian(of_two, argnums=(0, 1), tangents="dense")(M, X))
    both = np.concatenate([by_a, by_b], axis=1)
    cases: dict[str, tuple[Any, Any]] = {
        "tuple": (dd.jacobian(of_two, argnums=(0, 1), sparse=True)(M, X), both),
        "other order": (dd.jacobian(of_two, argnums=(1, 0), sparse=True)(M, X), np.concatenate([by_b, by_a], axis=1)),
        "one": (dd.jacobian(of_two, argnums=1, sparse=True)(M, X), by_b),
        "negative": (dd.jacobian(of_two, argnums=-1, sparse=True)(M, X), by_b),
        "tuple of one": (dd.jacobian(of_two, argnums=(0,), sparse=True)(M, X), by_a),
        "dict": (dd.jacobian(lambda p: of_two(p["a"], p["b"]), sparse=True)({"a": M, "b": X}), both),
        "named tuple": (dd.jacobian(lambda p: of_two(*p), sparse=True)(Pair(M, X)), both),
        "list": (dd.jacobian(lambda p: of_two(p[0], p[1]), sparse=True)([M, X]), both),
        "keyword": (dd.jacobian(of_two, sparse=True)(M, b=X), by_a),
    }
    for name, (found, expected) in cases.items():
        assert_format(found, expected.shape)
        np.testing.assert_allclose(found.toarray(), expected, rtol=1e-14, err_msg=name)


def test_several_results_are_rows_one_after_another() -> None:
    """The rows of all leaves of the output stand one after another."""
    outputs: list[Function] = [
        lambda x: (np.sin(x), np.sum(x**2), A @ x),
        lambda x: [np.sin(x), np.sum(x**2), A @ x],
        lambda x: {"z": np.sin(x), "a": np.sum(x**2), "m": A @ x},
        lambda x: Pair(np.sin(x), (np.sum(x**2), A @ x)),
    ]
    expected = np.concatenate([np.diag(np.cos(X)), 2 * X[None], A])
    for f in outputs:
        value, found = dd.value_and_jacobian(f, sparse=True)(X)
        assert_format(found, (11, 6))
        close(found.toarray(), expected)
        assert type(value) is type(f(X))


def test_auxiliary_output() -> None:
    """With has_aux the matrix comes in a pair."""
    f: Function = lambda x: (x**2, "aux")  # noqa: E731 - differentiated below
    found, aux = dd.jacobian(f, has_aux=True, sparse=True)(X)
    assert aux == "aux"
    close(found.toarray(), np.diag(2 * X))
    (value, aux), found = dd.value_and_jacobian(f, has_aux=True, sparse=True)(X)
    assert aux == "aux"
    close(value, X**2)
    close(found.toarray(), np.diag(2 * X))
    g: Function = lambda x: (np.sum(x**3), "aux")  # noqa: E731 - differentiated below
    matrix, aux = dd.hessian(g, has_aux=True, sparse=True)(X)
    assert aux == "aux"
    close(matrix.toarray(), np.diag(6 * X))


def test_complex_results_of_real_inputs() -> None:
    """The Jacobian of a complex function of real numbers is complex."""
    f: Function = lambda x: np.exp(1j * x) * x[::-1]  # noqa: E731 - differentiated below
    expected = dd.jacobian(f, tangents="dense")(X)
    for tangents in TANGENTS:
        close(dd.jacobian(f, tangents=tangents)(X), expected)
    found: Any = dd.jacobian(f, sparse=True)(X)
    assert_format(found, (6, 6), np.complex128)
    close(found.toarray(), expected)


def test_results_are_the_callers_own() -> None:
    """Changing a result changes neither the next one nor the point."""
    x = X.copy()
    take: Function = dd.jacobian(tridiagonal, sparse=True)
    first: Any = take(x)
    kept = first.toarray()
    first.data[:] = 0.0
    first.indices[:] = 0
    first.indptr[:] = 0
    second: Any = take(x)
    assert np.array_equal(second.toarray(), kept)
    assert np.array_equal(x, X)
    for tangents in TANGENTS:
        found = dd.grad(lambda x: np.sum(x**2), tangents=tangents)(x)
        found += 1.0
        matrix = dd.jacobian(lambda x: x, tangents=tangents)(x)
        matrix[0] = 5.0
        assert np.array_equal(x, X)
        assert matrix.flags.writeable and found.flags.writeable


# ---------------------------------------------------------------- Hessians
SCALARS: dict[str, tuple[Function, Any]] = {
    "separable": (lambda x: np.sum(np.sin(x)), X),
    "banded": (lambda x: np.sum(np.exp(x[1:] * x[:-1]) * x[1:] ** 3), X),
    "dense": (lambda x: np.tanh(np.sum(A @ x)) * np.sum(x**3), X),
    "quadratic form": (lambda x: x @ (A.T @ A) @ x / 3, X),
    "long sums": (lambda x: np.sum(np.log(1 + np.exp(A @ x))) + 0.1 * np.sum(x**2), X),
    "matrix": (lambda x: np.sum((x @ x.T) ** 2), M),
    "scattered": (lambda x: np.sum(np.bincount([0, 1, 1, 0, 2, 2], weights=x) ** 3), X),
    "linear": (lambda x: np.sum(A @ x), X),
    "constant": (lambda x: 3.0, X),
    "of a scalar": (lambda x: np.exp(x) * x, np.array(0.7)),
    "Python's float": (lambda x: np.exp(x) * x, 0.7),
    "of nothing": (lambda x: np.sum(x**2), np.zeros(0)),
    "determinant": (lambda x: np.linalg.det(np.outer(x[:3], x[3:]) + np.eye(3)), X),
    "norm": (np.linalg.norm, X),
    "quotients": (lambda x: np.sum(x[1:] / x[:-1]) / 7, X),
}


@pytest.mark.parametrize("tangents", TANGENTS)
@pytest.mark.parametrize("name", SCALARS)
def test_sparse_hessian(name: str, tangents: Any) -> None:
    """A canonical csr_array (in.size, in.size), symmetric to the last bit, its pattern too."""
    f, x = SCALARS[name]
    n = np.size(x)
    expected = np.reshape(dd.hessian(f, tangents="dense")(x), (n, n))
    value, gradient, again = dd.value_grad_and_hessian(f, sparse=True, tangents=tangents)(x)
    close(value, f(x), 1e-14)
    close(gradient, dd.grad(f, tangents="dense")(x))
    for found in (dd.hessian(f, sparse=True, tangents=tangents)(x), again):
        assert_format(found, (n, n))
        close(found.toarray(), expected, 1e-11)
        mirrored = found.T.tocsr()
        mirrored.sort_indices()
        assert np.array_equal(mirrored.indptr, found.indptr)
        assert np.array_equal(mirrored.indices, found.indices)
        assert np.array_equal(mirrored.data, found.data)


@pytest.mark.parametrize("name", SCALARS)
def test_structured_hessian_is_symmetric(name: str) -> None:
    """The dense result of structured tangents is symmetric to the last bit, and the sparse one holds the same numbers."""
    f, x = SCALARS[name]
    n = np.size(x)
    found = np.reshape(dd.hessian(f, tangents="structured")(x), (n, n))
    assert np.array_equal(found, found.T)
    matrix: Any = dd.hessian(f, sparse=True, tangents="structured")(x)
    close(matrix.toarray(), found, 1e-13)


def test_hessian_of_several_arguments() -> None:
    """Rows and columns of all differentiated leaves stand one after another."""

    def f(a: Any, b: Any) -> Any:
        return np.sum(of_two(a, b) ** 2)

    blocks = dd.hessian(f, argnums=(0, 1), tangents="dense")(M, X)
    sizes = [12, 6]
    expected = np.block([[np.reshape(blocks[i][j], (sizes[i], sizes[j])) for j in range(2)] for i in range(2)])
    found: Any = dd.hessian(f, argnums=(0, 1), sparse=True)(M, X)
    assert_format(found, (18, 18))
    close(found.toarray(), expected)
    boxed: Any = dd.hessian(lambda p: f(p["a"], p["b"]), sparse=True)({"a": M, "b": X})
    close(boxed.toarray(), expected)


# ---------------------------------------------------------------- patterns
ZERO = np.zeros(5)
#: Functions whose pattern is known exactly, however they are evaluated.
EXACT: dict[str, tuple[Function, Any]] = {
    "elementwise": (lambda x: np.sin(x) * x, np.eye(5)),
    "reversed": (lambda x: x[::-1] ** 2, np.eye(5)[::-1]),
    "neighbours": (lambda x: x[1:] * x[:-1], np.eye(4, 5) + np.eye(4, 5, k=1)),
    "periodic": (lambda x: np.roll(x, 1) - 2 * x + np.roll(x, -1), np.eye(5) + sum(np.roll(np.eye(5), k, 0) for k in (1, -1))),
    "gathered": (lambda x: x[[4, 4, 0]], np.eye(5)[[4, 4, 0]]),
    "sum": (lambda x: np.sum(x**3), np.ones((1, 5))),
    "constant": (lambda x: np.ones(3), np.zeros((3, 5))),
    "written": (lambda x: np.concatenate([x[:2] * 0, x[2:]]), np.eye(5)),
}


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("x", [ZERO, np.linspace(0.3, 1.1, 5)], ids=["zero", "elsewhere"])
def test_pattern_of_local_functions(x: Any, name: str) -> None:
    """The pattern of a function of neighbours is exact, and at zero what it is elsewhere."""
    f, expected = EXACT[name]
    found: Any = dd.jacobian_sparsity(f, x)
    assert type(found) is sparse.csr_array and found.dtype == bool
    assert np.array_equal(found.toarray(), expected > 0)
    assert np.all(found.data)


#: Smooth functions with derivatives that vanish at zero.
SMOOTH: dict[str, Function] = {
    "square": lambda x: x**2,
    "cube": lambda x: x**3,
    "product": lambda x: x * x[::-1],
    "prod": np.prod,
    "cumprod": np.cumprod,
    "dot": lambda x: x @ x,
    "outer": lambda x: np.outer(x, x),
    "matrix product": lambda x: x[:4].reshape(2, 2) @ x[1:].reshape(2, 2),
    "einsum": lambda x: np.einsum("i,i,j->j", x, x, x),
    "determinant": lambda x: np.linalg.det(x[:4].reshape(2, 2)),
    "variance": np.var,
    "power": lambda x: np.power(x, 4),
    "scattered": lambda x: np.bincount([0, 0, 1, 2, 1], weights=x**2),
    "solve": lambda x: np.linalg.solve(np.eye(2) + np.outer(x[:2], x[2:4]), x[:2] ** 2),
    "convolution": lambda x: np.convolve(x, x),
    "kron": lambda x: np.kron(x[:2], x[2:]),
    "exponential": lambda x: np.exp(x) * x**2,
    "polynomial": lambda x: np.polyval([1.0, 0.0, 2.0], x),
    "quotient": lambda x: x[1:] ** 2 / (1 + x[:-1]),
    "cross": lambda x: np.cross(x[:3], x[2:]),
    "fft": lambda x: np.abs(np.fft.rfft(x) + 2) ** 2,
    "sinc": np.sinc,
    "logaddexp": lambda x: np.logaddexp(x, -x),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_pattern_has_no_false_negatives(name: str) -> None:
    """The pattern at zero covers the Jacobians and Hessians everywhere, and is the pattern that other points have."""
    f, rng = SMOOTH[name], np.random.default_rng(0)
    points = [ZERO, *rng.normal(size=(3, 5))]

    def scalar(x: Any) -> Any:
        return np.sum(f(x) ** 2)

    first = [dd.jacobian_sparsity(f, x).toarray() for x in points]
    second = [dd.hessian_sparsity(scalar, x).toarray() for x in points]
    for pattern in first[1:]:
        assert np.array_equal(pattern, first[0])
    for pattern in second:
        assert np.array_equal(pattern, second[0])
        assert np.array_equal(pattern, pattern.T)
    for x in points:
        assert not np.any((dense(f, x) != 0) & ~first[0])
        assert not np.any((dd.hessian(scalar, tangents="dense")(x) != 0) & ~second[0])


def test_pattern_of_hessians() -> None:
    """A separable function has a diagonal, a chain a band, and both have it at zero."""
    cases: list[tuple[Function, Any]] = [
        (lambda x: np.sum(x**3), np.eye(5)),
        (lambda x: np.sum(np.sin(x)), np.eye(5)),
        (lambda x: np.sum(x[1:] ** 2 * x[:-1] ** 2), np.tri(5, k=1) * np.tri(5, k=1).T),
        (lambda x: np.sum(x) ** 2, np.ones((5, 5))),
    ]
    for f, expected in cases:
        for x in (ZERO, np.linspace(0.3, 1.1, 5)):
            found: Any = dd.hessian_sparsity(f, x)
            assert type(found) is sparse.csr_array and found.dtype == bool
            assert np.array_equal(found.toarray(), expected > 0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_pattern_covers_the_jacobian(name: str) -> None:
    """The pattern has the shape of the sparse Jacobian and every entry of it."""
    f, x = FUNCTIONS[name]
    pattern: Any = dd.jacobian_sparsity(f, x)
    matrix = dense(f, x)
    assert pattern.shape == matrix.shape and pattern.dtype == bool
    assert not np.any((matrix != 0) & ~pattern.toarray())


# ---------------------------------------------------------------- linear maps
REAL = [name for name in FUNCTIONS if name not in {"of nothing", "nothing of nothing", "nothing"}]


@pytest.mark.parametrize("name", REAL)
def test_linear_map(name: str) -> None:
    """L(v) has the shape of f(x); L is an operator of shape (out.size, in.size), in all the ways there are to apply it."""
    f, x = FUNCTIONS[name]
    matrix = dense(f, x)
    m, n = matrix.shape
    value, L = dd.linearize(f, x)
    close(value, f(x), 1e-15)
    assert tuple(L.shape) == (m, n)
    assert L.dtype == np.float64
    rng = np.random.default_rng(0)
    v, w, V, W = rng.normal(size=n), rng.normal(size=m), rng.normal(size=(n, 3)), rng.normal(size=(m, 2))
    assert np.shape(L(np.reshape(v, np.shape(x)))) == np.shape(value)
    close(np.ravel(L(np.reshape(v, np.shape(x)))), matrix @ v)
    for found, expected in {
        "matvec": (L.matvec(v), matrix @ v), "rmatvec": (L.rmatvec(w), matrix.T @ w), "matmat": (L.matmat(V), matrix @ V),
        "@": (L @ v, matrix @ v), "@ matrix": (L @ V, matrix @ V), "T": (L.T @ w, matrix.T @ w), "H": (L.H @ w, matrix.T @ w),
        "T of a matrix": (L.T @ W, matrix.T @ W), "toarray": (L.toarray(), matrix),
        "to_sparse": (L.to_sparse().toarray(), matrix),
    }.values():  # fmt: skip
        close(found, expected)
    assert_format(L.to_sparse(), (m, n))
    # The adjoint identity.
    assert w @ L.matvec(v) == pytest.approx(L.rmatvec(w) @ v, rel=1e-11, abs=1e-12)
    operator = linalg.aslinearoperator(L)
    assert operator.shape == (m, n)
    close(operator.matvec(v), matrix @ v)
    close(operator.rmatvec(w), matrix.T @ w)
    close(operator.matmat(V), matrix @ V)


def test_linear_map_with_complex_values() -> None:
    """For complex results of real inputs rmatvec is the conjugate transpose."""
    f: Function = lambda x: np.exp(1j * x) * x[0]  # noqa: E731 - differentiated below
    matrix = dd.jacobian(f, tangents="dense")(X)
    _, L = dd.linearize(f, X)
    rng = np.random.default_rng(0)
    v, w = rng.normal(size=6), rng.normal(size=6) + 1j * rng.normal(size=6)
    assert L.dtype == np.complex128
    close(L.matvec(v), matrix @ v)
    close(L.rmatvec(w), matrix.conj().T @ w)
    close(L.H @ w, matrix.conj().T @ w)
    close(L.T @ w, matrix.T @ w)


def test_linear_map_of_containers() -> None:
    """Several arguments and results: L takes and gives their form, its matrix has their columns and rows one after another."""
    f: Callable[..., Any] = lambda p, y: (p["a"] @ y[:4], np.sum(y) * p["b"])  # noqa: E731 - differentiated below
    point = {"a": M, "b": 2.0}
    _, L = dd.linearize(f, point, X)
    assert tuple(L.shape) == (4, 19)
    along = {"a": np.ones((3, 4)), "b": -1.0}
    first, second = L(along, X)
    close(first, np.ones((3, 4)) @ X[:4] + M @ X[:4])
    close(second, -np.sum(X) + 2 * np.sum(X))
    flat = np.concatenate([np.ones(12), [-1.0], X])
    close(L.matvec(flat), np.append(first, second))


def test_linear_map_keeps_its_point() -> None:
    """Changing the point afterwards, or a result, changes nothing."""
    x = X.copy()
    _, L = dd.linearize(tridiagonal, x)
    before = L(X)
    x[:] = 100.0
    result = L.matvec(X)
    result[:] = -1.0
    matrix = L.to_sparse()
    matrix.data[:] = 0.0
    L.toarray()[:] = 0.0
    assert np.array_equal(L(X), before)
    close(L.matvec(X), before)


def test_krylov_methods_take_the_linear_map() -> None:
    """GMRES, LSQR and an operator of SciPy work with L as it is."""
    b = np.random.default_rng(0).normal(size=6)
    f: Function = lambda x: 3 * x + tridiagonal(x)  # noqa: E731 - differentiated below
    matrix = dd.jacobian(f, tangents="dense")(X)
    _, L = dd.linearize(f, X)
    y, info = linalg.gmres(L, b, rtol=1e-12)
    assert info == 0
    close(y, np.linalg.solve(matrix, b), 1e-9)
    _, R = dd.linearize(lambda x: np.concatenate([x**2, A @ x]), X)
    c = np.random.default_rng(1).normal(size=10)
    exact = np.linalg.lstsq(R.toarray(), c)[0]
    close(linalg.lsqr(R, c, atol=1e-14, btol=1e-14)[0], exact, 1e-8)
    close((linalg.aslinearoperator(L) * 2) @ b, 2 * matrix @ b)


# ---------------------------------------------------------------- prepared functions
def branching(x: Any) -> Any:
    """Return a chain, or a product with all, as the first entry has it."""
    return np.append(x[1:] * x[:-1], x[0]) if x[0] > 0 else x * np.sum(x)


def halved(x: Any) -> Any:
    """Halve until small: as many steps as it takes."""
    y = x * 1.0
    while np.max(np.abs(y)) > 0.5:
        y = y / 2 + 0.01 * np.sin(y) * y[::-1]
    return y


def chosen(x: Any) -> Any:
    """Scale the positive entries, in place."""
    y = x.copy()
    y[x > 0] *= x[-1]
    return y


def largest_first(x: Any) -> Any:
    """Sort by an index computed from the values."""
    order = np.argsort(-dd.value_of(x))
    return x[order] * x[order[0]]


PREPARED: dict[str, Function] = {
    "elementwise": np.sin,
    "tridiagonal": tridiagonal,
    "dense": lambda x: np.tanh(x[:, None] - x[None, :]) @ x,
    "branching": branching,
    "where": lambda x: np.where(x > 0, x**2, x[::-1]),
    "maximum": lambda x: np.maximum(x, x[::-1]),
    "sort": lambda x: np.sort(x)[::2] * x[0],
    "argsort": largest_first,
    "max": lambda x: np.max(x) * x,
    "abs": np.abs,
    "clip": lambda x: np.clip(x, -0.5, 0.5) * x[0],
    "selected": lambda x: np.bincount(np.where(dd.value_of(x) > 0, 0, 1), weights=x**2, minlength=2),
    "size by value": lambda x: np.append(x[x > 0] ** 2, np.sum(x)),
    "while": halved,
    "chosen": chosen,
    "interpolated": lambda x: np.interp(x, [-3.0, -1.0, 0.2, 3.0], [0.0, 1.0, -2.0, 5.0]) * x[0],
    "Thomas-like": lambda x: recurrence(x),
    "pieces": lambda x: np.piecewise(x, [x < 0, x >= 0], [lambda t: t**2, lambda t: t**3]),
    "rounded": lambda x: x * np.floor(x) + np.sign(x[::-1]),
}


def recurrence(x: Any) -> Any:
    """Return y[i] = x[i] + y[i - 1]^2 / 4."""
    out = np.zeros_like(x)
    for i in range(x.size):
        out[i] = x[i] + (out[i - 1] ** 2 / 4 if i else 0.0)
    return out


POINTS = [*np.random.default_rng(5).normal(size=(8, 6)), np.full(6, 0.4), -np.arange(1.0, 7.0), np.arange(1.0, 7.0)]


@pytest.mark.parametrize("name", PREPARED)
def test_prepared_jacobian(name: str) -> None:
    """A prepared Jacobian is right at every later point, branches, sizes and orders that change included."""
    f = PREPARED[name]
    P = dd.prepare_jacobian(f, POINTS[0])
    for x in [*POINTS, *POINTS[::-1]]:
        expected = dense(f, x)
        found = P(x)
        assert_format(found, expected.shape)
        close(found.toarray(), expected)
        value, again = P.with_value(x)
        close(value, f(x), 1e-14)
        close(again.toarray(), expected)


@pytest.mark.parametrize("name", PREPARED)
def test_prepared_hessian(name: str) -> None:
    """So is a prepared Hessian, symmetric to the last bit, with value and gradient on demand."""
    f: Function = lambda x: np.sum(PREPARED[name](x) ** 2 * np.cos(PREPARED[name](x)))  # noqa: E731 - differentiated below
    P = dd.prepare_hessian(f, POINTS[0])
    for x in [*POINTS, *POINTS[::-1]]:
        expected = dd.hessian(f, tangents="dense")(x)
        found = P(x)
        assert_format(found, (6, 6))
        close(found.toarray(), expected, 1e-11)
        assert np.array_equal(found.toarray(), found.toarray().T)
        value, gradient, again = P.with_value(x)
        close(value, f(x), 1e-13)
        close(gradient, dd.grad(f, tangents="dense")(x), 1e-11)
        close(again.toarray(), expected, 1e-11)


def test_prepared_at_zero() -> None:
    """Preparing where derivatives vanish, or are zero, prepares for all points."""
    for f in SMOOTH.values():
        P = dd.prepare_jacobian(f, ZERO)
        for x in np.random.default_rng(1).normal(size=(3, 5)):
            close(P(x).toarray(), dense(f, x))


def test_prepared_with_other_shapes_and_types() -> None:
    """A point of another shape or type is prepared anew."""
    P = dd.prepare_jacobian(lambda x: x[1:] * x[:-1], X)
    for x in (np.arange(1.0, 4.0), X, M, X.astype(np.float32), np.arange(1, 7), X[::-1], np.ones(1), X):
        found = P(x)
        expected = dd.jacobian(lambda x: x[1:] * x[:-1], sparse=True)(x)
        assert_format(found, expected.shape, expected.dtype)
        np.testing.assert_allclose(found.toarray(), expected.toarray(), rtol=1e-6 if x.dtype == np.float32 else 1e-13)
    H = dd.prepare_hessian(lambda x: np.sum(x[1:] * x[:-1] ** 2), X)
    for n in (3, 6, 9, 6):
        x = np.linspace(0.2, 1.0, n)
        close(H(x).toarray(), dd.hessian(lambda x: np.sum(x[1:] * x[:-1] ** 2), tangents="dense")(x))


@pytest.mark.parametrize("prepare", [dd.prepare_jacobian, dd.prepare_hessian], ids=lambda p: p.__name__)
def test_prepared_results_are_independent(prepare: Any) -> None:
    """A later call changes no earlier result, and changing a result changes no later one."""
    f: Function = lambda x: np.sum(tridiagonal(x) ** 2) * (np.ones(2) if prepare is dd.prepare_jacobian else 1.0)  # noqa: E731
    P = prepare(f, X)
    points = [X, X + 1, X - 2]
    results = [P(x) for x in points]
    copies = [matrix.toarray() for matrix in results]
    values = [P.with_value(x) for x in points]
    for matrix, copied in zip(results, copies, strict=True):
        assert np.array_equal(matrix.toarray(), copied)
    for matrix in results:
        matrix.data[:] = 0.0
        matrix.eliminate_zeros()
        matrix.indices[:] = 0
        matrix.indptr[:] = 0
    for given in values:
        for array in given[:-1]:
            np.asarray(array)[...] = -1.0
    for x, copied in zip(points, copies, strict=True):
        assert np.array_equal(P(x).toarray(), copied)
    first, second = results[0], P(X)
    assert not np.shares_memory(first.data, second.data)
    assert not np.shares_memory(first.indices, second.indices)
    assert not np.shares_memory(first.indptr, second.indptr)


def test_prepared_does_not_keep_or_change_its_point() -> None:
    """The point of preparation may be changed afterwards; points are never written to."""
    x = X.copy()

    def f(x: Any) -> Any:
        x[1:] *= x[:-1]
        return x

    expected = dense(lambda x: f(x.copy()), X)
    P = dd.prepare_jacobian(f, x)
    x[:] = 50.0
    y = X.copy()
    close(P(y).toarray(), expected)
    assert np.array_equal(y, X)


@pytest.mark.parametrize("name", ["tridiagonal", "branching", "size by value", "sort"])
def test_prepared_in_threads(name: str) -> None:
    """One prepared function is used by several threads at once, at points that take different branches."""
    f = PREPARED[name]
    expected = [dense(f, x) for x in POINTS]
    P, H = dd.prepare_jacobian(f, POINTS[0]), dd.prepare_hessian(lambda x: np.sum(f(x) ** 2), POINTS[0])
    bends = [dd.hessian(lambda x: np.sum(f(x) ** 2), tangents="dense")(x) for x in POINTS]

    def work(k: int) -> None:
        for i in range(30):
            at = (i * (k + 1) + k) % len(POINTS)
            close(P(POINTS[at]).toarray(), expected[at])
            if i % 5 == 0:
                close(H(POINTS[at]).toarray(), bends[at], 1e-11)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def test_all_verbs_in_threads() -> None:
    """Sparse, structured and dense derivatives run in several threads at once."""
    expected = dense(tridiagonal, X)

    def work(k: int) -> None:
        for i in range(20):
            tangents: Any = TANGENTS[(i + k) % 3]
            close(dd.jacobian(tridiagonal, tangents=tangents)(X), expected)
            close(dd.jacobian(tridiagonal, sparse=True)(X).toarray(), expected)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


# ---------------------------------------------------------------- explain
def rows_with(text: str, word: str) -> list[str]:
    """Return the lines of a table that hold a word."""
    return [line for line in text.lower().splitlines() if word in line]


def test_explain_is_a_table() -> None:
    """The table names each operation, its representation, terms, bytes and time."""
    text = str(dd.explain(lambda x: np.sin(x) * x, X))
    for column in ("terms", "bytes", "time"):
        assert column in text.lower()
    assert rows_with(text, "sin") and rows_with(text, "multiply")
    assert any("structured" in line for line in rows_with(text, "sin"))
    assert len(text.splitlines()) >= 3


def test_explain_says_where_structure_was_lost() -> None:
    """An operation that mixes all entries is marked dense, and what came before is not."""
    text = str(dd.explain(lambda x: np.linalg.inv(np.diag(np.sin(x)) + 1), X))
    assert any("structured" in line for line in rows_with(text, "sin"))
    assert any("dense" in line for line in rows_with(text, "inv"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_explain_takes_every_function(name: str) -> None:
    """Every function can be explained, and derivatives afterwards are what they were."""
    f, x = FUNCTIONS[name]
    expected = dense(f, x)
    assert str(dd.explain(f, x)).strip()
    close(np.reshape(dd.jacobian(f)(x), expected.shape), expected)


# ---------------------------------------------------------------- options and errors
VERBS: list[Any] = [dd.grad, dd.jacobian, dd.hessian, dd.value_and_grad, dd.value_and_jacobian, dd.value_grad_and_hessian]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
@pytest.mark.parametrize("tangents", ["sparse", "", "Dense", None, 1, True])
def test_unknown_tangents(tangents: Any, verb: Any) -> None:
    """A name of tangents that does not exist is a ValueError that lists those that do."""
    with pytest.raises(ValueError, match="structured"):
        verb(lambda x: np.sum(x**2), tangents=tangents)(X)


@pytest.mark.parametrize("tangents", TANGENTS)
def test_other_options_go_together_with_tangents(tangents: Any) -> None:
    """layout=, axis=, chunk_size= and has_aux= mean the same whatever the tangents are."""
    f: Function = lambda x: np.stack([x[..., 0] * x[..., 1], x[..., 2] ** 2], axis=-1)  # noqa: E731 - differentiated below
    points = np.arange(12.0).reshape(4, 3) + 1
    cases: list[dict[str, Any]] = [
        {}, {"layout": "denominator"}, {"axis": -1}, {"axis": -1, "layout": "denominator"}, {"chunk_size": 1},
        {"chunk_size": 5},
    ]  # fmt: skip
    for options in cases:
        close(dd.jacobian(f, tangents=tangents, **options)(points), dd.jacobian(f, tangents="dense", **options)(points))
    g: Function = lambda x: (np.sum(f(x) ** 2), "aux")  # noqa: E731 - differentiated below
    for verb in (VERBS[0], VERBS[2]):
        found, aux = verb(g, tangents=tangents, has_aux=True, chunk_size=5)(points)
        assert aux == "aux"
        close(found, verb(g, tangents="dense", has_aux=True)(points)[0])
    close(dd.hessian(lambda x: np.sum(x**3, axis=-1), axis=-1, tangents=tangents)(points), 6 * points[..., None] * np.eye(3))


@pytest.mark.parametrize("tangents", TANGENTS)
def test_sparse_hessian_needs_a_scalar_function(tangents: Any) -> None:
    """The sparse Hessian of a vector function is an error, of several results too; so are gradients of vectors."""
    outputs: list[Function] = [lambda x: x**2, lambda x: (np.sum(x), np.sum(x)), lambda x: np.sum(x, keepdims=True)]
    for f in outputs:
        for verb in (VERBS[2], VERBS[5]):
            with pytest.raises(dd.NotScalarError):
                verb(f, sparse=True, tangents=tangents)(X)
        with pytest.raises(dd.NotScalarError):
            dd.grad(f, tangents=tangents)(X)
        with pytest.raises(dd.NotScalarError):
            dd.prepare_hessian(f, X)(X)
        with pytest.raises(dd.NotScalarError):
            dd.hessian_sparsity(f, X)


Z = X + 1j * X[::-1]


@pytest.mark.parametrize("tangents", TANGENTS)
def test_complex_inputs(tangents: Any) -> None:
    """A complex input needs holomorphic=True, whatever the tangents are, sparse or not; then the numbers are the dense ones."""
    f: Function = lambda z: z**2 * z[0]  # noqa: E731 - differentiated below
    cases: list[tuple[dict[str, Any], Any]] = [
        ({}, dd.NotDifferentiableError), ({"sparse": True}, (dd.NotDifferentiableError, ValueError)),
    ]  # fmt: skip
    for options, errors in cases:
        with pytest.raises(errors):
            dd.jacobian(f, tangents=tangents, **options)(Z)
        with pytest.raises(errors):
            dd.hessian(lambda z: np.sum(f(z)), tangents=tangents, **options)(Z)
    close(dd.jacobian(f, holomorphic=True, tangents=tangents)(Z), dd.jacobian(f, holomorphic=True, tangents="dense")(Z))
    with pytest.raises(dd.NotDifferentiableError, match="holomorphic"):
        dd.jacobian(np.conj, holomorphic=True, tangents=tangents)(Z)


@pytest.mark.parametrize(
    "options", [{"holomorphic": True}, {"layout": "denominator"}, {"axis": -1}], ids=lambda options: next(iter(options))
)
def test_sparse_with_other_options(options: dict[str, Any]) -> None:
    """A combination that sparse=True does not have is refused by name, never answered with other numbers."""
    x = Z if "holomorphic" in options else X
    f: Function = lambda x: x**2 * 2  # noqa: E731 - differentiated below
    try:
        found: Any = dd.jacobian(f, sparse=True, **options)(x)
    except (ValueError, dd.DualDiffError) as error:
        message = str(error)
    else:
        close(found.toarray(), np.diag(4 * x))
        return
    assert next(iter(options)) in message or "complex" in message


@dd.custom_jvp
def unfinished(x: Any) -> Any:
    """Return its argument; a rule is missing."""
    return x * 1.0


def untouched(x: Any) -> Any:
    """Return a plain array that was written a dual."""
    out = np.zeros(3)
    out[0] = x[0]
    return out


def failing(x: Any) -> Any:
    """Raise an error of the user's own."""
    raise KeyError(str(math.pi))


FAILING: dict[str, Function] = {
    "float()": lambda x: float(x[0]),
    "math": lambda x: math.sin(x[0]),
    "a plain array": untouched,
    "np.asarray": lambda x: np.asarray(x, dtype=float) * 2,
    "astype": lambda x: x.astype(int),
    "item": lambda x: x[0].item(),
    "out=": lambda x: np.sin(x, out=np.zeros(6)),
    "no rule": lambda x: np.busday_count(x, x),
    "no rule of its own": unfinished,
    "shapes": lambda x: x + np.ones(4),
    "index": lambda x: x[7],
    "no index": lambda x: x["a"],
    "singular": lambda x: np.linalg.inv(np.zeros((6, 6)) * x),
    "None": lambda x: None,
    "text": lambda x: "text",
    "object": lambda x: object(),
    "the user's": failing,
    "reshape": lambda x: x.reshape(4, 4),
    "matrix product": lambda x: np.ones((3, 3)) @ x,
    "concatenate": lambda x: np.concatenate([x, x[:, None]]),
    "name": lambda x: x.no_such_attribute,
    "read-only": lambda x: np.broadcast_to(x, (2, 6)).__setitem__(0, 1.0),
}


@pytest.mark.parametrize("name", FAILING)
def test_errors_are_those_of_dense_tangents(name: str) -> None:
    """What raises with dense tangents raises the same with structured ones, and nothing is left behind."""
    f = FAILING[name]
    for verb in VERBS:
        with pytest.raises(Exception) as expected:  # noqa: PT011 - compared
            verb(f, tangents="dense")(X)
        for tangents in ("structured", "auto"):
            with pytest.raises(type(expected.value)) as found:
                verb(f, tangents=tangents)(X)
            assert type(found.value) is type(expected.value)
            # A message of NumPy's tells of the arrays inside, and a Hessian may be made of either kind of number.
            if isinstance(expected.value, dd.DualDiffError):
                first, second = (
                    re.sub("HyperDual|Quadratic", "Dual", str(error.value)).split(".")[0] for error in (found, expected)
                )
                assert first == second
    with pytest.raises(type(expected.value)):
        dd.jacobian(f, sparse=True)(X)
    close(dd.jacobian(tridiagonal)(X), dense(tridiagonal, X))


@pytest.mark.parametrize("verb", [dd.jacobian, dd.value_and_jacobian, dd.grad, dd.hessian], ids=lambda verb: verb.__name__)
def test_argnums_are_checked(verb: Any) -> None:
    """Arguments that do not exist are the same error as ever."""
    for argnums in (1, (0, 0), -2):
        for tangents in TANGENTS:
            with pytest.raises(ValueError, match="argnums"):
                verb(lambda x: np.sum(x), argnums=argnums, tangents=tangents)(X)


def test_numbers_of_an_earlier_differentiation() -> None:
    """A number that a function kept from an earlier call is refused, not taken for one of this call."""
    for tangents in TANGENTS:
        kept: list[Any] = []

        def f(x: Any, kept: list[Any] = kept) -> Any:
            kept.append(x)
            return np.sum(kept[0] ** 2)

        close(dd.grad(f, tangents=tangents)(X), 2 * X)
        with pytest.raises(dd.DerivativeLostError):
            dd.grad(f, tangents=tangents)(X)


WITHOUT_SCIPY = """
import sys
sys.modules["scipy"] = sys.modules["scipy.sparse"] = None
import numpy as np
import dualdiff as dd
x = np.array([1.0, 2.0, 3.0])
for tangents in ("auto", "structured", "dense"):
    assert np.allclose(dd.grad(lambda x: np.sum(x[1:] * x[:-1]), tangents=tangents)(x), [2, 4, 2])
    assert np.allclose(dd.jacobian(lambda x: x**2, tangents=tangents)(x), np.diag(2 * x))
    assert np.allclose(dd.hessian(lambda x: np.sum(x**3), tangents=tangents)(x), np.diag(6 * x))
    assert dd.jacobian(lambda x: np.cumsum(x[::-1]) @ np.ones((3, 2)) * np.sum(x), tangents=tangents)(x).shape == (2, 3)
value, L = dd.linearize(lambda x: x**2, x)
assert np.allclose(L(x), 2 * x**2)
try:
    dd.jacobian(lambda x: x**2, sparse=True)(x)
except ImportError as error:
    assert "scipy" in str(error).lower()
else:
    raise AssertionError("sparse=True without SciPy")
"""


def test_without_scipy() -> None:
    """Without SciPy all but sparse results works, and those say what is missing."""
    folder = Path(dd.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", WITHOUT_SCIPY], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
