"""Minima of scalar functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._typing import NDArray
from ...errors import NotScalarError
from ...transforms.escape import stop_gradient
from ...transforms.jacobian import grad, value_and_grad
from .constraints import DERIVATIVE_FREE, Limited, bounds_move, limited_bounds, plain_bounds, supplied
from .curvature import hessian_keywords
from .evaluation import Bound, Once, as_args
from .original import scipy_optimize
from .results import differentiated, failure
from .scalar_minima import vectorised
from .stationary import minimum

__all__ = ["minimize", "minimize_scalar"]


def minimize(
    fun: Callable[..., Any], x0: Any, args: Any = (), method: Any = None, jac: Any = None, hess: Any = None,
    hessp: Any = None, bounds: Any = None, constraints: Any = (), tol: float | None = None,
    callback: Callable[..., Any] | None = None, options: dict[str, Any] | None = None,
) -> Any:  # fmt: skip
    """`scipy.optimize.minimize` with the exact derivatives that the method uses, and differentiable.

    Parameters
    ----------
    fun : callable
        A scalar function ``fun(x, *args)`` of a vector.
    x0 : array_like
        The starting point, of shape (n,); the minimum does not depend on it, so its derivatives are dropped.
    args : tuple
        Further arguments of fun: arrays, or anything.
    method, tol, callback, options
        As for `scipy.optimize.minimize`.
    jac : callable, bool or str, optional
        The gradient, or True if fun returns a pair with it; False, or SciPy's ``'2-point'``, ``'3-point'`` and ``'cs'``, for
        finite differences. By default the exact one, computed together with the value.
    hess, hessp : callable, str or HessianUpdateStrategy, optional
        Second derivatives. By default exact for the methods that use them: a dense matrix, a sparse one or products with
        vectors, whichever the number of variables and the pattern suggest.
    bounds, constraints
        As for SciPy; those that lack a Jacobian or a Hessian get the exact one.

    Returns
    -------
    scipy.optimize.OptimizeResult
        ``x`` and ``fun`` carry the derivatives of args, bounds and what the functions close over; entries that would lose
        theirs raise.

    Raises
    ------
    NotDifferentiableError
        When the result is differentiated and the Hessian is singular, the solver did not converge, or a bound or an
        inequality is active with multiplier zero.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import optimize
    >>> def loss(x, a):
    ...     return np.sum((x - a) ** 2) + x[0] * x[1]
    >>> def best(a):
    ...     return optimize.minimize(loss, np.zeros(2), (a,)).x
    >>> dd.jacobian(best)(np.array([1.0, 2.0]))
    array([[ 1.33333333, -0.66666667],
           [-0.66666667,  1.33333333]])
    """
    optimize = scipy_optimize()
    args = as_args(args)
    start = np.atleast_1d(np.asarray(stop_gradient(x0)))
    start = start if start.dtype.kind in "fc" else start.astype(float)
    objective = Bound(_scalar(fun, jac is True), args)
    name = _method(method, bounds, constraints)
    exact, limits = supplied(constraints, name)
    keywords = _derivatives(objective, fun, start, name, jac, hess, hessp)
    result = optimize.minimize(
        x0=start, method=method, bounds=plain_bounds(bounds), constraints=exact, tol=tol, callback=callback,
        options=options, **keywords,
    )  # fmt: skip
    if not (objective.moves or bounds_move(bounds) or any(limit.moves for limit in limits)):
        return result
    limits = [*limited_bounds(bounds, pairs=True), *limits]
    return _with_derivatives(objective, result, limits, f"minimize(method={method!r})")


def _with_derivatives(objective: Bound, result: Any, limits: list[Limited], what: str) -> Any:
    x = minimum(objective, result.x, limits, failure(result), what)
    return differentiated(result, what, x=x, fun=objective.moving(x), jac=grad(objective.moving)(x))


def _method(method: Any, bounds: Any, constraints: Any) -> str:
    """The name of the method, SciPy's choice where none is given; empty for a function of the user's own."""
    if callable(method):
        return ""
    chosen = "SLSQP" if constraints else "BFGS" if bounds is None else "L-BFGS-B"
    return str(method or chosen).lower()


def _scalar(fun: Callable[..., Any], paired: bool) -> Callable[..., Any]:
    """The function as one that returns a scalar, as SciPy also takes an array of one entry."""

    def objective(x: Any, *args: Any) -> Any:
        value = fun(x, *args)
        value = value[0] if paired else value
        if np.ndim(value) == 0:
            return value
        if np.size(value) != 1:
            raise NotScalarError(f"minimize needs a scalar function, but this one returned shape {np.shape(value)}.")
        return np.reshape(value, ())

    return objective


def _derivatives(
    objective: Bound, fun: Callable[..., Any], x: NDArray, method: str, jac: Any, hess: Any, hessp: Any
) -> dict[str, Any]:
    """The function and its derivatives for SciPy: those given, and those that the method uses."""
    value: Callable[[Any], Any]
    given = {name: _called(objective, f) for name, f in (("hess", hess), ("hessp", hessp)) if f is not None}
    if jac is None and method not in DERIVATIVE_FREE:
        both = objective.derived(value_and_grad)
        value, jac = both.part(0), both.part(1)
    elif jac is True:
        pair = Bound(fun, objective.args)
        both = Once(lambda y: objective.values(pair(y)))
        value, jac = both.part(0), both.part(1)
    else:
        value, jac = Once(objective.value), _called(objective, jac)
    if callable(jac) and not given and x.size:
        # Shows whether the function closes over something that is being differentiated; SciPy asks for it next.
        value(x)
        given = hessian_keywords(objective, x, method)
    return {"fun": value, "jac": jac} | given


def _called(objective: Bound, derivative: Any) -> Any:
    """A derivative of the user's, with the values of the arguments; a word or a strategy as it is."""
    if not callable(derivative):
        return derivative
    return lambda *points: stop_gradient(derivative(*points, *stop_gradient(objective.args)))


