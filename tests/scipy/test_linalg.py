"""dualdiff.scipy.linalg: every name is decided, and every derivative agrees with differences of SciPy's own function."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

original: Any = pytest.importorskip("scipy.linalg")
linalg: Any = pytest.importorskip("dualdiff.scipy.linalg")

from dualdiff.scipy.linalg._decided import DIFFERENTIATED, OTHERS, QUESTIONS, REFUSED  # noqa: E402
from tests.scipy.agreement import close, differences  # noqa: E402

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


@pytest.mark.parametrize("name", DIFFERENTIATED)
def test_signatures_are_scipys(name: str) -> None:
    """What SciPy takes is taken, by position and by name; newer versions take more."""
    ours, theirs = (
        [(p.name, p.kind) for p in inspect.signature(f).parameters.values()]
        for f in (DIFFERENTIATED[name], getattr(original, name))
    )
    assert set(theirs) <= set(ours)
    assert [p for p in ours if p in theirs] == theirs


#: Further arguments that a refused function needs.
MORE = {"clarkson_woodruff_transform": (1,)}


@pytest.mark.parametrize("name", [n for n in REFUSED if hasattr(original, n)])
def test_refused_names_say_why(name: str) -> None:
    """A dual is refused with the reason; a plain array is SciPy's business."""
    with pytest.raises(dd.NotDifferentiableError, match=f"scipy.linalg.{name}"):
        dd.jacobian(lambda x: getattr(linalg, name)(np.reshape(x, (2, 2)), *MORE.get(name, ())))(np.array([4.0, 1.0, 1.0, 3.0]))


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
}  # fmt: skip


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
    close(jacobian, differences(plain, x, 2e-3), 1e-8)
    close(dd.jacobian(f, tangents="structured")(x), jacobian, 1e-12)
    v = np.linspace(1.0, 2.0, x.size)
    close(dd.jvp(f, x, v)[1], jacobian @ v, 1e-11)


@pytest.mark.parametrize("case", CASES)
def test_second_derivatives(case: str) -> None:
    """They are differences of the first, and every kind of number gives the same."""
    function, x = CASES[case]

    def f(x: Any) -> Any:
        y = function(linalg, x)
        return np.sum(np.sin(np.real(y))) + np.sum(np.cos(2 * np.imag(y)))

    hessian = dd.hessian(f)(x)
    close(hessian, differences(dd.grad(f), x, 2e-3), 1e-7)
    v, w = np.linspace(1.0, 2.0, x.size), np.linspace(-1.0, 1.0, x.size)
    scale = np.max(np.abs(hessian))
    assert abs(dd.second_directional_derivative(f, x, v, w) - v @ hessian @ w) <= 1e-9 * scale
    assert abs(dd.jvp(lambda x: dd.jvp(f, x, v)[1], x, w)[1] - v @ hessian @ w) <= 1e-9 * scale
    assert abs(2 * dd.taylor(f, x, v, 2)[2] - v @ hessian @ v) <= 1e-9 * scale
    close(dd.hessian(f, tangents="structured")(x), hessian, 1e-9)


# --------------------------------------------------------------------------------- batches, precisions, complex matrices

