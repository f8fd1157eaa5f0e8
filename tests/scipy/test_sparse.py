"""Sparse matrices: constant ones of SciPy's beside duals, and those whose entries are duals, against dense arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

sp: Any = pytest.importorskip("scipy.sparse")
sparse_linalg: Any = pytest.importorskip("scipy.sparse.linalg")
sparse: Any = pytest.importorskip("dualdiff.scipy.sparse")
linalg: Any = pytest.importorskip("dualdiff.scipy.linalg")

from dualdiff.scipy.sparse._decided import CLASSES, DIFFERENTIATED, MOVERS, OTHERS, REFUSED  # noqa: E402
from tests.scipy.agreement import agree  # noqa: E402

RNG = np.random.default_rng(5)
FORMATS = [f"{form}_{kind}" for kind in ("array", "matrix") for form in ("csr", "csc", "coo", "bsr", "lil", "dok", "dia")]
GROUPS: dict[str, list[str]] = {
    "classes": CLASSES,
    "movers": MOVERS,
    "differentiated": DIFFERENTIATED,
    "refused": list(REFUSED),
    "others": OTHERS,
}


# ------------------------------------------------------------------------------------------ constant matrices

D = RNG.random((4, 3)) * (RNG.random((4, 3)) < 0.7)
BESIDE: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any], Any], Any]] = {
    "A @ x": (lambda A, x: A @ x, lambda x: D @ x, RNG.random(3)),
    "A @ X": (lambda A, x: A @ x, lambda x: D @ x, RNG.random((3, 2))),
    "A @ column": (lambda A, x: A @ x, lambda x: D @ x, RNG.random((3, 1))),
    "y @ A": (lambda A, x: x @ A, lambda x: x @ D, RNG.random(4)),
    "Y @ A": (lambda A, x: x @ A, lambda x: x @ D, RNG.random((2, 4))),
    "A.dot(x)": (lambda A, x: A.dot(x), lambda x: D @ x, RNG.random(3)),
    "A.T @ y": (lambda A, x: A.T @ x, lambda x: D.T @ x, RNG.random(4)),
    "A + Z": (lambda A, x: A + x, lambda x: D + x, RNG.random((4, 3))),
    "Z + A": (lambda A, x: x + A, lambda x: D + x, RNG.random((4, 3))),
    "A - Z": (lambda A, x: A - x, lambda x: D - x, RNG.random((4, 3))),
    "Z - A": (lambda A, x: x - A, lambda x: x - D, RNG.random((4, 3))),
    "A * s": (lambda A, x: (A * x[0]).toarray(), lambda x: D * x[0], RNG.random(2)),
    "s * A": (lambda A, x: (x[0] * A) @ x[1:], lambda x: x[0] * D @ x[1:], RNG.random(4)),
    "A / s": (lambda A, x: (A / x[0]).toarray(), lambda x: D / x[0], RNG.random(2) + 1),
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("case", BESIDE)
def test_a_constant_matrix(name: str, case: str) -> None:
    """Every format, on either side of every operator, as the dense matrix."""
    function, dense, x = BESIDE[case]
    A = getattr(sp, name)(D)
    if name.endswith("matrix") and "Z" in case:
        with pytest.raises(dd.NoRuleError, match="toarray"):
            dd.jacobian(lambda x: function(A, x))(x)
        return
    agree(lambda x: function(A, x), dense, x)


@pytest.mark.parametrize("name", FORMATS)
def test_star(name: str) -> None:
    """Of a sparse array entry by entry, of a matrix the product of matrices."""
    A = getattr(sp, name)(D)
    if name.endswith("matrix"):
        agree(lambda x: A * x, lambda x: D @ x, RNG.random(3))
        agree(lambda x: x * A, lambda x: x @ D, RNG.random(4))
    else:
        agree(lambda x: (A * x).toarray(), lambda x: D * x, RNG.random((4, 3)))
        agree(lambda x: (x * A).toarray(), lambda x: D * x, RNG.random(3))


def test_dtypes() -> None:
    """float32 stays, complex entries make complex results, integers become floats."""
    x = np.ones(3, np.float32)
    assert dd.jvp(lambda x: sp.csr_array(D.astype(np.float32)) @ x, x, x)[1].dtype == np.float32
    assert dd.jvp(lambda x: sp.csr_array(D * 1j) @ x, np.ones(3), np.ones(3))[1].dtype == complex
    counts = sp.csr_array(np.eye(3, dtype=int))
    np.testing.assert_array_equal(dd.jacobian(lambda x: counts @ x)(np.array([0.5, 1.0, 2.0])), np.eye(3))


def test_jacobians_stay_sparse() -> None:
    """The Jacobian of a million-row product has the entries of the matrix, and none more."""
    n = 200_000
    A = sp.diags_array([np.ones(n - 1), np.full(n, -2.0), np.ones(n - 1)], offsets=[-1, 0, 1], format="csr")
    J = dd.jacobian(lambda u: A @ u + u**3, sparse=True)(np.ones(n))
    assert J.nnz == A.nnz
    assert abs(J - (A + 3 * sp.eye_array(n))).max() == 0
    H = dd.hessian(lambda u: np.sum((A @ u) ** 4), sparse=True)(np.ones(n))
    assert H.nnz <= 5 * n


REFUSALS: dict[str, Callable[[Any], Any]] = {
    "multiply": lambda x: sp.csr_array(D).multiply(x),
    "maximum": lambda x: sp.csr_array(D).maximum(x),
    "csr_array": lambda x: sp.csr_array(x),
    "data": lambda x: sp.csr_array((x[:, 0], [0, 1, 2, 0], [0, 1, 2, 3, 4])),
    "diags": lambda x: sp.diags_array(x[0]),
    "vstack": lambda x: sp.vstack([sp.csr_array(D), x]),
    "assignment": lambda x: sp.lil_array(D).__setitem__((0, 0), x[0, 0]),
    "np.matmul": lambda x: np.matmul(sp.csr_array(D), x[0]),
    "np.dot": lambda x: np.dot(sp.csr_array(D), x[0]),
    "np.add": lambda x: np.add(sp.csr_array(D), x),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_no_operator_is_refused(case: str) -> None:
    """Nothing of scipy.sparse takes a dual but the operators: the error says what to write."""
    with pytest.raises((dd.DualDiffError, TypeError), match=r"dualdiff\.scipy\.sparse|write an operator"):
        dd.jacobian(REFUSALS[case])(RNG.random((4, 3)))


def test_isinstance_is_told_an_array_elsewhere() -> None:
    """A number passes for an array with everybody but scipy.sparse."""

    def f(x: Any) -> Any:
        assert isinstance(x, np.ndarray)
        return sp.csr_array(np.eye(3)) @ x

    np.testing.assert_array_equal(dd.jvp(f, np.ones(3), np.ones(3))[1], 1.0)


# ---------------------------------------------------------------------------------------------- entries that are duals

N = 5
ROWS, COLUMNS = np.array([0, 1, 1, 2, 3, 3, 4, 0, 0]), np.array([0, 0, 1, 2, 3, 1, 4, 4, 0])
ENTRIES = RNG.random(9) + 0.5
V, W = RNG.random(N), RNG.random((N, 3))
CONSTANT = sp.csr_array(RNG.random((N, N)) * (RNG.random((N, N)) < 0.5))
C = CONSTANT.toarray()


def dense(x: Any) -> Any:
    """The matrix with entries in these rows and columns, two of them in one place."""
    return np.einsum("k,ki,kj->ij", x, np.eye(N)[ROWS], np.eye(N)[COLUMNS])


MADE: dict[str, Callable[[Any], Any]] = {
    "coo": lambda x: sparse.coo_array((x, (ROWS, COLUMNS)), shape=(N, N)),
    "csr": lambda x: sparse.csr_array((x, (ROWS, COLUMNS)), shape=(N, N)),
    "csc": lambda x: sparse.csc_array((x, (ROWS, COLUMNS)), (N, N)),
    "of a dense array": lambda x: sparse.csr_array(dense(x)),
}
ZERO = np.zeros((N, N))
OPERATIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "A @ v": (lambda A: A @ V, lambda A: A @ V),
    "A @ W": (lambda A: A.dot(W), lambda A: A @ W),
    "v @ A": (lambda A: V @ A, lambda A: V @ A),
    "W @ A": (lambda A: W.T @ A, lambda A: W.T @ A),
    "A.T": (lambda A: A.T @ V, lambda A: A.T @ V),
    "A + B": (lambda A: (A + CONSTANT).toarray(), lambda A: A + C),
    "B + A": (lambda A: (CONSTANT + A).toarray(), lambda A: A + C),
    "A - B": (lambda A: (A - CONSTANT) @ V, lambda A: (A - C) @ V),
    "B - A": (lambda A: (CONSTANT - A).toarray(), lambda A: C - A),
    "A @ B": (lambda A: (A @ CONSTANT).toarray(), lambda A: A @ C),
    "B @ A": (lambda A: (CONSTANT @ A).toarray(), lambda A: C @ A),
    "A @ A.T": (lambda A: (A @ A.T).toarray(), lambda A: A @ A.T),
    "A * B": (lambda A: (A * CONSTANT).toarray(), lambda A: A * C),
    "B * A": (lambda A: (CONSTANT * A).toarray(), lambda A: A * C),
    "scalars": (lambda A: (2 * A - A / 3).toarray(), lambda A: 2 * A - A / 3),
    "A * dense": (lambda A: (A * C).toarray(), lambda A: A * C),
    "A * row": (lambda A: (A * V).toarray(), lambda A: A * V),
    "A + dense": (lambda A: A + C, lambda A: A + C),
    "dense - A": (lambda A: C - A, lambda A: C - A),
    "A ** 2": (lambda A: (A**2).toarray(), lambda A: A**2),
    "block": (lambda A: A[1:4, :3].toarray(), lambda A: A[1:4, :3]),
    "rows": (lambda A: A[[0, 3]].toarray(), lambda A: A[[0, 3]]),
    "entries": (lambda A: A[0, 0] * A[3, 1] + A[2, 1], lambda A: A[0, 0] * A[3, 1] + A[2, 1]),
    "diagonal": (lambda A: A.diagonal() * A.trace(), lambda A: np.diagonal(A) * np.trace(A)),
    "sums": (lambda A: A.sum() + A.sum(0) * A.sum(axis=1), lambda A: A.sum() + A.sum(0) * A.sum(1)),
    "formats": (lambda A: A.tocsc() @ V + A.tocoo() @ V, lambda A: 2 * A @ V),
    "kron": (lambda A: sparse.kron(A, CONSTANT).toarray(), lambda A: np.kron(A, C)),
    "kronsum": (lambda A: sparse.kronsum(A, CONSTANT).toarray(), lambda A: np.kron(np.eye(N), A) + np.kron(C, np.eye(N))),
    "vstack": (lambda A: sparse.vstack([A, CONSTANT]).toarray(), lambda A: np.concatenate([A, C])),
    "hstack": (lambda A: sparse.hstack([CONSTANT, A]).toarray(), lambda A: np.concatenate([C, A], 1)),
    "bmat": (lambda A: sparse.bmat([[A, None], [CONSTANT, A]]).toarray(), lambda A: np.block([[A, ZERO], [C, A]])),
    "block_diag": (lambda A: sparse.block_diag([A, CONSTANT]).toarray(), lambda A: np.block([[A, ZERO], [ZERO, C]])),
    "tril, triu": (lambda A: sparse.tril(A).toarray() + 2 * sparse.triu(A, 1).toarray(), lambda A: A + np.triu(A, 1)),
    "reshape": (lambda A: A.reshape(1, 25).toarray(), lambda A: A.reshape(1, 25)),
}


@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("case", OPERATIONS)
def test_operations(made: str, case: str) -> None:
    """A sparse array of duals does what the dense one does."""
    sparsely, densely = OPERATIONS[case]
    agree(lambda x: sparsely(MADE[made](x)), lambda x: densely(dense(x)), ENTRIES)


def _boxed(x: Any) -> Any:
    return np.pad(np.reshape(x[:4], (2, 2)), ((0, 2), (2, 0)))


CONSTRUCTORS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "diags": (
        lambda x: sparse.diags([x[:4], x, 2.0], [-1, 0, 2], shape=(5, 5)),
        lambda x: np.diag(x[:4], -1) + np.diag(x) + 2 * np.eye(5, k=2),
    ),
    "diags, by name": (
        lambda x: sparse.diags_array(offsets=[0, 1], diagonals=[x, x[1:]]),
        lambda x: np.diag(x) + np.diag(x[1:], 1),
    ),
    "diags, one": (lambda x: sparse.diags(x), np.diag),
    "diags_array": (lambda x: sparse.diags_array([x, x[1:]], offsets=[0, 1]), lambda x: np.diag(x) + np.diag(x[1:], 1)),
    "dia_array": (
        lambda x: sparse.dia_array((np.stack([x, x**2]), [0, 1]), shape=(5, 5)),
        lambda x: np.diag(x) + np.diag(x[1:] ** 2, 1),
    ),
    "bsr_array": (lambda x: sparse.bsr_array((np.reshape(x[:4], (1, 2, 2)), [1], [0, 1, 1]), shape=(4, 4)), _boxed),
    "csr_array": (lambda x: sparse.csr_array((x, [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5])), np.diag),
    "csc_array": (lambda x: sparse.csc_array((x, [1, 0, 2, 3, 4], np.arange(6))), lambda x: np.diag(x)[[1, 0, 2, 3, 4]]),
    "a list": (
        lambda x: sparse.coo_array(([x[0], x[1] * x[0], 2.0], ([0, 1, 0], [0, 1, 1]))),
        lambda x: np.reshape(np.stack([x[0], 2.0 + 0 * x[0], 0 * x[0], x[1] * x[0]]), (2, 2)),
    ),
    "I + t A": (lambda x: sp.eye_array(5) + x[0] * CONSTANT, lambda x: np.eye(5) + x[0] * C),
}


@pytest.mark.parametrize("case", CONSTRUCTORS)
def test_constructors(case: str) -> None:
    """The constructors place duals where they place floats."""
    sparsely, densely = CONSTRUCTORS[case]
    agree(lambda x: sparsely(x).toarray(), densely, RNG.random(5) + 0.5)


def test_plain_entries_make_scipys_own() -> None:
    """Without numbers, the names are SciPy's in all they do."""
    for name in CLASSES:
        assert type(getattr(sparse, name)(np.eye(2))) is getattr(sp, name)
    assert type(sparse.diags([1.0, 2.0])) is type(sp.diags([1.0, 2.0]))
    assert sparse.issparse(sparse.eye_array(3))


