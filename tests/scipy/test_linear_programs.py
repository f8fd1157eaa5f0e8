"""Small programs of linear algebra, written once: with SciPy's namespaces and with ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import dualdiff as dd
from tests.scipy.agreement import differences

scipy_linalg: Any = pytest.importorskip("scipy.linalg")
scipy_sparse: Any = pytest.importorskip("scipy.sparse")
scipy_solvers: Any = pytest.importorskip("scipy.sparse.linalg")
our_linalg: Any = pytest.importorskip("dualdiff.scipy.linalg")
our_sparse: Any = pytest.importorskip("dualdiff.scipy.sparse")
our_solvers: Any = pytest.importorskip("dualdiff.scipy.sparse.linalg")


class Namespaces(NamedTuple):
    """Where a program finds its functions."""

    linalg: Any
    sparse: Any
    solvers: Any


PLAIN = Namespaces(scipy_linalg, scipy_sparse, scipy_solvers)
OURS = Namespaces(our_linalg, our_sparse, our_solvers)
RNG = np.random.default_rng(2)
POINTS = RNG.random((10, 2))
SIGNAL = np.sin(3 * POINTS[:, 0]) + POINTS[:, 1]


def rows(*entries: Any) -> Any:
    """A matrix of scalars."""
    return np.stack([np.stack([1.0 * entry + 0 * entries[0][0] for entry in row]) for row in entries])


def finite_elements(n: Namespaces, k: Any) -> Any:
    """The heat equation on a rod, assembled element by element, the ends held."""
    left = np.arange(len(k))
    where = (np.ravel(left[:, None] + [0, 0, 1, 1]), np.ravel(left[:, None] + [0, 1, 0, 1]))
    K = n.sparse.coo_array((np.reshape(k[:, None] * np.array([1.0, -1.0, -1.0, 1.0]), (-1,)), where)).tocsr()
    return np.sum(n.solvers.spsolve(K[1:-1, 1:-1].tocsc(), np.ones(len(k) - 1)) ** 2)


def kalman_filter(n: Namespaces, p: Any) -> Any:
    """The log likelihood of a series."""
    F, H = rows([1.0 + 0 * p[0], p[0]], [0.0, p[1]]), np.array([[1.0, 0.0]])
    x, P, total = np.zeros(2), np.eye(2), 0.0
    for y in np.sin(np.arange(8.0)):
        x, P = F @ x, F @ P @ F.T + 0.1 * np.eye(2)
        S = H @ P @ H.T + p[2] * np.eye(1)
        factor, error = n.linalg.cho_factor(S), y - H @ x
        gain = n.linalg.cho_solve(factor, H @ P).T
        x, P = x + gain @ error, P - gain @ S @ gain.T
        total = total - 0.5 * (error @ n.linalg.cho_solve(factor, error) + np.log(n.linalg.det(S)))
    return total


def gaussian_process(n: Namespaces, p: Any) -> Any:
    """Its negative log likelihood."""
    length, size, noise = np.exp(p)
    K = size * np.exp(-np.sum((POINTS[:, None] - POINTS) ** 2, axis=-1) / length) + noise * np.eye(10)
    L = n.linalg.cholesky(K, lower=True)
    return 0.5 * np.sum(n.linalg.solve_triangular(L, SIGNAL, lower=True) ** 2) + np.sum(np.log(np.diag(L)))


def energy(n: Namespaces, a: Any) -> Any:
    """What a stable linear system dissipates."""
    return np.trace(n.linalg.solve_continuous_lyapunov(np.reshape(a, (2, 2)) - 3 * np.eye(2), -np.eye(2)))


def implicit_euler(n: Namespaces, p: Any) -> Any:
    """The heat equation in time, factored once."""
    K = n.sparse.diags_array([-p[0] * np.ones(7), 2 * p[0] * np.ones(8), -p[0] * np.ones(7)], offsets=[-1, 0, 1])
    step, u = n.solvers.splu((scipy_sparse.eye_array(8) + 0.1 * K).tocsc()), p[1] * np.sin(np.arange(8.0))
    for _ in range(5):
        u = step.solve(u)
    return np.sum(u**2)


def vibrations(n: Namespaces, k: Any) -> Any:
    """The frequencies of a chain of masses, and a mode."""
    K = rows([k[0] + k[3], -k[0], 0.0], [-k[0], k[0] + k[1] + k[3], -k[1]], [0.0, -k[1], k[1] + k[3]])
    w, V = n.linalg.eigh(K, rows([k[2], 0.0, 0.0], [0.0, k[2] ** 2, 0.0], [0.0, 0.0, 1.0]))
    return np.sum(np.sqrt(w)) + V[0, 0] ** 2


def regulator(n: Namespaces, p: Any) -> Any:
    """The cost of the best feedback, in continuous and in discrete time."""
    B = np.array([[0.0], [1.0]])
    X = n.linalg.solve_continuous_are(rows([0 * p[0], 1.0], [p[0], -p[1]]), B, p[2] * np.eye(2), np.eye(1))
    Y = n.linalg.solve_discrete_are(rows([1 + 0 * p[0], p[1]], [0.0, p[0]]), B, p[2] * np.eye(2), np.eye(1))
    return np.trace(X) + np.trace(Y)


def decay_chain(n: Namespaces, rates: Any) -> Any:
    """The mean state of a Markov process after a while."""
    A = n.sparse.diags_array([rates, -np.append(rates, 0.0)], offsets=[-1, 0], format="csr")
    return n.solvers.expm_multiply(A, np.eye(5)[0]) @ np.arange(5.0) ** 2


def network(n: Namespaces, w: Any) -> Any:
    """The potentials of a network of resistors."""
    W = n.sparse.coo_array((w, ([0, 1, 2, 3, 0], [1, 2, 3, 0, 2])), shape=(4, 4)).tocsr()
    W = W + W.T
    L = n.sparse.diags_array(W.sum(axis=0)) - W
    return np.sum(n.solvers.spsolve(L[1:, 1:].tocsc(), np.array([1.0, 0.0, -1.0])) ** 2)


def plate(n: Namespaces, k: Any) -> Any:
    """A Laplace equation in two dimensions, by Kronecker products."""
    D = n.sparse.diags_array([-k[:2], 2 + k[2] * np.ones(3), -k[:2]], offsets=[-1, 0, 1])
    eye = scipy_sparse.eye_array(3)
    return np.sum(n.solvers.spsolve((n.sparse.kron(D, eye) + n.sparse.kron(eye, D)).tocsc(), np.ones(9)) ** 3)


def saddle_point(n: Namespaces, k: Any) -> Any:
    """A constrained system in blocks."""
    C = scipy_sparse.csr_array(np.ones((3, 1)))
    A = n.sparse.block_array([[n.sparse.diags_array(k), C], [C.T, None]], format="csc")
    return np.sum(n.solvers.spsolve(A, np.arange(4.0)) ** 2)


def qubit(n: Namespaces, x: Any) -> Any:
    """The probability of a transition."""
    H = np.reshape(x, (3, 3))
    return np.abs((n.linalg.expm(-1j * (H + H.T)) @ np.array([1.0, 0.0, 0.0]))[1]) ** 2


def rotation(n: Namespaces, x: Any) -> Any:
    """The best rotation of a cloud of points, and how well it fits."""
    R, scale = n.linalg.orthogonal_procrustes(np.reshape(x, (4, 2)), np.arange(8.0).reshape(4, 2) ** 2)
    return scale + R[0, 1]


def time_steps(n: Namespaces, k: Any) -> Any:
    """An implicit scheme with a banded matrix."""
    bands, u = np.stack([np.append(0.0, -k[:3]), 1 + 2 * k, np.append(-k[1:], 0.0)]), np.ones(4)
    for _ in range(3):
        u = n.linalg.solve_banded((1, 1), bands, u)
    return np.sum(u)


def conjugate_gradients(n: Namespaces, k: Any) -> Any:
    """An iterative solver with a tolerance that values feel, and derivatives do not."""
    A = n.sparse.diags_array([-k[1:5], k[:5] + k[1:6], -k[1:5]], offsets=[-1, 0, 1], format="csr")
    return np.sum(n.solvers.cg(A, np.ones(5), rtol=1e-13)[0] ** 2)


PROGRAMS: list[tuple[Callable[[Namespaces, Any], Any], Any]] = [
    (finite_elements, RNG.random(5) + 0.5),
    (kalman_filter, np.array([0.9, 0.8, 0.5])),
    (gaussian_process, np.array([0.3, -0.2, -1.0])),
    (energy, RNG.random(4)),
    (implicit_euler, np.array([1.0, 0.5])),
    (vibrations, np.array([1.0, 2.0, 1.5, 0.7])),
    (regulator, np.array([0.5, 0.3, 2.0])),
    (decay_chain, RNG.random(4) + 0.5),
    (network, RNG.random(5) + 1),
    (plate, RNG.random(3) + 0.5),
    (saddle_point, RNG.random(3) + 1),
    (qubit, RNG.random(9)),
    (rotation, RNG.random(8)),
    (time_steps, RNG.random(4) + 0.5),
    (conjugate_gradients, RNG.random(6) + 1),
]


@pytest.mark.parametrize("program, x", PROGRAMS, ids=lambda p: getattr(p, "__name__", ""))
def test_program(program: Callable[[Namespaces, Any], Any], x: Any) -> None:
    """The gradient is that of the program with SciPy's own functions, and the Hessian that of the gradient."""
    value, gradient, hessian = dd.value_grad_and_hessian(lambda x: program(OURS, x))(x)
    np.testing.assert_allclose(value, program(PLAIN, x), rtol=1e-10)
    np.testing.assert_allclose(gradient, differences(lambda x: program(PLAIN, x), x, 1e-2), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(hessian, differences(dd.grad(lambda x: program(OURS, x)), x, 1e-2), rtol=1e-6, atol=1e-8)