BATCH = np.stack([A0 @ A0.T + np.eye(N), B0 @ B0.T + np.eye(N)])
OF_MATRICES: dict[str, Callable[[Any], Any]] = {
    "solve": lambda a: linalg.solve(a, c0),
    "solve, a vector": lambda a: linalg.solve(a, b0),
    "solve, her": lambda a: linalg.solve(a, c0, assume_a="her"),
    "solve, pos": lambda a: linalg.solve(a, b0, assume_a="pos", lower=True),
    "solve_triangular": lambda a: linalg.solve_triangular(a, b0, trans="C"),
    "solve_banded": lambda a: linalg.solve_banded((1, 1), a, b0),
    "solve_toeplitz": lambda a: linalg.solve_toeplitz(a[..., 0] + np.array([40.0, 0.0, 0.0], a.dtype), b0),
    "matmul_toeplitz": lambda a: linalg.matmul_toeplitz(a[..., 0], b0),
    "cho_solve": lambda a: linalg.cho_solve(linalg.cho_factor(a), b0),
    "lu_solve": lambda a: linalg.lu_solve(linalg.lu_factor(a), b0, trans=2),
    "lu": lambda a: linalg.lu(a)[2],
    "inv": lambda a: linalg.inv(a),
    "pinv": lambda a: linalg.pinv(a),
    "lstsq": lambda a: linalg.lstsq(a, c0)[0],
    "det": lambda a: linalg.det(a / 8),
    "norm": lambda a: linalg.norm(a, axis=(-2, -1)),
    "cholesky": lambda a: linalg.cholesky(a),
    "qr": lambda a: linalg.qr(a)[1],
    "rq": lambda a: linalg.rq(a)[0],
    "svdvals": lambda a: linalg.svdvals(a),
    "polar": lambda a: linalg.polar(a + np.ones((N, N), a.dtype))[1],
    "eigh": lambda a: linalg.eigh(a)[0],
    "eigh, pair": lambda a: linalg.eigh(a, a @ a + np.eye(N, dtype=a.dtype))[0],
    "eigh, vectors": lambda a: np.abs(linalg.eigh(a)[1]),
    "eigvals": lambda a: np.abs(linalg.eigvals(a)),
    "expm": lambda a: linalg.expm(a / 16),
    "logm": lambda a: linalg.logm(a / 8),
    "sqrtm": lambda a: linalg.sqrtm(a),
    "cosm": lambda a: linalg.cosm(a / 16),
    "tanm": lambda a: linalg.tanm(a / 50),
    "solve_sylvester": lambda a: linalg.solve_sylvester(a, a, a[..., ::-1]),
    "solve_continuous_lyapunov": lambda a: linalg.solve_continuous_lyapunov(a, a[..., ::-1]),
    "solve_discrete_lyapunov": lambda a: linalg.solve_discrete_lyapunov(a / 60, a),
    "solve_continuous_are": lambda a: linalg.solve_continuous_are(a / 9, np.eye(N)[:, :2], np.eye(N), np.eye(2)),
    "solve_discrete_are": lambda a: linalg.solve_discrete_are(a / 9, np.eye(N)[:, :2], np.eye(N), np.eye(2)),
    "toeplitz": lambda a: linalg.toeplitz(a[..., 0]),
    "circulant": lambda a: linalg.circulant(a[..., 0]),
    "khatri_rao": lambda a: linalg.khatri_rao(a, a),
    "block_diag": lambda a: linalg.block_diag(a, a),
}
#: A complex direction.
TURNED = E0 * 0.3 + 0.3j * E0.T


