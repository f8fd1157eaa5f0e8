# mypy: ignore-errors
"""Heat conduction in a rod: implicit steps, each solved by the Thomas algorithm."""

import numpy as np


def thomas(lower, diagonal, upper, right):
    """Solve a tridiagonal system."""
    n = len(diagonal)
    c = np.zeros(n - 1)
    d = np.zeros(n)
    c[0] = upper[0] / diagonal[0]
    d[0] = right[0] / diagonal[0]
    for i in range(1, n):
        pivot = diagonal[i] - lower[i - 1] * c[i - 1]
        if i < n - 1:
            c[i] = upper[i] / pivot
        d[i] = (right[i] - lower[i - 1] * d[i - 1]) / pivot
    x = np.empty(n)
    x[-1] = d[-1]
    for i in range(n - 2, -1, -1):
        x[i] = d[i] - c[i] * x[i + 1]
    return x


def temperature(conductivity):
    """Temperatures in a rod after four steps; one conductivity between each two nodes, of which the ends are cold."""
    n = len(conductivity) - 1
    length = 1.0 + 0.1 * conductivity[0]
    nodes = np.linspace(0.0, length, n + 2)
    h = nodes[1] - nodes[0]
    u = np.sin(np.pi * nodes[1:-1] / length) + 0.3 * nodes[1:-1]
    diagonal = np.ones(n)
    lower, upper = np.empty(n - 1), np.empty(n - 1)
    r = 0.02 / h**2
    diagonal += r * conductivity[:-1]
    diagonal += r * conductivity[1:]
    lower[:] = -r * conductivity[1:-1]
    upper[:] = -r * conductivity[1:-1]
    for _ in range(4):
        source = np.copy(u)
        source[n // 2] += 0.01 * conductivity[-1] ** 2
        u = thomas(lower, diagonal, upper, source)
    return u


def heat(conductivity):
    """The heat left in the rod, by the trapezoidal rule."""
    total = 0.0
    u = temperature(conductivity)
    h = (1.0 + 0.1 * conductivity[0]) / (len(u) + 1)
    for left, right in zip(u[:-1], u[1:]):  # noqa: B905, RUF007 - as users write it
        total += 0.5 * h * (left + right)
    return total
