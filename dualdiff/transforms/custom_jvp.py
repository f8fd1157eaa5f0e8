"""Rules of the user's own for functions: the convention of JAX's custom_jvp."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial, update_wrapper
from typing import Any

import numpy as np

from .. import tangents as ts
from .._typing import Tree, is_ndarray, is_numpy
from ..arrays import Dual, HyperDual, Quadratic, is_number, plain
from ..arrays.levels import new_level
from ..arrays.number import absorb, top
from ..arrays.taylor import Taylor
from ..errors import NoRuleError, NotDifferentiableError, ShapeError
from .arguments import flatten, rebuild

__all__ = ["custom_jvp"]


#: The levels that carry the directions of a tangent past the rule.
_of_directions: ContextVar[frozenset[int]] = ContextVar("levels of directions", default=frozenset())


class custom_jvp:  # noqa: N801 - a decorator, with JAX's name
    """A function with a differentiation rule of its own, given as a Jacobian-vector product.

    For functions that NumPy's protocols do not reach (compiled code, an iterative solver), or whose derivative is known in
    a better form than the one their operations give. The calling convention is that of ``jax.custom_jvp``.

    Parameters
    ----------
    fun : callable
        A function of arrays, or trees of arrays. It is called with plain arrays by itself, or by the rule.
    nondiff_argnums : tuple of int
        Arguments that are handed to the rule in front, as they are; they may not depend on a dual.

    Raises
    ------
    NoRuleError
        When a dual meets the function before ``defjvp`` or ``defjvps`` gave it a rule.
    ShapeError
        When the tangent that the rule returns does not have the shape of the value.

    Notes
    -----
    The rule is linear in the tangents. It sees one direction: a tangent has the shape of its primal, however many
    directions are propagated at once. Rules are differentiated again for second derivatives, so they should be written with
    NumPy functions, or functions that have a rule themselves.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> @dd.custom_jvp
    ... def log1pexp(x):
    ...     return np.vectorize(lambda t: math.log1p(math.exp(t)))(x)
    >>> @log1pexp.defjvp
    ... def rule(primals, tangents):
    ...     (x,), (dx,) = primals, tangents
    ...     return log1pexp(x), dx / (1 + np.exp(-x))
    >>> dd.grad(lambda x: np.sum(log1pexp(x)))(np.array([0.0, 2.0]))
    array([0.5       , 0.88079708])
    """

    def __init__(self, fun: Callable[..., Any], nondiff_argnums: tuple[int, ...] = ()) -> None:
        self.fun = fun
        self.nondiff_argnums = (nondiff_argnums,) if isinstance(nondiff_argnums, int) else tuple(nondiff_argnums)
        self._jvp: Callable[..., Any] | None = None
        update_wrapper(self, fun)

    def defjvp(self, jvp: Callable[..., Any]) -> Callable[..., Any]:
        """Set the rule ``jvp(primals, tangents) -> (primal_out, tangent_out)``; usable as a decorator.

        With ``nondiff_argnums`` the rule is called as ``jvp(*those arguments, primals, tangents)``.
        """
        self._jvp = jvp
        return jvp

    def defjvps(self, *jvps: Callable[..., Any] | None) -> None:
        """Set the rule by one function for each argument, ``jvp(t, ans, *primals)``; None where the derivative is zero."""

        def rule(*arguments: Any) -> Any:
            *fixed, primals, tangents = arguments
            if len(jvps) != len(primals):
                raise TypeError(f"defjvps was given {len(jvps)} functions for {len(primals)} arguments.")
            answer = self(*self._merged(primals, tuple(fixed)))
            terms = [jvp(t, answer, *primals) for jvp, t in zip(jvps, tangents, strict=True) if jvp is not None]
            if not terms:
                return answer, rebuild(answer, (np.zeros(np.shape(leaf)) for leaf in flatten(answer)))
            sums = (sum(column[1:], start=column[0]) for column in zip(*map(flatten, terms), strict=True))
            return answer, rebuild(answer, sums)

        self._jvp = rule

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The value of the function, with the derivative that the rule gives."""
        if kwargs:
            bound = inspect.signature(self.fun).bind(*args, **kwargs)
            bound.apply_defaults()
            if bound.kwargs:
                raise TypeError(f"{self._name} has keyword-only arguments, which custom_jvp cannot pass to the rule.")
            args = bound.args
        # An object array of duals means the array that holds them.
        args = tuple(rebuild(args, (absorb(x) if _holds_objects(x) else x for x in flatten(args))))
        number = top(flatten(args))
        if number is None:
            return self.fun(*args)
        if self._jvp is None:
            raise NoRuleError(f"{self._name} has no differentiation rule yet: give it one with {self._name}.defjvp(rule).")
        if isinstance(number, (HyperDual, Quadratic)):
            result = self(*rebuild(args, (number.to_nested(x) for x in flatten(args))))
            return rebuild(result, (number.from_nested(x) for x in flatten(result)))
        if isinstance(number, Taylor):
            return self._in_series(number, args)
        return self._differentiated(number, args)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else partial(self, instance)

    @property
    def _name(self) -> str:
        return getattr(self.fun, "__name__", repr(self.fun))

    def _merged(self, moving: tuple[Any, ...], fixed: tuple[Any, ...]) -> tuple[Any, ...]:
        """All arguments in their order."""
        count = len(moving) + len(fixed)
        numbers = [n % count for n in self.nondiff_argnums]
        held, rest = dict(zip(numbers, fixed, strict=True)), iter(moving)
        return tuple(held[i] if i in held else next(rest) for i in range(count))

    def _in_series(self, number: Taylor, args: tuple[Any, ...]) -> Any:
        """The power series that the rule gives."""
        fixed, moving = self._parted(number, args)
        form: Any = None

        def rule(primals: list[Any], tangents: list[Any]) -> tuple[list[Any], list[Any]]:
            nonlocal form
            along = [_one_direction(t, x, number.level) for t, x in zip(tangents, primals, strict=True)]
            assert self._jvp is not None
            result = self._jvp(*fixed, rebuild(moving, iter(primals)), rebuild(moving, iter(along)))
            values, slopes, form = self._checked(result)
            return values, slopes

        found = number.along(rule, flatten(moving))
        return rebuild(form, iter(found))

    def _parted(self, number: Any, args: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The arguments that are handed over as they are, and the others."""
        held = {n % len(args) for n in self.nondiff_argnums}
        fixed = tuple(args[n % len(args)] for n in self.nondiff_argnums)
        if any(is_number(x) and not x.is_constant() for x in flatten(fixed)):
            raise NotDifferentiableError(f"{self._name} has no derivative with respect to an argument of nondiff_argnums.")
        return fixed, tuple(x for i, x in enumerate(args) if i not in held)

    def _differentiated(self, number: Any, args: tuple[Any, ...]) -> Any:
        """The value and the tangent that the rule gives, at the level of the number."""
        fixed, moving = self._parted(number, args)
        primals = rebuild(moving, (number.value_at(x) for x in flatten(moving)))
        parts = [number.part_of(x, "_tangent") for x in flatten(moving)]
        if number.level in _of_directions.get():
            return self._one_by_one(number, fixed, primals, parts)
        with new_level(Dual) as level:
            token = _of_directions.set(_of_directions.get() | {level})
            try:
                values, along, form = self._ruled(fixed, primals, parts, level)
            finally:
                _of_directions.reset(token)
        numbers = (self._joined(number, v, t, level) for v, t in zip(values, along, strict=True))
        return rebuild(form, (_apart(x, flatten(primals), parts) for x in numbers))

    def _ruled(self, fixed: tuple[Any, ...], primals: Tree, parts: list[Any], level: int) -> tuple[list[Any], list[Any], Tree]:
        """The leaves of the value and of its tangent, and their form, from the rule."""
        tangents = rebuild(primals, (_one_direction(t, x, level) for t, x in zip(parts, flatten(primals), strict=True)))
        assert self._jvp is not None
        return self._checked(self._jvp(*fixed, primals, tangents))

    def _checked(self, result: Any) -> tuple[list[Any], list[Any], Tree]:
        """The leaves of what a rule returned, and their form."""
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError(f"the rule of {self._name} must return a pair (primal_out, tangent_out).")
        out, dout = result
        values, along = flatten(out), flatten(dout)
        if len(values) != len(along):
            raise ShapeError(f"the rule of {self._name} returned {len(values)} values and {len(along)} tangents.")
        return values, along, out

    def _one_by_one(self, number: Any, fixed: tuple[Any, ...], primals: Tree, parts: list[Any]) -> Any:
        """The rule applied to its own tangent, as for a linear function: every direction by itself."""
        counts = {ts.directions(t, np.ndim(x)) for t, x in zip(parts, flatten(primals), strict=True) if t is not None}
        if counts == {()}:
            values, along, form = self._ruled(fixed, primals, parts, number.level)
        else:
            ((count,),) = counts
            rows = []
            for i in range(count):
                values, row, form = self._ruled(fixed, primals, [None if t is None else t[i] for t in parts], number.level)
                rows.append(row)
            along = [np.stack(column) for column in zip(*rows, strict=True)]
        numbers = (number.of(v, (t,), number.level) for v, t in zip(values, along, strict=True))
        return rebuild(form, (_apart(x, flatten(primals), parts) for x in numbers))

    def _joined(self, number: Any, value: Any, tangent: Any, level: int) -> Any:
        """A number of one leaf of the value and its tangent, with the directions in front again."""
        value, tangent = (absorb(x) if _holds_objects(x) else x for x in (value, tangent))
        if tangent is None or np.result_type(plain(value)).kind not in "fc":
            return value
        shape = np.shape(value)
        if np.shape(tangent) != shape and not (np.ndim(tangent) == 0 and not is_number(tangent) and tangent == 0):
            raise ShapeError(
                f"the rule of {self._name} returned a tangent of shape {np.shape(tangent)} for a value of shape {shape}."
            )
        if is_number(tangent) and tangent.level == level:
            tangent = None if ts.is_zero(tangent._tangent) else tangent.tangent
        elif np.shape(tangent) != shape:
            tangent = np.zeros(shape)
        return number.of(value, (tangent,), number.level)


def _apart(result: Any, primals: list[Any], parts: list[Any]) -> Any:
    """The result, which is written into without changing an argument's tangent that the rule passed on."""
    if is_number(result) and not any(ts.shares_memory(result.value, x) for x in primals):
        tangent = result.tangents()[0]
        if any(t is not None and ts.shares_memory(tangent, t) for t in parts):
            return result.of(result.value, (ts.copy(tangent),), result.level)
    return result


def _one_direction(tangent: Any, primal: Tree, level: int) -> Any:
    """A tangent of its primal's shape, zero for a constant; directions in front become a number's own."""
    if tangent is None:
        if isinstance(primal, (str, bytes)) or not np.issubdtype(np.result_type(plain(_numeric(primal))), np.number):
            return None
        return np.zeros(np.shape(primal), np.result_type(plain(primal), np.float32) if np.ndim(primal) else float)[()]
    if np.shape(tangent) == np.shape(primal):
        return tangent
    return Dual.of(np.zeros(np.shape(primal), getattr(primal, "dtype", float))[()], (tangent,), level)


def _numeric(x: Any) -> Any:
    return x if is_numpy(x) or isinstance(x, (int, float, complex)) or is_number(x) else np.array("")


def _holds_objects(x: Any) -> bool:
    return is_ndarray(x) and x.dtype.hasobject
