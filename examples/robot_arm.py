"""A robot arm of three links: its Jacobian in many postures at once, manipulability, and inverse kinematics by Newton.

The hand follows a circle; where three joints leave a choice, the arm takes the posture of greater manipulability, which needs
the gradient of a determinant of Jacobians. Run ``python examples/robot_arm.py [picture.png]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dualdiff as dd

Array = NDArray[np.float64]
LINKS = np.array([1.0, 0.8, 0.5])
CENTRE, RADIUS = np.array([1.2, 0.4]), 0.5


def hand(q: Any) -> Any:
    """Where the hand is; the last axis of q holds the angles of the three joints."""
    directions = np.cumsum(q, axis=-1)
    return np.stack([np.sum(LINKS * np.cos(directions), axis=-1), np.sum(LINKS * np.sin(directions), axis=-1)], axis=-1)


def manipulability(q: Any) -> Any:
    """How freely the hand moves in a posture: sqrt(det(J J')), the ellipse's area over pi (Yoshikawa 1985)."""
    J = dd.jacobian(hand)(q)
    return np.sqrt(np.linalg.det(J @ J.T))


def jacobian_by_hand(q: Array) -> Array:
    """Each joint turns all links after it."""
    directions = np.cumsum(q, axis=-1)
    moves = np.stack([-LINKS * np.sin(directions), LINKS * np.cos(directions)], axis=-2)
    return np.cumsum(moves[..., ::-1], axis=-1)[..., ::-1]


def minors(q: Array) -> tuple[float, Array]:
    """The manipulability and its gradient by Binet and Cauchy: J's minors are these sines."""
    a, b, c = LINKS
    s2, s3, s23 = np.sin(q[1]), np.sin(q[2]), np.sin(q[1] + q[2])
    c2, c3, c23 = np.cos(q[1]), np.cos(q[2]), np.cos(q[1] + q[2])
    m = np.array([a * b * s2 + a * c * s23, a * c * s23 + b * c * s3, b * c * s3])
    slopes = np.array(
        [[0, a * b * c2 + a * c * c23, a * c * c23], [0, a * c * c23, a * c * c23 + b * c * c3], [0, 0, b * c * c3]]
    )
    return float(np.linalg.norm(m)), m @ slopes / np.linalg.norm(m)


def conditions(q: Any, target: Array) -> Any:
    """Zero where the hand is on target, and no motion that keeps it there makes the arm more manipulable."""
    J = dd.jacobian(hand)(q)
    inner = np.cross(J[0], J[1])  # the joints' motion that leaves the hand where it is
    return np.concatenate([hand(q) - target, inner[np.newaxis] @ dd.grad(manipulability)(q)])


def follow(path: Array, q: Array) -> Array:
    """The postures that lead the hand along the path, each by Newton's method from the one before."""
    postures = []
    for target in path:
        for _ in range(20):
            value, J = dd.value_and_jacobian(conditions)(q, target)
            if np.abs(value).max() < 1e-13:
                break
            q = q - np.linalg.solve(J, value)
        else:
            raise AssertionError("Newton's method does not converge")
        postures.append(q)
    return np.stack(postures)


def alternatives(target: Array, count: int = 20_000) -> Array:
    """Postures with the hand on target: the last link's direction is free, the others make a triangle with one elbow side."""
    a, b, c = LINKS
    last = np.linspace(0.0, 2 * np.pi, count)
    x, y = target[0] - c * np.cos(last), target[1] - c * np.sin(last)
    cosine = (x**2 + y**2 - a**2 - b**2) / (2 * a * b)
    reached = np.abs(cosine) <= 1
    x, y, last, q2 = x[reached], y[reached], last[reached], np.arccos(cosine[reached])
    q1 = np.arctan2(y, x) - np.arctan2(b * np.sin(q2), a + b * np.cos(q2))
    return np.stack([q1, q2, last - q1 - q2], axis=-1)


def ellipse(J: Array, points: int = 60) -> Array:
    """The velocities of the hand for joint velocities of length one."""
    U, s, _ = np.linalg.svd(J)
    turn = np.linspace(0.0, 2 * np.pi, points)
    return np.asarray((U * s) @ np.stack([np.cos(turn), np.sin(turn)]))


def check(path: Array, postures: Array) -> None:
    """The hand is on the path; Jacobians, manipulabilities and gradients are those of the formulas."""
    np.testing.assert_allclose(hand(postures), path, atol=1e-9)
    J = dd.jacobian(hand, axis=-1)(postures)  # of all postures in one pass
    np.testing.assert_allclose(J, jacobian_by_hand(postures), rtol=0, atol=1e-15)
    for q in postures:
        value, gradient = dd.value_and_grad(manipulability)(q)
        expected, expected_gradient = minors(q)
        np.testing.assert_allclose(value, expected, rtol=1e-13)
        np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-12, atol=1e-13)
        best = max(minors(other)[0] for other in alternatives(hand(q), 2000))
        assert best - 1e-4 < value


def plot(path: Array, postures: Array, file: Path) -> None:
    """Draw the arm in some postures, each with its ellipse."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 5), layout="constrained")
    axes.plot(*np.vstack([path, path[:1]]).T, color="0.6", linestyle=":", label="path")
    chosen = postures[:: len(postures) // 6]
    for i, (q, J) in enumerate(zip(chosen, dd.jacobian(hand, axis=-1)(chosen), strict=True)):
        directions, color = np.cumsum(q), plt.get_cmap("viridis")(i / len(chosen))
        joints = np.cumsum(np.vstack([[0, 0], (LINKS * np.stack([np.cos(directions), np.sin(directions)])).T]), axis=0)
        axes.plot(*joints.T, "o-", color=color, linewidth=2)
        axes.plot(*(joints[-1][:, None] + 0.12 * ellipse(J)), color=color)
    axes.set(aspect="equal", title="Postures with their manipulability ellipses", xlabel="x (m)", ylabel="y (m)")
    figure.savefig(file, dpi=100)
    plt.close(figure)
    print(f"saved {file}")


def main(points: int = 24, path: Path | None = None) -> None:
    """Follow the circle, check, and draw."""
    angles = np.linspace(0.0, 2 * np.pi, points, endpoint=False)
    circle = CENTRE + RADIUS * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    postures = follow(circle, np.array([-0.5, 0.8, 0.8]))
    check(circle, postures)
    values = [manipulability(q) for q in postures]
    print(f"{points} postures; manipulability {min(values):.3f} to {max(values):.3f}")
    if path is not None:
        try:
            plot(circle, postures, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "robot_arm.png"))
