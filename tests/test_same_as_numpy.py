"""Random calls of every function that has a rule: the same result as NumPy's, bit for bit, and the right derivative.

A table gives each function a generator of calls: random shapes, memory layouts, dtypes, parameters and special values. Each
call runs on plain arrays and on dual numbers. Derivatives are held against extrapolated central differences, where these
agree with one another. The file is long because NumPy is: its second half is the table.

A failure names its call: ``reproduce("sum", 17)`` runs it again and prints it as a line of NumPy.
"""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest

import dualdiff as dd
from dualdiff.rules.kinds import Constant, Unsupported, ZeroSlope
from dualdiff.rules.registry import FUNCTIONS, TABLES, UFUNCS, rule_of

Array = Any
Given = tuple[tuple[Any, ...], dict[str, Any]]
Generator = Callable[["Draw"], Given]
Parameter = Callable[["Draw", Array], Any]

QUICK, FULL = 6, 200
STEP = 1e-3
SPECIAL = (0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan)
WIDE: dict[Any, Any] = {"f": np.float64, "d": np.float64, "F": np.complex128, "D": np.complex128}


# ------------------------------------------------------------------------------------------ random arguments


class Draw:
    """The random arguments of one call, the same ones for the same name and number."""

    def __init__(self, name: str, number: int) -> None:
        self.rng = np.random.default_rng([zlib.crc32(name.encode()), number])
        self.special = self.chance(0.2)
        self.base = self.pick("d", "d", "d", "f", "f", "D", "F")
        #: The method of a ufunc to call, the array that the function writes into, and the one given as ``like``.
        self.method = ""
        self.target: Any = None
        self.like: Any = None

    def chance(self, p: float = 0.5) -> bool:
        """Whether something happens that has this probability."""
        return bool(self.rng.random() < p)

    def pick(self, *options: Any) -> Any:
        """One of the options."""
        return options[self.rng.integers(len(options))]

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def number(self, low: float = -3.0, high: float = 3.0) -> float:
        """A Python number, which nothing is differentiated by."""
        return float(self.rng.uniform(low, high))

    def size(self) -> int:
        """The length of an axis, at times none."""
        return 0 if self.chance(0.04) else self.pick(1, 2, 3, 3, 4, 5)

    def shape(self, least: int = 0, most: int = 3) -> tuple[int, ...]:
        """A shape with at least and at most so many axes."""
        return tuple(self.size() for _ in range(self.whole(least, most)))

    def narrower(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """A shape that broadcasts to this one."""
        kept = shape[self.whole(0, len(shape)) if self.chance(0.3) else 0 :]
        return tuple(1 if self.chance(0.25) else n for n in kept)

    def dtype(self, kinds: str = "fc") -> Any:
        """The dtype of an array, mostly the one of the call."""
        code = self.base if self.chance(0.85) else self.pick("d", "f", "D")
        return np.dtype({"D": "d", "F": "f"}.get(code, code) if "c" not in kinds else code)

    def array(
        self, shape: tuple[int, ...] | None = None, kinds: str = "fc", low: float = -3.0, high: float = 3.0,
        special: bool = True,
    ) -> Array:  # fmt: skip
        """An array of floats in any layout, or a scalar."""
        shape = self.shape() if shape is None else shape
        dtype = self.dtype(kinds)
        values = np.asarray(self.rng.uniform(low, high, shape))
        if dtype.kind == "c":
            values = values + 1j * self.rng.uniform(low, high, shape)
        if self.special and special:
            if self.chance():
                values = np.rint(values)
            else:
                values = np.where(self.rng.random(shape) < 0.3, self.rng.choice(SPECIAL, shape), values)
        return self.laid_out(np.asarray(values, dtype))

    def laid_out(self, values: Array) -> Array:
        """The same array in memory of another layout: Fortran order, strided, negative strides, axes exchanged."""
        if values.ndim == 0:
            return values[()] if self.chance() else values
        layout = self.pick("C", "C", "F", "strided", "reversed", "exchanged")
        if layout == "F":
            return np.asfortranarray(values)
        if layout == "strided":
            room = np.zeros(tuple(2 * n for n in values.shape), values.dtype)
            room[tuple(slice(None, 2 * n, 2) for n in values.shape)] = values
            return room[tuple(slice(None, 2 * n, 2) for n in values.shape)]
        if layout == "reversed":
            flip = tuple(slice(None, None, self.pick(1, -1)) for _ in values.shape)
            return values[flip].copy()[flip]
        if layout == "exchanged":
            axes = self.rng.permutation(values.ndim)
            return np.ascontiguousarray(values.transpose(axes)).transpose(np.argsort(axes))
        return values

    def plain(self, shape: tuple[int, ...], low: int = -3, high: int = 3) -> Array:
        """An array of whole numbers."""
        return self.laid_out(np.asarray(self.rng.integers(low, high + 1, shape)))

    def mask(self, shape: tuple[int, ...]) -> Array:
        """An array of truths."""
        return self.laid_out(np.asarray(self.rng.random(shape) < 0.7))

    def axis(self, count: int) -> Any:
        """One axis, counted from either end, and once in a while one that does not exist."""
        return count if self.chance(0.02) else 0 if not count else self.whole(-count, count - 1)

    def axes(self, count: int) -> Any:
        """No axis, one, or a tuple of them."""
        if self.chance(0.2):
            return None
        if self.chance() or not count:
            return self.axis(count)
        chosen = self.rng.permutation(count)[: self.whole(0, count)]
        return tuple(int(axis) - (count if self.chance(0.3) else 0) for axis in chosen)

    def some(self, a: Array, parameters: dict[str, Parameter]) -> dict[str, Any]:
        """Some of the parameters, always those made by ``must``."""
        return {name: f(self, a) for name, f in parameters.items() if getattr(f, "needed", False) or self.chance()}


class Call(NamedTuple):
    """A function, its arguments, what it writes into, what its result is like, and whether the point is no generic one."""

    function: Any
    given: Given
    target: Any
    like: Any
    special: bool

    @classmethod
    def of(cls, name: str, number: int) -> Call:
        """The call of this number."""
        draw = Draw(name, number)
        given = CALLS[name](draw)
        function = named(name)
        function = getattr(function, draw.method) if draw.method else function
        return cls(function, given, draw.target, draw.like, draw.special)


def method_of(call: Call) -> str:
    """The method of a ufunc that is called, if one is."""
    return str(call.function.__name__) if isinstance(getattr(call.function, "__self__", None), np.ufunc) else ""


def named(name: str) -> Any:
    """The function behind a dotted name."""
    function: Any = np
    for part in name.split("."):
        function = getattr(function, part)
    return function


def name_of(function: Any) -> str:
    """The dotted name of a function of NumPy."""
    for place in ("", "linalg.", "fft.", "lib.stride_tricks.", "lib.scimath.", "polynomial.polynomial.", "_core.umath."):
        try:
            if named(place + function.__name__) is function:
                return place + str(function.__name__)
        except AttributeError:
            continue
    raise LookupError(function)


# ------------------------------------------------------------------------------------------ evaluation


def is_leaf(x: Any) -> bool:
    """Whether x may be differentiated: a float or complex array, or a NumPy scalar."""
    return isinstance(x, (np.ndarray, np.inexact)) and x.dtype.kind in "fc"


def is_number(x: Any) -> bool:
    """Whether x is a result in floating point."""
    return np.asarray(x).dtype.kind in "fc"


def mapped(tree: Any, f: Callable[[Any], Any]) -> Any:
    """The arguments with every array replaced."""
    if isinstance(tree, (tuple, list)):
        return type(tree)(mapped(x, f) for x in tree)
    if isinstance(tree, dict):
        return {name: mapped(x, f) for name, x in tree.items()}
    return f(tree)


def leaves_of(call: Call) -> list[Any]:
    """The arrays that may be differentiated, in order."""
    found: list[Any] = []
    mapped(call.given, lambda x: found.append(x) if is_leaf(x) else None)
    return found


def run(call: Call, arrays: list[Any], wide: bool = False) -> Any:
    """The result with these arrays in place of the call's own: or the error, and behind it what was written into."""
    queue = iter(arrays)
    target = None

    def replaced(x: Any) -> Any:
        nonlocal target
        if wide and type(x) is type and issubclass(x, np.inexact):
            return WIDE[np.dtype(x).char]
        new = next(queue) if is_leaf(x) else x
        if x is call.target and x is not None:
            target = new
        return new

    args, kwargs = mapped(call.given, replaced)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = call.function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whichever NumPy raises
            return error
    return result if target is None else (result, target)


def outputs(result: Any) -> list[Any]:
    """The arrays in a result."""
    if isinstance(result, (tuple, list)):
        return [leaf for item in result for leaf in outputs(item)]
    return [result]


def containers(result: Any) -> Any:
    """The tuples and lists of a result, without what they hold."""
    if isinstance(result, (tuple, list)):
        return type(result), [containers(item) for item in result]
    return None


class Seeds(NamedTuple):
    """The arrays to differentiate by (their positions) and two directions for each."""

    chosen: list[int]
    first: dict[int, Array]
    second: dict[int, Array]

    @classmethod
    def of(cls, name: str, number: int, call: Call) -> Seeds:
        """A random choice of arrays, with what is written into among them, and random directions."""
        draw = Draw(f"{name} seeds", number)
        draw.special = False
        leaves = leaves_of(call)
        chosen = [i for i, x in enumerate(leaves) if draw.chance(0.7) or x is call.target or x is call.like]
        if leaves and (not chosen or (len(chosen) == 1 and leaves[chosen[0]] is call.target)):
            chosen = list(range(len(leaves)))

        def direction(x: Any) -> Array:
            t = np.asarray(draw.rng.uniform(-1, 1, x.shape))
            if x.dtype.kind == "c":
                t = t + 1j * draw.rng.uniform(-1, 1, x.shape)
            return draw.laid_out(np.asarray(t, x.dtype))

        return cls(chosen, {i: direction(leaves[i]) for i in chosen}, {i: direction(leaves[i]) for i in chosen})


def lifted(call: Call, seeds: Seeds, kind: str, widen: bool = False) -> list[Any]:
    """The arrays as numbers: of one direction, the second one, both in front, or hyper-dual."""
    result = leaves_of(call)
    for i, x in enumerate(leaves_of(call)):
        wide = WIDE[x.dtype.char] if widen else x.dtype
        value = x.astype(wide) if widen else x
        result[i] = value
        if i in seeds.first:
            # What is written into takes its tangent along.
            t, u = (np.array(d[i], wide) if widen or x is call.target else d[i] for d in (seeds.first, seeds.second))
            if kind == "hyper":
                result[i] = dd.HyperDual(value, t, t)
            else:
                result[i] = dd.Dual(value, {"first": t, "second": u, "both": np.stack([t, u])}[kind])
    return result


def tangents_of(result: Any, part: str = "tangent", directions: tuple[int, ...] = ()) -> list[Any]:
    """The tangent of every output, zero for plain ones."""
    found = []
    for x in outputs(result):
        if isinstance(x, (dd.Dual, dd.HyperDual)):
            value = np.asarray(dd.value_of(x))
            tangent = np.asarray(getattr(x, part))
            fits = tangent.shape in (value.shape, directions + value.shape)
            found.append(np.broadcast_to(tangent, directions + value.shape) if fits else tangent)
        else:
            value = np.asarray(x)
            found.append(np.zeros(directions + value.shape, value.dtype if value.dtype.kind in "fc" else float))
    return found


# ------------------------------------------------------------------------------------------ comparisons


def described(x: Any) -> str:
    """Kind, dtype and shape."""
    kind = "array" if isinstance(x, np.ndarray) else "scalar"
    return f"{kind} {np.asarray(x).dtype} {np.shape(x)}" if not isinstance(x, (str, type, type(None))) else repr(x)


def value_differences(plain: Any, result: Any) -> Iterator[str]:
    """What differs from NumPy's result: the containers, or the kind, shape, dtype or a bit of an entry."""
    if containers(plain) != containers(result):
        yield f"containers {containers(result)} instead of {containers(plain)}"
        return
    for expected, x in zip(outputs(plain), outputs(result), strict=True):
        if isinstance(expected, (np.ndarray, np.generic, float, complex)):
            found = dd.value_of(x)
            if described(expected) != described(found):
                yield f"{described(found)} instead of {described(expected)}"
            elif not same_bits(np.asarray(expected), np.asarray(found)):
                kind = "rounded value" if is_rounding(np.asarray(found), np.asarray(expected)) else "value"
                yield f"{kind} {found!r} instead of {expected!r}"
        elif isinstance(x, (dd.Dual, dd.HyperDual)) or x != expected:
            yield f"{x!r} instead of {expected!r}"


def same_bits(a: Array, b: Array) -> bool:
    """Whether all entries are equal, with the signs of zeros; nan is nan."""
    if a.dtype.kind not in "fc":
        return bool(np.array_equal(a, b))
    return all(
        np.array_equal(x, y, equal_nan=True) and np.array_equal(np.signbit(x)[x == x], np.signbit(y)[x == x])
        for x, y in ((a.real, b.real), (a.imag, b.imag))
    )


def is_rounding(a: Array, b: Array) -> bool:
    """Whether the entries agree to some units in the last place of the largest one."""
    return a.dtype.kind in "fc" and not far(a, b, 8 * float(np.finfo(a.dtype).eps)).any()


def far(found: Array, expected: Array, rtol: float, margin: Array = 0.0) -> Array:
    """Where entries differ by more than a fraction of themselves and of the largest one; nan is nan."""
    finite = np.isfinite(expected)
    scale = np.max(np.abs(expected), where=finite, initial=0.0)
    with np.errstate(all="ignore"):
        bound = rtol * (np.abs(expected) + scale) + margin + 1e-300
        same = (found == expected) | ((found != found) & (expected != expected)) | (np.abs(found - expected) <= bound)
    return ~same


def central(call: Call, leaves: list[Any], seeds: Seeds) -> list[tuple[Array, Array, Array]]:
    """The derivative of every output by extrapolated central differences, its error, and the value beside the point."""
    steps = []
    for h in (STEP, STEP / 2, STEP / 4):
        sides = []
        for sign in (1, -1):
            moved = [np.copy(x, order="K").astype(WIDE[x.dtype.char]) for x in leaves]
            for i, t in seeds.first.items():
                moved[i] += sign * h * t.astype(moved[i].dtype)
            sides.append(
                run(call, [m if isinstance(x, np.ndarray) else m[()] for m, x in zip(moved, leaves, strict=True)], True)
            )
        if any(isinstance(side, Exception) for side in sides):
            return []
        pairs = list(zip(*(outputs(side) for side in sides), strict=True))
        if any(np.shape(a) != np.shape(b) for a, b in pairs):
            return []
        with np.errstate(all="ignore"):
            steps.append([difference(a, b) / (2 * h) for a, b in pairs])
    if any(d.shape != e.shape for d, e in zip(steps[0], steps[2], strict=True)):
        return []
    found = []
    with np.errstate(all="ignore"):
        for (a, b, c), y in zip(zip(*steps, strict=True), outputs(sides[0]), strict=True):
            coarse, fine = (4 * b - a) / 3, (4 * c - b) / 3
            noise = 1e-15 * np.max(np.abs(y), initial=0.0) / STEP if is_number(y) else 0.0
            found.append((fine, np.abs(fine - coarse) + noise, y))
    return found


def difference(a: Any, b: Any) -> Array:
    """The difference of two results, zero where they are not numbers in floating point."""
    if np.asarray(a).dtype.kind not in "fc":
        return np.zeros(np.asarray(a).shape)
    with np.errstate(all="ignore"):
        return np.asarray(a) - np.asarray(b)


# ------------------------------------------------------------------------------------------ one call

#: The entries whose derivative has been held against a difference quotient.
VERIFIED: dict[str, int] = {}


def problems(name: str, number: int) -> Iterator[str]:
    """What is wrong with a call."""
    call = Call.of(name, number)
    leaves = leaves_of(call)
    plain = run(call, leaves)
    call = Call.of(name, number)
    leaves, seeds = leaves_of(call), Seeds.of(name, number, call)
    if not seeds.chosen:
        return
    before = [np.copy(x) for x in leaves] + [np.copy(t) for t in seeds.first.values()]
    result = run(call, lifted(call, seeds, "first"))
    if isinstance(plain, Exception):
        if not isinstance(result, Exception):
            yield f"returns {result!r} where NumPy raises {type(plain).__name__}: {plain}"
        return
    if isinstance(result, Exception):
        yield f"raises {type(result).__name__}: {result}"
        return
    different = [*value_differences(plain, result), *misfits(result)]
    yield from different
    after = [*leaves, *seeds.first.values()]
    if any(not same_bits(np.asarray(a), b) for a, b in zip(after, before, strict=True) if a is not call.target):
        yield "an input was modified"
    if not different:
        yield from other_numbers(name, number, plain, result, seeds)
    if containers(plain) == containers(result) and not call.special:
        yield from derivative_differences(name, number, result, seeds)


def outputs_and_inputs(result: Any, call: Call) -> list[Any]:
    """The floats on both sides, which tell the precision of a call."""
    return [x for x in (*map(np.asarray, map(dd.value_of, outputs(result))), *leaves_of(call)) if x.dtype.kind in "fc"]


def misfits(result: Any) -> Iterator[str]:
    """Tangents that do not have the shape and the dtype of the value, and arrays of Python objects."""
    for x in outputs(result):
        if isinstance(x, dd.Dual):
            value, tangent = np.asarray(dd.value_of(x)), np.asarray(x.tangent)
            # A scalar is a Python number at times, which is weak: its tangent may be of another kind, but not less precise.
            weak = value.ndim == 0 and np.finfo(tangent.dtype).eps <= np.finfo(value.dtype).eps
            if value.shape != tangent.shape or (value.dtype != tangent.dtype and not weak):
                yield f"a tangent {described(tangent)} on a value {described(value)}"
        elif isinstance(x, np.ndarray) and x.dtype == object:
            yield "an object array"


def other_numbers(name: str, number: int, plain: Any, result: Any, seeds: Seeds) -> Iterator[str]:
    """Where two directions in front, or a hyper-dual number, do not say the same as one direction."""
    single = tangents_of(result)
    runs = {}
    rtol = 1e-12 if all(x.dtype.char in "dD" for x in outputs_and_inputs(result, Call.of(name, number))) else 1e-4
    for kind in ("second", "both", "hyper"):
        call = Call.of(name, number)
        runs[kind] = run(call, lifted(call, seeds, kind))
        if isinstance(runs[kind], Exception):
            yield f"{kind}: raises {type(runs[kind]).__name__}: {runs[kind]}"
            return
        for text in value_differences(plain, runs[kind]):
            yield f"{kind}: {text}"
            return
    second = tangents_of(runs["second"])
    for a, b, both in zip(single, second, tangents_of(runs["both"], directions=(2,)), strict=True):
        if both.shape != (2, *a.shape):
            yield f"two directions in a tangent of shape {both.shape} for {a.shape}"
        elif (far(both, np.stack([a, b]), rtol, rtol) & np.isfinite(both + np.stack([a, b]))).any():
            yield f"two directions {both!r} are not {a!r} and {b!r}"
    if not call.special:
        for a, hyper in zip(single, tangents_of(runs["hyper"], "eps1"), strict=True):
            if hyper.shape != a.shape or (hyper.dtype != a.dtype and a.ndim):
                yield f"hyper: eps1 {described(hyper)} for a tangent {described(a)}"
            elif far(hyper, a, rtol, rtol).any():
                yield f"hyper: eps1 {hyper!r} is not {a!r}"


def derivative_differences(name: str, number: int, result: Any, seeds: Seeds) -> Iterator[str]:
    """Where the tangent is not the difference quotient, in float64; and where float32 is not near float64."""
    call = Call.of(name, number)
    wide = run(call, lifted(call, seeds, "first", widen=True), wide=True)
    if isinstance(wide, Exception):
        yield f"in float64: raises {type(wide).__name__}: {wide}"
        return
    call = Call.of(name, number)
    exact = tangents_of(wide)
    quotients = central(call, leaves_of(call), seeds)
    if isinstance(RULES[name], ZeroSlope) and call.target is None and method_of(call) in {"", "outer"}:
        # A difference quotient may see the jumps. The sign of a complex number has a slope.
        if name != "sign" and any(t.any() for t in exact):
            yield f"derivative {exact!r} instead of zero"
        return
    for centre, tangent, (quotient, error, beside) in zip(outputs(dd.value_of(wide)), exact, quotients, strict=False):
        if tangent.shape != quotient.shape:
            continue
        scale = np.max(np.abs(quotient), where=np.isfinite(quotient), initial=0.0)
        sure = np.isfinite(quotient) & (error <= 1e-4 * (np.abs(quotient) + scale) + 1e-9)
        # The sign of an eigenvector, for one, may jump.
        size = np.max(np.abs(beside), where=np.isfinite(beside), initial=1.0) if is_number(beside) else 1.0
        sure &= np.abs(difference(beside, centre)) <= STEP * np.abs(quotient) + 1e-6 * size
        wrong = far(tangent, quotient, 1e-5, 100 * error + 1e-10) & sure
        VERIFIED[name] = VERIFIED.get(name, 0) + int(np.sum(sure & (quotient != 0)))
        if wrong.any():
            yield f"derivative {tangent[wrong]!r} instead of {quotient[wrong]!r}, at {np.argwhere(wrong)[:3].tolist()}"
    for narrow, tangent in zip(tangents_of(result), exact, strict=True):
        if narrow.shape == tangent.shape and narrow.dtype.char in "fF" and far(narrow, tangent, 1e-3, 1e-5).any():
            yield f"derivative {narrow!r} in float32, {tangent!r} in float64"


def reproduce(name: str, number: int) -> str:
    """The call as a line of NumPy, and its problems."""
    call = Call.of(name, number)
    seeds = Seeds.of(name, number, call)
    positions = iter(range(len(leaves_of(call))))

    def shown(x: Any) -> str:
        if isinstance(x, (tuple, list)):
            inner = ", ".join(map(shown, x))
            return f"[{inner}]" if isinstance(x, list) else f"({inner},)"
        if isinstance(x, dict):
            return "{" + ", ".join(f"{k!r}: {shown(v)}" for k, v in x.items()) + "}"
        if not isinstance(x, (np.ndarray, np.generic)):
            return repr(x)
        text = f"np.{x.dtype.name}({x.item()!r})" if not x.shape else f"np.array({x.tolist()}, {x.dtype.name!r})"
        text = f"np.array({text})" if isinstance(x, np.ndarray) and not x.shape else text
        text += "" if not x.ndim or x.flags.c_contiguous else f" with strides {x.strides}"
        if is_leaf(x) and (position := next(positions)) in seeds.chosen:
            return f"Dual({text}, {np.asarray(seeds.first[position]).tolist()})"
        return text

    args, kwargs = call.given
    arguments = [shown(x) for x in args] + [f"{k}={shown(v)}" for k, v in kwargs.items()]
    method = method_of(call)
    return f"np.{name}{method and '.' + method}({', '.join(arguments)})"


def unknown_problems(name: str, count: int) -> list[str]:
    """The problems of the first calls, without the known differences."""
    found = []
    for number in range(count):
        texts = [text for text in problems(name, number) if not any(known.covers(name, number, text) for known in KNOWN)]
        if texts:
            found.append(f"reproduce({name!r}, {number})\n    {reproduce(name, number)}\n    " + "\n    ".join(texts))
    return found


# ------------------------------------------------------------------------------------------ known differences


class Known(NamedTuple):
    """A legitimate difference: functions (all, if empty), a pattern in the problem's text, the reason, which calls."""

    names: str
    text: str
    reason: str
    when: Callable[[Call], bool] = lambda call: True

    def covers(self, name: str, number: int, text: str) -> bool:
        """Whether this is the difference."""
        named_here = not self.names or name in self.names.split()
        return named_here and re.search(self.text, text) is not None and self.when(Call.of(name, number))


def writes_out(call: Call) -> bool:
    """Whether a ufunc is given ``out``."""
    return isinstance(call.function, np.ufunc) and "out" in call.given[1]


def method_is(*methods: str) -> Callable[[Call], bool]:
    """Whether one of these methods of a ufunc is called."""
    return lambda call: method_of(call) in methods


KNOWN = [
    Known("array_repr array_str array2string", "", "a dual shows its tangent"),
    Known("empty empty_like", "value|derivative", "the entries are not set"),
    Known("unique_values", "derivative", "the order is that of hashes, another one beside the point"),
    Known("", "would drop the imaginary part|cannot hold a complex dual", "from complex to real NumPy only warns"),
    Known("full_like", "raises DerivativeLostError", "a plain array is asked for, which cannot hold a derivative"),
    Known(
        "polynomial.polynomial.polyval2d polynomial.polynomial.polygrid2d",
        "object array|derivative|value",
        "NumPy 2.0 does not hand it over: scalar duals as objects",
    ),
    Known("astype", "where NumPy raises", "NumPy 2.0 takes arrays only, not scalars"),
    Known("select", "object array|derivative|float64", "NumPy does not hand over a default= alone: scalar duals as objects"),
    Known("polyint", "object array|derivative", "NumPy does not hand over k=: an object array of scalar duals"),
    Known("lexsort", "value", "NumPy does not hand over a list of keys: it sorts scalar duals, nan where it falls"),
    Known("", "scalar .* instead of array|array .* instead of scalar", "a scalar with out= comes back as the array out"),
    Known("gradient multiply polyint", "rounded value", "NumPy's loops round by the layout, and by the precision of a scalar"),
    Known(
        "nanquantile nanpercentile",
        r"raises ShapeError|raises NotDifferentiableError",
        "for a q of two axes NumPy's result has its axes in an order of its own: refused",
    ),
    Known("arange", "rounded value", "-0.0 becomes 0.0"),
    Known("piecewise", "where NumPy raises", "a mask that does not fit an empty array selects nothing"),
    Known("polydiv", "raises ShapeError", "a rest that vanishes to rounding is trimmed by chance: refused"),
    Known("insert putmask", "raises TypeError", "from complex to real NumPy only warns"),
    Known("linalg.qr", "raises NotDifferentiableError", "Q has columns that the matrix does not determine"),
    Known("linalg.svd", "raises NotDifferentiableError", "U or V has columns that the matrix does not determine"),
    Known(
        "linalg.eigh linalg.svd",
        r"(?s)derivative array\(\[.*j.* instead of",
        "the phase of complex vectors is free, and LAPACK's moves",
    ),
    Known("", "rounded value", "with out NumPy's loops round by the layout of out", writes_out),
    Known(
        "logaddexp logaddexp2 hypot",
        "rounded value",
        "NumPy's order of reducing depends on the layout",
        method_is("reduce", "reduceat", "accumulate"),
    ),
    Known(
        "power arctan2",
        "value|derivative",
        "NumPy itself returns f(first, last) where its vectorised loop overwrites its operand",
        method_is("reduce", "reduceat"),
    ),
    Known("power arctan2", "value", "NumPy's vectorised loops round by the layout", method_is("accumulate")),
]

# ------------------------------------------------------------------------------------------ parameters


class Must:
    """A parameter that every call gives."""

    needed = True

    def __init__(self, f: Parameter) -> None:
        self.f = f

    def __call__(self, d: Draw, a: Array) -> Any:
        """The parameter's value."""
        return self.f(d, a)


def must(f: Parameter) -> Parameter:
    """A parameter that every call gives."""
    return Must(f)


def of(*options: Any) -> Parameter:
    """A parameter that is one of these."""
    return lambda d, a: d.pick(*options)


def whole(low: int, high: int) -> Parameter:
    """A parameter that is a whole number."""
    return lambda d, a: d.whole(low, high)


def number(low: float = -3.0, high: float = 3.0) -> Parameter:
    """A parameter that is a Python number."""
    return lambda d, a: d.number(low, high)


KEEP = of(True, False)


def axis(d: Draw, a: Array) -> Any:
    """One axis."""
    return d.axis(np.ndim(a))


def axis_or_none(d: Draw, a: Array) -> Any:
    """One axis, or None."""
    return None if d.chance(0.3) else axis(d, a)


def axes(d: Draw, a: Array) -> Any:
    """None, one axis or several."""
    return d.axes(np.ndim(a))


def float_dtype(d: Draw, a: Array) -> Any:
    """A dtype that holds the entries, or nearly."""
    return d.pick(np.complex64, np.complex128) if a.dtype.kind == "c" else d.pick(np.float32, np.float64, np.float64)


def where(d: Draw, a: Array) -> Any:
    """Truths that broadcast to the array."""
    return d.mask(d.narrower(np.shape(a)))


def like(low: float = -3.0, high: float = 3.0) -> Parameter:
    """An array that broadcasts to the first, to differentiate by."""
    return lambda d, a: d.array(d.narrower(np.shape(a)), low=low, high=high)


def out_for(d: Draw, f: Any, given: Given) -> None:
    """Give an ``out`` that fits the result."""
    args, kwargs = given
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = f(*args, **{k: v for k, v in kwargs.items() if k != "where" or not isinstance(f, np.ufunc)})
        except Exception:  # noqa: BLE001 - whichever NumPy raises
            return
    if isinstance(result, tuple):
        return
    kwargs["out"] = np.asarray(d.rng.uniform(-1, 1, np.shape(result)), np.asarray(result).dtype)
    if is_leaf(kwargs["out"]):
        d.target = kwargs["out"]


# ------------------------------------------------------------------------------------------ generators


def first(
    least: int = 0, most: int = 3, kinds: str = "fc", low: float = -3.0, high: float = 3.0, **parameters: Parameter
) -> Generator:
    """One array, and parameters that depend on it."""

    def generator(d: Draw) -> Given:
        a = d.array(d.shape(least, most), kinds, low, high)
        return (a,), d.some(a, parameters)

    return generator


def then(*positional: Parameter, least: int = 0, most: int = 3, kinds: str = "fc", **parameters: Parameter) -> Generator:
    """One array, positional arguments that depend on it, and parameters."""

    def generator(d: Draw) -> Given:
        a = d.array(d.shape(least, most), kinds)
        return (a, *(f(d, a) for f in positional)), d.some(a, parameters)

    return generator


def reduction(name: str, kinds: str = "fc", least: int = 0, **parameters: Parameter) -> Generator:
    """An array and the parameters of a reduction, at times with ``out``."""
    made = first(least, 3, kinds, -3.0, 3.0, axis=axes, **parameters)

    def generator(d: Draw) -> Given:
        given = made(d)
        if d.chance(0.1):
            out_for(d, named(name), given)
        return given

    return generator


def extreme(name: str) -> Generator:
    """A reduction whose ``where`` needs ``initial``."""
    made = reduction(name, keepdims=of(True, False), initial=number(), where=where)

    def generator(d: Draw) -> Given:
        args, kwargs = made(d)
        if "where" in kwargs:
            kwargs["initial"] = -9.0 if d.chance(0.9) else 0.5
        return args, kwargs

    return generator


def ufunc(name: str, count: int, low: float = -3.0, high: float = 3.0, kinds: str = "fc") -> Generator:
    """The operands of a ufunc, which broadcast, with ``out``, ``where`` and ``dtype``, and its other methods."""

    def generator(d: Draw) -> Given:
        shape = d.shape()
        operands: list[Any] = [d.array(shape, kinds, low, high)]
        for _ in range(count - 1):
            kind = d.pick("array", "array", "array", "array", "whole", "number", "narrow")
            if kind in {"array", "narrow"}:
                operands.append(d.array(d.narrower(shape) if kind == "narrow" else shape, kinds, low, high))
            else:
                operands.append(d.plain(d.narrower(shape), 1, 3) if kind == "whole" else d.pick(2, 0.5, d.number(low, high)))
        if count > 1:
            operands = [operands[i] for i in d.rng.permutation(count)]
        f = named(name)
        if count == 2 and f.nout == 1 and d.chance(0.25):
            return with_method(d, f, operands)
        kwargs: dict[str, Any] = {}
        if d.chance(0.1):
            kwargs["dtype"] = d.pick(np.float64, np.float64, np.complex128, np.float32)
        if d.chance(0.15):
            out_for(d, f, (tuple(operands), kwargs))
            if "out" in kwargs and d.chance(0.6):
                kwargs["where"] = d.mask(d.narrower(np.shape(kwargs["out"])))
        return tuple(operands), kwargs

    return generator


def with_method(d: Draw, f: Any, operands: list[Any]) -> Given:
    """The arguments of another method of a binary ufunc."""
    a: Array = next(x for x in operands if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "fc")
    d.method = d.pick("reduce", "accumulate", "outer", "reduceat", "at")
    if d.method == "outer":
        b = operands[0] if operands[1] is a else operands[1]
        return (a, b), {}
    if not np.ndim(a):
        a = d.array((d.whole(1, 4),), "f")
    if d.method == "reduce":
        return (a,), d.some(a, {"axis": axes, "keepdims": of(True, False)})
    if d.method == "accumulate":
        return (a,), d.some(a, {"axis": axis})
    n = a.shape[0]
    indices = d.rng.integers(0, n, d.whole(1, 4)) if n else np.zeros(0, int)
    if d.method == "reduceat":
        return (a, indices), {}
    d.target = a = np.array(a)
    return (a, indices, d.pick(d.array((len(indices), *a.shape[1:]), "f"), d.number(1, 2))), {}


def sequence(least: int = 1, most: int = 3, joined: bool = False, **parameters: Parameter) -> Generator:
    """A list of arrays that agree in all axes (but the one given as ``axis``, if they are joined there)."""

    def generator(d: Draw) -> Given:
        shape = d.shape(least, most)
        kwargs = d.some(np.empty(shape), parameters)
        along = kwargs.get("axis", 0)
        arrays = []
        for _ in range(d.whole(1, 3)):
            own = list(shape)
            if joined and isinstance(along, int) and -len(own) <= along < len(own):
                own[along] = d.size()
            arrays.append(d.array(tuple(own)))
        if joined and along is None:
            arrays = [d.array() for _ in arrays]
        if d.chance(0.2):
            arrays.append(d.plain(arrays[0].shape))
        return (d.pick(list, tuple)(arrays),), kwargs

    return generator


def several(least: int = 0, most: int = 2, **parameters: Parameter) -> Generator:
    """Arrays as separate arguments."""

    def generator(d: Draw) -> Given:
        arrays = tuple(d.array(d.shape(least, most)) for _ in range(d.whole(1, 3)))
        return arrays, d.some(arrays[0], parameters)

    return generator


def broadcastable(d: Draw) -> Given:
    """Arrays that broadcast together."""
    shape = d.shape()
    return tuple(d.array(d.narrower(shape)) for _ in range(d.whole(1, 3))), {}


def pair(**parameters: Parameter) -> Generator:
    """Two arrays that broadcast together."""

    def generator(d: Draw) -> Given:
        a = d.array()
        b = d.array(d.narrower(np.shape(a)))
        return d.pick((a, b), (b, a), (a, d.plain(np.shape(a)))), d.some(a, parameters)

    return generator


def square(d: Draw, kinds: str = "fc", n: int | None = None, batch: bool = True) -> Array:
    """Square matrices that are well conditioned, or a stack of them; at times integers or repeated entries."""
    shape = d.shape(0, 1) if batch and d.chance(0.4) else ()
    n = d.size() if n is None else n
    a = d.array((*shape, n, n), kinds, special=False)
    return d.laid_out(np.asarray(a + (4.0 * np.arange(1, n + 1) * np.eye(n)), a.dtype)) if n else a


def hermitian(d: Draw) -> Array:
    """Positive definite matrices with eigenvalues apart."""
    a = square(d)
    return d.laid_out(np.asarray((a @ np.conj(np.swapaxes(a, -1, -2))) / 4, a.dtype))


def matrix(f: Callable[..., Array] = square, **parameters: Parameter) -> Generator:
    """A square matrix and parameters."""

    def generator(d: Draw) -> Given:
        a = f(d)
        return (a,), d.some(a, parameters)

    return generator


def rectangular(**parameters: Parameter) -> Generator:
    """A matrix of any shape, or a stack of them."""

    def generator(d: Draw) -> Given:
        d.special = False
        a = d.array((*d.shape(0, 1), d.size(), d.size()))
        return (a,), d.some(a, parameters)

    return generator


def solve(d: Draw) -> Given:
    """A system of equations."""
    a = square(d)
    n = a.shape[-1]
    if a.ndim == 2 and d.chance(0.4):
        return (a, d.array((n,), special=False)), {}
    return (a, d.array((*d.narrower(a.shape[:-2]), n, d.size()), special=False)), {}


def least_squares(d: Draw) -> Given:
    """A system with more or fewer equations than unknowns."""
    d.special = False
    m, n = d.whole(1, 5), d.whole(1, 4)
    b = d.array((m,) if d.chance() else (m, d.whole(1, 3)))
    return (d.array((m, n)), b), d.some(b, {"rcond": of(None, 1e-10)})


def tensor_solve(d: Draw) -> Given:
    """A tensor equation."""
    d.special = False
    shape = d.pick((2, 3, 6), (6, 2, 3), (2, 2, 4), (4,), (3, 3))
    unknowns = {(2, 3, 6): (6,), (6, 2, 3): (2, 3), (2, 2, 4): (4,), (4,): (), (3, 3): (3,)}[shape]
    if shape == (4,):
        return (d.array((1,)), d.array((1,))), {}
    known = shape[: len(shape) - len(unknowns)]
    return (d.array((*known, *unknowns)), d.array(known)), {}


def tensor_inverse(d: Draw) -> Given:
    """A tensor that is square for ``ind``."""
    d.special = False
    shape, ind = d.pick(((4, 2, 2), 1), ((2, 2, 4), 2), ((6, 3, 2), 1), ((2, 3, 2, 3), 2))
    return (d.array(shape),), {"ind": ind}


def chain(d: Draw) -> Given:
    """Matrices to multiply."""
    sizes = [d.whole(1, 4) for _ in range(d.whole(3, 5))]
    arrays = [d.array(shape) for shape in pairwise(sizes)]
    if d.chance(0.3):
        arrays[0] = d.array((sizes[1],))
    return (arrays,), {}


def product(kind: str) -> Generator:
    """The operands of a product of vectors or matrices, with batch axes where it takes them."""

    def generator(d: Draw) -> Given:
        m, n, k = d.size(), d.size(), d.size()
        batch = d.shape(0, 1) if d.chance(0.4) else ()
        other = d.narrower(batch)
        shapes: dict[str, list[Any]] = {
            "matmul": [((*batch, m, n), (*other, n, k)), ((n,), (*other, n, k)), ((*batch, m, n), (n,)), ((n,), (n,))],
            "dot": [((m, n), (n, k)), ((n,), (n,)), ((), (m, n)), ((m, n), (n,)), ((k, m, n), (k, n, m))],
            "inner": [((m, n), (k, n)), ((n,), (n,)), ((), (m, n)), ((m, k, n), (n,))],
            "vdot": [((n,), (n,)), ((m, n), (m, n)), ((m, n), (m * n,))],
            "outer": [((m,), (n,)), ((m, n), (k,)), ((), (n,))],
            "vectors": [((m,), (n,))],
            "vecdot": [((*batch, n), (*other, n)), ((*batch, n), (n,))],
            "matvec": [((*batch, m, n), (*other, n))],
            "vecmat": [((*batch, n), (*other, n, m))],
            "kron": [((m, n), (k,)), ((m,), (n,)), ((m, n), (k, m)), ((), (m,))],
            "same": [(d.shape(1, 3),) * 2],
        }
        a, b = d.pick(*shapes[kind])
        operands = [d.array(a), d.plain(b) if d.chance(0.1) else d.array(b)]
        kwargs: dict[str, Any] = {}
        if kind == "matmul" and len(a) >= 2 and len(b) >= 2 and d.chance(0.15):
            kwargs["axes"] = [(-1, -2), (-1, -2), (-2, -1)]
            operands = [np.swapaxes(x, -1, -2) for x in operands]
        if kind == "vecdot" and d.chance(0.3):
            kwargs["axis"] = -1
        return tuple(operands), kwargs

    return generator


def cross(d: Draw) -> Given:
    """Vectors of three (or two) entries along some axis."""
    shape = d.shape(0, 2)
    a, b = d.array((*shape, 3)), d.array((*d.narrower(shape), 3))
    if d.chance(0.3):
        return (np.moveaxis(a, -1, 0), np.moveaxis(d.array((*shape, 3)), -1, 0)), {"axis": 0}
    if d.chance(0.3):
        return (np.moveaxis(a, -1, 0), b), {"axisa": 0, "axisc": d.pick(0, -1)}
    return (a, b), {}


def array_api_cross(d: Draw) -> Given:
    """Vectors of three entries."""
    shape = d.shape(0, 2)
    if d.chance(0.3):
        return (d.array((3, *shape)), d.array((3, *shape))), {"axis": 0}
    return (d.array((*shape, 3)), d.array((*d.narrower(shape), 3))), {}


def tensordot(d: Draw) -> Given:
    """Arrays with axes to sum over."""
    m, n, k = d.size(), d.size(), d.size()
    given: Given = d.pick(
        ((d.array((k, m, n)), d.array((m, n, 2))), {}),
        ((d.array((k, m, n)), d.array((n, m))), {"axes": ([1, 2], [1, 0])}),
        ((d.array((k, m)), d.array((n,))), {"axes": 0}),
        ((d.array((k, m)), d.array((n, m))), {"axes": (-1, -1)}),
        ((d.array((k, m)), d.array((m, n))), {"axes": 1}),
    )
    return given


def einsum(d: Draw) -> Given:
    """A sum in Einstein's notation."""
    subscripts = d.pick(
        "i,i->", "ij,jk->ik", "ij,jk", "ii->i", "ii", "...ij,...jk->...ik", "i,j->ij", "ij->ji", "ij,ij,ij->i", "ijk,k->ij",
        "...i->...", "ij,j,i->", "i...,i...->...",
    )  # fmt: skip
    sizes = {letter: d.size() for letter in "ijk"}
    batch = d.shape(0, 1)
    inputs = subscripts.split("->")[0].split(",")
    shapes = [
        tuple(n for c in term.replace("...", ".") for n in (batch if c == "." else (sizes[c],))) for term in inputs
    ]  # fmt: skip
    arrays = [d.array(shape) for shape in shapes]
    return (subscripts, *arrays), d.some(arrays[0], {"optimize": of(True, False, "greedy")})


def splitting(*axis_of: int | None) -> Generator:
    """An array and where to split it; the axis itself, if the function takes one."""

    def generator(d: Draw) -> Given:
        a = d.array(d.shape(max([(x or 0) + 1 for x in axis_of] or [1]), 3))
        where_to = d.pick(d.whole(1, 3), sorted(d.whole(0, 4) for _ in range(2)))
        return (a, where_to), ({} if axis_of else d.some(a, {"axis": axis}))

    return generator


def blocks(d: Draw) -> Given:
    """Nested lists of blocks that fit."""
    m, n, k = d.whole(1, 3), d.whole(1, 3), d.whole(1, 3)
    given: Given = d.pick(
        (([d.array((m,)), d.array((n,))],), {}),
        (([[d.array((m, n)), d.array((m, k))], [d.array((2, n + k))]],), {}),
        (([[d.array(()), d.array((1, n))], [d.array((m, n + 1))]],), {}),
        ((d.array(),), {}),
        (([[d.array((m, n))], [d.plain((k, n))]],), {}),
    )
    return given


def selecting(d: Draw) -> Given:
    """Conditions, choices and a default."""
    shape = d.shape()
    count = d.whole(1, 3)
    choices = [d.array(shape) for _ in range(count)]
    default = d.pick(0, d.number(), d.array(d.narrower(shape)))
    return ([d.mask(shape) for _ in range(count)], choices), {} if d.chance() else {"default": default}


def choosing(d: Draw) -> Given:
    """Whole numbers and what they choose from."""
    shape = d.shape()
    count = d.whole(1, 3)
    choices = [d.array(d.narrower(shape)) for _ in range(count)]
    return (d.plain(shape, 0, count - 1), choices), d.some(choices, {"mode": of("wrap", "clip", "raise")})


def piecewise(d: Draw) -> Given:
    """Conditions on an array and a function or a number for each."""
    x = d.array(kinds="f")
    conditions = d.pick([x < 0], [x < -1, x > 1], x > 0)
    functions = [d.pick(np.sin, np.exp, lambda v: v * v, 2.0, d.number()) for _ in range(d.whole(1, 2) if len(x.shape) else 1)]
    return (x, conditions, [*functions, np.cos]), {}


def conditional(d: Draw) -> Given:
    """A condition and two choices."""
    shape = d.shape()
    other = d.pick(d.number(), 1, d.array(d.narrower(shape)), d.array(d.narrower(shape)))
    return (d.mask(d.narrower(shape)), *d.pick((d.array(shape), other), (other, d.array(shape)))), {}


def inserting(d: Draw) -> Given:
    """An array, places and what to insert there."""
    a = d.array(d.shape(1, 2))
    if d.chance():
        places = d.pick(d.whole(0, a.size), [d.whole(0, a.size) for _ in range(2)])
        return (a, places, d.pick(d.array(()), d.number(), d.array((2,)) if isinstance(places, list) else d.array((1,)))), {}
    along = d.whole(-a.ndim, a.ndim - 1)
    return (a, d.whole(0, a.shape[along]), d.array(())), {"axis": along}


def deleting(d: Draw, a: Array) -> Any:
    """What to delete of an array."""
    n = max(a.size if a.ndim != 1 else len(a), 1)
    return d.pick(0, [0, -1], slice(0, 2), d.whole(-1, n - 1))


def appended(d: Draw) -> Given:
    """Two arrays to join."""
    a = d.array()
    if d.chance() or not np.ndim(a):
        return (a, d.pick(d.array(), 2.0, d.plain((2,)))), {}
    return (a, d.array(a.shape)), {"axis": d.axis(a.ndim)}


def taken(d: Draw) -> Given:
    """Indices along an axis, of the array's own shape."""
    a = d.array(d.shape(1, 3))
    along = d.whole(-a.ndim, a.ndim - 1)
    return (a, np.argsort(d.rng.random(a.shape), along)), {"axis": along}


def repeated(d: Draw) -> Given:
    """Entries to repeat, all as often or each."""
    a = d.array(d.shape(1, 3))
    along = d.axis(a.ndim)
    counts = d.rng.integers(0, 3, a.shape[along % a.ndim])
    times = d.pick(d.whole(0, 3), counts)
    return (a, times), {} if isinstance(times, int) and d.chance() else {"axis": along}


def reshaped(d: Draw) -> Given:
    """An array and a shape of its size."""
    a = d.array()
    shape = d.pick(-1, (-1,), tuple(np.shape(a)[::-1]), (1, *np.shape(a)), (a.size, 1))
    return (a, shape), d.some(a, {"order": of("C", "F", "A")})


def permutation(d: Draw, a: Array) -> Any:
    """An order of the axes."""
    return tuple(int(x) for x in d.rng.permutation(a.ndim)) if d.chance(0.8) else None


def windows(d: Draw) -> Given:
    """An array and a window that fits."""
    a = d.array(d.shape(1, 2), special=False)
    if d.chance():
        return (a, tuple(d.whole(1, max(n, 1)) for n in a.shape)), {}
    return (a, 1), {"axis": d.axis(a.ndim)}


def compressing(d: Draw) -> Given:
    """Truths and an array."""
    a = d.array(d.shape(1, 3))
    if d.chance():
        return (d.mask((min(2, a.size),)), a), {}
    along = d.whole(-a.ndim, a.ndim - 1)
    return (d.mask((a.shape[along],)), a), {"axis": along}


def masked(d: Draw) -> Given:
    """Truths of the array's shape, and the array."""
    a = d.array()
    return (d.mask(np.shape(a)), a), {}


def padded(d: Draw) -> Given:
    """An array, widths and a mode with its keywords."""
    a = d.array(d.shape(1, 2))
    widths = d.pick(d.whole(0, 3), (1, 2), [(d.whole(0, 3), d.whole(0, 3)) for _ in range(a.ndim)])
    mode = d.pick(
        "constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap"
    )  # fmt: skip
    keywords: dict[str, dict[str, Parameter]] = {
        "constant": {"constant_values": of(2, (1.5, -1.0), d.number())},
        "linear_ramp": {"end_values": of(2, (1.5, -1.0), d.number())},
        "reflect": {"reflect_type": of("even", "odd")},
        "symmetric": {"reflect_type": of("even", "odd")},
        **{name: {"stat_length": of(None, 1, 2, (1, 3))} for name in ("maximum", "mean", "median", "minimum")},
    }
    return (a, widths, mode), d.some(a, keywords.get(mode, {}))


def clipping(name: str) -> Generator:
    """An array and its bounds, arrays or numbers or None."""

    def generator(d: Draw) -> Given:
        a = d.array(kinds="f")
        low = d.pick(-1.0, d.array(d.narrower(np.shape(a)), "f", -2, 0))
        high = d.pick(1.0, 2, d.array(d.narrower(np.shape(a)), "f", 0, 2))
        if name == "clip" and d.chance(0.3):
            return (a,), d.pick({"min": low}, {"max": high}, {"min": low, "max": high}, {"a_min": None, "a_max": high})
        given: Given = ((a, low, high), {})
        if d.chance(0.1):
            out_for(d, named(name), given)
        return given

    return generator


QUANTILES = (
    "linear", "lower", "higher", "midpoint", "nearest", "inverted_cdf", "averaged_inverted_cdf",
    "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "median_unbiased", "normal_unbiased",
)  # fmt: skip


def quantile(top: float) -> Generator:
    """An array and quantiles, by all methods, at times with weights."""

    def generator(d: Draw) -> Given:
        a = d.array(kinds="f")
        q = d.pick(0, 0.5 * top, top, d.number(0, top), [d.number(0, top), d.number(0, top)], [[0.25 * top], [0.5 * top]])
        if d.chance(0.15):
            along = d.axis(np.ndim(a))
            return (a, q), {"axis": along, "method": "inverted_cdf", "weights": d.rng.integers(1, 4, np.shape(a))}
        return (a, q), d.some(a, {"axis": axes, "keepdims": of(True, False), "method": of(*QUANTILES)})

    return generator


def average(d: Draw) -> Given:
    """An array and weights of its shape, or of one axis."""
    a = d.array()
    kwargs = d.some(a, {"axis": axes, "keepdims": of(True, False), "returned": of(True, False)})
    if d.chance(0.7):
        along = kwargs.get("axis")
        shape = (np.shape(a)[along],) if isinstance(along, int) and np.ndim(a) > 1 and -np.ndim(a) <= along < np.ndim(a) else ()
        kwargs["weights"] = d.array(shape if shape and d.chance() else np.shape(a), low=0.5, high=2, special=False)
    return (a,), kwargs


def covariance(*names: str) -> Generator:
    """Observations, a second set, and parameters."""

    def generator(d: Draw) -> Given:
        d.special = False
        m = d.array((d.whole(1, 3), d.whole(2, 5)) if d.chance(0.8) else (d.whole(2, 5),))
        kwargs = d.some(m, {"rowvar": of(True, False), "ddof": of(0, 1), "bias": of(True, False)})
        if "bias" not in names:
            kwargs.pop("bias", None)
            kwargs.pop("ddof", None)
        n = m.shape[-1] if kwargs.get("rowvar", True) or m.ndim == 1 else m.shape[0]
        if "bias" in names and d.chance(0.2):
            kwargs["aweights"] = d.array((n,), "f", 0.5, 2)
        if "bias" in names and d.chance(0.2):
            kwargs["fweights"] = d.rng.integers(1, 4, n)
        return ((m, d.array(m.shape)) if d.chance(0.3) else (m,)), kwargs

    return generator


def differences(d: Draw) -> Given:
    """An array and its difference's order, with entries before and behind."""
    a = d.array(d.shape(1, 3))
    kwargs = d.some(a, {"n": whole(0, 3), "axis": axis})
    along = kwargs.get("axis", -1)
    for name in ("prepend", "append"):
        if d.chance(0.2) and along < a.ndim:
            shape = tuple(1 if i == along % a.ndim else n for i, n in enumerate(a.shape))
            kwargs[name] = d.pick(d.array(shape), d.array(()), 1.5)
    return (a,), kwargs


def flat_differences(d: Draw) -> Given:
    """An array and what stands before and behind its differences."""
    a = d.array()
    return (a,), d.some(a, {"to_end": lambda d, a: d.array((2,)), "to_begin": lambda d, a: d.array(())})


def trapezoid(d: Draw) -> Given:
    """Ordinates, and abscissae or their distance."""
    y = d.array(d.shape(1, 3))
    kwargs = d.some(y, {"axis": axis})
    if d.chance() and kwargs.get("axis", -1) < y.ndim:
        n = y.shape[kwargs.get("axis", -1)]
        kwargs["x"] = d.array((n,), "f") if d.chance() else d.array(y.shape, "f")
    elif d.chance():
        kwargs["dx"] = d.pick(0.5, d.array(()))
    return (y,), kwargs


def slopes(d: Draw) -> Given:
    """An array, spacings and the order at the ends."""
    f = d.array(tuple(d.whole(2, 5) for _ in range(d.whole(1, 2))))
    kwargs = d.some(f, {"edge_order": of(1, 2)})
    if d.chance(0.4):
        kwargs["axis"] = d.pick(d.whole(-f.ndim, f.ndim - 1), tuple(range(f.ndim)), None)
    chosen = kwargs.get("axis")
    along = range(f.ndim) if chosen is None else [chosen] if isinstance(chosen, int) else chosen
    kind = d.pick("none", "number", "each", "points")
    if kind == "none":
        return (f,), kwargs
    if kind == "number":
        return (f, d.pick(0.5, d.array((), "f", 0.5, 2))), kwargs
    if kind == "each":
        return (f, *(d.pick(0.5, d.array((), "f", 0.5, 2)) for _ in along)), kwargs
    points = [d.laid_out(np.cumsum(d.rng.uniform(0.5, 1.5, f.shape[x]))) for x in along]
    if d.chance(0.2):
        points = [np.arange(1.0, len(p) + 1) for p in points]
    return (f, *points), kwargs


def interpolation(d: Draw) -> Given:
    """Points, knots in order and ordinates."""
    n = d.whole(1, 5)
    knots = np.asarray(np.cumsum(d.rng.uniform(0.3, 1.5, n)) - 2.5, d.dtype("f"))
    x = d.array(kinds="f")
    kwargs = d.some(x, {"left": of(0.5, np.float64(0.5)), "right": of(-1.0, 1)})
    if d.chance(0.2):
        kwargs = {"period": d.pick(2.5, 7)}
    return (x, d.laid_out(knots), d.array((n,))), kwargs


def unwrapping(d: Draw) -> Given:
    """Angles, and what counts as a jump."""
    p = d.array(d.shape(1, 3), "f", -9, 9)
    return (p,), d.some(p, {"axis": axis, "period": of(6.0, 2.5, 4), "discont": of(None, 4.0)})


def counting(d: Draw) -> Given:
    """Bins and weights."""
    n = d.size()
    return (d.plain((n,), 0, 4), d.array((n,), "f")), d.some(None, {"minlength": whole(0, 7)})


def space(low: float, **parameters: Parameter) -> Generator:
    """The ends of a range, numbers or arrays, and its parameters."""

    def generator(d: Draw) -> Given:
        d.special = False
        start = d.array(d.shape(0, 2), low=low, high=2)
        stop = d.pick(d.array(d.narrower(np.shape(start)), low=low), d.number(max(low, 0.5), 3), 3)
        ends = (start, stop) if d.chance() else (stop, start)
        return ends, d.some(start, {"num": whole(0, 6), "endpoint": of(True, False), "axis": of(0, -1), **parameters})

    return generator


def two_polynomials(d: Draw) -> Given:
    """The coefficients of two polynomials."""
    return (d.array((d.whole(1, 4),)), d.pick(d.array((d.whole(1, 4),)), d.plain((2,)), d.array(()))), {}


def fit(d: Draw) -> Given:
    """Points, a degree, and the parameters of a fit."""
    d.special = False
    n = d.whole(5, 7)
    x, y = d.array((n,), "f"), d.array((n,) if d.chance() else (n, 2))
    kwargs = d.some(x, {"w": lambda d, x: d.array((n,), "f", 0.5, 2), "full": of(False, True), "rcond": of(1e-12)})
    if d.chance(0.2):
        kwargs["cov"] = d.pick(True, "unscaled")
    return (x, y, d.whole(0, 2)), kwargs


def integral(d: Draw) -> Given:
    """Coefficients, how often to integrate, and constants."""
    p, m = d.array((d.whole(1, 4),)), d.whole(0, 3)
    return (p,), {"m": m, **({"k": d.pick(1.5, d.array((m,)) if m else 0)} if d.chance() else {})}


def applied(d: Draw) -> Given:
    """A function, an axis and an array."""
    a = d.array(d.shape(1, 3))
    f = d.pick(np.sum, np.cumsum, lambda v: v * v, lambda v: np.stack([np.sum(v), np.sum(v * v)]), lambda v: v[:1] * v[0])
    return (f, d.axis(a.ndim), a), {}


def applied_over(d: Draw) -> Given:
    """A reduction, an array and axes."""
    a = d.array(d.shape(1, 3))
    return (d.pick(np.sum, np.mean, np.prod), a, d.pick(d.axis(a.ndim), tuple(range(a.ndim)), [0])), {}


def unique(d: Draw) -> Given:
    """An array and what to return with its values."""
    a = d.array()
    kwargs = d.some(a, dict.fromkeys(("return_index", "return_inverse", "return_counts", "equal_nan"), of(True, False)))
    if d.chance(0.3) and np.ndim(a):
        kwargs["axis"] = d.axis(a.ndim)
    return (a,), kwargs


def partition(d: Draw) -> Given:
    """An array and the place that is to be right."""
    a = d.array(tuple(d.whole(1, 5) for _ in range(d.whole(1, 3))))
    along = d.pick(-1, -1, d.axis(a.ndim), None)
    n = a.size if along is None else a.shape[along] if along < a.ndim else 1
    return (a, d.pick(d.whole(0, n - 1), [0, n - 1], -1)), {} if along == -1 else {"axis": along}


def transform(count: int, last: int = 0) -> Generator:
    """An array, lengths, axes and the norm of a Fourier transform along so many axes (0: any)."""

    def generator(d: Draw) -> Given:
        # NumPy leaves the transform of nothing unset.
        a = d.array(tuple(max(n, 1) if last else n for n in d.shape(max(count, 1), 3)))
        kwargs = d.some(a, {"norm": of(None, "forward", "backward", "ortho")})
        if count == 1:
            return (a,), kwargs | d.some(a, {"n": of(None, *range(1 + last, 7)), "axis": axis})
        if d.chance(0.6):
            chosen = d.rng.permutation(a.ndim)[: count or d.whole(1, a.ndim)]
            kwargs["axes"] = tuple(int(x) - (a.ndim if d.chance(0.3) else 0) for x in chosen)
            if d.chance(0.4):
                kwargs["s"] = tuple(d.whole(1 + last, 5) for _ in chosen)
        return (a,), kwargs

    return generator


def norm(name: str) -> Generator:
    """An array, and an order that suits the axes."""
    vector, matrices = (None, 1, 2, 3, 0.5, -1, 0, np.inf, -np.inf), (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)

    def generator(d: Draw) -> Given:
        a = d.array(d.shape({"linalg.matrix_norm": 2}.get(name, 1), 3))
        kwargs = d.some(a, {"keepdims": of(True, False)})
        if name == "linalg.matrix_norm":
            return (a,), kwargs | d.some(a, {"ord": lambda d, a: d.pick(*matrices[1:])})
        if name == "linalg.vector_norm":
            return (a,), kwargs | d.some(a, {"ord": lambda d, a: d.pick(*vector[1:]), "axis": axes})
        if d.chance(0.3):
            return (a,), kwargs
        if d.chance(0.5) and a.ndim >= 2:
            pair_of_axes = tuple(int(x) for x in d.rng.permutation(a.ndim)[:2])
            return (a,), kwargs | {"ord": d.pick(*matrices), "axis": pair_of_axes}
        return (a,), kwargs | {"ord": d.pick(*vector), "axis": d.axis(a.ndim)}

    return generator


def nan_free(d: Draw) -> Given:
    """An array with nan and infinities, and what stands for them."""
    a = d.array(kinds="fc")
    return (a,), d.some(a, {"nan": number(), "posinf": number(), "neginf": number()})


def trimmed(d: Draw) -> Given:
    """A row with zeros at its ends."""
    a = np.array(d.array((d.whole(1, 5),)))
    if not d.special:
        return (a,), d.some(a, {"trim": of("f", "b", "fb")})
    a[: d.whole(0, 2)] = 0
    a[len(a) - d.whole(0, 1) :] = 0
    return (a,), d.some(a, {"trim": of("f", "b", "fb")})


def full(d: Draw) -> Given:
    """An array to resemble, and what fills it."""
    a = d.array()
    fill = d.pick(d.array(d.narrower(np.shape(a))), d.number(), 2)
    return (a, fill), d.some(a, {"dtype": float_dtype, "order": of("C", "F", "K"), "shape": of((2,), 3, None)})


def meshes(d: Draw) -> Given:
    """The axes of a grid."""
    arrays = tuple(d.array(d.shape(0, 1)) for _ in range(d.whole(1, 3)))
    return arrays, d.some(arrays, {"indexing": of("xy", "ij"), "sparse": of(True, False), "copy": of(True, False)})


def written(*rest: Parameter, least: int = 0, **parameters: Parameter) -> Generator:
    """An array to write into, and the other arguments."""

    def generator(d: Draw) -> Given:
        shape = d.shape(least, 3) if least < 2 else (d.whole(1, 4),) * 2 if d.chance() else (d.whole(1, 6), d.whole(1, 3))
        d.target = a = d.laid_out(np.array(d.array(shape))) if shape else np.array(d.array(shape))
        d.target = a = a if isinstance(a, np.ndarray) else np.array(a)
        return (a, *(f(d, a) for f in rest)), d.some(a, parameters)

    return generator


def put_along(d: Draw) -> Given:
    """An array to write into along an axis."""
    (a, indices), kwargs = taken(d)
    d.target = a
    return (a, indices, d.pick(d.array(a.shape), 1.5)), kwargs | ({} if "axis" in kwargs else {"axis": -1})


def searching(d: Draw) -> Given:
    """A row in order and values to look for."""
    row = np.sort(d.array((d.size(),), "f"))
    return (row, d.array(kinds="f")), d.some(row, {"side": of("left", "right")})


def digitising(d: Draw) -> Given:
    """Values and bins in order."""
    x = d.array(kinds="f")
    return (x, np.sort(d.array((d.size(),), "f", special=False))), d.some(x, {"right": of(True, False)})


def created(*arguments: Parameter, **parameters: Parameter) -> Generator:
    """Arguments, and an array as ``like``, which decides who makes the new one."""

    def generator(d: Draw) -> Given:
        d.like = a = d.array(d.shape(1, 2))
        return tuple(f(d, a) for f in arguments), {"like": a, **d.some(a, parameters)}

    return generator


def new_shape(d: Draw, a: Array) -> Any:
    """The shape of a new array."""
    return d.pick(d.shape(), d.whole(0, 4))


def entries(d: Draw, a: Array) -> Any:
    """What to make an array of: the array itself, or a list of it and others."""
    return d.pick(d.array(), d.array(), [d.array(a.shape), d.array(a.shape)], d.plain((2,)))


def casting(d: Draw) -> Given:
    """An array and a type to cast it to."""
    return (d.array(), d.pick(np.float32, np.float64, np.complex128)), {}


def membership(d: Draw) -> Given:
    """Values and a set of them."""
    a = d.array()
    return (a, d.pick(d.array(), np.ravel(a)[:2])), d.some(a, {"invert": of(True, False)})


def bins(*more: Any) -> Parameter:
    """Bins: how many, or the name of an estimator, or their edges."""
    return lambda d, a: d.pick(*more, d.whole(1, 4), np.linspace(-2, 2, 4), [-1.0, 0.0, 1.5])


def histogram(d: Draw) -> Given:
    """Values, bins and how to count them."""
    a = d.array(kinds="f")
    kwargs = d.some(a, {"bins": bins("auto", "sturges"), "range": of((-2.0, 2.0), None), "density": KEEP})
    if d.chance(0.3) and not isinstance(kwargs.get("bins"), str):
        kwargs["weights"] = d.array(np.shape(a), "f", 0.5, 2, special=False)
    return (a,), kwargs


def bin_edges(d: Draw) -> Given:
    """Values and bins."""
    a = d.array(kinds="f")
    return (a,), d.some(a, {"bins": bins("auto", "fd"), "range": of((-2.0, 2.0), None)})


def histogram_2d(d: Draw) -> Given:
    """Points in the plane and bins."""
    n = d.size()
    kwargs = d.some(None, {"bins": of(3, (2, 3), np.linspace(-2, 2, 4)), "density": KEEP})
    if d.chance(0.3):
        kwargs["weights"] = d.array((n,), "f", 0.5, 2, special=False)
    return (d.array((n,), "f"), d.array((n,), "f")), kwargs


def histogram_dd(d: Draw) -> Given:
    """Points and bins."""
    n = d.whole(1, 5)
    sample = d.pick(d.array((n, 2), "f"), [d.array((n,), "f"), d.array((n,), "f")])
    return (sample,), d.some(None, {"bins": of(3, (2, 3), [np.linspace(-2, 2, 4), 2]), "density": KEEP})


def two_sets(**parameters: Parameter) -> Generator:
    """Two arrays with some entries in common."""

    def generator(d: Draw) -> Given:
        a = d.array(d.shape(1, 2))
        b = np.concatenate([np.ravel(a)[: d.whole(0, 3)], np.ravel(d.array((d.size(),)))])
        return (a, d.laid_out(b)), d.some(a, parameters)

    return generator


# ------------------------------------------------------------------------------------------ the table


def names(text: str, generator: Generator) -> dict[str, Generator]:
    """Several functions with the same arguments."""
    return dict.fromkeys(text.split(), generator)


def domains(text: str, count: int, low: float, high: float, kinds: str = "fc") -> dict[str, Generator]:
    """Ufuncs with operands in an interval."""
    return {name: ufunc(name, count, low, high, kinds) for name in text.split()}


def points_and_coefficients(d: Draw) -> Given:
    """Two arrays of one shape, and the coefficients of a polynomial in two variables."""
    shape = d.shape()
    return (d.array(shape), d.array(shape), d.array((d.whole(1, 3), d.whole(1, 3)))), {}


CALLS: dict[str, Generator] = {
    # elementwise
    **domains("negative positive conjugate square absolute exp exp2 expm1 sin cos tan arctan sinh cosh tanh arcsinh", 1, -3, 3),
    **domains("fabs cbrt deg2rad radians rad2deg degrees floor ceil trunc rint spacing modf frexp", 1, -3, 3, "f"),
    **domains("sign isfinite isinf isnan logical_not", 1, -3, 3),
    **domains("signbit", 1, -3, 3, "f"),
    **domains("reciprocal sqrt log log2 log10", 1, 0.2, 4),
    **domains("log1p", 1, -0.8, 4),
    **domains("arcsin arccos arctanh", 1, -0.9, 0.9),
    **domains("arccosh", 1, 1.1, 4),
    **domains("add subtract multiply divide", 2, -3, 3),
    **domains("power float_power", 2, 0.3, 3),
    **domains("hypot logaddexp logaddexp2 arctan2 fmod remainder floor_divide divmod copysign heaviside", 2, -3, 3, "f"),
    **domains("maximum minimum fmax fmin", 2, -3, 3),
    **domains("equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor", 2, -3, 3),
    "ldexp": then(lambda d, a: d.plain(d.narrower(np.shape(a))), kinds="f"),
    "_core.umath.clip": clipping("_core.umath.clip"),
    "sinc": first(),
    "i0": first(kinds="f"),
    # linear and reductions
    "sum": reduction("sum", keepdims=KEEP, dtype=float_dtype, where=where, initial=number()),
    "prod": reduction("prod", keepdims=KEEP, dtype=float_dtype, where=where, initial=number()),
    "mean": reduction("mean", keepdims=KEEP, dtype=float_dtype, where=where),
    **{name: reduction(name, keepdims=KEEP, dtype=float_dtype, ddof=of(0, 1, 0.5), where=where) for name in ("var", "std")},
    **{name: extreme(name) for name in ("max", "min", "amax", "amin")},
    "ptp": reduction("ptp", keepdims=KEEP),
    "median": reduction("median", "f", keepdims=KEEP, overwrite_input=of(False)),
    "average": average,
    **{name: reduction(name, keepdims=KEEP, dtype=float_dtype) for name in ("nansum", "nanprod", "nanmean")},
    **{name: reduction(name, keepdims=KEEP, dtype=float_dtype, ddof=of(0, 1)) for name in ("nanvar", "nanstd")},
    **{name: extreme(name) for name in ("nanmax", "nanmin")},
    "nanmedian": reduction("nanmedian", "f", keepdims=KEEP),
    **names("cumsum cumprod nancumsum nancumprod", first(axis=axis_or_none, dtype=float_dtype)),
    **names("cumulative_sum cumulative_prod", first(1, 1, axis=axis, dtype=float_dtype, include_initial=KEEP)),
    "trace": first(2, 3, offset=whole(-2, 2), dtype=float_dtype),
    "linalg.trace": first(2, 3, offset=whole(-2, 2), dtype=float_dtype),
    **names("real imag", first()),
    "angle": first(deg=KEEP),
    **names("fft.fft fft.ifft", transform(1)),
    **names("fft.rfft fft.ihfft fft.irfft fft.hfft", transform(1, last=1)),
    **names("fft.fft2 fft.ifft2", transform(2)),
    **names("fft.rfft2 fft.irfft2", transform(2, last=1)),
    **names("fft.fftn fft.ifftn", transform(0)),
    **names("fft.rfftn fft.irfftn", transform(0, last=1)),
    **{name: quantile(top) for top, text in ((1.0, "quantile nanquantile"), (100.0, "percentile nanpercentile"))
       for name in text.split()},
    "cov": covariance("bias"),
    "corrcoef": covariance(),
    # moving
    "array_split": splitting(),
    "split": splitting(),
    "hsplit": splitting(0),
    "vsplit": splitting(1),
    "dsplit": splitting(2),
    "broadcast_to": then(lambda d, a: (d.whole(1, 3), *np.shape(a)) if d.chance(0.8) else np.shape(a)),
    "copy": first(order=of("C", "F", "A", "K"), subok=KEEP),
    "delete": then(deleting, least=1, axis=axis_or_none),
    "diag": first(1, 2, k=whole(-2, 2)),
    "diagflat": first(0, 2, k=whole(-2, 2)),
    "diagonal": first(2, 3, offset=whole(-2, 2), axis1=of(1), axis2=of(-2)),
    "linalg.diagonal": first(2, 3, offset=whole(-2, 2)),
    "expand_dims": first(axis=must(lambda d, a: d.pick(0, -1, (0, -1), np.ndim(a), (1,)))),
    **names("fft.fftshift fft.ifftshift", first(axes=axes)),
    "flip": first(axis=axes),
    "fliplr": first(2),
    "flipud": first(1),
    "lib.stride_tricks.sliding_window_view": windows,
    **names("linalg.matrix_transpose matrix_transpose", first(2)),
    "moveaxis": then(axis, axis, least=1),
    "swapaxes": then(axis, axis, least=1),
    "rollaxis": then(axis, least=1, start=whole(0, 1)),
    "ravel": first(order=of("C", "F", "A", "K")),
    "repeat": repeated,
    "reshape": reshaped,
    "resize": then(lambda d, a: d.pick(3, (2, 3), (0,), (4, 1, 2))),
    "roll": then(lambda d, a: d.whole(-4, 4), axis=axis_or_none),
    "rot90": first(2, k=whole(-5, 5), axes=of((0, 1), (1, 0), (-1, 0))),
    "squeeze": first(axis=lambda d, a: next((i for i, n in enumerate(np.shape(a)) if n == 1), None)),
    "take": then(lambda d, a: d.pick(0, -1, [0, 0], d.plain((2, 2), -1, 1)), least=1, axis=axis_or_none,
                 mode=of("raise", "wrap", "clip")),
    "take_along_axis": taken,
    "tile": then(lambda d, a: d.pick(2, 0, (2, 1), (1, 2, 2))),
    "transpose": first(axes=permutation),
    **names("tril triu", first(2, k=whole(-2, 2))),
    "append": appended,
    **names("atleast_1d atleast_2d atleast_3d", several()),
    "block": blocks,
    "choose": choosing,
    "column_stack": sequence(2, 2),
    "compress": compressing,
    "concatenate": sequence(joined=True, axis=axis_or_none),
    **names("dstack hstack vstack", sequence(0, 2)),
    "extract": masked,
    "insert": inserting,
    "select": selecting,
    "stack": sequence(0, 2, axis=axis),
    "where": conditional,
    "unstack": first(1, axis=axis),
    "broadcast_arrays": broadcastable,
    "meshgrid": meshes,
    "full_like": full,
    "astype": casting,
    "pad": padded,
    "trim_zeros": trimmed,
    "real_if_close": first(),
    "nan_to_num": nan_free,
    # order and pieces
    "sort": first(axis=axis_or_none, kind=of("quicksort", "stable", "heapsort")),
    "sort_complex": first(1),
    "partition": partition,
    "clip": clipping("clip"),
    "piecewise": piecewise,
    "unique": unique,
    "union1d": two_sets(),
    "intersect1d": two_sets(return_indices=KEEP),
    **names("setdiff1d setxor1d", two_sets()),
    **names("unique_all unique_counts unique_inverse unique_values", first()),
    "histogram": histogram,
    "histogram_bin_edges": bin_edges,
    "histogram2d": histogram_2d,
    "histogramdd": histogram_dd,
    **names("lib.scimath.arccos lib.scimath.arcsin lib.scimath.arctanh lib.scimath.log", first()),
    **names("lib.scimath.log10 lib.scimath.log2 lib.scimath.sqrt", first()),
    **names("lib.scimath.power lib.scimath.logn", pair()),
    # differences, sampling, ranges
    "diff": differences,
    "ediff1d": flat_differences,
    "trapezoid": trapezoid,
    "gradient": slopes,
    "interp": interpolation,
    "unwrap": unwrapping,
    "bincount": counting,
    "linspace": space(-3, dtype=of(None, np.float64, np.float32), retstep=KEEP),
    "logspace": space(-2, base=of(2.0, 10, np.e)),
    "geomspace": space(0.5),
    # polynomials
    "polyval": lambda d: ((d.array((d.whole(1, 4),)), d.array()), {}),
    **names("polyadd polysub polymul", two_polynomials),
    "polynomial.polynomial.polyval2d": points_and_coefficients,
    "polynomial.polynomial.polygrid2d": lambda d: ((d.array(), d.array(), d.array((d.whole(1, 3), d.whole(1, 3)))), {}),
    "polydiv": two_polynomials,
    "polyder": first(1, 1, m=whole(0, 3)),
    "polyint": integral,
    "poly": lambda d: ((d.array((d.whole(1, 4),)) if d.chance(0.7) else square(d, batch=False),), {}),
    "roots": lambda d: ((d.array((d.whole(1, 5),), special=False),), {}),
    "vander": first(1, 1, N=whole(0, 4), increasing=KEEP),
    "polyfit": fit,
    # applied functions, text
    "apply_along_axis": applied,
    "apply_over_axes": applied_over,
    **names("array_repr array_str array2string", first(0, 1)),
    # products
    **names("matmul linalg.matmul", product("matmul")),
    "dot": product("dot"),
    "inner": product("inner"),
    "vdot": product("vdot"),
    "outer": product("outer"),
    "linalg.outer": product("vectors"),
    "tensordot": tensordot,
    "linalg.tensordot": tensordot,
    "kron": product("kron"),
    "cross": cross,
    "linalg.cross": array_api_cross,
    **names("convolve correlate", lambda d: ((d.array((d.whole(1, 5),)), d.array((d.whole(1, 4),))),
                                              d.some(None, {"mode": of("full", "same", "valid")}))),
    **names("vecdot linalg.vecdot", product("vecdot")),
    "matvec": product("matvec"),
    "vecmat": product("vecmat"),
    **names("einsum einsum_path", einsum),
    # linear algebra
    **names("linalg.inv linalg.det linalg.slogdet linalg.eig linalg.eigvals", matrix()),
    "linalg.solve": solve,
    "linalg.cholesky": matrix(hermitian, upper=KEEP),
    **names("linalg.eigh linalg.eigvalsh", matrix(hermitian, UPLO=of("L", "U"))),
    "linalg.svd": rectangular(full_matrices=KEEP, compute_uv=KEEP),
    "linalg.svdvals": rectangular(),
    "linalg.qr": rectangular(mode=of("reduced", "complete", "r", "raw")),
    "linalg.pinv": rectangular(rcond=of(1e-10, None)),
    "linalg.matrix_power": lambda d: ((square(d), d.whole(-3, 4)), {}),
    "linalg.multi_dot": chain,
    "linalg.cond": lambda d: ((square(d),), d.some(None, {"p": of(None, 1, -1, 2, -2, np.inf, -np.inf, "fro")})),
    "linalg.lstsq": least_squares,
    "linalg.tensorinv": tensor_inverse,
    "linalg.tensorsolve": tensor_solve,
    **{name: norm(name) for name in ("linalg.norm", "linalg.vector_norm", "linalg.matrix_norm")},
    "linalg.matrix_rank": rectangular(),
    # in place
    "copyto": written(like(), where=where),
    "fill_diagonal": written(lambda d, a: d.pick(d.array(()), 2.0, d.array((2,))), least=2, wrap=KEEP),
    "place": written(lambda d, a: d.mask(a.shape), lambda d, a: d.pick(d.array((2,)), [1.5])),
    "put": written(lambda d, a: d.pick(0, [0, -1]), lambda d, a: d.pick(d.array(()), d.array((2,)), 1.5), least=1,
                   mode=of("raise", "wrap", "clip")),
    "put_along_axis": put_along,
    "putmask": written(lambda d, a: d.mask(a.shape), lambda d, a: d.pick(d.array((2,)), d.array(()), d.array(a.shape))),
    # made like an array
    **names("zeros ones empty", created(new_shape, dtype=float_dtype)),
    "full": created(new_shape, lambda d, a: d.pick(d.array(()), d.number()), dtype=float_dtype),
    **names("array asarray asanyarray", created(entries, dtype=float_dtype)),
    **names("ascontiguousarray asfortranarray", created(entries)),
    "require": created(entries, requirements=of("C", "F")),
    **names("eye tri", created(whole(0, 4), M=whole(0, 4), k=whole(-1, 1))),
    "identity": created(whole(0, 4)),
    "arange": created(lambda d, a: d.pick(0, d.number(0, 1), d.array((), "f")), lambda d, a: d.pick(4, d.number(3, 5))),
    "frombuffer": created(of(b"0123456789abcdef"), dtype=of(np.float64, np.float32)),
    "fromfile": created(of(__file__), must(of(np.uint8)), count=must(of(5))),
    "fromfunction": created(of(lambda i, j: i + 2.0 * j), of((2, 3), (0, 2))),
    "fromiter": created(of([1.0, 2.5]), of(np.float64)),
    "fromstring": created(of("1 2.5 3"), of(np.float64), sep=must(of(" "))),
    **names("loadtxt genfromtxt", created(of(["1 2", "3 4.5"]))),
    # questions about values and shapes
    **names("all any", first(axis=axes, keepdims=KEEP, where=where)),
    **names("argmax argmin nanargmax nanargmin", first(axis=axis_or_none, keepdims=KEEP)),
    "argsort": first(axis=axis_or_none, kind=of("stable")),
    "argpartition": partition,
    "lexsort": lambda d: (([d.array((4,), "f"), d.array((4,), "f")],), {}),
    **names("argwhere flatnonzero iscomplex iscomplexobj isreal isrealobj min_scalar_type ndim shape size", first()),
    **names("isneginf isposinf", first(kinds="f")),
    "nonzero": first(1),
    "count_nonzero": first(axis=axes, keepdims=KEEP),
    **names("allclose isclose", pair(rtol=of(0.1), equal_nan=KEEP)),
    **names("array_equal array_equiv", pair(equal_nan=KEEP)),
    **names("can_cast result_type", lambda d: ((d.array((2,)), np.float64), {})),
    "common_type": several(),
    "diag_indices_from": lambda d: ((d.array((3, 3)),), {}),
    **names("tril_indices_from triu_indices_from", first(2, 2, k=whole(-1, 1))),
    "digitize": digitising,
    "isin": membership,
    **({"in1d": membership} if "in1d" in dir(np) else {}),
    "ravel_multi_index": lambda d: (([d.array((2,)), d.array((2,))], (3, 4)), {}),
    "unravel_index": lambda d: ((d.array((2,)), (3, 4)), {}),
    **names("may_share_memory shares_memory", pair()),
    "searchsorted": searching,
    **names("around round", first(decimals=whole(-1, 2))),
    "fix": first(kinds="f"),
    **names("zeros_like ones_like", first(dtype=float_dtype, order=of("C", "F", "K"), shape=of((2,), 3))),
    "empty_like": first(dtype=float_dtype),
}  # fmt: skip

# The table of numpy.polynomial is made once it is met.
rule_of(np.polynomial.polynomial.polyval2d)
RULES = {
    name_of(f): rule
    for f, rule in {**FUNCTIONS, **UFUNCS}.items()
    if not isinstance(rule, Unsupported) and f not in TABLES.get("scipy.special._ufuncs", {})
}


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_few_random_calls(name: str) -> None:
    """Shape, dtype and every bit are NumPy's, and the tangent is the derivative."""
    found = unknown_problems(name, QUICK)
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(RULES))
def test_many_random_calls(name: str) -> None:
    """The same for many calls, among which derivatives that are not zero have been verified."""
    found = unknown_problems(name, FULL)
    assert not found, "\n".join(found)
    if not isinstance(RULES[name], (Constant, ZeroSlope)) and name not in FLAT:
        assert VERIFIED.get(name, 0) > 20


#: Functions whose results have no derivative that is not zero, or none that a difference quotient sees.
FLAT = (
    *("array_repr", "array_str", "array2string", "empty_like", "zeros", "ones", "empty", "eye", "tri", "identity"),
    *("frombuffer", "fromfile", "fromfunction", "fromiter", "fromstring", "loadtxt", "genfromtxt"),
    # Entries that are equal do not stay so.
    *("intersect1d",),
)
