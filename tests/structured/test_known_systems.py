"""Systems as they occur in practice have the derivatives that are written by hand.

Each function is given twice: as a user writes it, and its derivative as a textbook has it. Sizes are small where all three
representations are compared, and large where a dense matrix would not fit.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

TANGENTS: list[Any] = ["auto", "structured", "dense"]
RNG = np.random.default_rng(7)
Function = Callable[[Any], Any]


@dataclass(frozen=True)
class System:
    """A function, a point, its derivative by hand, and how many entries its sparse form has, where that is certain."""

    name: str
    f: Function
    x: Any
    derivative: Function
    stored: int | None = None


def close(found: Any, expected: Any, tolerance: float = 1e-11) -> None:
    """Assert that arrays agree relative to the largest entry."""
    expected = np.asarray(expected)
    assert np.shape(found) == expected.shape
    scale = max(1.0, float(np.max(np.abs(expected), initial=0)))
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * scale)


# ---------------------------------------------------------------- grids
def second_difference(n: int, ends: str) -> Any:
    """Return the matrix of u[i - 1] - 2 u[i] + u[i + 1], periodic, with zero outside, or with a zero slope at the ends."""
    matrix = -2 * np.eye(n) + np.eye(n, k=1) + np.eye(n, k=-1)
    if ends == "periodic":
        matrix[0, -1] += 1
        matrix[-1, 0] += 1
    elif ends == "slope":
        matrix[0, 0] += 1
        matrix[-1, -1] += 1
    return matrix


def rolled(u: Any) -> Any:
    """Return the periodic Laplacian by np.roll."""
    return np.roll(u, 1, 0) + np.roll(u, -1, 0) + np.roll(u, 1, 1) + np.roll(u, -1, 1) - 4 * u


def padded(mode: str) -> Function:
    """Return the Laplacian of an array that is continued by np.pad."""

    def laplacian(u: Any) -> Any:
        p = np.pad(u, 1, mode=mode)  # type: ignore[call-overload]
        return p[2:, 1:-1] + p[:-2, 1:-1] + p[1:-1, 2:] + p[1:-1, :-2] - 4 * u

    return laplacian


def brusselator(
    laplacian: Function, ends: str, shape: tuple[int, int], entries: int | None
) -> tuple[Function, Any, Function, int | None]:
    """Return u' = 1 + u^2 v - 4.4 u + a Lu, v' = 3.4 u - u^2 v + a Lv, and its Jacobian in four blocks."""
    a = 0.9

    def f(w: Any) -> Any:
        u, v = w
        return np.stack([1 + u**2 * v - 4.4 * u + a * laplacian(u), 3.4 * u - u**2 * v + a * laplacian(v)])

    def jacobian(w: Any) -> Any:
        u, v = np.ravel(w[0]), np.ravel(w[1])
        down, across = (second_difference(n, ends) for n in shape)
        L = np.kron(down, np.eye(shape[1])) + np.kron(np.eye(shape[0]), across)
        D = np.diag
        blocks = [[D(2 * u * v - 4.4) + a * L, D(u**2)], [D(3.4 - 2 * u * v), D(-(u**2)) + a * L]]
        return np.reshape(np.block(blocks), (2, *shape, 2, *shape))

    return f, RNG.uniform(0.5, 2.0, (2, *shape)), jacobian, entries


def stencil(u: Any) -> Any:
    """Return the Laplacian of u in the interior of a cube, u itself on its faces, written into place."""
    out = u.copy()
    inside = u[1:-1, 1:-1, 1:-1]
    out[1:-1, 1:-1, 1:-1] = (
        u[2:, 1:-1, 1:-1] + u[:-2, 1:-1, 1:-1] + u[1:-1, 2:, 1:-1] + u[1:-1, :-2, 1:-1] + u[1:-1, 1:-1, 2:] + u[1:-1, 1:-1, :-2]
        - 6 * inside + np.exp(inside)
    )  # fmt: skip
    return out


def stencil_by_hand(u: Any) -> Any:
    """Return its Jacobian, row by row."""
    rows = np.zeros(u.shape * 2)
    for at in np.ndindex(u.shape):
        if any(k in (0, n - 1) for k, n in zip(at, u.shape, strict=True)):
            rows[at + at] = 1.0
            continue
        rows[at + at] = -6.0 + np.exp(u[at])
        for axis in range(3):
            for step in (-1, 1):
                to = tuple(k + step * (a == axis) for a, k in enumerate(at))
                rows[at + to] = 1.0
    return rows


def upwind(u: Any) -> Any:
    """Return -u u_x by differences against the flow, periodic."""
    return -np.where(u > 0, u * (u - np.roll(u, 1)), u * (np.roll(u, -1) - u))


def upwind_by_hand(u: Any) -> Any:
    """Return its Jacobian."""
    n, rows = u.size, np.zeros((u.size, u.size))
    for i in range(n):
        left, right = (i - 1) % n, (i + 1) % n
        if u[i] > 0:
            rows[i, i], rows[i, left] = -(2 * u[i] - u[left]), u[i]
        else:
            rows[i, i], rows[i, right] = -(u[right] - 2 * u[i]), -u[i]
    return rows


# ---------------------------------------------------------------- meshes and graphs
def mesh(n: int) -> tuple[Any, Any]:
    """Return nodes and triangles of the unit square: a grid, shaken, the diagonals in random directions, in random order."""
    rng = np.random.default_rng(3)
    s = np.linspace(0, 1, n)
    nodes = np.stack(np.meshgrid(s, s, indexing="ij"), axis=-1).reshape(-1, 2)
    inner = np.all((nodes > 0) & (nodes < 1), axis=1)
    nodes[inner] += rng.uniform(-0.25, 0.25, (int(np.sum(inner)), 2)) / n
    triangles = []
    for i, j in np.ndindex(n - 1, n - 1):
        a, b, c, d = i * n + j, (i + 1) * n + j, (i + 1) * n + j + 1, i * n + j + 1
        triangles += [(a, b, c), (a, c, d)] if rng.random() < 0.5 else [(a, b, d), (b, c, d)]
    return nodes, rng.permutation(np.array(triangles))


NODES, TRIANGLES = mesh(5)


def stiffness() -> tuple[Any, Any]:
    """Return the 3 x 3 stiffness matrix of each triangle, and the areas."""
    p = NODES[TRIANGLES]
    edges = np.roll(p, -2, axis=1) - np.roll(p, -1, axis=1)
    e, g = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
    area = 0.5 * np.abs(e[:, 0] * g[:, 1] - e[:, 1] * g[:, 0])
    return np.einsum("tid,tjd->tij", edges, edges) / (4 * area[:, None, None]), area


K, AREA = stiffness()


def poisson(u: Any) -> Any:
    """Return the residual of -div((1 + u^2) grad u) = 1 by linear elements, assembled with np.add.at."""
    local = u[TRIANGLES]
    coefficient = 1 + np.mean(local, axis=1) ** 2
    forces = coefficient[:, None] * np.einsum("tij,tj->ti", K, local) - AREA[:, None] / 3
    out = np.zeros_like(u)
    np.add.at(out, TRIANGLES, forces)
    return out


def poisson_by_hand(u: Any) -> Any:
    """Return its Jacobian, triangle by triangle."""
    rows = np.zeros((u.size, u.size))
    for triangle, k in zip(TRIANGLES, K, strict=True):
        local = u[triangle]
        mean = np.mean(local)
        rows[np.ix_(triangle, triangle)] += (1 + mean**2) * k + np.outer(k @ local, np.full(3, 2 * mean / 3))
    return rows


LINKS = np.array([(i, j) for i in range(12) for j in range(i) if RNG.random() < 0.3])
WEIGHTS = RNG.uniform(0.5, 2.0, len(LINKS))


def graph(u: Any) -> Any:
    """Return the flows w (u_i - u_j)^3 into each vertex of a graph."""
    i, j = LINKS.T
    flow = WEIGHTS * (u[i] - u[j]) ** 3
    out = np.zeros_like(u)
    np.add.at(out, i, flow)
    np.subtract.at(out, j, flow)
    return out


def graph_by_hand(u: Any) -> Any:
    """Return its Jacobian, a weighted Laplacian."""
    rows = np.zeros((u.size, u.size))
    for (i, j), w in zip(LINKS, WEIGHTS, strict=True):
        slope = 3 * w * (u[i] - u[j]) ** 2
        rows[[i, j, i, j], [i, j, j, i]] += slope * np.array([1, 1, -1, -1])
    return rows


def graph_energy(u: Any) -> Any:
    """Return the energy of which the flows are the gradient."""
    return np.sum(WEIGHTS * (u[LINKS[:, 0]] - u[LINKS[:, 1]]) ** 4) / 4


# ---------------------------------------------------------------- convolutions and gathers
KERNEL = np.array([0.5, -1.0, 0.25])
KERNEL2 = RNG.normal(size=(3, 2))


def convolved(x: Any, kernel: Any = KERNEL2) -> Any:
    """Return the valid part of a convolution in two dimensions, as shifted slices."""
    rows, columns = x.shape[0] - 2, x.shape[1] - 1
    terms = [kernel[2 - i, 1 - j] * x[i : i + rows, j : j + columns] for i in range(3) for j in range(2)]
    return sum(terms[1:], terms[0])


def convolved_by_hand(x: Any) -> Any:
    """Return its Jacobian."""
    rows, columns = x.shape[0] - 2, x.shape[1] - 1
    matrix = np.zeros((rows, columns, *x.shape))
    for r, c, i, j in np.ndindex(rows, columns, 3, 2):
        matrix[r, c, r + i, c + j] = KERNEL2[2 - i, 1 - j]
    return matrix


def windows(x: Any) -> Any:
    """Return the same by a view of all windows."""
    return np.einsum("rcij,ij->rc", np.lib.stride_tricks.sliding_window_view(x, (3, 2)), KERNEL2[::-1, ::-1])


def shifts(n: int, kernel: Any, lead: int, rows: int) -> Any:
    """Return the matrix with kernel[i + lead - j] in row i and column j."""
    k = np.arange(rows)[:, None] + lead - np.arange(n)
    return np.where((k >= 0) & (k < len(kernel)), np.asarray(kernel)[np.clip(k, 0, len(kernel) - 1)], 0.0)


TOEPLITZ = np.arange(4)[:, None] - np.arange(4) + 3
B = RNG.normal(size=4)


def toeplitz_by_hand(x: Any) -> Any:
    """Return the Jacobian of T(x) b, where T[i, j] = x[i - j + 3]."""
    rows = np.zeros((4, 7))
    for i, j in np.ndindex(4, 4):
        rows[i, i - j + 3] += B[j]
    return rows


def toeplitz_squared_by_hand(x: Any) -> Any:
    """Return the Jacobian of T(x) x[:4]."""
    rows = np.zeros((4, 7))
    for i, j in np.ndindex(4, 4):
        rows[i, i - j + 3] += x[j]
        rows[i, j] += x[i - j + 3]
    return rows


def bordered(x: Any) -> Any:
    """Return a tridiagonal system with a dense last row and a dense last column."""
    u, s = x[:-1], x[-1]
    inner = u**2 + s * np.cos(u)
    return np.concatenate([inner - 0.5 * np.append(u[1:], 0.0) - 0.5 * np.append([0.0], u[:-1]), [np.sum(u**3) - s]])


def bordered_by_hand(x: Any) -> Any:
    """Return its Jacobian."""
    u, s, n = x[:-1], x[-1], x.size
    rows = np.zeros((n, n))
    rows[:-1, :-1] = np.diag(2 * u - s * np.sin(u)) - 0.5 * np.eye(n - 1, k=1) - 0.5 * np.eye(n - 1, k=-1)
    rows[:-1, -1], rows[-1, :-1], rows[-1, -1] = np.cos(u), 3 * u**2, -1.0
    return rows


# ---------------------------------------------------------------- entry by entry
def thomas(d: Any) -> Any:
    """Solve the system with d on the diagonal and -1 beside it, by elimination and substitution."""
    n = d.size
    c, y, x = np.zeros_like(d), np.zeros_like(d), np.zeros_like(d)
    c[0], y[0] = -1 / d[0], 1 / d[0]
    for i in range(1, n):
        pivot = d[i] + c[i - 1]
        c[i] = -1 / pivot
        y[i] = (1.0 + y[i - 1]) / pivot
    x[n - 1] = y[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = y[i] - c[i] * x[i + 1]
    return x


def thomas_by_hand(d: Any) -> Any:
    """Return dx/dd = -A^-1 diag(x)."""
    A = np.diag(d) - np.eye(d.size, k=1) - np.eye(d.size, k=-1)
    return -np.linalg.inv(A) * np.linalg.solve(A, np.ones(d.size))


def ell(x: Any) -> Any:
    """Return x[i - 1] x[i] x[i + 1] - x[i], entry by entry, with nothing outside."""
    out = np.zeros_like(x)
    for i in range(x.size):
        out[i] = -x[i]
        if 0 < i < x.size - 1:
            out[i] += x[i - 1] * x[i] * x[i + 1]
    return out


def ell_by_hand(x: Any) -> Any:
    """Return its Jacobian."""
    rows = -np.eye(x.size)
    for i in range(1, x.size - 1):
        rows[i, i - 1 : i + 2] += [x[i] * x[i + 1], x[i - 1] * x[i + 1], x[i - 1] * x[i]]
    return rows


def recurrence(x: Any) -> Any:
    """Return y[i] = x[i] + y[i - 1] / 2, read back from what was written."""
    out = np.zeros_like(x)
    out[0] = x[0]
    for i in range(1, x.size):
        out[i] = x[i] + 0.5 * out[i - 1]
    return out


def logistic_map(r: Any) -> Any:
    """Return y[i + 1] = r[i] y[i] (1 - y[i]), from 0.4."""
    y = np.zeros_like(r, shape=r.size + 1)
    y[0] = 0.4
    for i in range(r.size):
        y[i + 1] = r[i] * y[i] * (1 - y[i])
    return y


def logistic_map_by_hand(r: Any) -> Any:
    """Return its Jacobian, by the recurrence of the derivative."""
    y, rows = 0.4, [np.zeros(r.size)]
    for i in range(r.size):
        unit = np.eye(r.size)[i]
        rows.append(r[i] * (1 - 2 * y) * rows[-1] + y * (1 - y) * unit)
        y = r[i] * y * (1 - y)
    return np.array(rows)


def in_views(x: Any) -> Any:
    """Write through a view, a view of the view, and read the base."""
    out = x.copy()
    middle = out[1:5]
    middle *= 2.0
    back = middle[::-1]
    back[0] = x[0] ** 2
    grid = out.reshape(2, 3)
    grid[:, 0] += x[5]
    return out


def in_views_by_hand(x: Any) -> Any:
    """Return its Jacobian."""
    rows = np.diag([1.0, 2.0, 2.0, 2.0, 0.0, 1.0])
    rows[4, 0] = 2 * x[0]
    rows[[0, 3], [5, 5]] += 1.0
    return rows


def masked(x: Any) -> Any:
    """Square the positive entries in place, and set those below -1/2 to a constant."""
    out = x.copy()
    out[x > 0] = x[x > 0] ** 2
    out[x < -0.5] = -0.5
    return out


def broadcast(x: Any) -> Any:
    """Write rows, columns and entries into a matrix, the later over the earlier."""
    out = np.zeros_like(x, shape=(3, x.size))
    out[:] = x
    out[1] = x[::-1] ** 2
    out[:, 1] = x[0]
    out[2, 2:] = x[-1]
    out[0, 0] = 4.0
    return out


def broadcast_by_hand(x: Any) -> Any:
    """Return its Jacobian."""
    n = x.size
    rows = np.stack([np.eye(n), np.diag(2 * x)[::-1], np.eye(n)])
    rows[:, 1] = np.eye(n)[0]
    rows[2, 2:] = np.eye(n)[-1]
    rows[0, 0] = 0.0
    return rows


def overwritten(x: Any) -> Any:
    """Write entries that are written again, by others, by constants, by themselves, and read one in between."""
    out = x**3
    kept = out[2] * 1.0
    out[0] = x[1]
    out[2] = 7.0
    out[2] = x[3] * kept
    out[1:3] = out[2:0:-1].copy()
    out[4:] = 0.0
    out[5] += x[5]
    out += 0.0
    return out


def overwritten_by_hand(x: Any) -> Any:
    """Return its Jacobian."""
    rows = np.diag(3 * x**2)
    rows[0] = np.eye(x.size)[1]
    product = np.zeros(x.size)
    product[[2, 3]] = 3 * x[2] ** 2 * x[3], x[2] ** 3
    rows[1], rows[2] = product, np.diag(3 * x**2)[1]
    rows[4:] = 0.0
    rows[5, 5] = 1.0
    return rows


def erased(x: Any) -> Any:
    """Return constants, written over everything."""
    out = np.exp(x)
    out[::2] = 1.0
    out[1::2] = np.arange(x.size // 2)
    return out


def fields(x: Any) -> Any:
    """Return with slices that hold nothing."""
    nothing = x[3:3]
    return np.concatenate([nothing, x[:0] ** 2, x * np.sum(x[5:2]) + x**2, nothing * 2.0, [np.sum(nothing)], np.exp(x[-1:])])


def fields_by_hand(x: Any) -> Any:
    """Return its Jacobian."""
    rows = np.zeros((x.size + 2, x.size))
    rows[: x.size] = np.diag(2 * x)
    rows[-1, -1] = np.exp(x[-1])
    return rows


X6, X9 = RNG.uniform(0.6, 1.4, 6), RNG.normal(size=9)
U3 = RNG.normal(size=(4, 3, 5))
D = RNG.uniform(2.5, 3.5, 8)
SYSTEMS = [
    System("Brusselator, periodic", *brusselator(rolled, "periodic", (4, 5), 240)),
    System("Brusselator, zero outside", *brusselator(padded("constant"), "zero", (4, 3), None)),
    System("Brusselator, zero slope", *brusselator(padded("edge"), "slope", (3, 4), None)),
    System("Brusselator, np.pad periodic", *brusselator(padded("wrap"), "periodic", (3, 4), None)),
    System("stencil in three dimensions", stencil, U3, stencil_by_hand),
    System("upwind", upwind, X9, upwind_by_hand),
    System("finite elements", poisson, RNG.normal(size=len(NODES)), poisson_by_hand),
    System("graph", graph, RNG.normal(size=12), graph_by_hand),
    System("convolution", lambda x: np.convolve(x, KERNEL), X9, lambda x: shifts(9, KERNEL, 0, 11)),
    System("convolution, same", lambda x: np.convolve(x, KERNEL, "same"), X9, lambda x: shifts(9, KERNEL, 1, 9)),
    System("convolution, valid", lambda x: np.convolve(x, KERNEL, "valid"), X9, lambda x: shifts(9, KERNEL, 2, 7)),
    System("convolution with itself", lambda x: np.convolve(x, x), X9, lambda x: 2 * shifts(9, x, 0, 17)),
    System("convolution in two dimensions", convolved, RNG.normal(size=(5, 4)), convolved_by_hand, 54),
    System("convolution by windows", windows, RNG.normal(size=(5, 4)), convolved_by_hand),
    System("Toeplitz gather", lambda x: x[TOEPLITZ] @ B, RNG.normal(size=7), toeplitz_by_hand),
    System("Toeplitz gather, squared", lambda x: x[TOEPLITZ] @ x[:4], RNG.normal(size=7), toeplitz_squared_by_hand),
    System("bordered", bordered, X9, bordered_by_hand),
    System("reversed", lambda x: x[::-1] * np.arange(9.0), X9, lambda x: np.diag(np.arange(9.0))[:, ::-1], 9),
    System("reversed twice", lambda x: (x[::-1] ** 2)[::-1], X9, lambda x: np.diag(2 * x), 9),
    System("elementwise", lambda x: np.exp(-(x**2)) * np.sin(x), X9,
        lambda x: np.diag(np.exp(-(x**2)) * (np.cos(x) - 2 * x * np.sin(x))), 9),
    System("matrix and elementwise", lambda x: np.tanh(K[0] @ x), X6[:3],
        lambda x: (1 - np.tanh(K[0] @ x) ** 2)[:, None] * K[0], 9),
    System("cumulative", np.cumsum, X9, lambda x: np.tri(9)),
    System("differences", np.diff, X9, lambda x: np.eye(8, 9, k=1) - np.eye(8, 9), 16),
    System("trapezoid rule", np.trapezoid, X9, lambda x: np.where(np.arange(9) % 8 == 0, 0.5, 1.0), 9),
    System("outer product", lambda x: np.outer(x, x), X6, lambda x: np.einsum("ik,j->ijk", np.eye(6), x)
        + np.einsum("jk,i->ijk", np.eye(6), x)),
    System("transposed", lambda x: x.T[::-1] * 2, U3[0],
        lambda x: 2 * np.einsum("jl,ik->ijlk", np.eye(3), np.eye(5)[::-1]), 15),
    System("softmax", lambda x: np.exp(x) / np.sum(np.exp(x)), X9,
        lambda x: (np.eye(9) - np.exp(x) / np.sum(np.exp(x))) * (np.exp(x) / np.sum(np.exp(x)))[:, None]),
    System("solve", lambda x: np.linalg.solve(np.diag(x) + 1, B[:3]), X6[:3],
        lambda x: -np.linalg.inv(np.diag(x) + 1) * np.linalg.solve(np.diag(x) + 1, B[:3])),
    System("Thomas algorithm", thomas, D, thomas_by_hand),
    System("entry by entry", ell, X9, ell_by_hand),
    System("recurrence", recurrence, X9, lambda x: np.tril(0.5 ** np.abs(np.arange(9)[:, None] - np.arange(9.0)))),
    System("logistic map", logistic_map, RNG.uniform(3, 3.8, 7), logistic_map_by_hand),
    System("writes in views", in_views, X6, in_views_by_hand),
    System("writes under a mask", masked, X9, lambda x: np.diag(np.where(x > 0, 2 * x, np.where(x < -0.5, 0.0, 1.0)))),
    System("broadcast writes", broadcast, X6, broadcast_by_hand),
    System("overwritten", overwritten, X6, overwritten_by_hand),
    System("erased", erased, X6, lambda x: np.zeros((6, 6))),
    System("empty slices", fields, X6, fields_by_hand),
    System("nothing at all", lambda x: x[2:2], X6, lambda x: np.zeros((0, 6)), 0),
]  # fmt: skip


@pytest.mark.parametrize("tangents", TANGENTS)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
def test_jacobian_is_the_one_by_hand(system: System, tangents: Any) -> None:
    """The Jacobian is the hand-written one in every representation, and the value is the function's."""
    value, found = dd.value_and_jacobian(system.f, tangents=tangents)(system.x)
    close(value, system.f(system.x), 1e-14)
    close(found, system.derivative(system.x))


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
def test_sparse_jacobian_is_the_one_by_hand(system: System) -> None:
    """So is the sparse one, which stores no entry that the formula does not have."""
    pytest.importorskip("scipy.sparse")
    expected = system.derivative(system.x)
    size = int(np.prod(np.shape(system.x)))
    found: Any = dd.jacobian(system.f, sparse=True)(system.x)
    close(found.toarray(), np.reshape(expected, (found.shape[0], size)))
    assert found.shape[0] * max(size, 1) == np.size(expected)
    if system.stored is not None:
        assert found.nnz == system.stored


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
def test_second_derivatives_agree_with_the_dense(system: System) -> None:
    """Their second derivatives are the dense ones, as hyper-duals and nested."""
    f = system.f
    expected = dd.hessian(f, tangents="dense")(system.x)
    for tangents in ("auto", "structured"):
        close(dd.hessian(f, tangents=tangents)(system.x), expected)
        close(dd.jacobian(dd.jacobian(f, tangents=tangents), tangents=tangents)(system.x), expected)


