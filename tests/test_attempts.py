"""Attempts to get a wrong number, or a derivative that is lost without a word, by the doors for unmodified programs.

Each is a program that is right on floats. A door may differentiate it or refuse it with an error; a derivative that differs
from the program's own central difference fails.
"""

from __future__ import annotations

import array
import bisect
import cmath
import collections
import contextlib
import copy
import dataclasses
import decimal
import fractions
import functools
import io
import itertools
import json
import math
import operator
import pickle
import statistics
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

POINT = np.array([1.3, 0.4, 2.2])
HELD = np.zeros(3)
CACHE: dict[str, Any] = {}
TOTAL = 0.0


def by_memoryview(x: Any) -> Any:
    """Write through a memory view."""
    a = np.zeros(3)
    b = np.asarray(memoryview(a))  # type: ignore[arg-type]
    a[:] = x
    return b * 2


def by_second_array(x: Any) -> Any:
    """Keep a plain alias of an array that is written later."""
    a = np.zeros(3)
    b = np.asarray_chkfinite(a)
    a[:] = x**2
    return b + a


def by_held_reference(x: Any) -> Any:
    """An array is stored in an object before it is written."""
    a = np.zeros(3)
    holder = {"a": np.array(a, copy=None)}
    a += x * x
    return holder["a"]


def by_alias_of_asarray(x: Any) -> Any:
    """np.asarray(float array, float) is the same array."""
    a = np.zeros(3)
    b = np.asarray(a, dtype=float)
    b[1] = x[0] * x[1]
    return a


def by_view_method(x: Any) -> Any:
    """ndarray.view of a created array."""
    a = np.zeros(3)
    b = a.view()
    b[:] = x
    return a * x


def by_ndarray_fill(x: Any) -> Any:
    """ndarray.fill."""
    a = np.empty(3)
    a.fill(x[0])
    return a * x


def by_flat(x: Any) -> Any:
    """Write through the flat iterator."""
    a = np.zeros((3, 1))
    a.flat[1] = x[0]
    a.flat[:] = a.ravel() + x
    return a


def by_nditer(x: Any) -> Any:
    """Write through nditer."""
    a = np.zeros(3)
    places: Any = np.nditer(a, op_flags=["readwrite"])
    for place, entry in zip(places, x, strict=True):
        place[...] = entry * 2
    return a


def by_ndenumerate(x: Any) -> Any:
    """Read through ndenumerate and ndindex."""
    out = np.zeros(3)
    for index, entry in np.ndenumerate(x):
        out[index] = entry**2
    for index in np.ndindex(out.shape):
        out[index] += x[index]
    return out


def by_global_array(x: Any) -> Any:
    """Write into an array of the module."""
    HELD[:] = x
    return HELD * 2


def by_global_number(x: Any) -> Any:
    """Sum in a global."""
    global TOTAL  # noqa: PLW0603
    TOTAL = 0.0
    for entry in x:
        TOTAL += entry * entry
    return TOTAL


def by_cache(x: Any) -> Any:
    """Keep a number in a dictionary of the module."""
    CACHE["x"] = x[0] ** 2
    return CACHE["x"] + CACHE.pop("x")


@functools.cache
def squared(t: Any) -> Any:
    """Remember results by equal arguments."""
    return t * t


def by_lru_cache(x: Any) -> Any:
    """A cache whose keys are equal values."""
    return squared(1.3) + squared(x[0]) * x[1]


def by_default(x: Any, work: Any = np.zeros(3)) -> Any:  # noqa: B008 - as programs do
    """A work array among the defaults."""
    work[:] = x
    return work * x


def by_closure(x: Any) -> Any:
    """A work array in a closure, written by a nested function."""
    work = np.zeros(3)

    def put(i: int) -> None:
        work[i] = x[i] ** 2

    for i in range(3):
        put(i)
    return work


@dataclasses.dataclass
class State:
    """A state with a default array of its own."""

    position: Any = dataclasses.field(default_factory=lambda: np.zeros(3))

    def move(self, x: Any) -> State:
        """Move in place."""
        self.position[:] += x
        return dataclasses.replace(self, position=self.position * 2)


class Slotted:
    """An object with slots and a class attribute that is an array."""

    __slots__ = ("a",)
    shared = np.zeros(3)

    def __init__(self) -> None:
        self.a = np.zeros(3)


