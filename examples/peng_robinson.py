"""Thermodynamics from one function: every property of a Peng-Robinson fluid is a derivative of its Helmholtz energy.

Pressure, heat capacities, speed of sound, Joule-Thomson coefficient, fugacity and the saturation curve come from first and
second derivatives of a dozen lines of NumPy, and are checked against formulas derived by hand.
Run ``python examples/peng_robinson.py [picture.png]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dualdiff as dd

Array = NDArray[np.float64]
R = 8.314462618  # J/(mol K)
#: Carbon dioxide: critical point, acentric factor, molar mass, and cp/R of the ideal gas as a polynomial in T (K).
T_CRITICAL, P_CRITICAL, ACENTRIC, MASS = 304.13, 7.3773e6, 0.2239, 44.0098e-3
IDEAL = np.array([3.259, 1.356e-3, 1.502e-5, -2.374e-8, 1.056e-11])  # Poling, Prausnitz and O'Connell (2001), appendix A
KAPPA = 0.37464 + 1.54226 * ACENTRIC - 0.26992 * ACENTRIC**2
A_CRITICAL = 0.45723553 * (R * T_CRITICAL) ** 2 / P_CRITICAL
B = 0.07779607 * R * T_CRITICAL / P_CRITICAL
ROOT2 = np.sqrt(2.0)


def attraction(T: Any) -> Any:
    """The energy parameter a(T) of Peng and Robinson (1976)."""
    return A_CRITICAL * (1 + KAPPA * (1 - np.sqrt(T / T_CRITICAL))) ** 2


def helmholtz(state: Any) -> Any:
    """The molar Helmholtz energy in J/mol; the last axis of the state holds temperature (K) and molar volume (m^3/mol)."""
    T, v = state[..., 0], state[..., 1]
    powers = np.arange(IDEAL.size)
    enthalpy = np.sum(IDEAL / (powers + 1) * T[..., np.newaxis] ** (powers + 1), axis=-1)
    entropy = IDEAL[0] * np.log(T) + np.sum(IDEAL[1:] / powers[1:] * T[..., np.newaxis] ** powers[1:], axis=-1)
    ideal = R * (enthalpy - T - T * (entropy - np.log(T) + np.log(v / R)))
    residual = -R * T * np.log1p(-B / v) - attraction(T) / (2 * ROOT2 * B) * np.log(
        (v + (1 + ROOT2) * B) / (v + (1 - ROOT2) * B)
    )
    return ideal + residual


def properties(state: Array) -> dict[str, Array]:
    """All from the first and second derivatives of the Helmholtz energy A(T, v)."""
    T, v = state[..., 0], state[..., 1]
    value, slope, curvature = helmholtz(state), dd.grad(helmholtz, axis=-1)(state), dd.hessian(helmholtz, axis=-1)(state)
    A_TT, A_Tv, A_vv = curvature[..., 0, 0], curvature[..., 0, 1], curvature[..., 1, 1]
    P, cv = -slope[..., 1], -T * A_TT
    cp = cv + T * A_Tv**2 / A_vv
    return {
        "pressure": P,
        "entropy": -slope[..., 0],
        "enthalpy": value - T * slope[..., 0] + P * v,
        "Gibbs energy": value + P * v,
        "cv": cv,
        "cp": cp,
        "speed of sound": v * np.sqrt(A_vv * cp / cv / MASS),
        "Joule-Thomson": -(T * A_Tv / A_vv + v) / cp,
    }


def closed_forms(state: Array) -> dict[str, Array]:
    """The same from the equation of state, with its derivatives by hand (Elliott and Lira 2012, chapters 7 and 8)."""
    T, v = np.moveaxis(state, -1, 0)
    root = 1 + KAPPA * (1 - np.sqrt(T / T_CRITICAL))
    a, a_T = A_CRITICAL * root**2, -A_CRITICAL * KAPPA * root / np.sqrt(T * T_CRITICAL)
    a_TT = A_CRITICAL * KAPPA * (KAPPA / (2 * T * T_CRITICAL) + root / (2 * T * np.sqrt(T * T_CRITICAL)))
    D = v**2 + 2 * B * v - B**2
    P, P_T = R * T / (v - B) - a / D, R / (v - B) - a_T / D
    P_v = -R * T / (v - B) ** 2 + 2 * a * (v + B) / D**2
    L = np.log((v + (1 + ROOT2) * B) / (v + (1 - ROOT2) * B)) / (2 * ROOT2 * B)
    ideal_cp = R * np.polynomial.polynomial.polyval(T, IDEAL)
    cv = ideal_cp - R + T * a_TT * L
    cp = cv - T * P_T**2 / P_v
    ideal_enthalpy = R * np.polynomial.polynomial.polyval(T, np.polynomial.polynomial.polyint(IDEAL))
    enthalpy = ideal_enthalpy + P * v - R * T + (T * a_T - a) * L
    powers = np.arange(1, IDEAL.size)
    ideal_entropy = R * (IDEAL[0] * np.log(T) + (T[..., None] ** powers) @ (IDEAL[1:] / powers) - np.log(R * T / v))
    entropy = ideal_entropy + R * np.log1p(-B / v) + a_T * L
    return {
        "pressure": P,
        "entropy": entropy,
        "enthalpy": enthalpy,
        "Gibbs energy": enthalpy - T * entropy,
        "cv": cv,
        "cp": cp,
        "speed of sound": v * np.sqrt(-cp / cv * P_v / MASS),
        "Joule-Thomson": -(T * P_T / P_v + v) / cp,
    }


def log_fugacity(T: Array, v: Array) -> Array:
    """ln(phi P), by the formula that Peng and Robinson give."""
    P = closed_forms(np.stack([T, v], axis=-1))["pressure"]
    L = np.log((v + (1 + ROOT2) * B) / (v + (1 - ROOT2) * B)) / (2 * ROOT2 * B)
    return np.asarray(P * v / (R * T) - 1 - np.log(P * (v - B) / (R * T)) - attraction(T) * L / (R * T) + np.log(P))


def equilibrium(volumes: Any, T: float) -> Any:
    """Zero where liquid and vapour have equal pressures and Gibbs energies, in units of R T."""
    v = np.exp(volumes)
    state = np.stack([np.full(2, T) + 0 * v, v], axis=-1)
    P = -dd.grad(helmholtz, axis=-1)(state)[:, 1]
    G = helmholtz(state) + P * v
    return np.stack([(P[0] - P[1]) / P_CRITICAL, (G[0] - G[1]) / (R * T)])


def saturation(temperatures: Array) -> Array:
    """The molar volumes of liquid and vapour by Newton's method; each temperature starts from the one before."""
    found, x = [], np.log(np.array([1.2 * B, 40 * B]))
    for T in temperatures:
        for _ in range(50):
            value, J = dd.value_and_jacobian(equilibrium)(x, T)
            x = x - np.linalg.solve(J, value)
            if np.abs(value).max() < 1e-13:
                break
        else:
            raise AssertionError("Newton's method does not converge")
        found.append(np.exp(x))
    return np.array(found)