def test_every_name_of_scipy_is_decided_once() -> None:
    """No public name is left over, and none is in two groups."""
    for name in (n for n in dir(sp) if not n.startswith("_")):
        assert [group for group, names in GROUPS.items() if name in names], name
    everything = [name for names in GROUPS.values() for name in names]
    assert len(everything) == len(set(everything))


def test_old_matrices() -> None:
    """What stands for an spmatrix multiplies matrices with ``*``; what would be an np.matrix is refused."""
    agree(lambda x: sparse.csr_matrix((x, (ROWS, COLUMNS))) * V, lambda x: dense(x) @ V, ENTRIES)
    agree(lambda x: V * sparse.diags(x[:N]), lambda x: V @ np.diag(x[:N]), ENTRIES)
    agree(lambda x: (sparse.diags(x[:N]) * sp.csr_matrix(C)).toarray(), lambda x: np.diag(x[:N]) @ C, ENTRIES)
    agree(lambda x: (sp.csr_matrix(C) * sparse.diags(x[:N])).toarray(), lambda x: C @ np.diag(x[:N]), ENTRIES)
    agree(
        lambda x: sparse.hstack([sparse.diags(x[:N]), sp.csr_matrix(C)]) * np.ones(2 * N), lambda x: x[:N] + C.sum(1), ENTRIES
    )
    for refused in (lambda A: A + C, lambda A: A.todense(), lambda A: A.sum(0), lambda A: A**2):
        with pytest.raises(dd.NoRuleError, match="spmatrix"):
            dd.jacobian(lambda x, f=refused: f(sparse.csr_matrix((x, (ROWS, COLUMNS)))))(ENTRIES)