def by_slots(x: Any) -> Any:
    """Write into arrays of a slotted object."""
    made = Slotted()
    made.a[:] = x
    return made.a * x


def by_class_attribute(x: Any) -> Any:
    """Write into an array of a class."""
    Slotted.shared[:] = x
    return Slotted.shared * 2


def by_generator(x: Any) -> Any:
    """Numbers pass through a generator that is kept open."""

    def running() -> Iterator[Any]:
        total = np.zeros(())
        for entry in x:
            total = total + entry
            yield total * entry

    return np.array(list(running()))


def by_exception(x: Any) -> Any:
    """A number is carried by an exception."""
    try:
        raise ValueError(x[0] * x[1])  # noqa: TRY301 - the attempt
    except ValueError as error:
        return error.args[0]


def by_context(x: Any) -> Any:
    """A context manager allocates."""

    @contextlib.contextmanager
    def work() -> Iterator[Any]:
        yield np.zeros(3)

    with work() as a:
        a[:] = x
    return a


def by_structured(x: Any) -> Any:
    """Write into a field."""
    a = np.zeros(3, dtype=[("u", float), ("v", float)])
    a["u"] = x
    return a["u"] * 2


def by_complex_parts(x: Any) -> Any:
    """Write into the real and imaginary part of a complex array."""
    z = np.zeros(3, complex)
    z.real = x
    z.imag[:] = x**2
    return (z * z).real


def by_real_view(x: Any) -> Any:
    """View complex numbers as pairs of floats."""
    z = np.array([complex(1.0, 2.0)] * 3) * x
    return z.view(float).reshape(3, 2)[:, 1]


def by_masked(x: Any) -> Any:
    """A masked array of a number."""
    return np.ma.array(x, mask=[False, True, False]).sum()


def by_matrix(x: Any) -> Any:
    """A matrix of a number."""
    return np.asmatrix(x) * np.asmatrix(x).T


def by_threads(x: Any) -> Any:
    """Threads fill one array."""
    out = np.zeros(3)

    def work(i: int) -> None:
        part = np.zeros(1)
        part[0] = x[i] ** 2
        out[i] = part[0]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(3)))
    return out


def by_contextvars(x: Any) -> Any:
    """Allocation in a copied context of another thread."""
    import contextvars

    context = contextvars.copy_context()
    out = context.run(np.zeros, 3)
    out[:] = x
    return out


def by_in_place_operators(x: Any) -> Any:
    """Each augmented assignment, on an alias too."""
    a = np.ones(3)
    b = a
    a += x
    a *= x
    a -= 0.5 * x
    a /= x + 1
    a **= 2
    b %= 0.7
    return a + b


def by_matmul_in_place(x: Any) -> Any:
    """a @= b."""
    a = np.eye(3)
    a @= np.outer(x, x)
    return a[0] * a[1]


def by_where_argument(x: Any) -> Any:
    """A ufunc with where= and out= leaves the other entries."""
    a = np.full(3, 5.0)
    np.multiply(x, 2.0, out=a, where=x > 1)
    return a * x


def by_ufunc_at(x: Any) -> Any:
    """Unbuffered addition with repeated indices."""
    a = np.zeros(2)
    np.add.at(a, [0, 1, 0], x)
    np.subtract.at(a, 1, x[0])
    return a


def by_sort_in_place(x: Any) -> Any:
    """Sorting, partitioning and reversing in place."""
    a = np.zeros(3)
    a[:] = x
    a.sort()
    a[::-1].partition(1)
    return a * np.arange(1.0, 4.0)


def by_resize(x: Any) -> Any:
    """ndarray.resize and setting the shape."""
    a = np.array(x)
    a.shape = (3, 1)
    a.resize((2, 1), refcheck=False)
    return a * 2


def by_strides(x: Any) -> Any:
    """Overlapping windows, written through."""
    a = np.zeros(4)
    w = np.lib.stride_tricks.as_strided(a, (3, 2), (8, 8))
    a[:3] = x
    return w.sum(axis=1)


def by_take_out(x: Any) -> Any:
    """out= of functions and methods."""
    out = np.zeros(2)
    x.take([2, 0], out=out)
    total = np.zeros(())
    x.sum(out=total)
    return out * total


