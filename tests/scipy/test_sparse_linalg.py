"""dualdiff.scipy.sparse.linalg against dense linear algebra, at first and second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

sp: Any = pytest.importorskip("scipy.sparse")
original: Any = pytest.importorskip("scipy.sparse.linalg")
sparse: Any = pytest.importorskip("dualdiff.scipy.sparse")
linalg: Any = pytest.importorskip("dualdiff.scipy.sparse.linalg")
dense_linalg: Any = pytest.importorskip("dualdiff.scipy.linalg")

from dualdiff.scipy.sparse.linalg._decided import DIFFERENTIATED, OTHERS, REFUSED  # noqa: E402
from dualdiff.scipy.sparse.linalg._iterative import ITERATIVE  # noqa: E402
from tests.scipy.agreement import agree  # noqa: E402

RNG = np.random.default_rng(11)
N = 6
D = RNG.random((N, N)) * (RNG.random((N, N)) < 0.4) + 4 * np.eye(N)
B = sp.csc_array(D)
ROWS, COLUMNS, ENTRIES = B.tocoo().row, B.tocoo().col, B.tocoo().data.copy()
b0, W = RNG.random(N), RNG.random((N, 2))
SOLVE = np.linalg.solve
PUBLIC = [name for name in dir(original) if not name.startswith("_")]


def dense(x: Any) -> Any:
    """The matrix with these entries."""
    return np.einsum("k,ki,kj->ij", x, np.eye(N)[ROWS], np.eye(N)[COLUMNS])


def A(x: Any) -> Any:
    """The same as a sparse array."""
    return sparse.csc_array((x, (ROWS, COLUMNS)), shape=(N, N))


def symmetric(M: Any) -> Any:
    """A symmetric matrix, sparse or dense."""
    return M + M.T


def twice(lu: Any, x: Any) -> Any:
    """Two systems with the same factors."""
    return lu.solve(b0) * lu.solve(x[:N], trans="T")


def squares(w: Any, V: Any) -> Any:
    """What does not depend on the signs of the two largest eigenpairs."""
    return w[-2:] * V[:, -2:] ** 2


def largest(M: Any) -> Any:
    """The two eigenvalues of largest size, in order."""
    w = np.linalg.eigvalsh(M)
    return w[np.sort(np.argsort(np.abs(dd.value_of(w)))[-2:])]


Function = Callable[[Any], Any]
CASES: dict[str, tuple[Function, Function, Any]] = {
    "spsolve": (lambda x: linalg.spsolve(A(x), b0), lambda x: SOLVE(dense(x), b0), ENTRIES),
    "spsolve, columns": (lambda x: linalg.spsolve(A(x), W * x[:2]), lambda x: SOLVE(dense(x), W * x[:2]), ENTRIES),
    "spsolve, constant matrix": (lambda x: linalg.spsolve(B, x), lambda x: SOLVE(D, x), b0),
    "spsolve, one column": (lambda x: linalg.spsolve(B, x[:, None]), lambda x: SOLVE(D, x), b0),
    "splu": (lambda x: twice(linalg.splu(A(x)), x), lambda x: SOLVE(dense(x), b0) * SOLVE(dense(x).T, x[:N]), ENTRIES),
    "splu, constant matrix": (lambda x: linalg.splu(B).solve(x), lambda x: SOLVE(D, x), b0),
    "splu, adjoint": (lambda x: linalg.splu(B).solve(x, "H"), lambda x: SOLVE(D.T, x), b0),
    "factorized": (lambda x: linalg.factorized(A(x))(x[:N]), lambda x: SOLVE(dense(x), x[:N]), ENTRIES),
    "spilu": (
        lambda x: linalg.spilu(B).solve(x**2),
        lambda x: original.spilu(B).solve(np.eye(N)) @ x**2,
        b0,
    ),
    "spsolve_triangular": (
        lambda x: linalg.spsolve_triangular(sparse.tril(A(x)).tocsr(), b0),
        lambda x: SOLVE(np.tril(dense(x)), b0),
        ENTRIES,
    ),
    "spsolve_triangular, unit": (
        lambda x: linalg.spsolve_triangular(sparse.triu(A(x)).tocsr(), b0, lower=False, unit_diagonal=True),
        lambda x: SOLVE(np.triu(dense(x), 1) + np.eye(N), b0),
        ENTRIES,
    ),
    "matrix_power": (lambda x: linalg.matrix_power(A(x), 3).toarray(), lambda x: np.linalg.matrix_power(dense(x), 3), ENTRIES),
    "norm": (lambda x: linalg.norm(A(x)), lambda x: np.linalg.norm(dense(x)), ENTRIES),
    "norm, 1": (lambda x: linalg.norm(A(x), 1), lambda x: np.linalg.norm(dense(x), 1), ENTRIES),
    "norm, inf": (lambda x: linalg.norm(A(x), np.inf), lambda x: np.linalg.norm(dense(x), np.inf), ENTRIES),
    "expm_multiply": (lambda x: linalg.expm_multiply(A(x / 9), b0), lambda x: dense_linalg.expm(dense(x / 9)) @ b0, ENTRIES),
    "expm_multiply, columns": (
        lambda x: linalg.expm_multiply(A(x / 9), W * x[:2]),
        lambda x: dense_linalg.expm(dense(x / 9)) @ (W * x[:2]),
        ENTRIES,
    ),
    "expm_multiply, constant matrix": (
        lambda x: linalg.expm_multiply(B / 9, np.outer(x, x[:3])),
        lambda x: dense_linalg.expm(D / 9) @ np.outer(x, x[:3]),
        b0,
    ),
    "eigsh": (
        lambda x: linalg.eigsh(symmetric(A(x)), k=2, return_eigenvectors=False),
        lambda x: largest(symmetric(dense(x))),
        ENTRIES,
    ),
    "eigsh, vectors": (
        lambda x: squares(*linalg.eigsh(symmetric(A(x)), k=2, which="LA")),
        lambda x: squares(*np.linalg.eigh(symmetric(dense(x)))),
        ENTRIES,
    ),
    "eigsh, pair": (
        lambda x: squares(*linalg.eigsh(sp.csc_array(D.T @ D), k=2, M=symmetric(A(x)), which="LA")),
        lambda x: squares(*dense_linalg.eigh(D.T @ D, symmetric(dense(x)))),
        ENTRIES,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_as_dense(case: str) -> None:
    """Values, first and second derivatives in every representation are those of the dense matrix."""
    sparsely, densely, x = CASES[case]
    agree(sparsely, densely, x, rtol=1e-8)


@pytest.mark.parametrize("name", [n for n in ITERATIVE if hasattr(original, n)])
def test_iterative_solvers(name: str) -> None:
    """Their derivatives, and their values while they are differentiated, are right to rounding, whatever the tolerance."""
    solver, form = getattr(linalg, name), symmetric if name in ("cg", "minres") else lambda M: M
    x0 = SOLVE(form(D), b0)

    operator = original.aslinearoperator(form(B))
    M = RNG.standard_normal((N, N))
    found = dd.jacobian(lambda b: solver(operator, M @ b)[0])(b0)
    np.testing.assert_allclose(found, SOLVE(form(D), M), rtol=1e-9, atol=1e-11)
    if name == "tfqmr":
        # It breaks down for right-hand sides that are unit vectors, of which single entries of the matrix make some.
        return

    def by_entries(x: Any) -> Any:
        return solver(form(A(x)), b0, x0=0.9 * x0)[0]

    jacobian = dd.jacobian(lambda x: SOLVE(form(dense(x)), b0))(ENTRIES)
    value, found = dd.value_and_jacobian(by_entries)(ENTRIES)
    np.testing.assert_allclose(value, x0, rtol=1e-12)
    np.testing.assert_allclose(found, jacobian, rtol=1e-10, atol=1e-12)
    hessian = dd.hessian(lambda x: np.sum(SOLVE(form(dense(x)), b0) ** 2))(ENTRIES)
    np.testing.assert_allclose(dd.hessian(lambda x: np.sum(by_entries(x) ** 2))(ENTRIES), hessian, rtol=1e-8, atol=1e-11)


def test_one_factorization(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value and all directions have one factorization in common."""
    calls, splu = [], original.splu

    def counted(*args: Any, **options: Any) -> Any:
        calls.append(1)
        return splu(*args, **options)

    monkeypatch.setattr(original, "splu", counted)
    dd.jacobian(lambda x: linalg.spsolve(A(x), b0))(ENTRIES)
    assert len(calls) == 1


