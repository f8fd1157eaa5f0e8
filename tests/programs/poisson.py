# mypy: ignore-errors
"""Finite elements in one dimension and in two: displacements of a bar, a membrane over triangles."""

import numpy as np

from .elements import assemble, bar_stiffness, lump, triangle_stiffness

POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.45, 0.55], [1.6, 0.4]])
TRIANGLES = [(0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4), (1, 5, 2)]
FIXED = np.array([True, False, False, True, False, False])


def displacements(p):
    """Displacements of a bar of elements of moduli p, fixed at its left end and pulled at its right."""
    n = len(p)
    nodes = np.linspace(0.0, 1.0 + 0.05 * p[-1], n + 1)
    elements = [(i, i + 1) for i in range(n)]
    matrices = [bar_stiffness(nodes[j] - nodes[i], modulus) for (i, j), modulus in zip(elements, p)]  # noqa: B905
    K = assemble(n + 1, elements, matrices)
    force = np.zeros(n + 1)
    force[-1] = 1.0
    force[1:-1] += 0.1 * p[1:]
    u = np.zeros(n + 1)
    u[1:] = np.linalg.solve(K[1:, 1:], force[1:])
    return u


def membrane(p):
    """Heights of a membrane; p moves its inner point (p0, p1) and sets the tension of the outer triangle (p2)."""
    points = np.copy(POINTS)
    points[4] += p[:2]
    matrices, areas = [], []
    for triangle in TRIANGLES:
        K, area = triangle_stiffness(points[list(triangle)], p[2] if 5 in triangle else 1.0)
        matrices.append(K)
        areas.append(area)
    K = assemble(len(points), TRIANGLES, matrices)
    load = lump(len(points), TRIANGLES, areas)
    u = np.zeros(len(points))
    free = ~FIXED
    u[free] = np.linalg.solve(K[free][:, free], load[free])
    return u


def compliance(p):
    """The work of the load on the membrane."""
    u = membrane(p)
    return np.sum(u**2) + np.max(u)
