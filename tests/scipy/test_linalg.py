"""dualdiff.scipy.linalg: every name is decided, and every derivative agrees with differences of SciPy's own function."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

original: Any = pytest.importorskip("scipy.linalg")
linalg: Any = pytest.importorskip("dualdiff.scipy.linalg")

from dualdiff.scipy.linalg._decided import DIFFERENTIATED, OTHERS, QUESTIONS, REFUSED  # noqa: E402

RNG = np.random.default_rng(7)
PUBLIC = [name for name in dir(original) if not name.startswith("_")]
GROUPS: dict[str, list[str]] = {
    "differentiated": list(DIFFERENTIATED),
    "questions": list(QUESTIONS),
    "refused": list(REFUSED),
    "others": list(OTHERS),
}

# ---------------------------------------------------------------------------------------------------- the decisions


def test_every_name_of_scipy_is_decided_once() -> None:
    """No public name is left over, and none is in two groups."""
    for name in PUBLIC:
        assert [group for group, names in GROUPS.items() if name in names], name
    everything = [name for names in GROUPS.values() for name in names]
    assert len(everything) == len(set(everything))


@pytest.mark.parametrize("name", [n for n in REFUSED if hasattr(original, n)])
def test_refused_names_say_why(name: str) -> None:
    """A dual is refused with the reason; a plain array is SciPy's business."""
    with pytest.raises(dd.NotDifferentiableError, match=f"scipy.linalg.{name}"):
        dd.jacobian(lambda x: getattr(linalg, name)(np.reshape(x, (2, 2))))(np.array([4.0, 1.0, 1.0, 3.0]))


# ------------------------------------------------------------------------------------------------------- the cases

Function = Callable[[Any, Any], Any]

N = 3
A0 = RNG.standard_normal((N, N)) + 3 * np.eye(N)
B0 = RNG.standard_normal((N, N)) + 4 * np.eye(N)
E0 = RNG.standard_normal((N, N))
TALL, WIDE = RNG.standard_normal((5, N)), RNG.standard_normal((N, 5))
b0, c0 = RNG.standard_normal(N), RNG.standard_normal((N, 2))
BAND = np.array([[0.0, 1.0, 2.0, 1.5], [5.0, 6.0, 7.0, 8.0], [1.0, -1.0, 2.0, 0.0], [0.5, 0.4, 0.0, 0.0]])
UPPER = np.array([[0.0, 0.0, 0.5, 0.2], [0.0, 1.0, -1.0, 0.7], [5.0, 6.0, 7.0, 8.0]])
LOWER = np.array([[5.0, 6.0, 7.0, 8.0], [1.0, -1.0, 0.7, 0.0], [0.5, 0.2, 0.0, 0.0]])
COEFFICIENTS = np.array([2.0, -1.0, 0.5, 1.5])


def mat(x: Any, n: int = N) -> Any:
    """A matrix from a vector."""
    return np.reshape(x, (n, -1))


def spd(x: Any) -> Any:
    """A positive definite matrix, not symmetric to first order unless it is read by a triangle."""
    return mat(x) @ mat(x).T + 2 * np.eye(N)


def _both(function: Function) -> Function:
    return lambda L, x: np.concatenate([np.ravel(part) for part in function(L, x)])


def projections(w: Any, V: Any) -> Any:
    """Eigenvalues, and what does not depend on the signs or phases of eigenvectors."""
    return np.concatenate([w, np.ravel(V[:, None, :] * np.conjugate(V))])


def fitted(x: Any, residues: Any, *others: Any) -> Any:
    """The first two of what least squares give."""
    return np.append(x, residues)


GENERAL = np.ravel(A0)
SYMMETRIC = np.ravel(A0 + 1.0)
TURNING = np.array([1.0, 2.0, 0.0, -2.0, 1.0, 0.3, 0.1, 0.2, 5.0])
POSITIVE = np.ravel(np.eye(N) * 2 + 0.3 * E0)