def by_copyto(x: Any) -> Any:
    """copyto with a mask, put_along_axis, fill_diagonal."""
    a = np.zeros((3, 3))
    np.copyto(a, x, where=np.eye(3, dtype=bool))
    np.put_along_axis(a, np.array([[1], [2], [0]]), x[:, None] ** 2, 1)
    np.fill_diagonal(a[1:], x[0])
    return a.sum(axis=0)


def by_overlap(x: Any) -> Any:
    """Assignments whose two sides overlap."""
    a = np.zeros(5)
    a[:3] = x
    a[1:4] = a[:3]
    a[::-1][:2] += a[:2]
    return a


def by_swap(x: Any) -> Any:
    """Rows exchanged by a pair of assignments, as elimination does."""
    a = np.outer(x, [1.0, 2.0])
    a[0], a[1] = a[1].copy(), a[0].copy()
    a[[1, 2]] = a[[2, 1]]
    return a[:, 0] * np.arange(3)


def by_repeated_index(x: Any) -> Any:
    """The last of several values for one place counts; += counts once."""
    a = np.zeros(3)
    a[[0, 0]] = x[:2]
    a[[1, 1]] += x[1:]
    return a


def by_row_variable(x: Any) -> Any:
    """A row of a matrix is a view, also of one that holds nothing yet."""
    a = np.zeros((2, 3))
    row, column = a[0], a[:, 1]
    row[:] = x
    column += x[0]
    return a


def by_conditional_allocation(x: Any) -> Any:
    """out=None as a default."""

    def scaled(v: Any, out: Any = None) -> Any:
        out = np.empty_like(v) if out is None else out
        np.multiply(v, 3.0, out=out)
        return out

    a = np.empty(3)
    scaled(x, a)
    return a + scaled(np.arange(3.0), np.zeros(3)) * scaled(x)


def by_float_calls(x: Any) -> Any:
    """Builtin float, its methods, and sums of them."""
    return sum(float(t) ** 2 for t in x) + float(x[0]).real


def by_round(x: Any) -> Any:
    """round, abs, divmod, pow with three forms, max and min of builtins."""
    return round(x[0]) + abs(-x[1]) + divmod(x[2], 0.7)[1] + pow(x[0], 2) + max(x) * min(*x) + sum(x, x[0])


def by_math(x: Any) -> Any:
    """Functions of math in a loop."""
    out = np.zeros(3)
    for i, t in enumerate(x):
        out[i] = (
            math.gamma(t)
            + math.hypot(t, 1.0, x[0])
            + math.fsum([t, 1e-3, t * t])
            + math.log(t + 1, 3)
            + math.dist([t, 1], [0, 2])
        )
    return out


def by_math_star(x: Any) -> Any:
    """Functions of math by map, reduce and attribute."""
    return functools.reduce(operator.mul, map(math.sqrt, x)) + getattr(math, "s" + "in")(x[0]) + math.prod(x)


def by_cmath(x: Any) -> Any:
    """Functions of cmath."""
    return (cmath.exp(1j * x[0]) * x[1]).real


def by_statistics(x: Any) -> Any:
    """Python's statistics."""
    return statistics.fmean(x) + statistics.pstdev(list(x))


def by_decimal(x: Any) -> Any:
    """Decimal numbers of a number."""
    return float(decimal.Decimal(x[0]) ** 2)


def by_fraction(x: Any) -> Any:
    """Fractions beside a number."""
    return fractions.Fraction(1, 3) * x[0] + x[1] / fractions.Fraction(2, 3)


def by_fraction_of(x: Any) -> Any:
    """A fraction of a number."""
    return float(fractions.Fraction(x[0])) * 2


def by_array_module(x: Any) -> Any:
    """Python's array."""
    return np.frombuffer(array.array("d", x)) * 2


def by_text(x: Any) -> Any:
    """A number is printed and read again."""
    return float(f"{x[0]:.17g}") + float(str(x[1])) + float(repr(float(x[2])))


def by_json(x: Any) -> Any:
    """A number goes through JSON."""
    return json.loads(json.dumps(x.tolist()))[0] * 2


def by_savetxt(x: Any) -> Any:
    """A number goes through a text file."""
    file = io.StringIO()
    np.savetxt(file, x, fmt="%.17g")
    file.seek(0)
    return np.loadtxt(file)


def by_save(x: Any) -> Any:
    """A number goes through a binary file."""
    file = io.BytesIO()
    np.save(file, x)
    file.seek(0)
    return np.load(file)