def test_input_is_never_modified() -> None:
    """A program that writes into its argument writes into a copy."""

    def f(x: Any) -> Any:
        x[1:] *= x[:-1]
        x[0] = 3.0
        return x

    x = X6.copy()
    exact = np.eye(6) * np.append(1.0, X6[:-1])[:, None] + np.diag(X6[1:], -1)
    exact[0] = 0.0
    for tangents in TANGENTS:
        close(dd.jacobian(f, tangents=tangents)(x), exact)
        assert np.array_equal(x, X6)


def _loop(x: Any) -> Any:
    weights, out = np.ones((2, 3)), np.zeros_like(x, shape=(3, 2))
    for i in range(3):
        weights *= i + 1.0
        out[i] = weights @ np.sin(x[i])
    return out


def _buffer(x: Any) -> Any:
    work, total = np.zeros_like(x, shape=3), 0.0
    for row in x:
        work[...] = row**2
        total = total + work @ np.arange(9.0).reshape(3, 3)
    return total


C3, C33 = np.array([1.0, 2.0, 3.0]), np.arange(1.0, 10.0).reshape(3, 3)
#: Operands, and functions of them and of x. Each operand is written to after its use.
REUSED: dict[str, tuple[Function, Callable[[Any, Any], Any]]] = {
    "constant matrix": (lambda x: C33.copy(), lambda x, c: c @ x[0]),
    "constant matrix on the right": (lambda x: C33.copy(), lambda x, c: np.sin(x[0]) @ c),
    "constant matrices": (lambda x: C33.copy(), lambda x, c: c @ np.sin(x) @ c),
    "constant in einsum": (lambda x: C33.copy(), lambda x, c: np.einsum("ij,kj->ik", c, x)),
    "constant in tensordot": (lambda x: C33.copy(), lambda x, c: np.tensordot(c, x, 1)),
    "constant in convolve": (lambda x: C3.copy(), lambda x, c: np.convolve(c, x[0])),
    "constant in kron": (lambda x: C3.copy(), lambda x, c: np.kron(c, x[0])),
    "constant in outer": (lambda x: C3.copy(), lambda x, c: np.outer(c, x[0])),
    "constant in solve": (lambda x: C33 + 9 * np.eye(3), lambda x, c: np.linalg.solve(c, x[0])),
    "coefficient": (lambda x: C3.copy(), lambda x, c: c * x),
    "divisor": (lambda x: C3.copy(), lambda x, c: x / c),
    "exponent": (lambda x: C3.copy(), lambda x, c: x**c),
    "index": (lambda x: np.array([2, 1]), lambda x, i: x[i]),
    "index of take": (lambda x: np.array([2, 1]), lambda x, i: np.take(x, i, axis=1)),
    "index of bincount": (lambda x: np.array([2, 1, 2]), lambda x, i: np.bincount(i, weights=x[0])),
    "mask": (lambda x: np.eye(3) > 0, lambda x, m: np.where(m, x, 2 * x)),
    "mask as an index": (lambda x: np.eye(3) > 0, lambda x, m: x[m]),
    "weights": (lambda x: C3.copy(), lambda x, c: np.average(x, axis=0, weights=c)),
    "itself": (np.sin, lambda x, y: y @ y[0]),
    "the input": (lambda x: x, lambda x, y: x @ x[0]),
    "a row of the input": (lambda x: x[1:-1], lambda x, y: x @ x[0]),
    "a product": (lambda x: x, lambda x, y: y * y),
    "a view": (np.square, lambda x, y: np.sin(y).T + y[::-1]),
    "a copy": (np.square, lambda x, y: y.copy()),
    "a sum": (np.square, lambda x, y: np.sum(y, axis=0)),
    "a scan": (np.square, lambda x, y: np.cumsum(y, axis=0) * y),
    "a product of matrices": (np.sin, lambda x, y: y @ np.cos(y) @ y.T),
    "concatenated": (np.sin, lambda x, y: np.concatenate([y, y])),
    "weights in a loop": (lambda x: np.zeros(1), lambda x, y: _loop(x)),
    "a buffer in a loop": (lambda x: np.zeros(1), lambda x, y: _buffer(x)),
}