CASES: dict[str, tuple[Function, Any]] = {
    "solve": (lambda L, x: L.solve(mat(x), b0), GENERAL),
    "solve, many columns": (lambda L, x: L.solve(mat(x), c0 * x[:2]), GENERAL),
    "solve, right side": (lambda L, x: L.solve(A0, x), b0),
    "solve, transposed": (lambda L, x: L.solve(mat(x), b0, transposed=True), GENERAL),
    "solve, pos": (lambda L, x: L.solve(spd(x), x[:N], assume_a="pos"), GENERAL),
    "solve, pos lower": (lambda L, x: L.solve(mat(x) + 5 * np.eye(N), b0, assume_a="pos", lower=True), GENERAL),
    "solve, sym": (lambda L, x: L.solve(mat(x), b0, assume_a="sym"), GENERAL),
    "solve, her": (lambda L, x: L.solve(mat(x), b0, assume_a="her", lower=True), GENERAL),
    "solve, tridiagonal": (lambda L, x: L.solve(mat(x), b0, assume_a="tridiagonal"), GENERAL),
    "solve, diagonal": (lambda L, x: L.solve(mat(x), b0, assume_a="diagonal"), GENERAL),
    "solve, triangular": (lambda L, x: L.solve(mat(x), b0, assume_a="lower triangular"), GENERAL),
    "solve, a batch": (lambda L, x: L.solve(np.stack([mat(x), mat(x) @ B0]), c0), GENERAL),
    "solve_triangular": (lambda L, x: L.solve_triangular(mat(x), b0), GENERAL),
    "solve_triangular, lower": (lambda L, x: L.solve_triangular(mat(x), c0, lower=True, trans="T"), GENERAL),
    "solve_triangular, unit": (lambda L, x: L.solve_triangular(mat(x), x[:N], unit_diagonal=True, trans=1), GENERAL),
    "solve_banded": (lambda L, x: L.solve_banded((2, 1), mat(x, 4), np.arange(4.0)), np.ravel(BAND)),
    "solve_banded, columns": (lambda L, x: L.solve_banded((2, 1), mat(x, 4), np.ones((4, 2)) * x[:2]), np.ravel(BAND)),
    "solveh_banded": (lambda L, x: L.solveh_banded(mat(x), np.arange(4.0)), np.ravel(UPPER)),
    "solveh_banded, lower": (lambda L, x: L.solveh_banded(mat(x), np.arange(4.0), lower=True), np.ravel(LOWER)),
    "solve_toeplitz": (lambda L, x: L.solve_toeplitz((x[:3], x[2:]), b0), np.array([5.0, 1.0, 2.0, -1.0, 0.5])),
    "solve_toeplitz, symmetric": (lambda L, x: L.solve_toeplitz(x, c0), np.array([5.0, 1.0, 2.0])),
    "solve_circulant": (lambda L, x: L.solve_circulant(x, b0), np.array([5.0, 1.0, 2.0])),
    "matmul_toeplitz": (lambda L, x: L.matmul_toeplitz((x[:3], x[2:]), b0 * x[:3]), np.array([5.0, 1.0, 2.0, -1.0, 0.5])),
    "cho_solve": (lambda L, x: L.cho_solve(L.cho_factor(spd(x)), b0), GENERAL),
    "cho_solve, lower": (lambda L, x: L.cho_solve(L.cho_factor(spd(x), lower=True), c0 * x[:2]), GENERAL),
    "cho_factor": (lambda L, x: L.cho_factor(mat(x) + 5 * np.eye(N))[0], GENERAL),
    "cho_factor, lower": (lambda L, x: L.cho_factor(mat(x) + 5 * np.eye(N), lower=True)[0], GENERAL),
    "cholesky": (lambda L, x: L.cholesky(mat(x) + 5 * np.eye(N)), GENERAL),
    "cholesky, lower": (lambda L, x: L.cholesky(mat(x) + 5 * np.eye(N), lower=True), GENERAL),
    "cholesky_banded": (lambda L, x: L.cholesky_banded(mat(x)), np.ravel(UPPER)),
    "cholesky_banded, lower": (lambda L, x: L.cholesky_banded(mat(x), lower=True), np.ravel(LOWER)),
    "cho_solve_banded": (lambda L, x: L.cho_solve_banded((L.cholesky_banded(mat(x)), False), np.ones(4)), np.ravel(UPPER)),
    "cho_solve_banded, lower": (
        lambda L, x: L.cho_solve_banded((L.cholesky_banded(mat(x), lower=True), True), np.ones(4)),
        np.ravel(LOWER),
    ),
    "lu": (_both(lambda L, x: L.lu(mat(x))[1:]), GENERAL),
    "lu, permuted": (_both(lambda L, x: L.lu(mat(x)[::-1], permute_l=True)), GENERAL),
    "lu, tall": (_both(lambda L, x: L.lu(mat(x, 5), p_indices=True)[1:]), np.ravel(TALL)),
    "lu, wide": (_both(lambda L, x: L.lu(mat(x))[1:]), np.ravel(WIDE)),
    "lu_factor": (lambda L, x: L.lu_factor(mat(x)[::-1])[0], GENERAL),
    "lu_factor, tall": (lambda L, x: L.lu_factor(mat(x, 5))[0], np.ravel(TALL)),
    "lu_solve": (lambda L, x: L.lu_solve(L.lu_factor(mat(x)[::-1]), b0), GENERAL),
    "lu_solve, transposed": (lambda L, x: L.lu_solve(L.lu_factor(mat(x)[::-1]), c0, trans=1), GENERAL),
    "qr": (_both(lambda L, x: L.qr(mat(x))), GENERAL),
    "qr, economic": (_both(lambda L, x: L.qr(mat(x, 5), mode="economic")), np.ravel(TALL)),
    "qr, wide": (_both(lambda L, x: L.qr(mat(x))), np.ravel(WIDE)),
    "qr, R alone": (lambda L, x: L.qr(mat(x, 5), mode="r")[0], np.ravel(TALL)),
    "qr, pivoting": (_both(lambda L, x: L.qr(mat(x, 5), mode="economic", pivoting=True)[:2]), np.ravel(TALL)),
    "qr_multiply": (_both(lambda L, x: L.qr_multiply(mat(x, 5), x[:5])), np.ravel(TALL)),
    "rq": (_both(lambda L, x: L.rq(mat(x))), GENERAL),
    "rq, economic": (_both(lambda L, x: L.rq(mat(x), mode="economic")), np.ravel(WIDE)),
    "svd": (_both(lambda L, x: L.svd(mat(x, 5), full_matrices=False)), np.ravel(TALL)),
    "svd, values": (lambda L, x: L.svd(mat(x), compute_uv=False), np.ravel(WIDE)),
    "svdvals": (lambda L, x: L.svdvals(mat(x, 5)), np.ravel(TALL)),
    "polar": (_both(lambda L, x: L.polar(mat(x, 5))), np.ravel(TALL)),
    "polar, left": (_both(lambda L, x: L.polar(mat(x), side="left")), np.ravel(WIDE)),
    "polar, right of a wide one": (_both(lambda L, x: L.polar(mat(x))), np.ravel(WIDE)),
    "orthogonal_procrustes": (
        lambda L, x: fitted(*L.orthogonal_procrustes(mat(x, 5), TALL**2)),
        np.ravel(TALL),
    ),
    "subspace_angles": (lambda L, x: L.subspace_angles(mat(x, 5), TALL[:, :2] ** 2), np.ravel(TALL)),
    "inv": (lambda L, x: L.inv(mat(x)), GENERAL),
    "inv, pos": (lambda L, x: L.inv(spd(x), assume_a="pos", lower=True), GENERAL),
    "pinv": (lambda L, x: L.pinv(mat(x, 5)), np.ravel(TALL)),
    "pinvh": (lambda L, x: L.pinvh(mat(x)), GENERAL),
    "lstsq": (lambda L, x: fitted(*L.lstsq(mat(x, 5), np.arange(5.0))), np.ravel(TALL)),
    "det": (lambda L, x: L.det(mat(x)), GENERAL),
    "norm": (lambda L, x: L.norm(x) + L.norm(mat(x), 2) + L.norm(mat(x), "nuc"), GENERAL),
    "eigh": (lambda L, x: projections(*L.eigh(spd(x))), GENERAL),
    "eigh, upper": (lambda L, x: projections(*L.eigh(mat(x), lower=False)), SYMMETRIC),
    "eigh, values": (lambda L, x: L.eigh(mat(x), eigvals_only=True), SYMMETRIC),
    "eigh, subset": (lambda L, x: L.eigh(spd(x), subset_by_index=[1, 2])[1] ** 2, GENERAL),
    "eigh, interval": (lambda L, x: L.eigh(spd(x), subset_by_value=[10.0, np.inf])[0], GENERAL),
    "eigh, pair": (lambda L, x: projections(*L.eigh(spd(x), spd(x[::-1]))), GENERAL),
    "eigh, pair, by b": (lambda L, x: projections(*L.eigh(A0 + A0.T, spd(x))), GENERAL),
    "eigh, type 2": (lambda L, x: L.eigh(mat(x), spd(x[::-1]), type=2)[1] ** 2, SYMMETRIC),
    "eigh, type 3": (lambda L, x: L.eigh(mat(x), spd(x[::-1]), type=3)[1] ** 2, SYMMETRIC),
    "eigvalsh": (lambda L, x: L.eigvalsh(mat(x)), SYMMETRIC),
    "eigvalsh, pair": (lambda L, x: L.eigvalsh(mat(x), spd(x[::-1]), type=3), SYMMETRIC),
    "eigh_tridiagonal": (lambda L, x: L.eigh_tridiagonal(x[:4], x[4:])[1] ** 2, np.array([1.0, 3.0, 2.0, 5.0, 1.0, 0.5, 2.0])),
    "eigvalsh_tridiagonal": (
        lambda L, x: L.eigvalsh_tridiagonal(x[:4], x[4:], select="i", select_range=(1, 2)),
        np.array([1.0, 3.0, 2.0, 5.0, 1.0, 0.5, 2.0]),
    ),
    "eig_banded": (lambda L, x: L.eig_banded(mat(x))[1] ** 2, np.ravel(UPPER)),
    "eigvals_banded": (lambda L, x: L.eigvals_banded(mat(x), lower=True), np.ravel(LOWER)),
    "eig": (lambda L, x: np.ravel(np.real(L.eig(mat(x) @ mat(x))[1]) ** 2), np.ravel(A0 @ A0.T)),
    "eig, complex": (lambda L, x: projections(*L.eig(mat(x))), TURNING),
    "eig, left": (lambda L, x: projections(*L.eig(mat(x), left=True, right=False)), TURNING),
    "eig, pair": (lambda L, x: np.abs(np.ravel(L.eig(mat(x), B0 + mat(x) ** 2 / 9)[1])), TURNING),
    "eigvals": (lambda L, x: L.eigvals(mat(x)), TURNING),
    "eigvals, pair": (lambda L, x: L.eigvals(mat(x), B0 + mat(x)), TURNING),
    "expm": (lambda L, x: L.expm(mat(x)), np.ravel(E0)),
    "expm, large": (lambda L, x: L.expm(mat(x)), np.ravel(4 * E0)),
    "expm, a batch": (lambda L, x: L.expm(np.stack([mat(x), 2 * mat(x)])), np.ravel(E0)),
    "expm_frechet": (_both(lambda L, x: L.expm_frechet(mat(x), mat(x).T)), np.ravel(E0)),
    "logm": (lambda L, x: L.logm(mat(x)), POSITIVE),
    "sqrtm": (lambda L, x: L.sqrtm(mat(x)), POSITIVE),
    "signm": (lambda L, x: L.signm(mat(x)), np.ravel(np.diag([2.0, -1.0, 3.0]) + 0.1 * E0)),
    "fractional_matrix_power": (lambda L, x: L.fractional_matrix_power(mat(x), 0.3), POSITIVE),
    "fractional_matrix_power, whole": (lambda L, x: L.fractional_matrix_power(mat(x), -2), POSITIVE),
    "cosm": (lambda L, x: L.cosm(mat(x)), np.ravel(E0)),
    "sinm": (lambda L, x: L.sinm(mat(x)), np.ravel(E0)),
    "tanm": (lambda L, x: L.tanm(mat(x)), np.ravel(0.2 * E0)),
    "coshm": (lambda L, x: L.coshm(mat(x)), np.ravel(E0)),
    "sinhm": (lambda L, x: L.sinhm(mat(x)), np.ravel(E0)),
    "tanhm": (lambda L, x: L.tanhm(mat(x)), np.ravel(E0)),
    "funm": (lambda L, x: L.funm(mat(x), lambda w: np.sin(w) + w**2), np.ravel(np.diag([1.0, 2.0, 4.0]) + 0.2 * E0)),
    "solve_sylvester": (lambda L, x: L.solve_sylvester(mat(x), B0, E0 * x[0]), GENERAL),
    "solve_sylvester, by b": (lambda L, x: L.solve_sylvester(A0, mat(x), E0), np.ravel(B0)),
    "solve_continuous_lyapunov": (lambda L, x: L.solve_continuous_lyapunov(mat(x), E0 @ E0.T * x[0]), GENERAL),
    "solve_lyapunov": (lambda L, x: L.solve_lyapunov(mat(x), E0), GENERAL),
    "solve_discrete_lyapunov": (lambda L, x: L.solve_discrete_lyapunov(mat(x) / 9, mat(x).T), GENERAL),
    "solve_continuous_are": (
        lambda L, x: L.solve_continuous_are(mat(x), c0, spd(x), np.eye(2) + x[0] ** 2, B0, 0.1 * c0 * x[1]),
        np.ravel(E0),
    ),
    "solve_continuous_are, plain": (lambda L, x: L.solve_continuous_are(mat(x), c0, np.eye(N), np.eye(2)), np.ravel(E0)),
    "solve_discrete_are": (
        lambda L, x: L.solve_discrete_are(mat(x), c0, spd(x), np.eye(2) + x[0] ** 2, B0, 0.1 * c0 * x[1]),
        np.ravel(E0),
    ),
    "solve_discrete_are, plain": (lambda L, x: L.solve_discrete_are(mat(x), c0, np.eye(N), np.eye(2)), np.ravel(E0)),
    "toeplitz": (lambda L, x: L.toeplitz(x, x[::-1] ** 2), COEFFICIENTS),
    "toeplitz, symmetric": (lambda L, x: L.toeplitz(x**2), COEFFICIENTS),
    "hankel": (lambda L, x: L.hankel(x**2), COEFFICIENTS),
    "hankel, two": (lambda L, x: L.hankel(x, x[1:] ** 2), COEFFICIENTS),
    "circulant": (lambda L, x: L.circulant(x**2), COEFFICIENTS),
    "convolution_matrix": (lambda L, x: L.convolution_matrix(x**2, 3, mode="same"), COEFFICIENTS),
    "companion": (lambda L, x: L.companion(x), COEFFICIENTS),
    "fiedler": (lambda L, x: L.fiedler(x**2), np.array([1.0, 3.0, 4.0])),
    "fiedler_companion": (lambda L, x: L.fiedler_companion(x), np.array([2.0, -1.0, 0.5, 1.5, 3.0, 0.2])),
    "leslie": (lambda L, x: L.leslie(x**2, x[1:]), COEFFICIENTS),
    "diagsvd": (lambda L, x: L.diagsvd(x**2, 4, 5), COEFFICIENTS),
    "block_diag": (lambda L, x: L.block_diag(x, mat(x, 2) ** 2, 3.0, np.ones((2, 1))), COEFFICIENTS),
    "khatri_rao": (lambda L, x: L.khatri_rao(mat(x, 2), mat(x**2, 2)), COEFFICIENTS),
    "clarkson_woodruff_transform": (lambda L, x: L.clarkson_woodruff_transform(mat(x**2, 4), 2, 5), COEFFICIENTS),
}  # fmt: skip