def minimize_scalar(
    fun: Callable[..., Any], bracket: Any = None, bounds: Any = None, args: Any = (), method: Any = None,
    tol: float | None = None, options: dict[str, Any] | None = None,
) -> Any:  # fmt: skip
    """`scipy.optimize.minimize_scalar`, differentiable.

    Parameters
    ----------
    fun : callable
        A scalar function ``fun(x, *args)`` of a number.
    bracket, bounds, method, tol, options
        As for `scipy.optimize.minimize_scalar`, none of whose methods uses derivatives. The derivatives of bounds count where
        the minimum is at one of them, those of the bracket are dropped.
    args : tuple
        Further arguments of fun.

    Returns
    -------
    scipy.optimize.OptimizeResult
        ``x`` and ``fun`` carry the derivatives of args, bounds and what fun closes over.

    Raises
    ------
    NotDifferentiableError
        When the result is differentiated and the second derivative is zero, the solver did not converge, or the minimum is
        at a bound with derivative zero.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import optimize
    >>> dd.derivative(lambda a: optimize.minimize_scalar(lambda x: x**2 / 2 + a * x).x)(3.0)
    -1.0
    """
    optimize = scipy_optimize()
    objective = Bound(_scalar(fun, False), as_args(args))
    result = optimize.minimize_scalar(
        objective.value, stop_gradient(bracket), plain_bounds(bounds), method=method, tol=tol, options=options
    )
    if not (objective.moves or bounds_move(bounds)):
        return result
    limits = limited_bounds(bounds, pairs=False)
    what = f"minimize_scalar(method={method!r})"
    x = minimum(vectorised(objective), np.atleast_1d(np.asarray(result.x, float)), limits, failure(result), what)[0]
    return differentiated(result, what, x=x, fun=objective.moving(x))