@pytest.mark.parametrize("name", REUSED)
def test_operands_may_be_overwritten_afterwards(name: str) -> None:
    """A derivative does not change when an array that it was made of is written to later, constants included."""
    operand, use = REUSED[name]
    x = np.random.default_rng(2).uniform(0.5, 1.5, (3, 3))

    def f(x: Any) -> Any:
        given = operand(x)
        result = use(x, given)
        given[...] = 0
        return result

    expected = dd.jacobian(f, tangents="dense")(x)
    directions = np.eye(9).reshape(9, 3, 3)
    close(np.moveaxis(dd.jvp(f, x, directions)[1], 0, -1), np.reshape(expected, (*expected.shape[:-2], 9)))
    assert np.any(expected)
    bends = dd.hessian(f, tangents="dense")(x)
    for tangents in ("auto", "structured"):
        close(dd.jacobian(f, tangents=tangents)(x), expected)
        close(dd.hessian(f, tangents=tangents)(x), bends)
        close(dd.jacobian(dd.jacobian(f, tangents=tangents), tangents=tangents)(x), bends)


# ---------------------------------------------------------------- scalar functions
def rosenbrock(x: Any) -> Any:
    """Return Rosenbrock's function of n variables."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rosenbrock_diagonals(x: Any) -> tuple[Any, Any]:
    """Return the diagonal of its Hessian and the one above."""
    diagonal = np.zeros_like(x)
    diagonal[:-1] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    diagonal[1:] += 200
    return diagonal, -400 * x[:-1]


A = RNG.normal(size=(40, 5))
LABELS = (RNG.random(40) < 0.5).astype(float)


def logistic(w: Any) -> Any:
    """Return the loss of a logistic regression with a ridge."""
    z = A @ w
    return np.sum(np.logaddexp(0.0, z) - LABELS * z) + 0.05 * (w @ w)


def sigmoid(z: Any) -> Any:
    """Return 1 / (1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))


