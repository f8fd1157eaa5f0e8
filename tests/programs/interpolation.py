# mypy: ignore-errors
"""Interpolation: bilinear on a grid, and natural cubic splines."""

import numpy as np
from numpy import searchsorted, zeros


def table(rows, columns):
    """Some elevations."""
    return [[np.cos(0.7 * i) * (1.0 + 0.3 * j) for j in range(columns)] for i in range(rows)]


ELEVATION = np.array(table(4, 5))


def bilinear(x, y, data=ELEVATION):
    """The surface through the data at (x, y), in steps of the grid."""
    i = min(max(int(np.floor(x)), 0), data.shape[0] - 2)
    j = min(max(int(np.floor(y)), 0), data.shape[1] - 2)
    u, v = x - i, y - j
    return (
        (1 - u) * (1 - v) * data[i, j]
        + u * (1 - v) * data[i + 1, j]
        + (1 - u) * v * data[i, j + 1]
        + u * v * data[i + 1, j + 1]
    )


def profile(p):
    """Elevations along the straight line from (p0, p1) to (p2, p3)."""
    surface = np.vectorize(bilinear, excluded={"data"})
    t = np.linspace(0.0, 1.0, 7)
    line = np.c_[p[0] + t * (p[2] - p[0]), p[1] + t * (p[3] - p[1])]
    return surface(line[:, 0], line[:, 1])


def climb(p):
    """The length of the path over the ground."""
    heights = np.r_[0.0, profile(p), p[0] * p[3]]
    total = 0.0
    for k in range(1, len(heights)):
        total += np.sqrt(0.25 + (heights[k] - heights[k - 1]) ** 2)
    return total


class Spline:
    """The natural cubic spline through points."""

    def __init__(self, x, y):
        import numpy as np

        n = len(x)
        h = np.diff(x)
        A, right = np.eye(n), zeros(n)
        for i in range(1, n - 1):
            A[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
            right[i] = 6 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
        self.x, self.y, self.h = x, y, h
        self.moments = np.linalg.solve(A, right)

    def __call__(self, t):
        """The spline at t, a number or an array."""
        if isinstance(t, np.ndarray):
            out = np.empty_like(t)
            for k, each in enumerate(t):
                out[k] = self(each)
            return out
        i = int(np.clip(searchsorted(self.x, t) - 1, 0, len(self.h) - 1))
        left, right, h, M = self.x[i + 1] - t, t - self.x[i], self.h[i], self.moments
        cubic = (M[i] * left**3 + M[i + 1] * right**3) / (6 * h)
        return cubic + (self.y[i] / h - M[i] * h / 6) * left + (self.y[i + 1] / h - M[i + 1] * h / 6) * right


def smooth(p):
    """The spline through (0, p0), (1, p1), ... at its points shifted by p0, outside cut off to the last value."""
    knots = np.arange(len(p)).astype(float)
    spline = Spline(knots, p)
    t = np.linspace(0.0, len(p) - 1.0, 9) + 0.2 * p[0]
    values = spline(t)
    values[t > knots[-1]] = p[-1]
    return values
