"""From a NumPy call to the rule of its kind: one branch for each, and refusal as the default."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterable
from functools import cache
from typing import Any

import numpy as np

from .._typing import Array, NumPyFunction, is_ndarray
from ..errors import DerivativeLostError, NoRuleError, NotDifferentiableError
from ..rules.kinds import (
    Composite,
    Constant,
    Created,
    Custom,
    Elementwise,
    InPlace,
    Linear,
    Moves,
    Product,
    Rule,
    Several,
    Unsupported,
    ZeroSlope,
)
from ..rules.registry import COMPLEX_RULES, FUNCTIONS, PARAMETERS, UFUNCS, nearest, rule_of
from .chains import divided
from .construction import with_room
from .number import Number, absorb, is_number, leaves, plain, plain_numpy, replaced, top
from .slopes import strengthened
from .sparse_operands import is_sparse

__all__ = ["READY", "apply_function", "apply_ufunc", "name_of"]


def name_of(function: NumPyFunction) -> str:
    """The name users know the function by."""
    module = getattr(function, "__module__", None) or "np"
    module = module.replace("numpy", "np").replace("np._core.umath", "np").replace("np._core.multiarray", "np")
    return (
        f"{module}.{getattr(function, '__name__', function)}"
        if not isinstance(function, np.ufunc)
        else (f"np.{function.__name__}" if hasattr(np, function.__name__) else function.__name__)
    )


@cache
def parameters(function: NumPyFunction) -> tuple[tuple[str, ...], str]:
    """The names of the positional parameters, and of the variadic one."""
    if function in PARAMETERS:
        return tuple(PARAMETERS[function].split()), ""
    names, variadic = [], ""
    try:
        signature = inspect.signature(function)
    except ValueError:
        return (), "args"
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            variadic = parameter.name
        elif parameter.kind not in (parameter.VAR_KEYWORD, parameter.KEYWORD_ONLY):
            names.append(parameter.name)
    return tuple(names), variadic


class Call:
    """A call of a NumPy function whose arguments are known by name."""

    __slots__ = ("arguments", "function", "variadic")

    def __init__(self, function: NumPyFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        names, self.variadic = parameters(function)
        self.function = function
        self.arguments: dict[str, Any] = {}
        if self.variadic:
            self.arguments[self.variadic] = args
        else:
            self.arguments.update(zip(names, args, strict=False))
        self.arguments.update(kwargs)

    def __call__(self, **changed: Any) -> Any:
        arguments = self.arguments | changed
        if not self.variadic:
            # The first arguments may be positional-only.
            names, _ = parameters(self.function)
            leading = []
            for name in names:
                if name not in arguments:
                    break
                leading.append(arguments.pop(name))
            if any(is_number(value) for value in (*leading, *arguments.values())):
                # NumPy does not look at every parameter.
                return apply_function(self.function, tuple(leading), arguments)
            return self.function(*leading, **arguments)
        return self.function(*arguments.pop(self.variadic), **arguments)

    def first(self) -> str:
        """The name of the first parameter."""
        return self.variadic or parameters(self.function)[0][0]


# ------------------------------------------------------------------------------------------------- ufuncs

#: Operands that need no look before use; numbers add their own types.
READY: set[type] = {float, int, complex}


def apply_ufunc(ufunc: np.ufunc, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a ufunc on operands at least one of which is a number of ours."""
    rule = UFUNCS.get(ufunc) or rule_of(ufunc)
    if rule is None:
        raise NoRuleError(nearest(name_of(ufunc)))
    for x in inputs:
        if type(x) not in READY:
            inputs = tuple(absorb(x) for x in inputs)
            break
    out = kwargs.pop("out", None) if kwargs else None
    if kwargs and kwargs.get("where", True) is not True:
        return _ufunc_where(ufunc, inputs, kwargs, out)
    if isinstance(rule, Constant):
        result = ufunc(*strengthened([plain(x) for x in inputs], inputs), **kwargs)
    else:
        result = _by_kind(rule, ufunc, inputs, kwargs)
    return result if out is None else store(result, out, name_of(ufunc))


