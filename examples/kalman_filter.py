"""Fit a Kalman filter by maximum likelihood: the gradient and Hessian of a plain loop, and standard errors from them.

The model is the level of the Nile as a random walk seen through noise; the estimates are published. The likelihood and its
first and second derivatives are checked against a multivariate normal density without any filter.
Run ``python examples/kalman_filter.py [picture.png]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import dualdiff as dd

Array = NDArray[np.float64]
FLOW = np.loadtxt(Path(__file__).parent / "data" / "nile.txt").reshape(-1)
PUBLISHED = np.array([15099.0, 1469.1])  # Durbin and Koopman (2012), chapter 2: the variances of noise and of level


def filtered(log_variances: Any) -> tuple[list[Any], list[Any], Any]:
    """The filtered levels and their variances, and the log-likelihood given the first observation."""
    noise, walk = np.exp(log_variances)
    level, variance = FLOW[0], noise
    levels, variances, log_likelihood = [level], [variance], 0.0
    for y in FLOW[1:]:
        variance = variance + walk
        total = variance + noise
        residual, gain = y - level, variance / total
        log_likelihood = log_likelihood - (np.log(2 * np.pi * total) + residual**2 / total) / 2
        level = level + gain * residual
        variance = variance * (1 - gain)
        levels.append(level)
        variances.append(variance)
    return levels, variances, log_likelihood


def loss(log_variances: Any) -> Any:
    """What maximum likelihood makes small."""
    return -filtered(log_variances)[2]


def normal_density(log_variances: Array) -> tuple[float, Array, Array]:
    """The loss with its gradient and Hessian from the differences of the series, which have a tridiagonal covariance."""
    d, n = np.diff(FLOW), FLOW.size - 1
    parts = [
        np.exp(log_variances[0]) * (2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)),
        np.exp(log_variances[1]) * np.eye(n),
    ]
    S = parts[0] + parts[1]
    w, V = np.linalg.solve(S, d), [np.linalg.solve(S, P) for P in parts]
    value = (n * np.log(2 * np.pi) + np.linalg.slogdet(S)[1] + d @ w) / 2
    gradient = np.array([(np.trace(V[i]) - w @ parts[i] @ w) / 2 for i in range(2)])
    curvature = [[np.sum(V[i] * V[j].T) / -2 + w @ parts[i] @ V[j] @ w for j in range(2)] for i in range(2)]
    return float(value), gradient, np.array(curvature) + np.diag(gradient)


def check_derivatives(point: Array) -> None:
    """The filter's value, gradient and Hessian are those of the density."""
    value, gradient, H = dd.value_grad_and_hessian(loss)(point)
    expected = normal_density(point)
    np.testing.assert_allclose(value, expected[0], rtol=1e-12)
    np.testing.assert_allclose(gradient, expected[1], rtol=1e-9)
    np.testing.assert_allclose(H, expected[2], rtol=1e-9)


def fit() -> tuple[Array, Array]:
    """The logarithms of the variances, and the covariance of these estimates."""
    start = np.full(2, np.log(np.var(FLOW)))
    check_derivatives(start)
    result = minimize(loss, start, jac=dd.grad(loss), hess=dd.hessian(loss), method="trust-exact", options={"gtol": 1e-9})
    assert result.success
    print(f"{result.nit} iterations, log-likelihood {-result.fun:.4f}")
    return result.x, np.linalg.inv(dd.hessian(loss)(result.x))


def report(estimate: Array, covariance: Array) -> None:
    """Print estimates with their standard errors, and hold them against what is published."""
    variances = np.exp(estimate)
    J = dd.jacobian(np.exp)(estimate)
    errors = np.sqrt(np.diag(J @ covariance @ J.T))  # the delta method, from logarithms to variances
    for name, value, error, published in zip(["noise", "level"], variances, errors, PUBLISHED, strict=True):
        print(f"  variance of the {name}: {value:9.2f} +- {error:8.2f}   published {published:g}")
    np.testing.assert_allclose(variances, PUBLISHED, rtol=2e-4)
    np.testing.assert_allclose(covariance, np.linalg.inv(normal_density(estimate)[2]), rtol=1e-8)
    np.testing.assert_allclose(errors, variances * np.sqrt(np.diag(covariance)), rtol=1e-12)


def plot(estimate: Array, covariance: Array, path: Path) -> None:
    """Draw the filtered level, and the likelihood with the ellipse of the Hessian."""
    import matplotlib.pyplot as plt

    years = np.arange(1871, 1971)
    levels, variances, _ = filtered(estimate)
    width = 1.645 * np.sqrt(variances)
    figure, (series, surface) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained", width_ratios=[3, 2])
    series.plot(years, FLOW, "k.", label="annual flow")
    series.plot(years, levels, label="filtered level")
    series.fill_between(years, levels - width, levels + width, alpha=0.3, label="90 % of the level")
    series.set(title="The Nile at Aswan", ylabel="flow ($10^8$ m$^3$)")
    series.legend()
    x, y = np.meshgrid(np.linspace(8.7, 10.3, 40), np.linspace(4.0, 10.0, 40))
    below = np.array([[loss(np.array(p)) for p in zip(*row, strict=True)] for row in zip(x, y, strict=True)]) - loss(estimate)
    surface.contour(x, y, below, levels=[0.5, 2, 4.5, 8], colors="tab:blue", linewidths=1)
    turn = np.linspace(0, 2 * np.pi, 100)
    ellipse = estimate[:, None] + 2 * np.linalg.cholesky(covariance) @ [np.cos(turn), np.sin(turn)]
    surface.plot(*ellipse, color="tab:red", linestyle="--", label="2 standard errors")
    surface.plot(*estimate, "+", color="tab:red")
    surface.set(title="log-likelihood", xlabel="log variance of the noise", ylabel="log variance of the level")
    surface.legend(loc="lower left")
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(path: Path | None = None) -> None:
    """Fit, check, and draw."""
    estimate, covariance = fit()
    report(estimate, covariance)
    if path is not None:
        try:
            plot(estimate, covariance, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "kalman_filter.png"))
