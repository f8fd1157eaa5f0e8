# mypy: ignore-errors
"""Equations without a solution in closed form: Kepler's, a cubic equation of state, a continued fraction."""

import functools
import math

import numpy as np


def counted(f):
    """Count the calls of a function."""

    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return f(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


def newton(f, df, x, tolerance=1e-13):
    """Iterate until the step is small, and once more."""
    step = 1.0
    while abs(step) > tolerance:
        step = f(x) / df(x)
        x -= step
    return x - f(x) / df(x)


def bisect(f, low, high, width=1e-3):
    """Halve an interval until it is narrow."""
    sign = f(low) > 0
    while high - low > width:
        middle = 0.5 * (low + high)
        if (f(middle) > 0) == sign:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@counted
def anomaly(mean, eccentricity):
    """The eccentric anomaly."""
    mean = float(mean)
    start = mean if isinstance(mean, float) and eccentricity < 0.8 else math.pi
    return newton(lambda E: E - eccentricity * math.sin(E) - mean, lambda E: 1.0 - eccentricity * math.cos(E), start)


def position(p):
    """Where a planet of mean anomaly p0 and eccentricity p1 stands, and how far from the sun, for a = p2."""
    E = anomaly(p[0], float(p[1]))
    a = np.float64(p[2])
    x, y = a * (math.cos(E) - p[1]), a * math.sqrt(1.0 - p[1] ** 2) * math.sin(E)
    return np.array([x, y, math.hypot(x, y)])


def molar_volume(p):
    """Of a gas of van der Waals at temperature p0 and pressure p1, by bisection and then by Newton."""
    a, b, R = 1.2, 0.1, p[2]

    def f(v):
        return (p[1] + a / v**2) * (v - b) - R * p[0]

    def df(v):
        return p[1] + a / v**2 - 2.0 * a * (v - b) / v**3

    return newton(f, df, bisect(f, 0.3, 20.0))


def fraction(x, depth):
    """A continued fraction of tan, by recursion."""

    def tail(k):
        return 2 * k + 1 if k == depth else 2 * k + 1 - x**2 / tail(k + 1)

    return x / tail(0)


def sectors(p):
    """The tangents of some angles, of a scalar or of an array."""
    angles = p.astype(float) if isinstance(p, np.ndarray) else np.array([float(p)])
    return np.array([fraction(angle, 12) for angle in angles])