def _ufunc_where(ufunc: np.ufunc, inputs: tuple[Any, ...], kwargs: dict[str, Any], out: Any) -> Any:
    """Compute only where the mask holds; elsewhere the output keeps what it held (zero when there is none)."""
    where = np.asarray(plain(kwargs.pop("where")), dtype=bool)
    shape = np.broadcast_shapes(where.shape, *(np.shape(x) for x in inputs))
    mask = np.broadcast_to(where, shape)
    chosen = ufunc(*(x if np.ndim(x) == 0 else np.broadcast_to(x, shape)[mask] for x in inputs), **kwargs)
    if ufunc.nout > 1:
        raise NoRuleError(f"{name_of(ufunc)} with where= and two results: use np.where on the results instead.")
    if out is None:
        target = np.zeros(shape, np.result_type(plain(chosen)))
    else:
        target = out[0] if isinstance(out, tuple) else out
    if is_number(chosen) and not is_number(target):
        if out is not None:
            raise _lost_out(name_of(ufunc))
        target = chosen.zeros_of_shape(shape)
    target[mask] = chosen
    return target


def _by_kind(rule: Rule, function: NumPyFunction, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The one branch a kind, for ufuncs: every operand is an array."""
    if function in COMPLEX_RULES and any(np.iscomplexobj(plain(x)) for x in inputs):
        rule = COMPLEX_RULES[function]
    number = top(inputs)
    if number is None:
        return function(*inputs, **kwargs)
    if isinstance(rule, Elementwise):
        result = None if kwargs else divided(number, function, inputs)
        return number.elementwise(rule, function, inputs, kwargs) if result is None else result
    if isinstance(rule, Several):
        return number.several(rule, function, inputs, kwargs)
    if isinstance(rule, Linear):
        (x,) = inputs
        return x.partwise(lambda part: function(part, **kwargs))
    if isinstance(rule, ZeroSlope):
        values = strengthened([number.value_at(x) for x in inputs], inputs)
        return number.constant(function(*values, **kwargs))
    if isinstance(rule, Composite):
        result = rule.function(*inputs)
        if rule.own_value and not kwargs:
            return result
        return _with_value(result, function(*(number.value_at(x) for x in inputs), **kwargs), number)
    if isinstance(rule, Product):
        return number.product(rule, function, inputs, kwargs)
    if isinstance(rule, Unsupported):
        raise NoRuleError(f"{name_of(function)} has no derivative: {rule.instead}")
    raise NoRuleError(nearest(name_of(function)))


# --------------------------------------------------------------------------------------------- functions


def apply_function(function: NumPyFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call an overridable NumPy function with a number of ours among its arguments."""
    rule = FUNCTIONS.get(function) or rule_of(function)
    if rule is None:
        raise NoRuleError(nearest(name_of(function)))
    if isinstance(rule, Unsupported):
        raise NoRuleError(f"{name_of(function)} has no derivative: {rule.instead}")
    if type(rule) is Linear and len(args) == 1 and not kwargs and is_number(args[0]):
        return args[0].partwise_front(_Linearly(_whole(rule, function), function))
    if type(rule) is Moves and not rule.entries and is_number(args[0] if args else None):
        key = _movement_key(function, args, kwargs)
        if key is not None:
            return args[0].move(_Moved(function, args[1:], kwargs, key), [args[0]])
    call = Call(function, args, kwargs)
    if isinstance(rule, InPlace):
        return _in_place(rule, call)
    out = call.arguments.pop("out", None)
    call.arguments = {name: _absorbed(value) for name, value in call.arguments.items()}
    result = _FUNCTION_KINDS[type(rule)](rule, call)
    return result if out is None else store(result, out, name_of(function), broadcasts=type(rule) is Elementwise)


def _in_place(rule: InPlace, call: Call) -> Any:
    """Write into the first argument; an object array holds scalar duals, which NumPy itself writes."""
    first = call.first()
    target = call.arguments[first]
    if is_ndarray(target) and target.dtype.hasobject:
        return call(**{n: _as_objects(value) for n, value in call.arguments.items() if n != first})
    changed = {name: _absorbed(value) for name, value in call.arguments.items() if name != first}
    return rule.function(**{first: target} | changed)


def _as_objects(argument: Any) -> Any:
    return np.asarray(argument, dtype=object) if is_number(argument) else argument


def _array(argument: Any) -> Any:
    """A list of scalars that holds numbers of ours as the array it means."""
    if isinstance(argument, list):
        entries = list(leaves(argument))
        if any(map(is_number, entries)) and all(np.ndim(entry) == 0 for entry in entries):
            return absorb(argument)
    return argument


def _absorbed(argument: Any) -> Any:
    if isinstance(argument, (list, tuple)):
        return replaced(argument, absorb)
    return absorb(argument) if is_ndarray(argument) or is_sparse(argument) else argument


def _constant(rule: Constant, call: Call) -> Any:
    return call(**{name: replaced(value, plain_numpy) for name, value in call.arguments.items()})


def _elementwise(rule: Elementwise, call: Call) -> Any:
    inputs = tuple(call.arguments.values())
    return _by_kind(rule, call.function, inputs, {})


def _zero_slope(rule: ZeroSlope, call: Call) -> Any:
    number = top(leaves(list(call.arguments.values())))
    if number is None:
        return call()
    return number.constant(call(**{name: replaced(value, number.value_at) for name, value in call.arguments.items()}))


def _linear(rule: Linear, call: Call) -> Any:
    name = call.first()
    _refuse_numbers(call, {name, rule.offset})
    array = call.arguments[name]
    if isinstance(array, (list, tuple)):
        array = call.arguments[name] = absorb(array)
    start = call.arguments.get(rule.offset)
    if start is not None and start is not np._NoValue:
        number = top([array, start])
        # NumPy begins its sum with the initial value; afterwards it would round differently.
        value = call(**{name: number.value_at(array), rule.offset: number.value_at(start)})
        call.arguments.pop(rule.offset)
        return number.with_value(np.add(call(), start), value)

    def over(part: Array, leading: int) -> Any:
        if leading == 0:
            return call(**{name: part})
        changed, part = _shifted_axes(rule, call, part, leading)
        return call(**{name: part}, **changed)

    return array.partwise_front(_Linearly(over, call.function)) if is_number(array) else call()


class _Linearly:
    """A linear function, of a part of a number and of the count of its axes of directions."""

    __slots__ = ("function", "over")

    def __init__(self, over: Callable[[Array, int], Any], function: NumPyFunction) -> None:
        self.over, self.function = over, function

    def __call__(self, part: Array, leading: int) -> Any:
        return self.over(part, leading)


def _whole(rule: Linear, function: NumPyFunction) -> Callable[[Array, int], Any]:
    """A linear function called with the array alone."""
    if function is np.sum:
        # What np.sum does, without its own overhead.
        return lambda part, leading: np.add.reduce(part, axis=tuple(range(leading, part.ndim)) if leading else None)

    def over(part: Array, leading: int) -> Any:
        if leading == 0:
            return function(part)
        if rule.none == "all" and " " not in rule.axes and _default(function, rule.axes) is None:
            return function(part, **{rule.axes: tuple(range(leading, part.ndim))})
        changed, part = _shifted_axes(rule, Call(function, (part,), {}), part, leading)
        return function(part, **changed)

    return over


def _shifted_axes(rule: Linear, call: Call, part: Array, leading: int) -> tuple[dict[str, Any], Array]:
    """The axis arguments counted from the end, where directions in front do not matter."""
    count = part.ndim - leading
    changed: dict[str, Any] = {}
    for axis in rule.axes.split():
        given = call.arguments.get(axis, _default(call.function, axis))
        if given is None:
            if rule.none == "flat":
                part = part.reshape(*part.shape[:leading], -1)
                given = -1
            elif rule.none == "last" and call.arguments.get("s") is not None:
                given = tuple(range(-len(call.arguments["s"]), 0))
            else:
                given = tuple(range(-count, 0)) if rule.none else -1
        elif isinstance(given, Iterable):
            given = tuple(a if a < 0 else a - count for a in given)
        elif given >= 0:
            given = given - count
        changed[axis] = given
    return changed, part


@cache
def _default(function: NumPyFunction, name: str) -> Any:
    return inspect.signature(function).parameters[name].default


#: The parameters that are sequences of arrays.
_SEQUENCES = {"arrays", "choicelist", "choices", "sample", "tup"}


def _moves(rule: Moves, call: Call) -> Any:
    entries = set(rule.entries.split()) or {call.first()}
    for name in rule.conditions.split():
        if name in call.arguments:
            call.arguments[name] = replaced(call.arguments[name], plain)
    for name in entries - _SEQUENCES - {call.variadic}:
        if isinstance(call.arguments.get(name), (list, tuple)):
            # A list that stands for an array, not for a sequence of arrays.
            call.arguments[name] = absorb(call.arguments[name])
    if call.variadic in entries:
        arrays = call.arguments[call.variadic]
        call.arguments[call.variadic] = tuple(absorb(a) if isinstance(a, (list, tuple)) else a for a in arrays)
    _refuse_numbers(call, entries)
    # Positions of entries are integers, whatever the dtype of the result.
    dtype, casting = call.arguments.pop("dtype", None), call.arguments.pop("casting", None)
    names = [name for name in call.arguments if name in entries]
    inputs = [call.arguments[name] for name in names]

    number = top(leaves(inputs))
    if number is None:
        return call()
    result = number.move(_Movement(call, names), inputs)
    if dtype is None:
        return result
    if not np.can_cast(result.dtype, dtype, casting or "same_kind"):
        raise TypeError(f"Cannot cast array data from {result.dtype!r} to {np.dtype(dtype)!r} according to '{casting}'")
    return result.astype(dtype)


class _Moved:
    """A function that moves the entries of its first argument, with parameters that can be looked up."""

    __slots__ = ("args", "function", "key", "kwargs")

    def __init__(self, function: NumPyFunction, args: tuple[Any, ...], kwargs: dict[str, Any], key: Hashable) -> None:
        self.function, self.args, self.kwargs, self.key = function, args, kwargs, key

    def __call__(self, array: Any) -> Any:
        return self.function(array, *self.args, **self.kwargs)


def _movement_key(function: NumPyFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Hashable:
    """A movement of the first argument as something to look up; None where its parameters are not that simple."""
    key: list[Hashable] = [function]
    for value in args[1:]:
        found = _hashable(value)
        if found is None:
            return None
        key.append(found)
    for name, value in kwargs.items():
        found = _hashable(value)
        if found is None or name in ("dtype", "out", "casting"):
            return None
        key.append((name, found))
    return tuple(key)


class _Movement:
    """A call that moves entries, as a function of the arrays that hold them."""

    __slots__ = ("call", "names")

    def __init__(self, call: Call, names: list[str]) -> None:
        self.call, self.names = call, names

    def __call__(self, *parts: Any) -> Any:
        return self.call(**dict(zip(self.names, parts, strict=True)))

    @property
    def function(self) -> NumPyFunction:
        """The function that is called."""
        return self.call.function

    @property
    def key(self) -> Hashable:
        """What tells this movement from others of arrays of the same shapes; None if that cannot be looked up."""
        others = [(name, _hashable(value)) for name, value in self.call.arguments.items() if name not in self.names]
        return None if any(value is None for _, value in others) else (self.call.function, *self.names, *others)


def _hashable(value: Any) -> Hashable:
    """A parameter that is made of Python's integers, strings and tuples of them, with its type; None for any other."""
    if type(value) is int:
        return (int, value)
    if isinstance(value, (list, tuple)):
        entries = tuple(_hashable(entry) for entry in value)
        return None if None in entries else (type(value), *entries)
    if value is None:
        return "None"
    return (type(value), value) if type(value) in (int, str, bool) or isinstance(value, np.integer) else None


def _composite(rule: Composite, call: Call) -> Any:
    call.arguments = {name: _array(value) for name, value in call.arguments.items()}
    first = call.first()
    if isinstance(call.arguments.get(first), (list, tuple)) and first not in _SEQUENCES and not call.variadic:
        call.arguments[first] = absorb(call.arguments[first])
    number = top(leaves(list(call.arguments.values())))
    if number is None:
        return call()
    arguments = dict(call.arguments)
    result = rule.function(*arguments.pop(call.variadic, ()), **arguments)
    if rule.own_value or any(result is argument for argument in call.arguments.values()):
        return result

    def value_at(argument: Any) -> Any:
        polynomial = type(argument) is np.poly1d and is_number(argument.coeffs)
        return np.poly1d(number.value_at(argument.coeffs)) if polynomial else number.value_at(argument)

    value = call(**{name: replaced(argument, value_at) for name, argument in call.arguments.items()})
    return _with_value(result, value, number)


def _with_value(result: Any, value: Any, number: Number) -> Any:
    """The derivative of the composite with the value that NumPy's own function gives."""
    if isinstance(result, np.poly1d):
        return result
    if isinstance(result, (tuple, list)):
        parts = [_with_value(r, v, number) for r, v in zip(result, value, strict=True)]
        return type(value)(parts) if type(value) in (tuple, list) else type(value)(*parts)
    return number.with_value(result, value)


def _product(rule: Product, call: Call) -> Any:
    operands = rule.operands.split()
    if call.function is np.einsum:
        return _einsum(call)
    _refuse_numbers(call, set(operands))
    chosen = [_array(call.arguments[name]) for name in operands]
    others = {name: value for name, value in call.arguments.items() if name not in operands}
    if top(chosen) is None:
        return call()
    return top(chosen).product(rule, call.function, chosen, others)


def _einsum(call: Call) -> Any:
    """Linear in each operand; the directions are one more index in front."""
    subscripts, operands = _einsum_subscripts(call.arguments.pop(call.variadic))
    others = call.arguments
    left, right = subscripts.split("->")
    terms = left.split(",")
    unused = "".join(c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba" if c not in subscripts)
    front = unused[0]

    def function(*arrays: Any, **kwargs: Any) -> Any:
        return np.einsum(subscripts, *arrays, **kwargs)

    def over(i: int, tangent: Any, values: list[Any], **kwargs: Any) -> Any:
        kwargs.pop("function")
        shifted = [front + term if j == i else term for j, term in enumerate(terms)]
        arrays = [tangent if j == i else value for j, value in enumerate(values)]
        return np.einsum(f"{','.join(shifted)}->{front}{right}", *arrays, **({"optimize": True} | kwargs))

    def over_one(part: Any, leading: int) -> Any:
        fronts = unused[:leading]
        return np.einsum(f"{fronts}{left}->{fronts}{right}", part, **others)

    number = top(operands)
    if number is None:
        return function(*operands, **others)
    if len(operands) == 1:
        # Linear, and a view where it only moves entries.
        return number.partwise_front(_Linearly(over_one, np.einsum))
    same = None if "..." in subscripts else lambda *values, **kwargs: subscripts
    return number.product(Product("", over, same), function, operands, others)


def _einsum_subscripts(arguments: tuple[Any, ...]) -> tuple[str, list[Any]]:
    """Explicit subscripts and operands, from any of the two forms of a call."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    if isinstance(arguments[0], str):
        subscripts, operands = arguments[0].replace(" ", ""), [absorb(x) for x in arguments[1:]]
    else:

        def term(labels: Any) -> str:
            return "".join("..." if label is Ellipsis else letters[label] for label in labels)

        operands = [absorb(x) for x in arguments[: len(arguments) // 2 * 2 : 2]]
        subscripts = ",".join(term(labels) for labels in arguments[1 : len(arguments) // 2 * 2 : 2])
        if len(arguments) % 2:
            subscripts += "->" + term(arguments[-1])
    if "->" not in subscripts:
        found = [c for c in subscripts if c.isalpha()]
        once = "".join(sorted(c for c in set(found) if found.count(c) == 1))
        subscripts += "->" + ("..." if "..." in subscripts else "") + once
    return subscripts, operands


def _custom(rule: Custom, call: Call) -> Any:
    operands = rule.operands.split()
    _refuse_numbers(call, set(operands))
    chosen = [_array(call.arguments[name]) for name in operands]
    others = {name: value for name, value in call.arguments.items() if name not in operands}
    if top(chosen) is None:
        return call()
    return top(chosen).custom(rule, call.function, chosen, others)


def _created(rule: Created, call: Call) -> Any:
    """A new array: of the numbers among the arguments, or plain, but ready to take derivatives."""
    number = top(leaves(list(call.arguments.values())))
    if number is None:
        return with_room(call())
    if rule.function is None:
        _refuse_numbers(call, set())
        return with_room(call())
    assert rule.function is not None
    return with_room(rule.function(**call.arguments))


_FUNCTION_KINDS: dict[type, Callable[[Any, Call], Any]] = {
    Composite: _composite,
    Constant: _constant,
    Created: _created,
    Custom: _custom,
    Elementwise: _elementwise,
    Linear: _linear,
    Moves: _moves,
    Product: _product,
    ZeroSlope: _zero_slope,
}


def _refuse_numbers(call: Call, entries: set[str]) -> None:
    """Raise when a parameter that does not hold entries (an axis, a shift, a condition) is a number of ours."""
    for name, value in call.arguments.items():
        if name not in entries and any(is_number(leaf) for leaf in leaves(value)):
            raise NotDifferentiableError(
                f"{name_of(call.function)} has no derivative with respect to {name!r}. If only its value matters, "
                f"write {name}=dd.value_of({name})."
            )


# ---------------------------------------------------------------------------------------------- results


def store(result: Any, out: Any, name: str, *, broadcasts: bool = True) -> Any:
    """Write a result into the arrays given as ``out``; a ufunc broadcasts it there, a reduction does not."""
    if not broadcasts and not isinstance(out, tuple) and np.shape(result) != np.shape(out):
        raise ValueError(f"the output of {name} has shape {np.shape(out)}, where the result has {np.shape(result)}.")
    if isinstance(out, tuple):
        if len(out) == 1:
            return store(result, out[0], name, broadcasts=broadcasts)
        for r, o in zip(result, out, strict=True):
            _refuse_loss(r, o, name)
        return tuple(r if o is None else store(r, o, name) for r, o in zip(result, out, strict=True))
    _refuse_loss(result, out, name)
    if not is_number(out):
        out[...] = _as_objects(result) if out.dtype.hasobject else plain(result)
        return out
    if not np.can_cast(result.dtype, out.dtype, "same_kind"):
        raise TypeError(f"Cannot cast {name} output from {result.dtype!r} to {out.dtype!r} with casting rule 'same_kind'")
    if np.shape(result) != out.shape:
        np.broadcast_shapes(np.shape(result), out.shape)
        if np.broadcast_shapes(np.shape(result), out.shape) != out.shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {out.shape} doesn't match the broadcast shape {np.shape(result)}"
            )
    out[...] = result
    return out


def _refuse_loss(result: Any, out: Any, name: str) -> None:
    if out is None or is_number(out) or not is_number(result) or out.dtype.hasobject:
        return
    if not result.is_constant():
        raise _lost_out(name)


def _lost_out(name: str) -> DerivativeLostError:
    return DerivativeLostError(
        f"{name}(..., out=<plain array>): a float array cannot hold a derivative. Allocate it with np.zeros_like(x, "
        "shape=...), or `import dualdiff.numpy as np`, or wrap the function: dd.lift(f). Written as `a += d`, use "
        "`a = a + d`."
    )
