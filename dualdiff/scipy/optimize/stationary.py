"""Minima as solutions of equations: the gradient is zero, or balanced by the active bounds and constraints.

With constraints these are the conditions of Karush, Kuhn and Tucker; their solution is differentiable where each active
constraint has a multiplier that is not zero, and the active gradients are independent (A. V. Fiacco, Introduction to
sensitivity and stability analysis in nonlinear programming, 1983, theorem 2.3.3).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ..._typing import Array, NDArray
from ...arrays import plain
from ...errors import NotDifferentiableError
from ...transforms.escape import stop_gradient
from ...transforms.hessian import hvp
from ...transforms.implicit import lifted
from ...transforms.jacobian import grad, jacobian, value_and_jacobian
from ...transforms.linear_solve import inverse_of
from .constraints import Limited
from .curvature import gradient_and_hessian
from .evaluation import Bound

__all__ = ["minimum"]

#: How near to its limit a constraint may be active, relative to the limit or 1.
_NEAR = 1e-2
#: How far the gradient would carry x across a limit, against its distance from it: if more, the limit is active.
_ACROSS = 10.0
#: A distance, relative to the largest entry of x or 1, that a solver's tolerance may hide.
_WEAK = 1e-5
#: Unknowns and active constraints together, whose equations are solved densely.
_MOST = 3000


def minimum(objective: Bound, x: NDArray, limits: list[Limited], near: float, what: str) -> Array:
    """The minimum beside x with its derivatives.

    Raises
    ------
    NotDifferentiableError
        If it is no minimum, or a degenerate one.
    """
    active = _active(objective, x, [c for c in (_candidate(limit, x, what) for limit in limits) if c.rows.size], what)
    if not active:
        linearised = gradient_and_hessian(objective, x)
        invert = partial(inverse_of, solve=None, what=what)
        found = lifted(grad(objective.moving), x, linearised, invert, order=1, near=near, what=what)
    else:
        found = _constrained(objective, x, active, near, what)
    _refuse_infeasible(limits, plain(found), what)
    return found


class _Active(NamedTuple):
    """The entries of a constraint that are at a limit, and the side: -1 at the lower one, 1 at the upper, 0 at both."""

    limit: Limited
    rows: NDArray
    side: NDArray

    def moving(self, x: Array) -> Array:
        """The distances from the limits, with all derivatives."""
        return self._distance(np.reshape(self.limit.function.moving(x), (-1,)), self.limit.lower, self.limit.upper)

    def values(self, x: Array) -> Array:
        """The same, with the values of what they depend on."""
        lower, upper = stop_gradient((self.limit.lower, self.limit.upper))
        return self._distance(np.reshape(self.limit.function(x), (-1,)), lower, upper)

    def _distance(self, value: Array, lower: Array, upper: Array) -> Array:
        shape = np.shape(value)
        limit = np.where(self.side > 0, _rows(upper, shape, self.rows), _rows(lower, shape, self.rows))
        return value[self.rows] - limit


def _rows(side: Array, shape: tuple[int, ...], rows: NDArray) -> Array:
    return np.broadcast_to(side, shape)[rows]


def _candidate(limit: Limited, x: NDArray, what: str) -> _Active:
    """The entries of a constraint that are near a limit."""
    value, lower, upper = limit.plain(x)
    with np.errstate(invalid="ignore"):
        below, above = (np.abs(value - side) / np.maximum(1, np.abs(side)) for side in (lower, upper))
    below, above = (np.where(np.isfinite(side), d, np.inf) for side, d in ((lower, below), (upper, above)))
    rows = np.flatnonzero(np.minimum(below, above) <= _NEAR)
    if np.any((lower != upper)[rows] & (np.maximum(below, above)[rows] <= _WEAK)):
        raise NotDifferentiableError(f"{what}: limits so close together that both are active: make them equal.")
    side = np.where(lower == upper, 0, np.where(above < below, 1, -1))
    return _Active(limit, rows, side[rows])


def _active(objective: Bound, x: NDArray, near: list[_Active], what: str) -> list[_Active]:
    """Those entries that hold the minimum: the gradient would carry x across their limits."""
    if not near:
        return []
    side = np.concatenate([one.side for one in near])
    across, within = _across(objective, x, near, side), np.abs(_joined([one.values for one in near], x))
    hidden = _WEAK * max(1.0, float(np.max(np.abs(x))))
    holds = (side == 0) | (across > _ACROSS * within)
    free = (side != 0) & (across * _ACROSS < within)
    weak = (side != 0) & (np.maximum(np.abs(across), within) <= hidden)
    if np.any(weak | ~(holds | free)):
        raise NotDifferentiableError(
            f"{what}: a bound or an inequality is reached, but its multiplier is zero as far as the solver's answer tells: "
            "there the minimum has one derivative where the limit holds it and another where it does not. Leave that limit "
            "out, make it an equation, or ask for a smaller tolerance."
        )
    cuts = np.cumsum([0, *(one.rows.size for one in near)])
    kept = [holds[a:b] for a, b in pairwise(cuts)]
    chosen = [_Active(one.limit, one.rows[k], one.side[k]) for one, k in zip(near, kept, strict=True)]
    return [one for one in chosen if one.rows.size]


def _across(objective: Bound, x: NDArray, near: list[_Active], side: NDArray) -> NDArray:
    """How far the constraints' values would go beyond their limits, towards the minimum without them."""
    rows, multipliers = _multipliers(objective, x, near)
    squares = np.sum(rows**2, axis=1)
    bend = np.abs(np.sum(rows * plain(hvp(objective, x, rows)), axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        across: NDArray = np.nan_to_num(-side * multipliers * squares**2 / bend, posinf=np.inf, neginf=-np.inf)
    return across


def _constrained(objective: Bound, x: NDArray, active: list[_Active], near: float, what: str) -> Array:
    """The minimum as a solution of the conditions for x and the multipliers together."""
    n, count = x.size, sum(one.rows.size for one in active)
    if n + count > _MOST:
        raise NotDifferentiableError(
            f"{what}: {count} active bounds and constraints on {n} variables are too many to differentiate through. Write "
            "the problem without them, or with those that are active as equations, and use dd.implicit_root(sparse=True)."
        )
    _, multipliers = _multipliers(objective, x, active)
    both = value_and_jacobian(_conditions(objective, [one.values for one in active], n))

    def linearised(z: NDArray) -> tuple[NDArray, Any]:
        value, J = both(z)
        return plain(value), plain(J)

    moving = _conditions(objective.moving, [one.moving for one in active], n)
    invert = partial(inverse_of, solve=None, what=what)
    start = np.concatenate([x, multipliers])
    # The multipliers are no answer of the solver's.
    within = np.concatenate([np.full(n, near), np.full(count, np.inf)])
    return lifted(moving, start, linearised, invert, order=1, near=within, what=what)[:n]


def _conditions(f: Callable[[Any], Any], constraints: list[Callable[[Any], Any]], n: int) -> Callable[[Array], Array]:
    """The gradient of the Lagrangian f - multipliers * c, and c, as a function of x and the multipliers."""

    def residual(z: Array) -> Array:
        x, multipliers = z[:n], z[n:]

        def lagrangian(y: Array) -> Array:
            return f(y) - np.sum(multipliers * _joined(constraints, y))

        return np.concatenate([grad(lagrangian)(x), _joined(constraints, x)])

    return residual


def _joined(constraints: list[Callable[[Any], Any]], x: Array) -> Array:
    return np.concatenate([c(x) for c in constraints])


def _multipliers(objective: Bound, x: NDArray, active: list[_Active]) -> tuple[NDArray, NDArray]:
    """The gradients of the active constraints, one a row, and their multipliers at x."""
    gradient = plain(grad(objective)(x))
    rows = plain(jacobian(lambda y: _joined([one.values for one in active], y))(x))
    return rows, np.linalg.lstsq(rows.T, gradient)[0]


def _refuse_infeasible(limits: list[Limited], x: NDArray, what: str) -> None:
    """Raise where the minimum lies behind a limit that seemed not to be active."""
    for limit in limits:
        value, lower, upper = limit.plain(x)
        slack = 1e-7 * np.maximum(1, np.abs(value))
        if np.any((value < lower - slack) | (value > upper + slack)):
            raise NotDifferentiableError(
                f"{what}: the solver's answer is so far from the minimum that it does not show which bounds and constraints "
                "are active there. Ask for a smaller tolerance."
            )
