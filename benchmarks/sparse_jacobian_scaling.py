"""How the time and the memory of a sparse Jacobian grow with the number of unknowns: linearly.

A five-point stencil, u - 4 u + neighbours + u^3 with zero boundary values, from 10^3 to 10^6 unknowns. Run
``python -m benchmarks.sparse_jacobian_scaling [picture.png]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array, diags_array, eye_array, kron

import dualdiff as dd

from .timing import interleaved, peak

__all__ = ["Row", "measure", "slope"]

SIDES = (32, 56, 100, 178, 316, 562, 1000)
#: Unknowns, then seconds of f, of jacobian(sparse=True) and of a prepared Jacobian, then peak bytes of the second.
Row = tuple[int, float, float, float, int]


def stencil(x: Any) -> Any:
    """The discrete Laplacian of a square grid, zero outside, and a reaction."""
    side = round(x.size**0.5)
    u = np.pad(x.reshape(side, side), 1)
    inside = u[1:-1, 1:-1]
    return (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * inside - inside * inside * inside).reshape(-1)


def by_hand(x: Any) -> csr_array:
    """Its Jacobian as a sum of Kronecker products."""
    side = round(x.size**0.5)
    E = eye_array(side)
    D = eye_array(side, k=1) + eye_array(side, k=-1) - 2 * E
    return csr_array(kron(D, E) + kron(E, D) - diags_array(3 * x**2))


def measure(side: int, rounds: int = 5) -> Row:
    """One size, once the Jacobian is right."""
    x = np.random.default_rng(side).uniform(-1, 1, side * side)
    jacobian, prepared = dd.jacobian(stencil, sparse=True), dd.prepare_jacobian(stencil, x)
    expected = by_hand(x)
    for found in (jacobian(x), prepared(x)):
        assert found.nnz == expected.nnz == 5 * side**2 - 4 * side
        assert abs(found - expected).max() <= 1e-14
    calls = {"f": lambda: stencil(x), "jacobian": lambda: jacobian(x), "prepared": lambda: prepared(x)}
    f, once, again = (min(seconds) for seconds in interleaved(calls, rounds).values())
    return x.size, f, once, again, peak(lambda: jacobian(x))


def slope(rows: list[Row], column: int) -> float:
    """The power of n with which a column grows over the last decade and a half."""
    last = np.log(np.array([[row[0], row[column]] for row in rows[-4:]], float))
    return float(np.polyfit(last[:, 0], last[:, 1], 1)[0])


def plot(rows: list[Row], path: Path) -> None:
    """Draw times and memory against n, both axes logarithmic."""
    import matplotlib.pyplot as plt

    n, f, once, again, most = np.array(rows, float).T
    figure, (times, memory) = plt.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
    for seconds, label in ((once, "jacobian(sparse=True)"), (again, "prepare_jacobian"), (f, "f")):
        times.loglog(n, seconds, "o-", label=label)
    times.loglog(n, once[-1] * n / n[-1], "k:", label="linear in n")
    times.set(xlabel="unknowns", ylabel="seconds", title="time")
    times.legend()
    memory.loglog(n, most / 1e6, "o-", label="jacobian(sparse=True)")
    memory.loglog(n, most[-1] / 1e6 * n / n[-1], "k:", label="linear in n")
    memory.set(xlabel="unknowns", ylabel="MB", title="peak memory")
    memory.legend()
    figure.savefig(path, dpi=150)
    print(f"saved {path}")


def main(path: Path) -> None:
    """Measure all sizes, print the table, and draw it."""
    print(
        f"{'unknowns':>9s} {'f':>10s} {'jacobian':>11s} {'prepared':>11s} {'x f':>7s} {'x f':>7s} {'peak':>10s} {'doubles':>8s}"
    )
    rows = []
    for side in SIDES:
        rows.append(measure(side))
        n, f, once, again, most = rows[-1]
        times = f"{1e3 * f:7.3f} ms {1e3 * once:8.2f} ms {1e3 * again:8.2f} ms {once / f:7.1f} {again / f:7.1f}"
        print(f"{n:9d} {times} {most / 1e6:7.1f} MB {most / (8 * n):8.1f}", flush=True)
    powers = [slope(rows, column) for column in (2, 3, 4)]
    print("growth over the last sizes: jacobian n^{:.2f}, prepared n^{:.2f}, memory n^{:.2f}".format(*powers))
    assert powers[2] < 1.1
    try:
        plot(rows, path)
    except ImportError:
        print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "sparse_jacobian_scaling.png"))