def chain(x: Any) -> Any:
    """Return the sum of products of three neighbours."""
    return np.sum(x[:-2] * x[1:-1] * x[2:])


def chain_gradient(x: Any) -> Any:
    """Return its gradient."""
    g = np.zeros_like(x)
    g[:-2] += x[1:-1] * x[2:]
    g[1:-1] += x[:-2] * x[2:]
    g[2:] += x[:-2] * x[1:-1]
    return g


def chain_hessian(x: Any) -> Any:
    """Return its Hessian."""
    n, H = x.size, np.zeros((x.size, x.size))
    for i in range(n - 2):
        for a, b, c in ((0, 1, 2), (0, 2, 1), (1, 2, 0)):
            H[i + a, i + b] += x[i + c]
    return H + H.T


def soft(x: Any) -> Any:
    """Return exp(x) / sum(exp(x))."""
    return np.exp(x) / np.sum(np.exp(x))


def logdet(x: Any) -> Any:
    """Return log det (diag(x) + 1)."""
    return np.linalg.slogdet(np.diag(x) + 1)[1]


@dataclass(frozen=True)
class Scalar:
    """A scalar function, a point, its gradient and its Hessian by hand, and how many entries that has, where it is sparse."""

    name: str
    f: Function
    x: Any
    gradient: Function
    hessian: Function
    stored: int | None = None


