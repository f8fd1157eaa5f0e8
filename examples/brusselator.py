"""Step a stiff reaction and diffusion equation implicitly: Newton's method with a sparse Jacobian of plain NumPy code.

The Brusselator on a periodic 256 x 256 grid has 131 072 unknowns. Its right-hand side is eight lines of NumPy; the
131 072 x 131 072 Jacobian of each Newton step comes from them, without a pattern or a colouring written by hand.

Run ``python examples/brusselator.py [picture.png]``.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array
from scipy.sparse.linalg import gmres, splu

import dualdiff as dd

Array = NDArray[np.float64]
DIFFUSION = 0.3
STEP = 0.05
TOLERANCE = 1e-9  # for the largest residual of an implicit step


def rate(y: Any) -> Any:
    """The time derivative of both fields (Hairer and Wanner II, IV.10), on a grid of spacing 1."""
    n = int(np.sqrt(y.size // 2))
    u, v = np.reshape(y, (2, n, n))

    def laplacian(a: Any) -> Any:
        return np.roll(a, 1, 0) + np.roll(a, -1, 0) + np.roll(a, 1, 1) + np.roll(a, -1, 1) - 4.0 * a

    uuv = u * u * v
    du = 1.0 + uuv - 4.4 * u + DIFFUSION * laplacian(u)
    dv = 3.4 * u - uuv + DIFFUSION * laplacian(v)
    return np.concatenate([du.reshape(-1), dv.reshape(-1)])


def start(n: int) -> Array:
    """Fields whose phases wind around four points of the torus: spirals grow there."""
    x = 2.0 * np.pi * np.arange(n) / n
    u = 1.0 + np.cos(x)[:, None] + np.zeros(n)
    v = 3.4 + 1.5 * np.sin(x) + np.zeros((n, 1))
    return np.concatenate([u.reshape(-1), v.reshape(-1)])


def solve(A: csr_array, b: Array) -> Array:
    """The solution of A x = b: directly where that is cheap, else by a Krylov method."""
    if b.size <= 2 * 40**2:
        return np.asarray(splu(A.tocsc()).solve(b))
    # The unit matrix dominates A = 1 - h J, so a dozen iterations do without a preconditioner.
    x, failed = gmres(A, b, rtol=1e-8, restart=50, maxiter=4)
    assert not failed
    return np.asarray(x)


def implicit_euler(jacobian: Any, y: Array) -> tuple[Array, list[float]]:
    """Solve z = y + h rate(z) for z by Newton's method; the residuals it went through come along."""
    z, residuals = y, []
    for _ in range(12):
        value, J = jacobian.with_value(z)
        residual = z - y - STEP * value
        residuals.append(float(np.abs(residual).max()))
        if residuals[-1] < TOLERANCE:
            return z, residuals
        z = z - solve(eye_array(y.size, format="csr") - STEP * J, residual)
    raise AssertionError(f"Newton's method does not converge: {residuals}")


def check_jacobian(J: csr_array, y: Array, seed: int) -> None:
    """J times a random direction is the derivative along it."""
    direction = np.random.default_rng(seed).standard_normal(y.size)
    along = dd.jvp(rate, (y,), (direction,))[1]
    assert np.abs(J @ direction - along).max() <= 1e-13 * np.abs(along).max()


def check_quadratic(residuals: list[float]) -> None:
    """Each residual is of the order of the square of the one before; the linear solver leaves 1e-8 of it."""
    for before, after in pairwise(residuals):
        assert after <= before**2 + 1e-7 * before + 1e-13, residuals


def plot(y: Array, n: int, path: Path) -> None:
    """Draw the field u, and the pattern of the Jacobian on a small grid."""
    import matplotlib.pyplot as plt

    figure, (field, pattern) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    image = field.imshow(y[: n * n].reshape(n, n), cmap="magma", origin="lower")
    figure.colorbar(image, ax=field)
    field.set(title=f"u on a {n} x {n} grid")
    pattern.spy(dd.jacobian_sparsity(rate, start(6)), markersize=3)
    pattern.set(title="the Jacobian's pattern on a 6 x 6 grid")
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(n: int = 256, steps: int = 60, path: Path | None = None) -> None:
    """Take the steps, check each, and draw where they led."""
    y = start(n)
    jacobian = dd.prepare_jacobian(rate, y)
    print(f"{y.size} unknowns, {jacobian(y).nnz} entries of the Jacobian, {steps} steps of {STEP}")
    for step in range(1, steps + 1):
        y, residuals = implicit_euler(jacobian, y)
        check_quadratic(residuals)
        check_jacobian(jacobian(y), y, step)
        print(f"  t = {step * STEP:5.2f}   residuals {'  '.join(f'{r:.0e}' for r in residuals)}", flush=True)
    if path is not None:
        try:
            plot(y, n, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "brusselator.png"))
