"""Least squares and curve fitting."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..._typing import Array, NDArray
from ...arrays import is_number
from ...arrays.number import absorb
from ...errors import NotDifferentiableError
from ...transforms.arguments import Inputs, parts_at
from ...transforms.escape import stop_gradient, value_of
from ...transforms.jacobian import value_and_jacobian
from ...transforms.prepare import prepare_jacobian
from ...transforms.representation import structured_result
from ...transforms.sparse import exact_space
from .constraints import bounds_move, limited_bounds, plain_bounds
from .curvature import is_sparse
from .evaluation import Bound, Once, arrayed, moves, spread_args, stacked
from .original import scipy_optimize
from .results import differentiated, failure
from .stationary import minimum

__all__ = ["curve_fit", "least_squares"]

#: A Jacobian of more entries than this is sparse, if its pattern is.
_LARGE = 1_000_000
#: Up to so many parameters there is a covariance matrix.
_PARAMETERS = 1000

#: SciPy's loss functions, of squared residuals.
_LOSSES: dict[str, Callable[[Array], Array]] = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * z / (np.sqrt(1 + z) + 1),
    "huber": lambda z: np.where(z <= 1, z, 2 * np.sqrt(np.where(z <= 1, 1.0, z)) - 1),
    "cauchy": np.log1p,
    "arctan": np.arctan,
}


def least_squares(
    fun: Callable[..., Any], x0: Any, jac: Any = None, bounds: Any = (-np.inf, np.inf), method: str = "trf",
    ftol: float | None = 1e-8, xtol: float | None = 1e-8, gtol: float | None = 1e-8, x_scale: Any = None,
    loss: Any = "linear", f_scale: float = 1.0, diff_step: Any = None, tr_solver: str | None = None,
    tr_options: dict[str, Any] | None = None, jac_sparsity: Any = None, max_nfev: int | None = None, verbose: int = 0,
    args: Any = (), kwargs: dict[str, Any] | None = None, **options: Any,
) -> Any:  # fmt: skip
    """`scipy.optimize.least_squares` with the exact Jacobian, with the covariance of the estimate, and differentiable.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args, **kwargs)``, the residuals, of shape (m,).
    x0 : array_like
        The starting point, of shape (n,); the minimum does not depend on it, so its derivatives are dropped.
    jac : callable, str or bool, optional
        The Jacobian, or SciPy's ``'2-point'``, ``'3-point'`` or ``'cs'``, or False, for finite differences. By default the
        exact one, a csr_array where it is large and sparse.
    bounds, method, ftol, xtol, gtol, x_scale, loss, f_scale, diff_step, tr_solver, tr_options, jac_sparsity, max_nfev, \
    verbose, args, kwargs, **options
        As for `scipy.optimize.least_squares`.

    Returns
    -------
    scipy.optimize.OptimizeResult
        With ``covariance``, ``s**2 (J' J)^-1`` with ``s**2`` the residual sum of squares over m - n, as `curve_fit` gives;
        None where that means nothing (another loss than the linear one, m <= n, an active bound, a singular or a very
        large matrix). ``x``, ``fun``, ``cost``, ``jac`` and ``covariance`` carry the derivatives of args, bounds and what fun
        closes over.

    Raises
    ------
    NotDifferentiableError
        When the result is differentiated and the Hessian of the cost is singular, the solver did not converge, or a bound is
        active with multiplier zero.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import optimize
    >>> t = np.array([0.0, 1.0, 2.0])
    >>> def slope(y):
    ...     return optimize.least_squares(lambda x: x[0] + x[1] * t - y, np.zeros(2)).x[1]
    >>> dd.grad(slope)(np.array([1.0, 2.0, 4.0])).round(12) + 0.0
    array([-0.5,  0. ,  0.5])
    """
    optimize = scipy_optimize()
    residual = Bound(arrayed(fun), spread_args(args), kwargs)
    start = np.atleast_1d(np.asarray(stop_gradient(x0))).astype(float)
    value, J = _evaluations(residual, start, jac, dense=method == "lm" or tr_solver == "exact")
    # SciPy's default depends on its version.
    options |= {} if x_scale is None else {"x_scale": x_scale}
    result = optimize.least_squares(
        value, start, jac=J, bounds=plain_bounds(bounds), method=method, ftol=ftol, xtol=xtol, gtol=gtol, loss=loss,
        f_scale=stop_gradient(f_scale), diff_step=diff_step, tr_solver=tr_solver, tr_options=tr_options,
        jac_sparsity=jac_sparsity, max_nfev=max_nfev, verbose=verbose, **options,
    )  # fmt: skip
    estimates = loss == "linear" and not np.any(result.active_mask)
    if not (residual.moves or moves(f_scale) or bounds_move(bounds)):
        result.covariance = _covariance(result.jac, result.fun) if estimates else None
        return result
    cost = Bound(_cost(residual.function, loss, f_scale), residual.args, residual.kwargs)
    what = f"least_squares(method={method!r})"
    x = minimum(cost, result.x, limited_bounds(bounds, pairs=False), failure(result), what)
    if result.fun.size * start.size > _LARGE:
        return differentiated(result, what, x=x, fun=residual.moving(x), cost=cost.moving(x))
    found, J = value_and_jacobian(residual.moving)(x)
    covariance = _covariance(J, found) if estimates else None
    return differentiated(result, what, x=x, fun=found, cost=cost.moving(x), jac=J, covariance=covariance)


def _evaluations(residual: Bound, x: NDArray, jac: Any, dense: bool) -> tuple[Any, Any]:
    """The residuals and their Jacobian for SciPy."""
    if jac is not None:
        called = Bound(jac, residual.args, residual.kwargs).value if callable(jac) else jac
        return Once(residual.value), "2-point" if jac is False else called
    both = None if dense or x.size**2 <= _LARGE // 100 else _sparsely(residual, x)
    both = residual.derived(value_and_jacobian) if both is None else both
    return both.part(0), both.part(1)


def _sparsely(residual: Bound, x: NDArray) -> Once | None:
    """The residuals and their sparse Jacobian; None if that is small, or dense."""
    m = np.size(residual.value(x))
    if residual.hidden or m * x.size <= _LARGE:
        return None
    inputs = Inputs(residual, (x,), {}, 0, False)
    result = structured_result(inputs, "structured", exact_space(inputs))
    if result is None or len(result.leaves) != 1:
        return None
    if not is_sparse(parts_at(result.leaves[0], result.level, 1)[1][0], x.size):
        return None
    return Once(prepare_jacobian(residual, x).with_value)


def _cost(fun: Callable[..., Any], loss: Any, f_scale: Any) -> Callable[..., Any]:
    """Half the sum of the losses of the squared residuals, as a function of x."""
    rho: Callable[[Array], Array] = (lambda z: loss(z)[0]) if callable(loss) else _LOSSES[loss]

    def cost(x: Array, *args: Any, **kwargs: Any) -> Array:
        return 0.5 * f_scale**2 * np.sum(rho((fun(x, *args, **kwargs) / f_scale) ** 2))

    return cost


def _covariance(J: Any, residual: Any) -> Any:
    """The residual variance times the inverse of J' J; None where it does not exist."""
    m, n = J.shape
    if m <= n or n > _PARAMETERS or not (is_number(J) or isinstance(J, np.ndarray)):
        return None
    R = value_of(np.linalg.qr(J, mode="r"))
    scale = np.max(np.abs(R), axis=0)
    if not scale.all() or np.linalg.cond(R / scale) > 0.01 / np.finfo(R.dtype).eps:
        return None
    return _normal_inverse(J) * (np.sum(residual**2) / (m - n))


def _normal_inverse(J: Array) -> Array:
    """(J' J)^-1 = R^-1 R^-1' with J = Q R, which does not square the condition number."""
    B = np.linalg.inv(np.linalg.qr(J, mode="r"))
    return B @ B.T


def curve_fit(
    f: Callable[..., Any], xdata: Any, ydata: Any, p0: Any = None, sigma: Any = None, absolute_sigma: bool = False,
    check_finite: bool | None = None, bounds: Any = (-np.inf, np.inf), method: str | None = None, jac: Any = None, *,
    full_output: bool = False, nan_policy: str | None = None, **kwargs: Any,
) -> Any:  # fmt: skip
    """`scipy.optimize.curve_fit` with the exact Jacobian, and differentiable.

    Parameters
    ----------
    f : callable
        The model ``f(xdata, *parameters)``.
    xdata, ydata, sigma : array_like
        The data, and the standard deviations (or the covariance matrix) of ydata, as for `scipy.optimize.curve_fit`.
    p0 : array_like, optional
        The starting point; the fit does not depend on it, so its derivatives are dropped.
    jac : callable, str or bool, optional
        The Jacobian of the model, or SciPy's ``'2-point'``, ``'3-point'`` or ``'cs'``, or False, for finite differences. By
        default the exact one.
    absolute_sigma, check_finite, bounds, method, full_output, nan_policy, **kwargs
        As for SciPy.

    Returns
    -------
    tuple
        ``(popt, pcov)``, with ``full_output`` SciPy's further entries. popt and pcov carry the derivatives of xdata, ydata,
        sigma, bounds and what f closes over.

    Raises
    ------
    NotDifferentiableError
        When the result is differentiated and the parameters are not determined, the fit did not converge, a bound is active
        with multiplier zero, or with ``nan_policy``.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import optimize
    >>> t = np.array([0.0, 1.0, 2.0])
    >>> def slope(y):
    ...     return optimize.curve_fit(lambda t, a, b: a + b * t, t, y)[0][1]
    >>> dd.grad(slope)(np.array([1.0, 2.0, 4.0])).round(12) + 0.0
    array([-0.5,  0. ,  0.5])
    """
    optimize = scipy_optimize()
    data = tuple(absorb(array) if isinstance(array, (list, tuple)) else array for array in (xdata, ydata, sigma))
    plain_data, model = stop_gradient(data), _Model(f, jac)
    found = optimize.curve_fit(
        model.fitted, *plain_data[:2], p0=stop_gradient(p0), sigma=plain_data[2], absolute_sigma=absolute_sigma,
        check_finite=check_finite, bounds=plain_bounds(bounds), method=method, jac=model.jac, full_output=full_output,
        nan_policy=nan_policy, **kwargs,
    )  # fmt: skip
    if not (model.hidden or moves(data) or bounds_move(bounds)):
        return found
    _refuse_unsupported(nan_policy, kwargs)
    residual = Bound(_weighted_residual, (f, *data))
    cost = Bound(_cost(_weighted_residual, "linear", 1.0), (f, *data))
    p = minimum(cost, found[0], limited_bounds(bounds, pairs=False), 1e-2, "curve_fit")
    fvec, J = value_and_jacobian(residual.moving)(p)
    pcov = _parameter_covariance(J, fvec, absolute_sigma)
    if not full_output:
        return p, pcov
    return p, pcov, {"nfev": found[2]["nfev"], "fvec": fvec}, *found[3:]


class _Model:
    """The model and its Jacobian for SciPy, which hands over the data anew with each call."""

    def __init__(self, f: Callable[..., Any], jac: Any) -> None:
        self.f, self.given = f, jac
        self._x: Any = self
        self._bound, self._both = Bound(f), Once(f)

        # SciPy finds the number of parameters in the signature.
        @wraps(f)
        def fitted(x: Any, *p: Any) -> Any:
            return self._at(x)(np.array(p, float))[0]

        self.fitted = fitted
        self.jac = self._jacobian if jac is None or callable(jac) else jac or None

    @property
    def hidden(self) -> bool:
        """Whether the model closes over something that is being differentiated."""
        return self._bound.hidden

    def _at(self, x: Any) -> Once:
        """The model, with its Jacobian if none was given, as a function of the parameters."""
        if x is not self._x:
            self._x, self._bound = x, Bound(lambda p: stacked(self.f(x, *p)))
            single = Once(lambda p: (self._bound.value(p), None))
            self._both = self._bound.derived(value_and_jacobian) if self.given is None else single
        return self._both

    def _jacobian(self, x: Any, *p: Any) -> Any:
        return self._at(x)(np.array(p, float))[1] if self.given is None else stop_gradient(self.given(x, *p))


def _weighted_residual(p: Any, f: Callable[..., Any], xdata: Any, ydata: Any, sigma: Any) -> Any:
    """The residuals over their deviations; for a covariance matrix L L', L^-1 times them."""
    residual = stacked(f(xdata, *p)) - ydata
    if sigma is None:
        return residual
    if np.ndim(sigma) == 2:
        return np.linalg.solve(np.linalg.cholesky(sigma), residual)
    return residual / sigma


def _parameter_covariance(J: Array, residual: Array, absolute: bool) -> Array:
    """What curve_fit returns beside the parameters."""
    m, n = J.shape
    if absolute:
        return _normal_inverse(J)
    if m <= n:
        raise NotDifferentiableError(
            f"curve_fit: {m} data do not give {n} parameters a covariance, which SciPy returns as inf. Give sigma with "
            "absolute_sigma=True, or use dualdiff.scipy.optimize.least_squares for the parameters alone."
        )
    return _normal_inverse(J) * (np.sum(residual**2) / (m - n))


def _refuse_unsupported(nan_policy: str | None, options: dict[str, Any]) -> None:
    if nan_policy is not None:
        raise NotDifferentiableError(
            f"curve_fit(nan_policy={nan_policy!r}) has no derivative here: remove the nan from the data before."
        )
    if options.get("loss", "linear") != "linear":
        raise NotDifferentiableError(
            f"curve_fit(loss={options['loss']!r}) has no derivative here: use dualdiff.scipy.optimize.least_squares."
        )