def differences(f: Callable[[Any], Any], x: Any, h: float = 2e-3) -> Any:
    """Central differences, extrapolated three times: an error of h**8."""

    def central(step: float) -> Any:
        return np.stack([(f(x + e) - f(x - e)) / (2 * step) for e in step * np.eye(x.size)], axis=-1)

    table = [central(h / 2**i) for i in range(4)]
    for k in range(1, 4):
        table = [(4**k * b - a) / (4**k - 1) for a, b in itertools.pairwise(table)]
    return table[0]


def _close(found: Any, expected: Any, rtol: float = 1e-8) -> None:
    scale = np.max(np.abs(expected), initial=1e-3)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol * scale)


@pytest.mark.parametrize("case", CASES)
def test_first_derivatives(case: str) -> None:
    """They are those of SciPy's function, the value is SciPy's, and every kind of tangent gives the same."""
    function, x = CASES[case]

    def f(x: Any) -> Any:
        return function(linalg, x)

    def plain(x: Any) -> Any:
        return np.asarray(function(original, x))

    value, jacobian = dd.value_and_jacobian(f)(x)
    np.testing.assert_allclose(value, plain(x), rtol=1e-12, atol=1e-13)
    _close(jacobian, differences(plain, x))
    _close(dd.jacobian(f, tangents="structured")(x), jacobian, 1e-12)
    v = np.linspace(1.0, 2.0, x.size)
    _close(dd.jvp(f, x, v)[1], jacobian @ v, 1e-11)


@pytest.mark.parametrize("case", CASES)
def test_second_derivatives(case: str) -> None:
    """They are differences of the first, and every kind of number gives the same."""
    function, x = CASES[case]

    def f(x: Any) -> Any:
        y = function(linalg, x)
        return np.sum(np.sin(np.real(y))) + np.sum(np.cos(2 * np.imag(y)))

    hessian = dd.hessian(f)(x)
    _close(hessian, differences(dd.grad(f), x), 1e-7)
    v, w = np.linspace(1.0, 2.0, x.size), np.linspace(-1.0, 1.0, x.size)
    scale = np.max(np.abs(hessian))
    assert abs(dd.second_directional_derivative(f, x, v, w) - v @ hessian @ w) <= 1e-9 * scale
    assert abs(dd.jvp(lambda x: dd.jvp(f, x, v)[1], x, w)[1] - v @ hessian @ w) <= 1e-9 * scale
    assert abs(2 * dd.taylor(f, x, v, 2)[2] - v @ hessian @ v) <= 1e-9 * scale
    _close(dd.hessian(f, tangents="structured")(x), hessian, 1e-9)