M5 = RNG.normal(size=(6, 6))
SCALARS = [
    Scalar("Rosenbrock", rosenbrock, X9,
        lambda x: np.append(-400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1]), 0.0)
        + np.append(0.0, 200 * (x[1:] - x[:-1] ** 2)),
        lambda x: np.diag(rosenbrock_diagonals(x)[0]) + np.diag(rosenbrock_diagonals(x)[1], 1)
        + np.diag(rosenbrock_diagonals(x)[1], -1), 25),
    Scalar("logistic regression", logistic, RNG.normal(size=5), lambda w: A.T @ (sigmoid(A @ w) - LABELS) + 0.1 * w,
        lambda w: A.T @ ((sigmoid(A @ w) * (1 - sigmoid(A @ w)))[:, None] * A) + 0.1 * np.eye(5), 25),
    Scalar("products of three", chain, X9, chain_gradient, chain_hessian),
    Scalar("quadratic form", lambda x: x @ M5 @ x, X6, lambda x: (M5 + M5.T) @ x, lambda x: M5 + M5.T),
    Scalar("least squares", lambda x: np.sum((M5 @ x - X6) ** 2), X6, lambda x: 2 * M5.T @ (M5 @ x - X6),
        lambda x: 2 * M5.T @ M5),
    Scalar("square of a sum", lambda x: np.sum(x) ** 2, X6, lambda x: 2 * np.sum(x) * np.ones(6),
        lambda x: np.full((6, 6), 2.0)),
    Scalar("sum of squares", lambda x: np.sum(x**2), X6, lambda x: 2 * x, lambda x: 2 * np.eye(6), 6),
    Scalar("log of a sum of exponentials", lambda x: np.log(np.sum(np.exp(x))), X6, soft,
        lambda x: np.diag(soft(x)) - np.outer(soft(x), soft(x))),
    Scalar("product", np.prod, X6, lambda x: np.prod(x) / x,
        lambda x: np.prod(x) * (1 - np.eye(6)) / np.outer(x, x)),
    Scalar("norm", np.linalg.norm, X6, lambda x: x / np.sqrt(x @ x),
        lambda x: np.eye(6) / np.sqrt(x @ x) - np.outer(x, x) / (x @ x) ** 1.5),
    Scalar("log of a determinant", logdet, X6, lambda x: np.diag(np.linalg.inv(np.diag(x) + 1)),
        lambda x: -np.linalg.inv(np.diag(x) + 1) ** 2),
    Scalar("energy of a graph", graph_energy, RNG.normal(size=12), graph, graph_by_hand),
    Scalar("linear", lambda x: np.sum(np.arange(6) * x[::-1]), X6, lambda x: np.arange(6.0)[::-1], lambda x: np.zeros((6, 6))),
    Scalar("variance", np.var, X6, lambda x: 2 * (x - np.mean(x)) / 6, lambda x: (2 * np.eye(6) - 2 / 6) / 6),
    Scalar("entropy", lambda x: -np.sum(x * np.log(x)), X6, lambda x: -np.log(x) - 1, lambda x: np.diag(-1 / x), 6),
    Scalar("polynomial by a loop", lambda x: sum(x[i] ** (i + 1) for i in range(6)), X6,
        lambda x: np.arange(1, 7) * x ** np.arange(6),
        lambda x: np.diag([0.0, *(i * (i + 1) * x[i] ** (i - 1) for i in range(1, 6))])),
    Scalar("Thomas algorithm", lambda d: np.sum(thomas(d)), D, lambda d: np.sum(thomas_by_hand(d), axis=0),
        lambda d: thomas_bends(d)),
]  # fmt: skip


