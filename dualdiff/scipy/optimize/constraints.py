"""Bounds and constraints in every form SciPy takes: with the derivatives they lack, and as functions between limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...transforms.escape import stop_gradient
from ...transforms.hessian import hessian
from ...transforms.jacobian import value_and_jacobian
from .evaluation import Bound, arrayed, as_args, moves, stacked
from .original import scipy_optimize

__all__ = ["DERIVATIVE_FREE", "Limited", "bounds_move", "limited_bounds", "plain_bounds", "supplied"]


#: The methods of minimize that use no derivatives.
DERIVATIVE_FREE = ("nelder-mead", "powell", "cobyla", "cobyqa")


class Limited(NamedTuple):
    """A function of x between two limits; each side with and without the derivatives of what it depends on."""

    function: Bound
    lower: Any
    upper: Any

    def plain(self, x: Any) -> tuple[Any, Any, Any]:
        """Values and limits, each of the shape of the values."""
        value = np.reshape(self.function.value(x), (-1,))
        lower, upper = (np.broadcast_to(stop_gradient(side), value.shape) for side in (self.lower, self.upper))
        return value, lower, upper

    @property
    def moves(self) -> bool:
        """Whether the function or a limit depends on something that is being differentiated."""
        return self.function.moves or moves(self.lower, self.upper)


def plain_bounds(bounds: Any) -> Any:
    """Bounds for SciPy: the same without derivatives."""
    if not hasattr(bounds, "lb"):
        return stop_gradient(bounds)
    if not moves(bounds.lb, bounds.ub):
        return bounds
    return type(bounds)(stop_gradient(bounds.lb), stop_gradient(bounds.ub), bounds.keep_feasible)


def bounds_move(bounds: Any) -> bool:
    """Whether a bound depends on something that is being differentiated."""
    return moves(bounds.lb, bounds.ub) if hasattr(bounds, "lb") else moves(bounds)


def limited_bounds(bounds: Any, pairs: bool) -> list[Limited]:
    """Bounds as limits of the identity; sequences are pairs, one for each variable, or a pair of sequences."""
    if bounds is None:
        return []
    if hasattr(bounds, "lb"):
        lower, upper = bounds.lb, bounds.ub
    elif pairs:
        sides = zip(*bounds, strict=True)
        lower, upper = (
            stacked([infinite if x is None else x for x in side])
            for side, infinite in zip(sides, (-np.inf, np.inf), strict=True)
        )
    else:
        lower, upper = (stacked(side) for side in bounds)
    return [Limited(Bound(lambda x: x), lower, upper)]


def supplied(constraints: Any, method: str) -> tuple[Any, list[Limited]]:
    """Constraints for SciPy, with the derivatives that were not given; and as functions between limits."""
    if not isinstance(constraints, (list, tuple)):
        constraints = [constraints]
    pairs = [_supplied(c, method) for c in constraints]
    return [c for c, _ in pairs], [limits for _, limits in pairs]


def _supplied(constraint: Any, method: str) -> tuple[Any, Limited]:
    if isinstance(constraint, dict):
        return _from_dict(constraint, first_order=method not in DERIVATIVE_FREE)
    if hasattr(constraint, "A"):
        return _linear(constraint)
    return _nonlinear(constraint, method not in DERIVATIVE_FREE, method == "trust-constr")


def _linear(constraint: Any) -> tuple[Any, Limited]:
    """A LinearConstraint, whose limits may carry derivatives."""
    A = constraint.A if isinstance(constraint.A, np.ndarray) else constraint.A.toarray()
    limits = Limited(Bound(lambda x: A @ x), constraint.lb, constraint.ub)
    if not limits.moves:
        return constraint, limits
    sides = (stop_gradient(side) for side in (constraint.lb, constraint.ub))
    return scipy_optimize().LinearConstraint(constraint.A, *sides, constraint.keep_feasible), limits


def _from_dict(constraint: dict[str, Any], first_order: bool) -> tuple[dict[str, Any], Limited]:
    """The form of SLSQP and COBYLA: ``{"type": "eq" or "ineq", "fun": ..., "jac": ..., "args": ...}``."""
    function = Bound(arrayed(constraint["fun"]), as_args(constraint.get("args", ())))
    made = {**constraint, "args": ()}
    jac = constraint.get("jac")
    if jac is None and first_order:
        made["fun"], made["jac"] = _both(function)
    else:
        made["fun"] = function.value
        if jac is not None:
            made["jac"] = Bound(jac, function.args).value if callable(jac) else jac
    upper = 0.0 if str(constraint["type"]).lower() == "eq" else np.inf
    return made, Limited(function, 0.0, upper)


def _both(function: Bound) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """The value and the Jacobian of a constraint, together once a point."""
    both = function.derived(value_and_jacobian)
    return both.part(0), both.part(1)


def _nonlinear(constraint: Any, first_order: bool, second_order: bool) -> tuple[Any, Limited]:
    """A NonlinearConstraint; a Jacobian of '2-point' and a Hessian of BFGS() are what SciPy takes for not given."""
    optimize = scipy_optimize()
    if not isinstance(constraint, optimize.NonlinearConstraint):
        raise TypeError(f"a constraint is a dict, a LinearConstraint or a NonlinearConstraint, not {constraint!r}.")
    function = Bound(arrayed(constraint.fun))
    value: Callable[[Any], Any] = function.value
    jac, hess = constraint.jac, constraint.hess
    if first_order and isinstance(jac, str) and jac == "2-point":
        value, jac = _both(function)
        if second_order and type(hess) is optimize.BFGS:
            hess = _weighted_hessian(function)
    made = optimize.NonlinearConstraint(
        value, *(stop_gradient(side) for side in (constraint.lb, constraint.ub)), jac=jac, hess=hess,
        keep_feasible=constraint.keep_feasible, finite_diff_rel_step=constraint.finite_diff_rel_step,
        finite_diff_jac_sparsity=constraint.finite_diff_jac_sparsity,
    )  # fmt: skip
    return made, Limited(function, constraint.lb, constraint.ub)


def _weighted_hessian(function: Bound) -> Callable[[Any, Any], Any]:
    """The Hessian of the sum of the constraints, each times its multiplier."""

    def hess(x: Any, v: Any) -> Any:
        return function.values(hessian(lambda y: np.sum(np.asarray(v) * np.reshape(function(y), np.shape(v))))(x))

    return hess