def by_pickle(x: Any) -> Any:
    """A number is pickled and copied."""
    return pickle.loads(pickle.dumps(x)) * copy.deepcopy(x) + copy.copy(x)


def by_bytes(x: Any) -> Any:
    """A number goes through bytes."""
    return np.frombuffer(x.tobytes()) * 2


def by_tolist(x: Any) -> Any:
    """Lists of numbers and back."""
    return np.array([[t, 2 * t] for t in x.tolist()]).sum(axis=0) + np.array(list(x))[:2]


def by_containers(x: Any) -> Any:
    """Deques, counters, sorted, bisect, itertools."""
    queue = collections.deque(x, maxlen=2)
    ordered = sorted(x, key=lambda t: -t)
    bisect.insort(found := sorted(x), x[0] * 0.5)
    return queue[0] * ordered[0] + found[0] + list(itertools.accumulate(x))[-1] + max(x, key=lambda t: t)


def by_dict_keys(x: Any) -> Any:
    """A number looks itself up in a table of floats."""
    return {1.3: 2.0, 0.4: 3.0}.get(x[2], x[0]) * x[1]


def by_object_array(x: Any) -> Any:
    """Object arrays."""
    a = np.empty(3, object)
    a[:] = list(x)
    return (a * a).sum() + a.astype(object)[0]


def by_object_to_float(x: Any) -> Any:
    """Object arrays turned into floats."""
    return np.array(list(x), dtype=object).astype(float) * 2


def by_int_array(x: Any) -> Any:
    """A number is written into an array of integers."""
    a = np.zeros(3, dtype=int)
    a[0] = x[2] * 100
    return a * 0.01


def by_float32_steps(x: Any) -> Any:
    """Arrays of single precision hold the number halfway."""
    a = np.zeros(3, dtype=np.float64)
    a[:] = x.astype(np.float64)
    return a.astype("f8").copy("F")


def by_isinstance(x: Any) -> Any:
    """Branches on types."""
    if isinstance(x, np.ndarray) and isinstance(x[0], (float, np.floating)) and np.issubdtype(x.dtype, np.floating):
        return x * 2
    return x * 0


def by_dtype_comparison(x: Any) -> Any:
    """Branches on dtypes, compared both ways round."""
    if (
        np.float64 == x.dtype
        and x.dtype == np.float64
        and x.dtype in (np.float64, np.float32)
        and x.dtype.type is np.dtype(float).type
    ):
        return x * 2
    return x * 0


def by_type_is(x: Any) -> Any:
    """A type is compared by identity."""
    return x[0] * 2 if type(float(x[0])) in (float, np.float64) else x[0] * 3


def by_try_float(x: Any) -> Any:
    """A conversion in a try block, whose handler gives something else."""
    try:
        return float(x[0]) * 2
    except TypeError:
        return 0.0


def by_try_store(x: Any) -> Any:
    """A write in a try block, whose handler goes on."""
    a = np.zeros(3)
    try:  # noqa: SIM105 - as programs do
        a[0] = x[0]
    except (TypeError, ValueError):
        pass
    return a


def by_finite_check(x: Any) -> Any:
    """Checks for nan, comparisons and any/all choose the branch of the value."""
    return x[0] * 2 if np.all(np.isfinite(x)) and not math.isnan(x[0]) and (x > 0).all() and x[0] != x[1] else x[0]


def by_vectorize(x: Any) -> Any:
    """A vectorized function whose first result is an integer."""
    return np.vectorize(lambda t: 0 if t > 1 else t * t)(x)


def by_vectorize_types(x: Any) -> Any:
    """A vectorized function with otypes, and a cache."""
    return np.vectorize(lambda t: t * t if t > 1 else 0, otypes=[float], cache=True)(x)


def by_fromiter(x: Any) -> Any:
    """fromiter, fromfunction, apply_along_axis, piecewise, select."""
    a = np.fromiter((t * t for t in x), float)
    b = np.fromfunction(lambda i: x[0] * (i + 1), (3,))
    c = np.apply_along_axis(lambda r: r[::-1] * x[1], 0, a)
    d = np.piecewise(x, [x > 1], [lambda t: t**2, lambda t: -t])
    return a + b + c + d + np.select([x > 1], [x**3], default=x[0])


