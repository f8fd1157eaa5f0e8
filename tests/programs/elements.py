# mypy: ignore-errors
"""What finite elements are made of: shape functions, quadrature, assembly."""

from math import sqrt

from numpy import add, array, outer, zeros

GAUSS = [(-1.0 / sqrt(3.0), 1.0), (1.0 / sqrt(3.0), 1.0)]


def bar_stiffness(length, modulus):
    """A two-node element, whose stiffness varies within it."""
    K = zeros((2, 2))
    gradient = array([-1.0 / length, 1.0 / length])
    for s, weight in GAUSS:
        K += weight * length / 2 * modulus * (1.0 + 0.25 * s) * outer(gradient, gradient)
    return K


def triangle_stiffness(corners, conductivity):
    """A three-node triangle."""
    (x1, y1), (x2, y2), (x3, y3) = corners
    area = 0.5 * ((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1))
    B = array([[y2 - y3, y3 - y1, y1 - y2], [x3 - x2, x1 - x3, x2 - x1]]) / (2.0 * area)
    return conductivity * area * B.T @ B, area


def assemble(count, elements, matrices):
    """Add the elements' matrices into the global one."""
    K = zeros((count, count))
    for nodes, matrix in zip(elements, matrices):  # noqa: B905 - as users write it
        for i, row in enumerate(nodes):
            for j, column in enumerate(nodes):
                K[row, column] += matrix[i, j]
    return K


def lump(count, elements, areas):
    """Share each element's area among its nodes."""
    load = zeros(count)
    for nodes, area in zip(elements, areas):  # noqa: B905 - as users write it
        add.at(load, list(nodes), area / 3.0)
    return load