def thomas_bends(d: Any) -> Any:
    """Return the Hessian of 1' A^-1 1, which is 2 (x x') * A^-1 entry by entry: A is symmetric."""
    A = np.diag(d) - np.eye(d.size, k=1) - np.eye(d.size, k=-1)
    x = np.linalg.solve(A, np.ones(d.size))
    return 2 * np.outer(x, x) * np.linalg.inv(A)


@pytest.mark.parametrize("tangents", TANGENTS)
@pytest.mark.parametrize("case", SCALARS, ids=lambda case: case.name)
def test_gradient_and_hessian_are_those_by_hand(case: Scalar, tangents: Any) -> None:
    """Value, gradient and Hessian are the hand-written ones, together, alone and nested."""
    f, x = case.f, case.x
    value, gradient, hessian = dd.value_grad_and_hessian(f, tangents=tangents)(x)
    close(value, f(x), 1e-14)
    for found in (gradient, dd.grad(f, tangents=tangents)(x), dd.value_and_grad(f, tangents=tangents)(x)[1]):
        close(found, case.gradient(x))
    for found in (hessian, dd.hessian(f, tangents=tangents)(x)):
        close(found, case.hessian(x))
        assert np.array_equal(found, found.T)
    close(dd.jacobian(dd.grad(f, tangents=tangents), tangents=tangents)(x), case.hessian(x))