def check_properties(n: int) -> None:
    """Every property is its closed form, over supercritical states from a liquid's density to a gas's."""
    T, v = np.meshgrid(np.linspace(310.0, 900.0, n), B * np.geomspace(1.3, 200.0, n))
    state = np.stack([T, v], axis=-1)
    for (name, found), expected in zip(properties(state).items(), closed_forms(state).values(), strict=True):
        error = np.abs(found - expected).max() / np.abs(expected).max()
        print(f"  {name:15} largest error {error:.0e} of the largest value")
        assert error < 1e-12


def check_critical_point() -> None:
    """There pressure has its critical value, and its first and second derivatives by the volume vanish."""
    v = (1 - B * P_CRITICAL / (R * T_CRITICAL)) / 3 * R * T_CRITICAL / P_CRITICAL
    # Coefficients of the series of A along the volume: P is minus the first, and so on.
    c = dd.taylor(lambda s: helmholtz(np.stack([T_CRITICAL + 0 * s, v * (1 + s)])), 0.0, 1.0, 3)
    np.testing.assert_allclose(-c[1] / v, P_CRITICAL, rtol=1e-6)
    np.testing.assert_allclose(c[2:] / c[1], 0.0, atol=1e-6)


def check_saturation(temperatures: Array, volumes: Array) -> None:
    """Liquid and vapour have one fugacity, and Clapeyron's equation gives the slope of the pressure."""
    liquid, vapour = (log_fugacity(temperatures, v) for v in volumes.T)
    np.testing.assert_allclose(liquid, vapour, atol=1e-11)
    both = {name: a.T for name, a in closed_forms(np.stack(np.broadcast_arrays(temperatures[:, None], volumes), -1)).items()}
    clapeyron = np.diff(both["entropy"], axis=0)[0] / np.diff(volumes)[:, 0]
    curve = np.polynomial.Chebyshev.fit(temperatures, both["pressure"][1], 12)
    np.testing.assert_allclose(curve.deriv()(temperatures), clapeyron, rtol=1e-4)
    pressure = both["pressure"][1] / 1e6
    print(f"  saturation at {temperatures.size} temperatures: {pressure[0]:.3f} to {pressure[-1]:.3f} MPa")


def plot(temperatures: Array, volumes: Array, path: Path) -> None:
    """Draw isotherms with the saturation curve, and the Joule-Thomson coefficient with its inversion curve."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    v = B * np.geomspace(1.2, 40.0, 400)
    for kelvin in (260.0, 280.0, T_CRITICAL, 340.0, 400.0):
        P = -dd.grad(helmholtz, axis=-1)(np.stack([np.full_like(v, kelvin), v], axis=-1))[:, 1]
        left.semilogx(v * 1e6, P / 1e6, label=f"{kelvin:g} K")
    both = closed_forms(np.stack(np.broadcast_arrays(temperatures[:, None], volumes), -1))["pressure"] / 1e6
    left.plot(np.r_[volumes[:, 0], volumes[::-1, 1]] * 1e6, np.r_[both[:, 0], both[::-1, 1]], "k--", label="saturation")
    left.set(xlabel="molar volume (cm$^3$/mol)", ylabel="pressure (MPa)", ylim=(-5, 25), title="Isotherms of carbon dioxide")
    left.legend(fontsize="small")
    T, v = np.meshgrid(np.linspace(310.0, 1000.0, 120), B * np.geomspace(1.3, 1000.0, 200))
    found = properties(np.stack([T, v], axis=-1))
    levels = np.linspace(-2, 12, 15)
    shown = right.contourf(
        T, found["pressure"] / 1e6, found["Joule-Thomson"] * 1e6, levels=levels, cmap="viridis", extend="both"
    )
    right.contour(T, found["pressure"] / 1e6, found["Joule-Thomson"], levels=[0.0], colors="white")
    right.set(xlabel="temperature (K)", ylabel="pressure (MPa)", ylim=(0, 120), title="Joule-Thomson coefficient")
    figure.colorbar(shown, ax=right, label="K/MPa")
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(n: int = 80, path: Path | None = None) -> None:
    """Compare with the formulas, find the saturation curve, and draw."""
    check_properties(n)
    check_critical_point()
    temperatures = np.linspace(230.0, 303.8, 25)
    volumes = saturation(temperatures)
    check_saturation(temperatures, volumes)
    if path is not None:
        try:
            plot(temperatures, volumes, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "peng_robinson.png"))