def by_interp(x: Any) -> Any:
    """Interpolation in every argument."""
    return np.interp(x[1], [0.0, x[0], 3.0], [x[2], 1.0, 0.0], left=x[0]) + np.interp(-1.0, [0, 1], [1, 2], left=x[2])


def by_linspace(x: Any) -> Any:
    """Grids whose ends are numbers."""
    return np.linspace(0, x[0], 4)[1:] + np.arange(3) * x[1] + np.logspace(0, x[1], 3) + np.mgrid[0 : x[2] : 3j]


def by_trapezoid(x: Any) -> Any:
    """Integrals whose grid moves."""
    t = np.linspace(0.0, x[0], 5)
    return np.sum(np.diff(t) * (np.sin(t)[1:] + np.sin(t)[:-1])) / 2


def by_searchsorted(x: Any) -> Any:
    """A table look-up by position, and the remainder."""
    grid = np.array([0.0, 1.0, 2.0, 3.0])
    i = np.searchsorted(grid, x) - 1
    return (x - grid[i]) * (i + 1) + np.digitize(x, grid)


def by_while(x: Any) -> Any:
    """A loop until convergence, tested on floats."""
    y = x[0]
    while abs(float(y * y - x[0])) > 1e-14:
        y = 0.5 * (y + x[0] / y)
    return y


def by_fixed_iterations(x: Any) -> Any:
    """Bisection: the result is a number of the bracket's, which does not move."""
    low, high = 0.0 * x[0], x[2] + 1.0
    for _ in range(4):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if middle**2 < x[0] else (low, middle)
    return 0.5 * (low + high)


def by_polynomial(x: Any) -> Any:
    """Polynomial objects."""
    p = np.polynomial.Polynomial(x)
    q = np.poly1d(x)
    return p(x[0]) + (p * p).deriv()(0.3) + q(0.7) + np.polyval(x, x[1]) + q.coeffs[0]


def by_linalg(x: Any) -> Any:
    """Assembled matrices."""
    a = np.zeros((3, 3))
    for i in range(3):
        a[i, i] = 2 + x[i]
        a[i, (i + 1) % 3] -= x[0] * x[i]
    return np.linalg.solve(a, np.ones(3)) + np.linalg.det(a) + np.linalg.inv(a)[0]


def by_einsum_out(x: Any) -> Any:
    """einsum and matmul with out=."""
    out = np.empty((3, 3))
    np.einsum("i,j->ij", x, x, out=out)
    two = np.empty((3, 3))
    np.matmul(out, out, out=two)
    return two[0]


def by_random(x: Any) -> Any:
    """Samples written into, shuffled and chosen from."""
    noise = np.random.RandomState(0).standard_normal(3)
    a = np.array(noise)
    a += x
    return a * np.random.RandomState(1).permutation(x)


def by_shuffle(x: Any) -> Any:
    """Shuffled in place."""
    a = np.array(x)
    np.random.RandomState(1).shuffle(a)
    return a * np.arange(3)


def by_nan_to_num(x: Any) -> Any:
    """Replace in place, with a number."""
    a = np.array([np.nan, 1.0, 2.0])
    a[1:] = x[:2]
    return np.nan_to_num(a, nan=x[2]) + np.nan_to_num(a, copy=False, nan=x[0])


def by_clip(x: Any) -> Any:
    """Bounds that move."""
    return np.clip(np.array([0.0, 1.0, 5.0]), x[1], x[2]) + x.clip(0.5, x[0])


def by_setattr_real(x: Any) -> Any:
    """Attributes: real, imag, T, flat and size of a number."""
    return x.real * x.size + x.imag + x.T + x.flat[0] + x.conj()


def by_errstate(x: Any) -> Any:
    """Under errstate, with warnings that become errors."""
    with np.errstate(all="raise"):
        return np.sqrt(x) + np.log1p(x)


def by_exec(x: Any) -> Any:
    """Text that is executed with names of its own."""
    names: dict[str, Any] = {"x": x}
    exec("import numpy as np\nout = np.zeros(3)\nout[:] = x\n", names)
    return names["out"]


def by_eval(x: Any) -> Any:
    """An expression that is evaluated."""
    return eval("np.array([x[0], 1.0, x[1] * x[2]])")


def by_partial(x: Any) -> Any:
    """Functions of functools and operator."""
    filled = functools.partial(np.full, 3)
    return filled(x[0]) * operator.itemgetter(1)(x) + operator.methodcaller("sum")(x)


