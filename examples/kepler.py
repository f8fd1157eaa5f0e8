"""Kepler's equation by Newton's, Halley's and a fourth-order method, all with derivatives from one Taylor expansion.

The solution is held against Bessel's series for it, and its derivatives by both parameters, which come out of differentiating
the iteration itself, against theirs. Run ``python examples/kepler.py [picture.png]``.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import jv

import dualdiff as dd

Array = NDArray[np.float64]
METHODS = {"Newton": 2, "Halley": 3, "Householder": 4}  # and their orders of convergence
STEPS = 12


def kepler(E: Any, M: Any, e: Any) -> Any:
    """Zero where E is the eccentric anomaly of the mean anomaly M on an orbit of eccentricity e."""
    return E - e * np.sin(E) - M


def step(method: str, E: Any, M: Any, e: Any) -> Any:
    """One step, for all orbits at once, with f, f', f''/2 and f'''/6 from the Taylor coefficients (Householder 1970)."""
    f = dd.taylor(lambda E: kepler(E, M, e), E, np.ones_like(E), 3)
    newton = -f[0] / f[1]
    if method == "Newton":
        return E + newton
    halley = newton / (1 + f[2] / f[1] * newton)
    if method == "Halley":
        return E + halley
    return E - f[0] / (f[1] + f[2] * halley + f[3] * halley**2)


def solve(M: Any, e: Any, method: str = "Halley") -> Any:
    """The eccentric anomaly: as many steps as any of these orbits needs, without a test that could stop too early."""
    E = M + 0.85 * e * np.sign(np.sin(M))  # Danby's start
    for _ in range(STEPS):
        E = step(method, E, M, e)
    return E


def bessel_series(M: Array, e: Array) -> tuple[Array, Array, Array]:
    """E with its derivatives by M and e, from E = M + sum of 2/n J_n(n e) sin(n M) (Bessel 1824)."""
    n = np.arange(1, 400).reshape(-1, 1)
    J, slope = jv(n, n * e), (jv(n - 1, n * e) - jv(n + 1, n * e)) / 2
    E = M + np.sum(2 / n * J * np.sin(n * M), axis=0)
    return E, 1 + np.sum(2 * J * np.cos(n * M), axis=0), np.sum(2 * slope * np.sin(n * M), axis=0)


def check_against_series(n: int) -> None:
    """The solution and both its derivatives are those of the series."""
    rng = np.random.default_rng(0)
    M, e = rng.uniform(0.1, 3.0, n), rng.uniform(0.0, 0.8, n)
    E, by_M, by_e = bessel_series(M, e)
    for method in METHODS:
        found, slope_M = dd.jvp(lambda M, method=method: solve(M, e, method), (M,), (np.ones(n),))
        slope_e = dd.jvp(lambda e, method=method: solve(M, e, method), (e,), (np.ones(n),))[1]
        errors = [np.abs(a - b).max() for a, b in ((found, E), (slope_M, by_M), (slope_e, by_e))]
        print("  {:12} E {:.0e}   dE/dM {:.0e}   dE/de {:.0e}".format(method, *errors))
        assert max(errors) < 2e-13
        np.testing.assert_allclose(slope_M, 1 / (1 - e * np.cos(E)), rtol=1e-12)


def history(method: str, M: float, e: float) -> list[float]:
    """The error after each step, from a far start."""
    exact, E, errors = solve(np.array(M), np.array(e)), np.array(3.0), []
    for _ in range(STEPS):
        errors.append(float(abs(E - exact)))
        if errors[-1] < 1e-14:
            break
        E = step(method, E, M, e)
    return errors


def check_order(errors: list[float], order: int) -> None:
    """Once below 0.1, each error is at most the order's power of the one before, times a constant."""
    for before, after in pairwise(errors):
        assert before > 0.1 or after <= 2 * before**order + 1e-14, errors


def plot(histories: dict[str, list[float]], path: Path) -> None:
    """Draw the errors, step by step."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for (method, errors), marker in zip(histories.items(), "os^", strict=True):
        axes.semilogy(np.maximum(errors, 1e-17), marker=marker, label=f"{method}, order {METHODS[method]}")
    axes.axhline(np.finfo(float).eps, color="0.6", linestyle=":", label="rounding of a number near 1")
    axes.set(xlabel="step", ylabel="error of the eccentric anomaly", title="Kepler's equation at eccentricity 0.9")
    axes.legend()
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(n: int = 1000, path: Path | None = None) -> None:
    """Compare with the series, watch the convergence, and draw."""
    print(f"{n} orbits, largest errors:")
    check_against_series(n)
    histories = {method: history(method, M=0.8, e=0.9) for method in METHODS}
    for method, errors in histories.items():
        print(f"  {method:12} errors {'  '.join(f'{error:.0e}' for error in errors)}")
        check_order(errors, METHODS[method])
    if path is not None:
        try:
            plot(histories, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "kepler.png"))