def test_every_name_of_scipy_is_decided_once() -> None:
    """No public name is left over, and none is in two groups."""
    groups = [list(DIFFERENTIATED), list(REFUSED), OTHERS]
    for name in PUBLIC:
        assert sum(name in group for group in groups) == 1, name


@pytest.mark.parametrize("name", [n for n in REFUSED if hasattr(original, n) and n != "LaplacianNd"])
def test_refused_names_say_why(name: str) -> None:
    """A dual is refused with the reason, here and in SciPy's own function."""
    with pytest.raises(dd.NoRuleError, match=f"scipy.sparse.linalg.{name}"):
        dd.jacobian(lambda x: getattr(linalg, name)(A(x), b0))(ENTRIES)
    if name in ("lsqr", "lsmr"):
        with pytest.raises(dd.NoRuleError, match=r"dualdiff\.scipy\.sparse\.linalg"):
            dd.jacobian(lambda b: getattr(original, name)(B, b)[0])(b0)


def test_what_has_not_converged_is_refused() -> None:
    """A solver that gives up has no derivative to give."""
    with pytest.raises(dd.NotDifferentiableError, match="not converged"):
        dd.jacobian(lambda x: linalg.cg(symmetric(A(x)), b0, maxiter=1)[0])(ENTRIES)


def test_an_operator_is_a_constant() -> None:
    """A linear operator that closes over a dual is refused, not taken for a constant."""
    with pytest.raises(dd.DualDiffError):
        dd.derivative(lambda s: linalg.cg(original.LinearOperator((N, N), matvec=lambda v: s * v), b0)[0])(2.0)


def test_singular_systems_are_refused() -> None:
    """A singular matrix and a repeated eigenvalue have no derivative."""
    with pytest.raises(dd.NotDifferentiableError, match="singular"):
        dd.jacobian(lambda x: linalg.spsolve(sparse.diags(x, format="csc"), np.ones(3)))(np.array([1.0, 2.0, 0.0]))
    with pytest.raises(dd.NotDifferentiableError):
        dd.jacobian(lambda x: linalg.eigsh(sparse.diags(x, format="csc"), k=2)[1])(np.array([1.0, 2.0, 3.0, 3.0, 0.0, 0.5]))
