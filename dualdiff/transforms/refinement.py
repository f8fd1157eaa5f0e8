"""Newton's method from the answer of a solver to the root beside it, with the proof that there is one.

A solver stops at a tolerance, and its error there would be an error of the derivative. The steps also tell whether the
answer is a simple root at all: near one they shrink, and the Jacobian does not change along them (P. Deuflhard, Newton
methods for nonlinear problems, 2004, section 2.1); near a double root they halve, and so does the Jacobian.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .._typing import NDArray
from ..errors import NotDifferentiableError
from .linear_solve import Inverse

__all__ = ["Linearised", "refined"]

#: The residual and its Jacobian at a point.
Linearised = Callable[[NDArray], tuple[NDArray, Any]]

_STEPS = 20
#: The relative change of the Jacobian along the last step, an estimate of the derivative's relative error.
_CHANGE = 1e-5
#: A step this much shorter than the one before shows convergence; that to a double root is by 1/2.
_CONTRACTION = 0.25


class _Step(NamedTuple):
    x: NDArray
    residual: NDArray
    J: Any
    inverse: Inverse
    length: float
    change: float


def refined(
    linearised: Linearised, invert: Callable[[Any], Inverse], x: NDArray, near: float | NDArray, what: str
) -> tuple[NDArray, Inverse]:
    """The root beside x, and the inverse of the Jacobian there.

    ``near`` is how far the root may be from x, relative to the largest of its entries, or 1; infinite for an entry that the
    solver did not find.
    """
    start, eps = x, float(np.finfo(x.dtype).eps)
    scale = np.where(x != 0, np.abs(x), np.max(np.abs(x), initial=0.0) or 1.0)
    residual, J = linearised(x)
    state = _Step(x, residual, J, invert(J), np.inf, np.inf)
    for _ in range(_STEPS):
        previous, state = state, _step(linearised, invert, state, scale)
        if not np.all(np.isfinite(state.x)):
            raise _refusal(what, "Newton's method leads from it to nan")
        if state.length * max(state.change, eps) <= 4 * eps and state.change <= _CHANGE:
            break
        if state.length > _CONTRACTION * previous.length:
            if state.change > _CHANGE:
                raise _refusal(what, "Newton's method does not converge from it: no root, or a multiple one, or noise")
            break
    else:
        raise _refusal(what, f"Newton's method does not converge from it in {_STEPS} steps")
    _refuse_far(state.x, start, np.broadcast_to(near, x.shape), what)
    return state.x, state.inverse


def _refuse_far(x: NDArray, start: NDArray, near: NDArray, what: str) -> None:
    """Raise where the root is not the one that the solver found."""
    counts = np.isfinite(near)
    far = np.abs(x - start)[counts]
    if np.any(far > near[counts] * np.max(np.abs(x[counts]), initial=1.0)):
        raise _refusal(what, f"the root beside it is {np.max(far):.1e} away")


def _step(linearised: Linearised, invert: Callable[[Any], Inverse], at: _Step, scale: NDArray) -> _Step:
    """One step of Newton's method, its length relative to x, and the change of the Jacobian along it."""
    step = at.inverse(at.residual[:, None])[:, 0]
    length = float(np.max(np.abs(step) / scale))
    x = at.x - step
    if not np.isfinite(length):
        return at._replace(x=x)
    if length == 0:
        return at._replace(length=0.0, change=0.0)
    residual, J = linearised(x)
    bend = at.inverse(((J - at.J) @ step)[:, None])[:, 0]
    change = float(np.max(np.abs(bend) / scale)) / length
    return _Step(x, residual, J, invert(J), length, change)


def _refusal(what: str, why: str) -> NotDifferentiableError:
    return NotDifferentiableError(
        f"{what}: the solver's answer is not a root to differentiate: {why}. Ask the solver for a smaller tolerance or more "
        "iterations, or start it nearer; or write dd.stop_gradient(...) around the arguments if it is to be a constant."
    )
