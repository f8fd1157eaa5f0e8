"""Roots and fixed points."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ...errors import NotDifferentiableError
from ...transforms.escape import stop_gradient
from ...transforms.implicit import Vectors, lifted
from ...transforms.jacobian import value_and_jacobian
from ...transforms.linear_solve import inverse_of
from ...transforms.taylor import taylor
from .evaluation import Bound, Once, arrayed, as_args, spread_args
from .original import scipy_optimize
from .results import differentiated, failure

__all__ = ["fixed_point", "fsolve", "root", "root_scalar", "solution"]

_WITH_JACOBIAN = ("hybr", "lm")


def root(
    fun: Callable[..., Any], x0: Any, args: Any = (), method: str = "hybr", jac: Any = None, tol: float | None = None,
    callback: Callable[..., Any] | None = None, options: dict[str, Any] | None = None,
) -> Any:  # fmt: skip
    """`scipy.optimize.root` with the exact Jacobian, and differentiable.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)``, as many numbers as x has.
    x0 : array_like
        The starting point; the root does not depend on it, so its derivatives are dropped.
    args : tuple
        Further arguments of fun: arrays, or anything.
    method, tol, callback, options
        As for `scipy.optimize.root`.
    jac : callable or bool, optional
        The Jacobian, or True if fun returns a pair with it; False for finite differences. By default the exact one.

    Returns
    -------
    scipy.optimize.OptimizeResult
        ``x`` carries the derivatives of args and of what fun closes over; entries that would lose theirs raise.

    Raises
    ------
    NotDifferentiableError
        When the result is differentiated and the Jacobian is singular at the root, or the solver did not converge.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import optimize
    >>> def roots(a):
    ...     return optimize.root(lambda x, a: x**3 - a, np.ones(2), (a,)).x
    >>> dd.jacobian(roots)(np.array([1.0, 8.0]))
    array([[0.33333333, 0.        ],
           [0.        , 0.08333333]])
    """
    optimize = scipy_optimize()
    pairs = jac is True
    system = Bound(arrayed((lambda *xs: fun(*xs)[0]) if pairs else fun), as_args(args))
    value, jac = _evaluations(system, fun, jac, method)
    result = optimize.root(value, stop_gradient(x0), method=method, jac=jac, tol=tol, callback=callback, options=options)
    if not system.moves:
        return result
    x = solution(system.moving, system, result.x, f"root(method={method!r})", failure(result))
    return differentiated(result, "root", x=x, fun=system.moving(x))


def _evaluations(system: Bound, fun: Callable[..., Any], jac: Any, method: str) -> tuple[Any, Any]:
    """The function and the Jacobian for SciPy."""
    if jac is True:
        pair = Bound(fun, system.args)
        both = Once(lambda x: system.values(pair(x)))
        return both.part(0), both.part(1)
    value = Once(system.value)
    if jac is None and method.lower() in _WITH_JACOBIAN:
        return value, lambda x: _matrix(system, x)
    return value, partial(_called, Bound(jac, system.args)) if callable(jac) else jac


def _called(function: Bound, x: Any) -> Any:
    return function.value(x)


def _matrix(system: Bound, x: Any) -> Any:
    """The Jacobian as a square matrix."""
    value, J = system.values(value_and_jacobian(system)(x))
    return np.reshape(J, (np.size(value), np.size(x)))


def solution(moving: Callable[[Any], Any], system: Callable[[Any], Any], x: Any, what: str, near: float) -> Any:
    """The solution of a system with its derivatives."""
    vectors = Vectors(x, what)
    linearised = vectors.linearised(system, False)
    invert = partial(inverse_of, solve=None, what=what)
    return vectors.tree(lifted(vectors.flat(moving), vectors.start, linearised, invert, order=1, near=near, what=what))


def fsolve(
    func: Callable[..., Any], x0: Any, args: Any = (), fprime: Any = None, full_output: Any = 0, col_deriv: Any = 0,
    xtol: float = 1.49012e-8, maxfev: int = 0, band: Any = None, epsfcn: Any = None, factor: float = 100, diag: Any = None,
) -> Any:  # fmt: skip
    """`scipy.optimize.fsolve`, differentiable.

    Parameters
    ----------
    func : callable
        ``func(x, *args)``, as many numbers as x has.
    x0 : array_like
        The starting point; the root does not depend on it, so its derivatives are dropped.
    args : tuple
        Further arguments of func.
    fprime : callable, optional
        The Jacobian, for SciPy's steps.
    full_output, col_deriv, xtol, maxfev, band, epsfcn, factor, diag
        As for `scipy.optimize.fsolve`.

    Returns
    -------
    array
        The root, with the derivatives of args and of what func closes over.

    Raises
    ------
    NotDifferentiableError
        When the result is differentiated and the Jacobian is singular at the root, the solver did not converge, or the full
        output is asked for.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import optimize
    >>> dd.derivative(lambda a: optimize.fsolve(lambda x: x**3 + x - a, 1.0))(2.0)
    array([0.25])
    """
    system = Bound(arrayed(func), as_args(args))
    slope = Bound(fprime, system.args).value if callable(fprime) else fprime
    found = scipy_optimize().fsolve(
        Once(system.value), stop_gradient(x0), fprime=slope, full_output=full_output, col_deriv=col_deriv, xtol=xtol,
        maxfev=maxfev, band=band, epsfcn=epsfcn, factor=factor, diag=diag,
    )  # fmt: skip
    if not system.moves:
        return found
    if full_output:
        raise NotDifferentiableError(
            "scipy.optimize.fsolve: the full output would drop derivatives: write dualdiff.scipy.optimize.root(...).x."
        )
    return solution(system.moving, system, found, "fsolve", 1e-2)


def root_scalar(
    f: Callable[..., Any], args: Any = (), method: str | None = None, bracket: Any = None, fprime: Any = None,
    fprime2: Any = None, x0: Any = None, x1: Any = None, xtol: float | None = None, rtol: float | None = None,
    maxiter: int | None = None, options: dict[str, Any] | None = None,
) -> Any:  # fmt: skip
    """`scipy.optimize.root_scalar` with exact derivatives, and differentiable.

    Parameters
    ----------
    f : callable
        A scalar function ``f(x, *args)``.
    args : tuple
        Further arguments of f.
    method, xtol, rtol, maxiter, options
        As for `scipy.optimize.root_scalar`.
    bracket, x0, x1
        Where to look, as for SciPy. The root does not depend on them, so their derivatives are dropped.
    fprime, fprime2 : callable or bool, optional
        The derivatives, as for SciPy; False for finite differences. By default Newton's and Halley's methods get exact ones.

    Returns
    -------
    scipy.optimize.RootResults
        ``root`` carries the derivatives of args and of what f closes over.

    Raises
    ------
    NotDifferentiableError
        When the result is differentiated and the root is multiple, or the solver did not converge.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import optimize
    >>> def anomaly(M, e):
    ...     return optimize.root_scalar(lambda E: E - e * np.sin(E) - M, bracket=(0, np.pi)).root
    >>> dd.grad(anomaly, argnums=(0, 1))(1.0, 0.2)
    (1.0813140972..., 1.00196837...)
    """
    optimize = scipy_optimize()
    paired = fprime is True or fprime2 is True
    function = Bound((lambda *xs: f(*xs)[0]) if paired else f, as_args(args))
    value, slopes = _slopes(function, f, method, bracket, fprime, fprime2, x0, x1)
    where = {name: stop_gradient(x) for name, x in (("bracket", bracket), ("x0", x0), ("x1", x1)) if x is not None}
    result = optimize.root_scalar(
        value, method=method, xtol=xtol, rtol=rtol, maxiter=maxiter, options=options, **where, **slopes
    )
    if not function.moves:
        return result
    near = 1e-2 if result.converged else 1e-6
    found = copy.copy(result)
    found.root = solution(function.moving, function, result.root, f"root_scalar(method={result.method!r})", near)
    return found


def _slopes(
    function: Bound, f: Callable[..., Any], method: str | None, bracket: Any, fprime: Any, fprime2: Any, x0: Any, x1: Any
) -> tuple[Any, dict[str, Any]]:
    """The function and the derivatives for SciPy, those given and those that the method uses."""
    if fprime is True or fprime2 is True:
        several = Bound(f, function.args)
        return lambda x: function.values(several(x)), {"fprime": fprime, "fprime2": fprime2}
    given = {"fprime": fprime, "fprime2": fprime2}
    slopes = {name: Bound(g, function.args).value if callable(g) else g for name, g in given.items() if g is not None}
    name = method.lower() if method else "newton" if bracket is None and x1 is None and x0 is not None else ""
    order = {"newton": 1, "halley": 2}.get(name, 0)
    missing = [n for n in ("fprime", "fprime2")[:order] if n not in slopes]
    if not missing:
        return Once(function.value), slopes
    series = Once(lambda x: function.values(taylor(function, np.reshape(x, ()).item(), 1.0, order)))
    exact = {"fprime": series.part(1), "fprime2": lambda x: 2 * series(x)[2]}
    return series.part(0), slopes | {n: exact[n] for n in missing}


def fixed_point(
    func: Callable[..., Any], x0: Any, args: Any = (), xtol: float = 1e-8, maxiter: int = 500, method: str = "del2"
) -> Any:
    """`scipy.optimize.fixed_point`, differentiable.

    Parameters
    ----------
    func : callable
        ``func(x, *args)``, of the shape of x.
    x0 : array_like
        The starting point; the fixed point does not depend on it, so its derivatives are dropped.
    args : tuple
        Further arguments of func.
    xtol, maxiter, method
        As for `scipy.optimize.fixed_point`.

    Returns
    -------
    array
        The fixed point, with the derivatives of args and of what func closes over.

    Raises
    ------
    NotDifferentiableError
        When the result is differentiated and the fixed point is multiple.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import optimize
    >>> dd.derivative(lambda a: optimize.fixed_point(lambda x, a: np.cos(a * x), 0.5, (a,)))(1.0)
    -0.29747434...
    """
    optimize = scipy_optimize()
    function = Bound(arrayed(func), spread_args(args))
    x = optimize.fixed_point(function.value, stop_gradient(x0), xtol=xtol, maxiter=maxiter, method=method)
    if not function.moves:
        return x
    return solution(lambda y: y - function.moving(y), lambda y: y - function(y), x, "fixed_point", 1e-2)
