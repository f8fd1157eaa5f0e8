"""The Greeks of a surface of option prices: six derivatives of one pricing function, against their closed forms.

The price is Black, Scholes and Merton's, in ordinary NumPy with SciPy's normal distribution. Nothing in it is written for
derivatives. Run ``python examples/greeks.py [picture.png]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

import dualdiff as dd

Array = NDArray[np.float64]
STRIKE, RATE, YIELD = 100.0, 0.03, 0.01
SPOT, VOLATILITY, TIME, INTEREST = range(4)  # the columns of the market


def d1_d2(spot: Any, volatility: Any, time: Any, rate: Any) -> tuple[Any, Any]:
    """The two arguments of the normal distribution."""
    spread = volatility * np.sqrt(time)
    d1 = (np.log(spot / STRIKE) + (rate - YIELD + volatility**2 / 2) * time) / spread
    return d1, d1 - spread


def call(market: Any) -> Any:
    """The price of a European call; the last axis of the market holds spot, volatility, time to expiry and rate."""
    spot, volatility, time, rate = (market[..., i] for i in range(4))
    d1, d2 = d1_d2(spot, volatility, time, rate)
    return spot * np.exp(-YIELD * time) * ndtr(d1) - STRIKE * np.exp(-rate * time) * ndtr(d2)


def greeks(market: Array) -> dict[str, Array]:
    """All of them, for every point of the market, from one gradient and one Hessian a point."""
    slope = dd.grad(call, axis=-1)(market)
    curvature = dd.hessian(call, axis=-1)(market)
    return {
        "delta": slope[..., SPOT],
        "gamma": curvature[..., SPOT, SPOT],
        "vega": slope[..., VOLATILITY],
        "theta": -slope[..., TIME],
        "rho": slope[..., INTEREST],
        "vanna": curvature[..., SPOT, VOLATILITY],
    }


def closed_forms(market: Array) -> dict[str, Array]:
    """The same from the textbook (Hull, Options, Futures and Other Derivatives, chapter 19), and vanna by hand."""
    spot, volatility, time, rate = np.moveaxis(market, -1, 0)
    d1, d2 = d1_d2(spot, volatility, time, rate)
    root, carry, discount = np.sqrt(time), np.exp(-YIELD * time), np.exp(-rate * time)
    density = np.exp(-(d1**2) / 2) / np.sqrt(2 * np.pi)
    decay = spot * density * volatility * carry / (2 * root)
    return {
        "delta": carry * ndtr(d1),
        "gamma": carry * density / (spot * volatility * root),
        "vega": spot * carry * density * root,
        "theta": -decay + YIELD * spot * carry * ndtr(d1) - rate * STRIKE * discount * ndtr(d2),
        "rho": STRIKE * time * discount * ndtr(d2),
        "vanna": -carry * density * d2 / volatility,
    }


def surface(n: int) -> Array:
    """Spots by times to expiry, at one volatility and rate."""
    spot, time = np.meshgrid(np.linspace(60.0, 140.0, n), np.linspace(0.05, 2.0, n))
    return np.stack([spot, np.full_like(spot, 0.25), time, np.full_like(spot, RATE)], axis=-1)


def check(found: dict[str, Array], market: Array) -> None:
    """Each Greek is its closed form to rounding error, and the prices solve the Black-Scholes equation."""
    for name, expected in closed_forms(market).items():
        error = np.abs(found[name] - expected).max() / np.abs(expected).max()
        print(f"  {name:6} {expected.min():10.4f} to {expected.max():9.4f}   largest error {error:.0e} of the largest value")
        assert error < 1e-13
    spot, volatility = market[..., SPOT], market[..., VOLATILITY]
    gain = found["theta"] + volatility**2 * spot**2 * found["gamma"] / 2 + (RATE - YIELD) * spot * found["delta"]
    np.testing.assert_allclose(gain, RATE * call(market), rtol=1e-11, atol=1e-11)


def plot(found: dict[str, Array], market: Array, path: Path) -> None:
    """Draw each Greek over spot and time."""
    import matplotlib.pyplot as plt
    from matplotlib.ticker import MaxNLocator

    figure, panels = plt.subplots(2, 3, figsize=(9, 5), sharex=True, sharey=True, layout="constrained")
    for panel, (name, values) in zip(panels.flat, found.items(), strict=True):
        lines = panel.contourf(market[..., SPOT], market[..., TIME], values, levels=20, cmap="viridis")
        figure.colorbar(lines, ax=panel, ticks=MaxNLocator(5))
        panel.set_title(name)
    figure.supxlabel(f"spot price (strike {STRIKE:g})")
    figure.supylabel("years to expiry")
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(n: int = 200, path: Path | None = None) -> None:
    """Differentiate, compare, and draw."""
    market = surface(n)
    found = greeks(market)
    print(f"{n * n} options:")
    check(found, market)
    if path is not None:
        try:
            plot(found, market, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "greeks.png"))