@pytest.mark.parametrize("case", SCALARS, ids=lambda case: case.name)
def test_sparse_hessian_is_the_one_by_hand(case: Scalar) -> None:
    """So is the sparse Hessian; where the function is separable or banded it stores no more than the band."""
    pytest.importorskip("scipy.sparse")
    found: Any = dd.hessian(case.f, sparse=True)(case.x)
    close(found.toarray(), case.hessian(case.x))
    if case.stored is not None:
        assert found.nnz == case.stored
    value, gradient, again = dd.value_grad_and_hessian(case.f, sparse=True)(case.x)
    close(value, case.f(case.x), 1e-14)
    close(gradient, case.gradient(case.x))
    assert np.array_equal(again.toarray(), found.toarray())


def test_two_layers() -> None:
    """The gradient of a network of two tanh layers is that of backpropagation, weight by weight."""
    rng = np.random.default_rng(5)
    inputs, targets = rng.normal(size=(20, 4)), rng.normal(size=(20, 2))
    weights = {"W": rng.normal(size=(4, 6)), "b": rng.normal(size=6), "V": rng.normal(size=(6, 2)), "c": rng.normal(size=2)}

    def loss(p: Any) -> Any:
        out = np.tanh(np.tanh(inputs @ p["W"] + p["b"]) @ p["V"] + p["c"])
        return np.mean((out - targets) ** 2)

    hidden = np.tanh(inputs @ weights["W"] + weights["b"])
    out = np.tanh(hidden @ weights["V"] + weights["c"])
    back = 2 * (out - targets) / out.size * (1 - out**2)
    through = back @ weights["V"].T * (1 - hidden**2)
    exact = {"W": inputs.T @ through, "b": np.sum(through, axis=0), "V": hidden.T @ back, "c": np.sum(back, axis=0)}
    for tangents in TANGENTS:
        value, found = dd.value_and_grad(loss, tangents=tangents)(weights)
        close(value, loss(weights), 1e-14)
        assert list(found) == list(exact)
        for name, gradient in exact.items():
            close(found[name], gradient)