def by_inheritance(x: Any) -> Any:
    """A subclass of ndarray holds the number."""

    class Named(np.ndarray):
        pass

    return np.asarray(x).view(Named) * 2


def by_buffer_of_ndarray(x: Any) -> Any:
    """An ndarray on another's memory."""
    a = np.zeros(3)
    b: Any = np.ndarray((3,), buffer=a)
    b[:] = x
    return a * 2


def by_asarray_list(x: Any) -> Any:
    """Arrays of arrays, ragged by one."""
    return np.asarray([x, [1, 2, 3]]).sum(axis=0) + np.array([x[:1], [x[1]]])[:, 0].sum()


def by_dlpack(x: Any) -> Any:
    """An alias by DLPack."""
    a = np.zeros(3)
    b = np.from_dlpack(a)
    a[:] = x
    return b * 2


def by_ctypes(x: Any) -> Any:
    """An alias by ctypes."""
    a = np.zeros(3)
    pointer = np.ctypeslib.as_ctypes(a)
    a[:] = x
    return np.array(list(pointer)) * 2


def by_array_interface(x: Any) -> Any:
    """An alias by the array interface."""

    class Alias:
        def __init__(self, a: Any) -> None:
            self.__array_interface__ = a.__array_interface__
            self.a = a

    a = np.zeros(3)
    b = np.asarray(Alias(a))
    a[:] = x
    return b * 2


def by_late_alias(x: Any) -> Any:
    """A float array that plain code made of an empty array, which is written later."""
    a = np.zeros(3)
    b = HOLD(a)
    a[:] = x
    return b * 2


HOLD = operator.methodcaller("__array__")

ATTEMPTS = {name: f for name, f in globals().items() if name.startswith("by_")}


def difference(f: Callable[[Any], Any], v: Any) -> Any:
    """The program's own central difference along v, on floats."""
    h = 1e-6
    ahead, behind = (np.array(f(POINT + s * v), dtype=float) for s in (h, -h))
    return (ahead - behind) / (2 * h)


def rebound(f: Any) -> Any:
    """The program with its imports changed: the same code in globals that mean our namespaces."""
    import types

    import dualdiff.math
    import dualdiff.numpy

    names = {**globals(), "np": dualdiff.numpy, "math": dualdiff.math}
    return types.FunctionType(f.__code__, names, f.__name__, f.__defaults__, f.__closure__)


DOORS: dict[str, Callable[[Any], Any]] = {"lift": dd.lift, "imports": rebound, "neither": lambda f: f}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ATTEMPTS)
def test_right_or_refused(name: str, door: str) -> None:
    """First and second derivatives of the program are right, or an error says that there are none."""
    f = DOORS[door](ATTEMPTS[name])
    v = np.array([1.0, -0.5, 0.75])
    expected = difference(ATTEMPTS[name], v)
    caught = name in {"by_try_float", "by_try_store"}
    try:
        found = dd.jvp(f, (POINT,), (v,))[1]
    except (TypeError, ValueError, AttributeError, BufferError, NotImplementedError):
        pass
    else:
        if not (caught and door != "lift"):
            np.testing.assert_allclose(np.asarray(found, float), expected, rtol=1e-6, atol=1e-7)
        try:
            second = dd.jvp(lambda x: dd.jvp(f, (x,), (v,))[1], (POINT,), (v,))[1]
            ahead, behind = (dd.jvp(f, (POINT + h * v,), (v,))[1] for h in (1e-6, -1e-6))
        except (TypeError, ValueError, AttributeError, BufferError, NotImplementedError):
            return
        np.testing.assert_allclose(np.asarray(second, float), (np.asarray(ahead) - behind) / 2e-6, rtol=1e-5, atol=1e-6)
    assert not HELD.dtype.hasobject and type(HELD) is np.ndarray
    assert not isinstance(CACHE.get("x"), dd.Dual)


@pytest.mark.parametrize("name", ["by_try_float", "by_try_store"])
def test_a_handler_that_swallows_the_error(name: str) -> None:
    """A program that catches TypeError would go on with the value alone: by the doors there is no error to catch."""
    v = np.array([1.0, -0.5, 0.75])
    found = dd.jvp(dd.lift(ATTEMPTS[name]), (POINT,), (v,))[1]
    np.testing.assert_allclose(found, difference(ATTEMPTS[name], v), rtol=1e-6)
