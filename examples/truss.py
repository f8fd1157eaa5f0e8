"""How each bar of a truss moves its natural frequencies, by differentiating through the eigenvalue problem.

The bridge is assembled from areas and node positions in plain NumPy. The derivatives are those of the classic formula of
structural dynamics, and they guide a redesign: the same mass, a higher lowest frequency.
Run ``python examples/truss.py [picture.png]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

import dualdiff as dd

Array = NDArray[np.float64]
YOUNG, DENSITY = 200e9, 7800.0  # steel
BAYS, BAY, HEIGHT, AREA = 6, 4.0, 4.0, 2e-3
BOTTOM = np.stack([BAY * np.arange(BAYS + 1), np.zeros(BAYS + 1)], axis=1)
TOP = np.stack([BAY * np.arange(1, BAYS), np.full(BAYS - 1, HEIGHT)], axis=1)
NODES = np.concatenate([BOTTOM, TOP])
BARS = np.array(
    [(i, i + 1) for i in range(BAYS)]
    + [(BAYS + i, BAYS + i + 1) for i in range(1, BAYS - 1)]
    + [(i, BAYS + i) for i in range(1, BAYS)]
    + [(0, BAYS + 1), (BAYS, 2 * BAYS - 1)]
    + [(i, BAYS + i + 1) for i in range(1, BAYS // 2)]
    + [(i, BAYS + i - 1) for i in range(BAYS // 2 + 1, BAYS)]
)
FREE = np.setdiff1d(np.arange(NODES.size), [0, 1, 2 * BAYS + 1])  # a pin at the left, a roller at the right
START = np.full(len(BARS), AREA)


def lengths(nodes: Any) -> tuple[Any, Any]:
    """The length of each bar, and its direction."""
    along = nodes[BARS[:, 1]] - nodes[BARS[:, 0]]
    length = np.sqrt(np.sum(along**2, axis=1))
    return length, along / length[:, np.newaxis]


def assemble(blocks: Any) -> Any:
    """The matrix of the free degrees of freedom from a 4 x 4 block of each bar."""
    freedoms = np.stack([2 * BARS[:, 0], 2 * BARS[:, 0] + 1, 2 * BARS[:, 1], 2 * BARS[:, 1] + 1], axis=1)
    whole = np.zeros_like(blocks, shape=(NODES.size, NODES.size))
    np.add.at(whole, (freedoms[:, :, np.newaxis], freedoms[:, np.newaxis, :]), blocks)
    return whole[np.ix_(FREE, FREE)]


def stiffness(areas: Any, nodes: Any) -> Any:
    """K: bars resist being stretched."""
    length, direction = lengths(nodes)
    ends = np.concatenate([-direction, direction], axis=1)
    return assemble((YOUNG * areas / length)[:, np.newaxis, np.newaxis] * ends[:, :, np.newaxis] * ends[:, np.newaxis, :])


def mass(areas: Any, nodes: Any) -> Any:
    """M, consistent with linear displacements along each bar."""
    length, _ = lengths(nodes)
    block = np.kron(np.array([[2.0, 1.0], [1.0, 2.0]]), np.eye(2)) / 6
    return assemble((DENSITY * areas * length)[:, np.newaxis, np.newaxis] * block)


def frequencies(areas: Any, nodes: Any = NODES) -> Any:
    """The natural frequencies in Hz, from K x = w^2 M x with M = L L'."""
    L = np.linalg.cholesky(mass(areas, nodes))
    A = np.linalg.solve(L, np.linalg.solve(L, stiffness(areas, nodes)).T)
    return np.sqrt(np.linalg.eigvalsh(A)) / (2 * np.pi)


def by_hand(areas: Array) -> tuple[Array, Array, Array]:
    """Frequencies, modes, and x' (dK - w^2 dM) x / (8 pi^2 f) for each bar (Fox and Kapoor 1968)."""
    squares, modes = eigh(stiffness(areas, NODES), mass(areas, NODES))
    found = np.sqrt(squares) / (2 * np.pi)
    slopes = np.empty((found.size, areas.size))
    for bar, unit in enumerate(np.eye(areas.size)):
        dK, dM = stiffness(unit, NODES), mass(unit, NODES)
        slopes[:, bar] = np.sum(modes * (dK @ modes - dM @ modes * squares), axis=0) / (8 * np.pi**2 * found)
    return found, modes, slopes


def check(areas: Array) -> Array:
    """Frequencies and their derivatives are those of the formula; scaling all areas or the whole truss is known too."""
    values, J = dd.value_and_jacobian(frequencies)(areas)
    expected, _, slopes = by_hand(areas)
    np.testing.assert_allclose(values, expected, rtol=1e-10)
    np.testing.assert_allclose(J, slopes, rtol=0, atol=1e-10 * np.abs(slopes).max())
    np.testing.assert_allclose(J @ areas, 0.0, atol=1e-9 * values.max())  # stiffness and mass grow alike
    by_size = dd.derivative(lambda k: frequencies(areas, k * NODES))(1.0)
    np.testing.assert_allclose(by_size, -values, rtol=1e-9)  # a frequency is a speed over a length
    return np.asarray(J)


def redesign(areas: Array, steps: int) -> Array:
    """Move material along the gradient of the lowest frequency, at a constant mass, within a factor of two of the start."""
    weights = lengths(NODES)[0]
    total = weights @ areas
    for _ in range(steps):
        gradient = dd.grad(lambda a: frequencies(a)[0])(areas)
        gain = gradient / weights  # for each unit of volume
        areas = np.clip(areas * (1 + 0.1 * (gain - gain @ (weights * areas) / total) / np.abs(gain).max()), AREA / 2, 2 * AREA)
        areas = areas * total / (weights @ areas)
    return areas


def plot(slopes: Array, path: Path) -> None:
    """Draw the truss with the sensitivity of its three lowest frequencies, and their modes."""
    import matplotlib.pyplot as plt
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    values, modes, _ = by_hand(START)
    figure, panels = plt.subplots(3, figsize=(7, 5.5), sharex=True, layout="constrained")
    for k, panel in enumerate(panels):
        relative = slopes[k] * START / values[k] * 100
        moved = np.zeros(NODES.size)
        moved[FREE] = modes[:, k] * 1.2 / np.abs(modes[:, k]).max()
        limit = np.abs(relative).max()
        for bar, value in zip(BARS, relative, strict=True):
            panel.plot(*(NODES + moved.reshape(-1, 2))[bar].T, color="0.8", linewidth=1, zorder=1)
            panel.plot(*NODES[bar].T, color=plt.get_cmap("coolwarm")(0.5 + value / limit / 2), linewidth=4, zorder=2)
        shades = ScalarMappable(Normalize(-limit, limit), "coolwarm")
        figure.colorbar(shades, ax=panel, label="% a doubled area")
        panel.set(title=f"mode {k + 1}: {values[k]:.1f} Hz", aspect="equal", ylim=(-1.8, 5.2), ylabel="m")
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(steps: int = 60, path: Path | None = None) -> None:
    """Differentiate, compare with the formula, redesign, and draw."""
    slopes = check(START)
    values = frequencies(START)
    print(f"{len(BARS)} bars, {FREE.size} frequencies from {values[0]:.2f} to {values[-1]:.1f} Hz")
    best = redesign(START, steps)
    check(best)
    print(f"lowest frequency {values[0]:.2f} Hz -> {frequencies(best)[0]:.2f} Hz at the same mass")
    assert frequencies(best)[0] > 1.1 * values[0]
    if path is not None:
        try:
            plot(slopes, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "truss.png"))