ELSEWHERE: dict[str, Callable[[Any], Any]] = {
    "scipy.sparse": lambda A: sp.vstack([A, A]),
    "scipy.sparse.linalg": lambda A: sparse_linalg.spsolve(A, np.ones(N)),
    "numpy": lambda A: np.linalg.inv(A),
    "dualdiff.scipy.linalg": lambda A: linalg.solve(A, np.ones(N)),
    "a ufunc": lambda A: np.sin(A),
    "a reduction": lambda A: np.sum(A),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_a_sparse_array_is_refused_elsewhere(case: str) -> None:
    """Nothing takes a sparse array of duals for something else."""
    with pytest.raises((dd.DualDiffError, TypeError, ValueError)):
        dd.jacobian(lambda x: ELSEWHERE[case](MADE["csc"](x)))(ENTRIES)


def test_comparisons_look_at_values() -> None:
    """As those of duals do."""

    def f(x: Any) -> Any:
        A = MADE["csr"](x)
        assert (A != 2 * A).sum() == A.nnz == 8
        assert (A > CONSTANT).sum() == (dense(ENTRIES) > C).sum()
        assert (CONSTANT < A).sum() == (dense(ENTRIES) > C).sum()
        return A.sum()

    dd.grad(f)(ENTRIES)


def test_a_sparse_array_is_a_tree() -> None:
    """Its entries are found where arguments, results and constants are looked through."""

    def f(x: Any) -> Any:
        A = sparse.csr_array((x, (ROWS, COLUMNS)))
        constant = dd.stop_gradient(A)
        assert type(constant) is type(dd.value_of(A)) is sp.csr_array
        return A @ constant @ V

    x = ENTRIES
    agree(f, lambda x: dense(x) @ dd.stop_gradient(dense(x)) @ V, x)
    value, along = dd.jvp(lambda x: sparse.csr_array((x**2, (ROWS, COLUMNS))), x, x)
    np.testing.assert_allclose(value.toarray(), dense(x**2))
    np.testing.assert_allclose(along.toarray(), dense(2 * x**2))
    optimize = pytest.importorskip("dualdiff.scipy.optimize")

    def root(x: Any) -> Any:
        return optimize.root(lambda y, A: A @ y + y**3 - V, V, args=(sparse.csr_array((x, (ROWS, COLUMNS))),), tol=1e-14).x

    def dense_root(x: Any) -> Any:
        return optimize.root(lambda y, A: A @ y + y**3 - V, V, args=(dense(x),), tol=1e-14).x

    agree(root, dense_root, x, rtol=1e-8)


def test_an_entry_of_value_zero_keeps_its_derivative() -> None:
    """What is zero at a point is not zero beside it."""
    gradient = dd.grad(lambda x: (sparse.csr_array(np.reshape(x, (2, 2))) @ np.ones(2))[0])(np.zeros(4))
    np.testing.assert_array_equal(gradient, [1, 1, 0, 0])


def test_constructors_are_classes() -> None:
    """An instance check knows SciPy's arrays and ours, by format; subclasses are SciPy's."""
    plain_matrix, x = sp.csr_matrix(np.eye(2)), np.ones(2)

    def f(x: Any) -> Any:
        A = sparse.csc_matrix((x, ([0, 1], [1, 0])))
        assert isinstance(A, sparse.csc_matrix)
        assert isinstance(A, (np.ndarray, sparse.csc_matrix))
        assert not isinstance(A, sparse.csr_matrix)
        assert not isinstance(A, sparse.csc_array)
        return A @ x

    dd.jacobian(f)(x)
    assert isinstance(plain_matrix, sparse.csr_matrix)
    assert not isinstance(plain_matrix, sparse.csr_array)
    assert issubclass(sp.csr_matrix, sparse.csr_matrix)
    assert isinstance(sparse.csr_matrix, type)

    class Named(sparse.csr_matrix):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.name = "A"

    named = Named(np.eye(2))
    assert named.name == "A"
    assert isinstance(named, sp.csr_matrix)
    assert isinstance(named, sparse.csr_matrix)
    assert isinstance(named, Named)
    np.testing.assert_array_equal(dd.jacobian(lambda x: named @ x)(x), np.eye(2))


VECTOR = sp.coo_array(np.array([1.0, 0.0, 2.0]))
BESIDE_VECTORS: dict[str, Callable[[Any, Any], Any]] = {
    "A @ x": lambda A, x: A @ x,
    "x @ A": lambda A, x: x @ A,
    "A @ X": lambda A, x: A @ np.outer(x, x),
    "X @ A": lambda A, x: np.outer(x, x) @ A,
    "A * x": lambda A, x: A * x,
    "x * A": lambda A, x: x * A,
    "c * A": lambda A, x: x[1] * A,
    "A * c": lambda A, x: A * x[1],
    "A / c": lambda A, x: A / x[1],
    "A + x": lambda A, x: A + x,
    "x - A": lambda A, x: x - A,
}


@pytest.mark.parametrize("name", BESIDE_VECTORS)
def test_sparse_vectors_beside_duals(name: str) -> None:
    """A sparse array of one axis, which a row of a csr_array is, means its dense one."""
    operation, x = BESIDE_VECTORS[name], np.array([0.5, 1.5, -2.0])
    for A in (VECTOR, sp.csr_array(np.array([[0.0, 1, 0], [1, 0, 2]]))[1]):
        agree(partial(operation, A), partial(operation, VECTOR.toarray()), x)
    with pytest.raises(dd.NoRuleError, match="two axes"):
        dd.jacobian(sparse.csr_array)(x)


def test_eliminate_zeros_keeps_entries() -> None:
    """An entry that is zero has a derivative."""

    def f(x: Any) -> Any:
        A = sparse.csr_array((x, ([0, 1], [1, 0])))
        assert A.eliminate_zeros() is None
        return A @ np.ones(2)

    np.testing.assert_array_equal(dd.jacobian(f)(np.array([0.0, 2.0])), np.eye(2))


@pytest.mark.parametrize("k", [0, 1, -1])
@pytest.mark.parametrize("form", ["csr", "csc", "coo"])
@pytest.mark.parametrize("count", [0, 2, 9])
def test_setdiag(k: int, form: str, count: int) -> None:
    """A diagonal is written as SciPy writes it: whole by a scalar, from its top by an array."""
    places = ([0, 1, 2, 0], [0, 1, 3, 2])

    def filled(x: Any, module: Any) -> Any:
        A = getattr(module, f"{form}_array")((x, places), shape=(3, 4))
        A.setdiag(x[0] * x[1] if count == 0 else np.concatenate([x, x, x])[:count] ** 2, k)
        return A.toarray()

    def dense(x: Any) -> Any:
        A = np.zeros_like(x, shape=(3, 4))
        A[places] = x
        diagonal = np.arange(min(3 + min(k, 0), 4 - max(k, 0)))[: count or None]
        A[diagonal - min(k, 0), diagonal + max(k, 0)] = (
            x[0] * x[1] if count == 0 else np.concatenate([x, x, x])[: diagonal.size] ** 2
        )
        return A

    x = np.array([0.5, 1.5, -2.0, 3.0])
    np.testing.assert_array_equal(dense(x), filled(x, sp))
    agree(partial(filled, module=sparse), dense, x)
