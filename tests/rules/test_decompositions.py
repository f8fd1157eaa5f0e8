"""Matrix decompositions: batched, real and complex, against differences, identities and the cases without a derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

RNG = np.random.default_rng(5)
Function = Callable[[Any], Any]


def matrix(*shape: int, complex_entries: bool = False) -> Any:
    """Return a random matrix (or a stack) away from singularity."""
    entries = RNG.normal(size=shape)
    entries = entries + 1j * RNG.normal(size=shape) if complex_entries else entries
    return entries + 3 * np.eye(shape[-2], shape[-1])


def adjoint(A: Any) -> Any:
    """Return the conjugate transpose."""
    return np.conj(np.swapaxes(A, -1, -2))


def positive(A: Any) -> Any:
    """Return a positive definite matrix."""
    return A @ adjoint(A) + np.eye(A.shape[-1])


#: Functions of a square matrix whose results are smooth and unique, phases of vectors included.
SQUARE: dict[str, Function] = {
    "inv": np.linalg.inv,
    "pinv": np.linalg.pinv,
    "det": np.linalg.det,
    "slogdet": lambda A: np.linalg.slogdet(A)[1],
    "phase of det": lambda A: np.linalg.slogdet(A)[0],
    "cholesky": lambda A: np.linalg.cholesky(positive(A)),
    "eigvalsh": lambda A: np.linalg.eigvalsh(A + adjoint(A)),
    "eigvalsh upper": lambda A: np.linalg.eigvalsh(A, UPLO="U"),
    "eigvalsh lower": lambda A: np.linalg.eigvalsh(A),
    "eigh projectors": lambda A: _projectors(np.linalg.eigh(A + adjoint(A))[1]),
    "eigvals": lambda A: np.stack([np.sum(np.linalg.eigvals(A + 0j) ** k, axis=-1) for k in (1, 2, 3)]),
    "eig": lambda A: np.abs(np.linalg.eig(A)[1]),
    "svdvals": np.linalg.svdvals,
    "svd": lambda A: np.linalg.svd(A)[1],
    "svd projectors": lambda A: _projectors(np.linalg.svd(A)[0]),
    "polar factor": lambda A: np.linalg.svd(A)[0] @ np.linalg.svd(A)[2],
    "qr q": lambda A: np.linalg.qr(A)[0],
    "qr r": lambda A: np.linalg.qr(A, mode="r"),
    "qr complete": lambda A: np.linalg.qr(A, mode="complete")[1],
    "norm 2": lambda A: np.linalg.norm(A, 2, axis=(-2, -1)),
    "norm nuc": lambda A: np.linalg.norm(A, "nuc", axis=(-2, -1)),
    "matrix_norm": np.linalg.matrix_norm,
    "cond": np.linalg.cond,
    "cond 1": lambda A: np.linalg.cond(A, 1),
    "matrix_power": lambda A: np.linalg.matrix_power(A, 5),
    "matrix_power negative": lambda A: np.linalg.matrix_power(A, -2),
    "matrix_power 0": lambda A: np.linalg.matrix_power(A, 0) + A,
    "solve": lambda A: np.linalg.solve(A, A[..., :2] ** 2),
}


def _projectors(V: Any) -> Any:
    """Return the projector on each column: unlike the column, it has no sign or phase to choose."""
    columns = np.swapaxes(V, -1, -2)
    return columns[..., :, None] * np.conj(columns)[..., None, :]


#: Functions of a matrix with more rows than columns, or fewer.
TALL: dict[str, Function] = {
    "pinv": np.linalg.pinv,
    "svd thin": lambda A: _projectors(np.linalg.svd(A, full_matrices=False)[0]),
    "svd thin v": lambda A: _projectors(adjoint(np.linalg.svd(A, full_matrices=False)[2])),
    "svdvals": np.linalg.svdvals,
    "qr": lambda A: np.linalg.qr(A)[0],
    "qr r": lambda A: np.linalg.qr(A)[1],
    "norm nuc": lambda A: np.linalg.norm(A, "nuc", axis=(-2, -1)),
}


def difference(f: Function, A: Any, V: Any) -> Any:
    """Return the central difference with one Richardson step."""
    h = 1e-3
    far, near = (f(A + s * V) - f(A - s * V) for s in (2 * h, h))
    nearer = f(A + h / 2 * V) - f(A - h / 2 * V)
    first, second = (8 * near - far) / (12 * h), (8 * nearer - near) / (6 * h)
    return (16 * second - first) / 15


@pytest.mark.parametrize("complex_entries", [False, True], ids=["real", "complex"])
@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3)], ids=str)
@pytest.mark.parametrize("name", SQUARE)
def test_square(name: str, shape: tuple[int, ...], complex_entries: bool) -> None:
    """The differential is the limit of differences, for one direction, for k and once more for the second order."""
    f = SQUARE[name]
    A, U, V = (matrix(*shape, complex_entries=complex_entries) for _ in range(3))
    check(f, A, U, V)


@pytest.mark.parametrize("complex_entries", [False, True], ids=["real", "complex"])
@pytest.mark.parametrize("shape", [(4, 2), (2, 4), (3, 2, 4), (2, 4, 3)], ids=str)
@pytest.mark.parametrize("name", TALL)
def test_rectangular(name: str, shape: tuple[int, ...], complex_entries: bool) -> None:
    """The same for matrices that are not square."""
    A, U, V = (matrix(*shape, complex_entries=complex_entries) for _ in range(3))
    check(TALL[name], A, U, V)


def check(f: Function, A: Any, U: Any, V: Any) -> None:
    """Compare first and second order with differences, and the representations with each other."""
    value, tangent = dd.jvp(f, (A,), (V,))
    np.testing.assert_allclose(value, f(A), rtol=1e-12, atol=1e-12)
    scale = 1 + np.max(np.abs(tangent))
    np.testing.assert_allclose(tangent, difference(f, A, V), rtol=0, atol=1e-8 * scale)
    np.testing.assert_allclose(dd.jvp(f, (A,), (np.stack([U, V]),))[1][1], tangent, rtol=0, atol=1e-11 * scale)
    first: Function = lambda B: dd.jvp(f, (B,), (U,))[1]  # noqa: E731
    second = dd.jvp(first, (A,), (V,))[1]
    scale = 1 + np.max(np.abs(second))
    np.testing.assert_allclose(second, difference(first, A, V), rtol=0, atol=1e-6 * scale)
    hyper = dd.second_directional_derivative(f, A, U, V)
    np.testing.assert_allclose(hyper, second, rtol=0, atol=1e-10 * scale)


@pytest.mark.parametrize("f", [np.linalg.eigh, np.linalg.eig], ids=lambda f: f.__name__)
def test_decomposition_is_reassembled(f: Any) -> None:
    """A V - V diag(w) stays zero, and the vectors stay of length 1, along any direction."""
    A, V = positive(matrix(4, 4)), RNG.normal(size=(4, 4))
    V = V + V.T if f is np.linalg.eigh else V
    residual, length = dd.jvp(lambda B: (B @ f(B)[1] - f(B)[1] * f(B)[0], np.sum(f(B)[1] ** 2, axis=0)), (A,), (V,))[1]
    np.testing.assert_allclose(residual, 0, atol=1e-12)
    np.testing.assert_allclose(length, 0, atol=1e-12)


def test_repeated_values() -> None:
    """Repeated eigenvalues and singular values have derivatives, their vectors only where nothing couples them."""
    A, V = np.diag([1.0, 1.0, 3.0]), RNG.normal(size=(3, 3))
    V = V + V.T
    np.testing.assert_allclose(np.sum(dd.jvp(np.linalg.eigvalsh, (A,), (V,))[1]), np.trace(V), rtol=1e-13)
    np.testing.assert_allclose(dd.jvp(np.linalg.svdvals, (np.eye(2),), (np.diag([2.0, 5.0]),))[1].sum(), 7.0, rtol=1e-13)
    with pytest.raises(dd.NotDifferentiableError, match="eigvalsh"):
        dd.jvp(lambda B: np.linalg.eigh(B)[1], (A,), (V,))
    with pytest.raises(dd.NotDifferentiableError, match="svdvals"):
        dd.jvp(lambda B: np.linalg.svd(B)[0], (np.eye(3),), (V,))
    apart = np.diag([1.0, 2.0, 0.0])
    np.testing.assert_allclose(dd.jvp(lambda B: np.linalg.eigh(B)[1], (A,), (apart,))[1], 0, atol=1e-15)


def test_only_one_triangle_counts() -> None:
    """What NumPy does not read of a matrix has no derivative."""
    A, V = positive(matrix(3, 3)), RNG.normal(size=(3, 3))
    for f in (np.linalg.cholesky, np.linalg.eigvalsh):
        lower = np.tril(V) + np.tril(V, -1).T
        np.testing.assert_allclose(dd.jvp(f, (A,), (V,))[1], dd.jvp(f, (A,), (lower,))[1], rtol=1e-13, atol=1e-14)


def test_undetermined_results_are_refused() -> None:
    """Columns that the matrix does not determine, and decompositions of deficient rank, raise."""
    A, V = matrix(4, 2), RNG.normal(size=(4, 2))
    for f in (np.linalg.svd, lambda B: np.linalg.qr(B, mode="complete"), lambda B: np.linalg.qr(np.stack([B[:, 0]] * 2, -1))):
        with pytest.raises(dd.NotDifferentiableError):
            dd.jvp(f, (A,), (V,))
    with pytest.raises(dd.NotDifferentiableError):
        dd.jvp(lambda B: np.linalg.lstsq(B, np.ones(3))[0], (np.ones((3, 2)),), (np.ones((3, 2)),))


@pytest.mark.parametrize("shape", [(5, 2), (2, 5), (3, 3)], ids=str)
def test_lstsq(shape: tuple[int, int]) -> None:
    """The solution, the residual and the singular values of least squares have derivatives in A and in b."""
    A, b = matrix(*shape), RNG.normal(size=(shape[0], 2))
    dA, db = RNG.normal(size=shape), RNG.normal(size=(shape[0], 2))

    def f(s: Any) -> Any:
        x, residuals, _, singular = np.linalg.lstsq(A + s * dA, b + s * db)
        return np.concatenate([np.ravel(x), residuals, singular])

    np.testing.assert_allclose(dd.derivative(f)(0.0), difference(f, 0.0, 1.0), rtol=1e-7, atol=1e-8)