# ---------------------------------------------------------------- large
def test_rosenbrock_against_scipy() -> None:
    """At n = 10 000 gradient and sparse Hessian are SciPy's."""
    optimize = pytest.importorskip("scipy.optimize")
    x = np.random.default_rng(0).uniform(-2, 2, 10_000)
    value, gradient, hessian = dd.value_grad_and_hessian(rosenbrock, sparse=True)(x)
    close(value, optimize.rosen(x), 1e-13)
    close(gradient, optimize.rosen_der(x), 1e-13)
    close(dd.grad(rosenbrock)(x), optimize.rosen_der(x), 1e-13)
    v = np.random.default_rng(1).normal(size=x.size)
    close(hessian @ v, optimize.rosen_hess_prod(x, v), 1e-12)
    diagonal, above = rosenbrock_diagonals(x)
    close(hessian.diagonal(), diagonal, 1e-13)
    close(hessian.diagonal(1), above, 1e-13)
    assert hessian.nnz == 3 * x.size - 2
    small = x[:100]
    close(dd.hessian(rosenbrock)(small), optimize.rosen_hess(small), 1e-13)


def peak(evaluate: Callable[[], Any]) -> float:
    """Return the largest number of bytes held at once while this runs."""
    tracemalloc.start()
    try:
        evaluate()
        return float(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def test_gradient_of_a_million_variables() -> None:
    """The gradient of Rosenbrock's function of 10^6 variables is right, and takes less than 40 doubles an unknown."""
    n = 1_000_000
    x = np.random.default_rng(0).uniform(-2, 2, n)
    exact = np.zeros(n)
    exact[:-1] = -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    exact[1:] += 200 * (x[1:] - x[:-1] ** 2)
    found: list[Any] = []
    held = peak(lambda: found.append(dd.grad(rosenbrock)(x)))
    close(found[0], exact, 1e-13)
    assert held < 40 * 8 * n


def test_memory_of_a_sparse_jacobian() -> None:
    """A tridiagonal Jacobian of 10^5 rows takes memory in proportion to its rows."""
    pytest.importorskip("scipy.sparse")
    n = 100_000
    x = np.random.default_rng(0).normal(size=n)

    def f(u: Any) -> Any:
        p = np.pad(u, 1)
        return p[2:] - 2 * u + p[:-2] + np.exp(u)

    found: list[Any] = []
    held = peak(lambda: found.append(dd.jacobian(f, sparse=True)(x)))
    matrix = found[0]
    close(matrix.diagonal(), -2 + np.exp(x), 1e-14)
    assert np.all(matrix.diagonal(1) == 1) and np.all(matrix.diagonal(-1) == 1)
    assert matrix.nnz <= 3 * n
    assert held < 100 * 8 * n


def test_large_brusselator() -> None:
    """On a 96 x 96 grid the sparse Jacobian, applied to vectors, is the derivative along them."""
    pytest.importorskip("scipy.sparse")
    f, *_ = brusselator(rolled, "periodic", (96, 96), None)
    w = np.random.default_rng(0).uniform(0.5, 2.0, (2, 96, 96))
    matrix: Any = dd.jacobian(f, sparse=True)(w)
    assert matrix.nnz == 12 * 96 * 96
    for seed in range(3):
        v = np.random.default_rng(seed).normal(size=w.shape)
        close(matrix @ v.ravel(), dd.jvp(f, w, v)[1].ravel(), 1e-12)


def test_long_loop() -> None:
    """The Thomas algorithm on 400 unknowns, entry by entry: recurrences through a thousand writes."""
    d = np.random.default_rng(0).uniform(2.5, 3.5, 400)
    close(dd.jacobian(thomas)(d), thomas_by_hand(d), 1e-10)


def test_wide_output() -> None:
    """A network's Jacobian by its many inputs, dense rows after an elementwise start, is the product of its factors."""
    rng = np.random.default_rng(0)
    W, V, x = rng.normal(size=(30, 2000)) / 40, rng.normal(size=(20, 30)), rng.normal(size=2000)
    hidden = np.tanh(W @ np.sin(x))
    exact = V @ ((1 - hidden**2)[:, None] * W * np.cos(x))
    for tangents in TANGENTS:
        close(dd.jacobian(lambda x: V @ np.tanh(W @ np.sin(x)), tangents=tangents)(x), exact)


def test_newton_with_the_sparse_jacobian() -> None:
    """Newton's method on the Bratu problem converges quadratically with the sparse Jacobian."""
    linalg = pytest.importorskip("scipy.sparse.linalg")
    n = 20
    laplacian = padded("constant")

    def f(u: Any) -> Any:
        return (laplacian(u) * (n + 1) ** 2 + 3.0 * np.exp(u)).ravel()

    u, sizes = np.zeros((n, n)), []
    for _ in range(6):
        value, matrix = dd.value_and_jacobian(f, sparse=True)(u)
        sizes.append(float(np.max(np.abs(value))))
        u = u - linalg.spsolve(matrix, value).reshape(u.shape)
    assert sizes[0] == 3.0
    assert sizes[-1] < 1e-9
