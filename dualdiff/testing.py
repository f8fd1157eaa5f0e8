"""Checkers for derivatives, with a report for every entry that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ._typing import Array
from .transforms.arguments import flatten
from .transforms.jacobian import jacobian
from .transforms.jvp import jvp

__all__ = ["check_derivatives", "check_jvp"]

_SHOWN = 10


def check_jvp(
    f: Callable[..., Any],
    primals: Any,
    tangents: Any,
    *,
    step: float | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-8,
) -> None:
    """Compare `jvp` with a finite difference of the function itself.

    Parameters
    ----------
    f : callable
        A function of real arrays.
    primals, tangents : array_like or tuple
        As for `jvp`, one direction.
    step : float, optional
        The step of the central differences that Ridders' extrapolation starts from.
    rtol, atol : float
        What the derivatives may differ by.

    Raises
    ------
    AssertionError
        With a line for every entry that differs.

    Examples
    --------
    >>> import numpy as np
    >>> from dualdiff.testing import check_jvp
    >>> check_jvp(np.sin, (np.array([0.1, 0.2]),), (np.array([1.0, 0.0]),))
    """
    if not isinstance(primals, tuple):
        primals, tangents = (primals,), (tangents,)
    points = [np.asarray(p, float) for p in primals]
    along = [np.asarray(t, float) for t in tangents]
    found = flatten(jvp(f, tuple(points), tuple(along))[1])

    def moved(t: float) -> list[Array]:
        result = f(*(p + t * v for p, v in zip(points, along, strict=True)))
        return [np.asarray(r, float) for r in flatten(result)]

    expected, error = _ridders(moved, 1e-2 if step is None else step)
    for i, (got, want, doubt) in enumerate(zip(found, expected, error, strict=True)):
        name = "tangent" if len(found) == 1 else f"tangent of output {i}"
        _compare(name, np.asarray(got), want, rtol, atol + 10 * doubt)


def check_derivatives(
    f: Callable[..., Any], jac: Callable[..., Any], x: Any, *, rtol: float = 1e-9, atol: float = 1e-12
) -> None:
    """Compare a Jacobian or gradient written by hand with the exact one.

    Parameters
    ----------
    f : callable
        A function of one array.
    jac : callable
        Gives its derivative, of shape ``f(x).shape + x.shape``.
    x : array_like
        The point.
    rtol, atol : float
        What the derivatives may differ by.

    Raises
    ------
    AssertionError
        With a line for every entry that differs.

    Examples
    --------
    >>> import numpy as np
    >>> from dualdiff.testing import check_derivatives
    >>> check_derivatives(np.sin, lambda x: np.diag(np.cos(x)), np.array([0.1, 0.2]))
    """
    x = np.asarray(x)
    exact = np.asarray(jacobian(f)(x))
    given = jac(x)
    given = np.asarray(given.toarray() if hasattr(given, "toarray") else given)
    if given.shape != exact.shape:
        raise AssertionError(f"the derivative has shape {given.shape}; f(x).shape + x.shape is {exact.shape}.")
    _compare("derivative", given, exact, rtol, np.full(exact.shape, atol))


def _compare(name: str, got: Array, want: Array, rtol: float, atol: Array) -> None:
    if got.shape != want.shape:
        raise AssertionError(f"the {name} has shape {got.shape}, expected {want.shape}.")
    wrong = ~(np.abs(got - want) <= atol + rtol * np.abs(want)) & ~(np.isnan(got) & np.isnan(want))
    wrong &= ~(np.isinf(want) & (got == want))
    if not wrong.any():
        return
    places = np.argwhere(wrong)
    lines = [f"{wrong.sum()} of {wrong.size} entries of the {name} are wrong:"]
    for place in places[:_SHOWN]:
        index = tuple(int(i) for i in place)
        lines.append(f"  {list(index)}: {got[index]:.12g}, expected {want[index]:.12g}")
    if len(places) > _SHOWN:
        lines.append(f"  and {len(places) - _SHOWN} more")
    raise AssertionError("\n".join(lines))


def _ridders(f: Callable[[float], list[Array]], h: float) -> tuple[list[Array], list[Array]]:
    """Central differences with Ridders' extrapolation: estimates, and their errors, entry by entry."""
    rows: list[list[list[Array]]] = []
    best: list[Array] = []
    error: list[Array] = []
    for k in range(10):
        plus, minus = f(h), f(-h)
        row = [[(p - m) / (2 * h) for p, m in zip(plus, minus, strict=True)]]
        for j in range(1, k + 1):
            factor = 2.0 ** (2 * j)
            row.append([(factor * a - b) / (factor - 1) for a, b in zip(row[j - 1], rows[k - 1][j - 1], strict=True)])
        if not best:
            best, error = row[0], [np.full(r.shape, np.inf) for r in row[0]]
        for j in range(1, k + 1):
            for i, (new, left, above) in enumerate(zip(row[j], row[j - 1], rows[k - 1][j - 1], strict=True)):
                doubt = np.maximum(np.abs(new - left), np.abs(new - above))
                better = doubt < error[i]
                best[i] = np.where(better, new, best[i])
                error[i] = np.where(better, doubt, error[i])
        rows.append(row)
        h /= 2
    return best, [np.where(np.isfinite(e), e, 0.0) for e in error]