@pytest.mark.parametrize("case", OF_MATRICES)
def test_batches(case: str) -> None:
    """A batch of matrices has the derivatives of each; SciPy's own batches decide which functions have them."""
    f = OF_MATRICES[case]
    V = RNG.standard_normal(BATCH.shape)
    try:
        plain = f(BATCH)
    except (ValueError, TypeError):
        pytest.skip("this SciPy has no batches here")
    value, along = dd.jvp(f, BATCH, V)
    np.testing.assert_allclose(value, plain, rtol=1e-12, atol=1e-13)
    each = [dd.jvp(f, a, v)[1] for a, v in zip(BATCH, V, strict=True)]
    np.testing.assert_allclose(along, np.stack(each), rtol=1e-9, atol=1e-12)
    second = dd.jvp(lambda a: dd.jvp(f, a, V)[1], BATCH, V)[1]
    each = [dd.jvp(lambda a, v=v: dd.jvp(f, a, v)[1], a, v)[1] for a, v in zip(BATCH, V, strict=True)]
    np.testing.assert_allclose(second, np.stack(each), rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("case", OF_MATRICES)
def test_complex_matrices(case: str) -> None:
    """The real-linear differential of a function of a complex matrix, at both orders."""
    f, a = OF_MATRICES[case], BATCH[0] + 1j * (E0 - E0.T)
    h = 1e-5
    along = dd.jvp(f, a, TURNED)[1]
    moved = (f(a + h * TURNED) - f(a - h * TURNED)) / (2 * h)
    np.testing.assert_allclose(along, moved, rtol=1e-6, atol=1e-6 * np.max(np.abs(moved)))
    second = dd.jvp(lambda a: dd.jvp(f, a, TURNED)[1], a, TURNED)[1]
    moved = (dd.jvp(f, a + h * TURNED, TURNED)[1] - dd.jvp(f, a - h * TURNED, TURNED)[1]) / (2 * h)
    np.testing.assert_allclose(second, moved, rtol=1e-5, atol=1e-5 * np.max(np.abs(moved), initial=1e-3))


@pytest.mark.parametrize("case", OF_MATRICES)
@pytest.mark.filterwarnings("ignore:logm result may be inaccurate:RuntimeWarning")
def test_single_precision(case: str) -> None:
    """float32 stays float32 where SciPy keeps it, and the derivative is that in double precision."""
    f, a, V = OF_MATRICES[case], BATCH[0], RNG.standard_normal((N, N))
    value, along = dd.jvp(f, a.astype(np.float32), V.astype(np.float32))
    assert along.dtype == value.dtype == np.result_type(f(a.astype(np.float32)))
    expected = dd.jvp(f, a, V)[1]
    np.testing.assert_allclose(along, expected, rtol=5e-3, atol=5e-3 * np.max(np.abs(expected), initial=1e-3))


# ------------------------------------------------------------------------------------------------ closed forms, borders


def test_against_mpmath() -> None:
    """Second derivatives of functions of matrices, to rounding."""
    mpmath = pytest.importorskip("mpmath")
    A, E = np.array([[1.2, 0.3], [-0.1, 0.8]]), np.array([[0.1, -0.2], [0.4, 0.3]])
    functions = {
        "expm": mpmath.expm,
        "logm": mpmath.logm,
        "sqrtm": mpmath.sqrtm,
        "cosm": mpmath.cosm,
        "sinm": mpmath.sinm,
    }
    with mpmath.workdps(60):
        h = mpmath.mpf(10) ** -15
        at, along = mpmath.matrix(A.tolist()), mpmath.matrix(E.tolist())
        for name, function in functions.items():
            f = getattr(linalg, name)
            plus, middle, minus = function(at + h * along), function(at), function(at - h * along)
            first = np.array(((plus - minus) / (2 * h)).tolist(), complex).real
            second = np.array(((plus - 2 * middle + minus) / h**2).tolist(), complex).real
            np.testing.assert_allclose(dd.jvp(f, A, E)[1], first, rtol=1e-12, atol=1e-14)
            found = dd.jvp(lambda a, f=f: dd.jvp(f, a, E)[1], A, E)[1]
            np.testing.assert_allclose(found, second, rtol=1e-10, atol=1e-12)


def test_repeated_values() -> None:
    """Eigenvalues, square roots and polar factors of the identity have derivatives; eigenvectors have not."""
    E = np.array([[1.0, 2.0], [2.0, -1.0]])
    one = np.eye(2)
    np.testing.assert_allclose(dd.jvp(linalg.eigvalsh, one, np.diag([1.0, 2.0]))[1], [1.0, 2.0])
    np.testing.assert_allclose(dd.jvp(linalg.sqrtm, one, E)[1], E / 2)
    np.testing.assert_allclose(dd.jvp(linalg.logm, one, E)[1], E, atol=1e-15)
    np.testing.assert_allclose(dd.jvp(lambda a: linalg.polar(a)[1], one, E)[1], E, atol=1e-15)
    with pytest.raises(dd.NotDifferentiableError, match="eigenvectors"):
        dd.jvp(linalg.eigh, one, E)


def test_a_power_by_its_exponent() -> None:
    """d/dt A^t = A^t log A."""
    A = np.array([[2.0, 0.5], [0.5, 1.0]])
    found = dd.derivative(lambda t: linalg.fractional_matrix_power(A, t))(0.5)
    np.testing.assert_allclose(found, original.fractional_matrix_power(A, 0.5) @ original.logm(A), rtol=1e-12)


UNDETERMINED: dict[str, Callable[[Any], Any]] = {
    "svd, full": lambda x: linalg.svd(x)[0],
    "qr, full": lambda x: linalg.qr(x)[0],
    "qr, raw": lambda x: linalg.qr(x, mode="raw")[0][0],
    "lstsq without full rank": lambda x: linalg.lstsq(x * np.array([1.0, 0.0, 1.0]), np.ones(5))[0],
    "lu without full rank": lambda x: linalg.lu(x[:3] * np.array([1.0, 1.0, 0.0]))[2],
    "homogeneous": lambda x: linalg.eigvals(x[:3], homogeneous_eigvals=True),
    "an error estimate": lambda x: linalg.funm(x[:3], np.exp, disp=False)[0],
}


@pytest.mark.parametrize("case", UNDETERMINED)
def test_what_is_not_determined_is_refused(case: str) -> None:
    """Columns beyond the rank, and estimates, have no derivative."""
    with pytest.raises(dd.NotDifferentiableError):
        dd.jacobian(UNDETERMINED[case])(TALL)


def test_numbers_are_not_overwritten() -> None:
    """``overwrite_a`` is a permission that a number does not give."""
    a, b = A0.copy(), b0.copy()

    def f(a: Any, b: Any) -> Any:
        linalg.solve(a, b, overwrite_a=True, overwrite_b=True)
        return linalg.solve(a, b)

    np.testing.assert_allclose(dd.jvp(f, (a, b), (E0, b))[0], original.solve(A0, b0), rtol=1e-14)


def test_questions_are_answered() -> None:
    """Questions about values have the plain answer, also within a differentiation."""

    def f(x: Any) -> Any:
        assert linalg.issymmetric(x)
        assert linalg.bandwidth(x) == (1, 1)
        return x

    dd.jvp(f, np.array([[1.0, 2.0], [2.0, 1.0]]), np.ones((2, 2)))


def test_lists_of_duals() -> None:
    """A nested list of scalars is the matrix that it stands for."""
    found = dd.derivative(lambda t: linalg.det([[t, 1.0], [2.0, t]]) + linalg.norm([t, 2 * t]))(3.0)
    assert abs(found - (6 + np.sqrt(5))) < 1e-13


SINGULAR = [
    np.diag([1.0, 0.0]),
    np.ones((2, 2)),
    np.zeros((2, 2)),
    np.array([[0.0, 1.0], [0.0, 0.0]]),
    np.array([[1.0, 2.0], [2.0, 4.0]]),
]


@pytest.mark.parametrize("A", SINGULAR, ids=str)
@pytest.mark.parametrize("name", ["sqrtm", "logm", "signm", "polar", "fractional_matrix_power"])
def test_functions_of_singular_matrices_are_refused(name: str, A: Any) -> None:
    """A root, a logarithm, a sign and a polar factor have no derivative there, and rounding would make a large one."""
    function = getattr(linalg, name)
    further = (0.5,) if name == "fractional_matrix_power" else ()
    with pytest.raises(dd.NotDifferentiableError, match="singular"):
        dd.jvp(lambda A: function(A, *further), A, np.array([[1.0, 2.0], [3.0, 4.0]]))


def test_a_tiny_eigenvalue_is_no_zero() -> None:
    """Of a diagonal matrix the eigenvalues are exact."""
    tangent = dd.jvp(linalg.sqrtm, np.diag([1.0, 1e-18]), np.eye(2))[1]
    np.testing.assert_allclose(np.diagonal(tangent), [0.5, 5e8], rtol=1e-12)


def test_pinv_where_the_rank_changes() -> None:
    """The pseudo-inverse jumps where the rank changes; along directions that keep it there is a derivative."""
    A, along = np.diag([1.0, 0.0]), np.array([[1.0, 2.0], [3.0, 0.0]])
    for function in (linalg.pinv, np.linalg.pinv, linalg.pinvh, lambda A: np.linalg.pinv(np.stack([np.eye(2) + A, A]))[1]):
        with pytest.raises(dd.NotDifferentiableError, match="rank"):
            dd.jvp(function, A, np.diag([0.0, 1.0]))
        with pytest.raises(dd.NotDifferentiableError, match="rank"):
            dd.jacobian(function)(A)
    np.testing.assert_allclose(dd.jvp(linalg.pinv, A, along)[1], [[-1, 3], [2, 0]], atol=1e-14)


@pytest.mark.filterwarnings("ignore:overflow encountered in det:RuntimeWarning")
def test_det_that_overflows() -> None:
    """The determinant may be 0 or infinite in floating point where its derivatives are not; a vector is NumPy's own error."""
    for size in (1e-120, 1e120):
        for det in (np.linalg.det, linalg.det):
            found = dd.derivative(lambda t, det=det: det(t * np.eye(3)))(size)
            assert found == pytest.approx(3 * size * size, rel=1e-12)
    with pytest.raises(np.linalg.LinAlgError):
        dd.jvp(np.linalg.det, np.ones(3), np.ones(3))
