"""Every line of "Errors" and "Bad input" in the conventions: the type of the error and the words that help."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

LOST = dd.DerivativeLostError

#: NumPy warns when a matrix is made; what matters here is that dualdiff refuses it.
pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")


def scalar() -> Any:
    """Return an active scalar dual."""
    return dd.Dual(2.0, 3.0)


def zero_d() -> Any:
    """Return an active 0-d dual."""
    return dd.Dual(np.array(2.0), np.array(3.0))


def vector() -> Any:
    """Return an active dual vector."""
    return dd.Dual(np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0, 7.0]))


def matrix() -> Any:
    """Return an active dual matrix with two directions."""
    return dd.Dual(np.arange(9.0).reshape(3, 3), np.ones((2, 3, 3)))


def plain() -> Any:
    """Return a plain array to be written into."""
    return np.array([1.0, 2.0, 4.0])


# ---------------------------------------------------------------- the hierarchy
@pytest.mark.parametrize(
    "error, builtin",
    [
        (dd.DerivativeLostError, TypeError),
        (dd.NoRuleError, TypeError),
        (dd.NotDifferentiableError, TypeError),
        (dd.ShapeError, ValueError),
        (dd.NotScalarError, ValueError),
    ],
    ids=lambda e: e.__name__,
)
def test_errors_are_builtin_errors_too(error: type[Exception], builtin: type[Exception]) -> None:
    """Every error is a DualDiffError and the built-in error that a caller would expect."""
    assert issubclass(error, dd.DualDiffError)
    assert issubclass(error, builtin)


# ---------------------------------------------------------------- conversions that would lose a derivative
CONVERSIONS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "float": (float, "value_of"),
    "int": (int, "value_of"),
    "complex": (complex, "value_of"),
    "math.sin": (math.sin, "value_of|np.sin|dualdiff.math|dd.math"),
    "math.isnan": (math.isnan, "value_of"),
    "operator.index": (operator.index, ""),
    "np.float64": (np.float64, "value_of"),
    "np.float32": (np.float32, "value_of"),
    "np.complex128": (np.complex128, "value_of"),
    "np.int64": (np.int64, ""),
    "item": (lambda d: d.item(), "value_of"),
    "asarray float": (lambda d: np.asarray(d, dtype=float), "value_of"),
    "array float": (lambda d: np.array(d, dtype=np.float64), "value_of"),
    "asarray complex": (lambda d: np.asarray(d, dtype=complex), "value_of"),
    "asarray int": (lambda d: np.asarray(d, dtype=int), ""),
    "array of list": (lambda d: np.array([d, d], dtype=float), ""),
    "astype int": (lambda d: d.astype(int), "value_of"),
    "range": (lambda d: range(d), ""),
    "list index": (lambda d: [1, 2, 3][d], ""),
    "full float": (lambda d: np.full(3, d, dtype=float), ""),
    "full_like plain": (lambda d: np.full_like(plain(), d), ""),
    "linspace count": (lambda d: np.linspace(0.0, 1.0, d), ""),
    "string %f": (lambda d: "%f" % d, ""),  # noqa: UP031
}
SCALAR_NUMBERS: dict[str, Callable[[], Any]] = {"scalar": scalar, "0-d": zero_d, "directions": lambda: matrix()[1, 1]}


@pytest.mark.parametrize("number", SCALAR_NUMBERS)
@pytest.mark.parametrize("name", CONVERSIONS)
def test_conversion_of_a_scalar(name: str, number: str) -> None:
    """A conversion that would drop the derivative of a scalar raises DerivativeLostError and says what to write."""
    convert, words = CONVERSIONS[name]
    with pytest.raises(LOST, match=words or None):
        convert(SCALAR_NUMBERS[number]())


ARRAY_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "asarray float": lambda d: np.asarray(d, dtype=float),
    "asarray float32": lambda d: np.asarray(d, dtype=np.float32),
    "array int": lambda d: np.array(d, dtype=int),
    "ascontiguousarray": lambda d: np.ascontiguousarray(d, dtype=float),
    "asfortranarray": lambda d: np.asfortranarray(d, dtype=float),
    "array of list": lambda d: np.array([d, d], dtype=float),
    "astype int": lambda d: d.astype(int),
    "asmatrix": lambda d: np.asmatrix(d, dtype=float),
    "tobytes": lambda d: d.tobytes(),
}


@pytest.mark.parametrize("number", [vector, matrix], ids=["vector", "matrix"])
@pytest.mark.parametrize("name", ARRAY_CONVERSIONS)
def test_conversion_of_an_array(name: str, number: Any) -> None:
    """A conversion that would drop the derivatives of an array raises DerivativeLostError (or has no rule)."""
    with pytest.raises((LOST, dd.NoRuleError, AttributeError)):
        ARRAY_CONVERSIONS[name](number())


@pytest.mark.parametrize("number", [vector, matrix, scalar, zero_d], ids=["vector", "matrix", "scalar", "0-d"])
@pytest.mark.parametrize("protocol", ["__array_interface__", "__array_struct__", "__dlpack__", "__buffer__", "__float64__"])
def test_no_back_door(protocol: str, number: Any) -> None:
    """No buffer protocol hands out the bare values."""
    d = number()
    try:
        found = getattr(d, protocol)
        result = found() if callable(found) else found
    except (AttributeError, TypeError):
        result = None
    assert result is None
    with pytest.raises(TypeError):
        memoryview(d)


@pytest.mark.parametrize("number", [scalar, zero_d, vector, matrix], ids=["scalar", "0-d", "vector", "matrix"])
def test_array_without_a_dtype_keeps_the_duals(number: Any) -> None:
    """np.array(d) gives an object array of scalar duals: nothing is lost."""
    d = number()
    objects = np.array(d)
    assert objects.dtype == object
    assert objects.shape == d.shape
    for index in np.ndindex(*d.shape):
        entry, same = objects[index], d[index] if index else d
        assert isinstance(entry, dd.Dual)
        np.testing.assert_array_equal(entry.value, same.value)
        np.testing.assert_array_equal(entry.tangent, same.tangent)


# ---------------------------------------------------------------- writes into plain arrays
def _write(statement: str) -> Callable[[Any], Any]:
    def run(d: Any) -> Any:
        a = plain()
        before = a.copy()
        A = np.eye(3)
        try:
            exec(statement, {"np": np, "a": a, "A": A, "d": d, "v": vector(), "operator": operator})
        finally:
            assert np.array_equal(a, before), "the plain array was changed although an error was raised"
            assert np.array_equal(A, np.eye(3)), "the plain array was changed although an error was raised"
        return a

    return run


#: Statements that reach the library directly: d is a scalar dual, v a dual vector, a and A plain arrays.
CAUGHT = [
    "a += d",
    "a += v",
    "a -= d",
    "a *= v",
    "a /= d",
    "a **= d",
    "a %= d",
    "A @= np.outer(v, v)",
    "np.add(a, d, out=a)",
    "np.add(a, v, out=a)",
    "np.sin(v, out=a)",
    "np.multiply(v, v, out=(a,))",
    "np.divmod(v, 2.0, out=(a, a.copy()))",
    "np.add.at(a, [0], d)",
    "np.add.reduce(np.outer(v, v), axis=0, out=a)",
    "np.cumsum(v, out=a)",
    "np.sum(np.outer(v, v), axis=0, out=a)",
    "np.mean(np.outer(v, v), axis=0, out=a)",
    "np.clip(v, 0.0, 2.0, out=a)",
    "np.dot(np.outer(v, v), v, out=a)",
    "np.matmul(np.outer(v, v), v, out=a)",
    "np.concatenate([v[:1], v[1:]], out=a)",
    "np.stack([d, d, d], out=a)",
    "np.take(v, [0, 1, 2], out=a)",
    "np.einsum('i,i->i', v, v, out=a)",
    "np.copyto(a, d)",
    "np.copyto(a, v)",
    "np.copyto(a, v, where=[True, False, True])",
    "np.putmask(a, a > 0, v)",
    "np.place(a, a > 0, v)",
    "np.put(a, [0], d)",
    "np.put(a, [0, 1], v[:2])",
    "np.put_along_axis(a, np.array([0]), v[:1], 0)",
    "np.fill_diagonal(A, v)",
]
#: Statements that NumPy runs on its own, through __array__ or __float__: it may wrap our error in a ValueError.
MASKED = [
    "a[0] = d",
    "a[1:] = d",
    "a[:] = v",
    "a[[0, 1]] = v[:2]",
    "a[a > 1] = d",
    "A[0] = v",
    "A[0, 0] = d",
    "a.fill(d)",
    "a.put([0], d)",
    "a.itemset(0, d) if hasattr(a, 'itemset') else operator.setitem(a, 0, d)",
    "np.fill_diagonal(A, d)",
]


@pytest.mark.parametrize("number", [scalar, zero_d], ids=["scalar", "0-d"])
@pytest.mark.parametrize("statement", CAUGHT)
def test_write_that_the_library_sees(statement: str, number: Any) -> None:
    """A write of a dual into a plain array through a NumPy function raises DerivativeLostError and changes nothing."""
    with pytest.raises(LOST, match=r"zeros_like|out|plain|float array|copy"):
        _write(statement)(number())


@pytest.mark.parametrize("number", [scalar, zero_d], ids=["scalar", "0-d"])
@pytest.mark.parametrize("statement", MASKED)
def test_write_that_numpy_runs(statement: str, number: Any) -> None:
    """A write that only NumPy sees raises: DerivativeLostError itself, or NumPy's error with it as the cause."""
    with pytest.raises((TypeError, ValueError)) as caught:
        _write(statement)(number())
    chain: list[BaseException | None] = [caught.value, caught.value.__cause__, caught.value.__context__]
    lost = [error for error in chain if isinstance(error, LOST)]
    assert lost
    assert "zeros_like" in str(lost[0]) or "value_of" in str(lost[0])


@pytest.mark.parametrize("verb", ["derivative", "grad", "jacobian", "hessian", "value_and_grad", "jvp", "hvp", "linearize"])
@pytest.mark.parametrize("nested", [False, True], ids=["plain", "nested"])
def test_transforms_unmask_the_error(nested: bool, verb: str) -> None:
    """Inside a transform NumPy's "setting an array element with a sequence" surfaces as our error and our advice."""

    def f(x: Any) -> Any:
        out = np.zeros(3)
        out[0] = x
        return out[0]

    def run(f: Any) -> Any:
        if verb in {"jvp", "linearize", "hvp"}:
            rest = () if verb == "linearize" else (1.0,)
            result = getattr(dd, verb)(f, 1.5, *rest)
            return result[1](1.0) if verb == "linearize" else result
        return getattr(dd, verb)(f)(1.5)

    with pytest.raises(LOST, match="zeros_like") as caught:
        run((lambda x: dd.derivative(lambda y: f(x * y))(2.0)) if nested else f)
    message = str(caught.value)
    assert "dualdiff.numpy" in message
    assert "lift" in message


def test_transforms_leave_other_errors_alone() -> None:
    """An error of the user's own, a ValueError among them, passes through a transform as it is."""

    class OwnError(ValueError):
        pass

    def f(x: Any) -> Any:
        raise OwnError("setting an array element with a sequence.")

    with pytest.raises(OwnError):
        dd.grad(f)(1.0)

    def g(x: Any) -> Any:
        np.zeros(3)[0] = [1, 2]
        return x

    with pytest.raises(ValueError, match="sequence") as caught:
        dd.grad(g)(1.0)
    assert not isinstance(caught.value, LOST)


def test_interp_with_a_dual_outside() -> None:
    """np.interp never drops the derivative of left or right: it is right, or it raises."""
    points, values, at = np.array([0.0, 1.0]), np.array([0.0, 2.0]), np.array([-1.0, 0.5, 3.0])
    with pytest.raises((LOST, dd.NoRuleError)):
        np.asarray(np.interp(at, points, values, left=scalar()), dtype=float)
    with pytest.raises((LOST, dd.NoRuleError)):
        np.asarray(np.interp(at, points, values, right=scalar()), dtype=float)


# ---------------------------------------------------------------- functions without a rule
my_ufunc = np.frompyfunc(lambda a: a, 1, 1)
my_binary = np.frompyfunc(lambda a, b: a, 2, 1)
UNKNOWN: dict[str, Callable[[Any], Any]] = {
    "packbits": lambda d: np.packbits(d),
    "frompyfunc": lambda d: my_ufunc(d),
    "frompyfunc binary": lambda d: my_binary(plain(), d),
    "frompyfunc reduce": lambda d: my_binary.reduce(d),
    "savez_compressed": lambda d: np.savez_compressed("/nonexistent/file", d),
    "datetime_as_string": lambda d: np.datetime_as_string(d),
    "save": lambda d: np.save("/nonexistent/file", d),
    "savetxt": lambda d: np.savetxt("/nonexistent/file", d),
    "unpackbits": lambda d: np.unpackbits(d),
    "busday_count": lambda d: np.busday_count(d, d),
    "gcd": lambda d: np.gcd(d, 2),
    "bitwise_and": lambda d: np.bitwise_and(d, 1),
    "operator &": lambda d: d & 1,
    "operator |": lambda d: 1 | d,
    "operator ^": lambda d: d ^ d,
    "operator <<": lambda d: d << 1,
    "operator ~": lambda d: ~d,
    "nextafter": lambda d: np.nextafter(d, 1.0),
    "tobytes": lambda d: d.tobytes(),
    "view": lambda d: d.view(np.int64),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_function_without_a_rule(name: str) -> None:
    """A function without a rule raises (NoRuleError or a kindred TypeError), and never runs on the values alone."""
    with pytest.raises((dd.NoRuleError, dd.NotDifferentiableError, LOST, AttributeError, TypeError)):
        UNKNOWN[name](vector())


@pytest.mark.parametrize("name", ["packbits", "frompyfunc", "frompyfunc binary"])
def test_no_rule_error_names_the_function(name: str) -> None:
    """NoRuleError names the function."""
    with pytest.raises(dd.NoRuleError, match=r"packbits|<lambda>"):
        UNKNOWN[name](vector())


def test_not_differentiable_argument() -> None:
    """An argument that has no derivative by nature (an exponent of ldexp, a count) raises when it is a dual."""
    for call in (lambda d: np.ldexp(2.0, d), lambda d: np.repeat(plain(), d), lambda d: np.roll(plain(), d)):
        with pytest.raises(TypeError):
            call(scalar())
    with pytest.raises((TypeError, IndexError)):
        plain()[scalar()]
    with pytest.raises((TypeError, IndexError)):
        vector()[scalar()]


FOREIGN: dict[str, Callable[[Any], Any]] = {
    "matrix * d": lambda d: np.asmatrix(np.eye(3)) * d,
    "d * matrix": lambda d: d * np.asmatrix(np.eye(3)),
    "matrix @ d": lambda d: np.asmatrix(np.eye(3)) @ d,
    "matrix + d": lambda d: np.asmatrix(np.eye(3)) + d,
    "d * masked": lambda d: d * np.ma.masked_array(plain(), mask=[True, False, False]),
    "d + masked": lambda d: np.add(d, np.ma.masked_array(plain(), mask=False)),
    "d * structured": lambda d: d * np.zeros(3, dtype=[("a", float), ("b", float)]),
    "d + strings": lambda d: d + np.array(["a", "b", "c"]),
    "d + str": lambda d: d + "a",
    "d + None": lambda d: d + None,
    "d + datetime": lambda d: d + np.zeros(3, "datetime64[s]"),
    "d + object()": lambda d: d + object(),
    "d * set": lambda d: d * {1, 2},
    "recarray": lambda d: np.add(np.zeros(2, dtype=[("a", int)]).view(np.recarray), d),
}


@pytest.mark.parametrize("number", [scalar, vector], ids=["scalar", "vector"])
@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_operand(name: str, number: Any) -> None:
    """Matrices, masked arrays, structured arrays and strings as the other operand raise TypeError."""
    with pytest.raises(TypeError):
        FOREIGN[name](number())


def test_masked_array_on_the_left() -> None:
    """A masked array times a dual, which NumPy runs on its own, is right or raises: the mask is never ignored."""
    mask = np.ma.masked_array(plain(), mask=[True, False, False])
    for f in (lambda x: mask * x, lambda x: np.ma.sum(mask * x), lambda x: np.sum(mask + x)):
        try:
            J = dd.jacobian(f)(np.ones(3))
        except TypeError:
            continue
        assert not np.any(J[..., 0])


BAD_INPUT: dict[str, Callable[[], Any]] = {
    "masked": lambda: np.ma.masked_array(plain(), mask=[True, False, False]),
    "masked without mask": lambda: np.ma.masked_array(plain()),
    "matrix": lambda: np.asmatrix(np.eye(3)),
    "structured": lambda: np.zeros(3, dtype=[("a", float), ("b", float)]),
    "record": lambda: np.zeros(2, dtype=[("a", int)]).view(np.recarray),
    "string": lambda: "text",
    "bytes": lambda: b"text",
    "string array": lambda: np.array(["a", "b"]),
    "string scalar": lambda: np.str_("a"),
    "StringDType": lambda: np.array(["1.0"], dtype=np.dtypes.StringDType()),
    "datetime": lambda: np.zeros(3, "datetime64[s]"),
    "timedelta": lambda: np.ones(3, "timedelta64[s]"),
    "objects": lambda: np.array([1.0, None], dtype=object),
    "object strings": lambda: np.array(["1.0", "2.0"], dtype=object),
    "object lists": lambda: np.array([[1.0], None], dtype=object),
    "None": lambda: None,
    "object()": lambda: object(),
    "set": lambda: {1.0, 2.0},
    "function": lambda: np.sin,
    "generator": lambda: (x for x in (1.0, 2.0)),
}


@pytest.mark.parametrize("verb", ["grad", "jacobian", "hessian", "value_and_grad", "derivative"])
@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_to_a_transform(name: str, verb: str) -> None:
    """An input that is no array of numbers raises a TypeError before the function is called."""
    called: list[Any] = []

    def f(x: Any) -> Any:
        called.append(x)
        return np.sum(x)

    with pytest.raises(TypeError) as caught:
        getattr(dd, verb)(f)(BAD_INPUT[name]())
    assert not called
    assert len(str(caught.value)) > 20


@pytest.mark.parametrize("name", [name for name in BAD_INPUT if name not in {"set", "generator"}])
def test_bad_direction(name: str) -> None:
    """A direction that is no array of numbers raises."""
    with pytest.raises((TypeError, ValueError)):
        dd.jvp(np.sum, np.ones(3), BAD_INPUT[name]())


@pytest.mark.parametrize("name", [name for name in BAD_INPUT if name not in {"set", "generator"}])
def test_bad_parts_of_a_dual(name: str) -> None:
    """Dual(value, tangent) refuses values and tangents that are no numbers."""
    with pytest.raises((TypeError, ValueError)):
        dd.Dual(BAD_INPUT[name](), np.ones(3))
    with pytest.raises((TypeError, ValueError)):
        dd.Dual(np.ones(3), BAD_INPUT[name]())


@pytest.mark.parametrize(
    "value, tangent",
    [
        (np.ones(3), np.ones(2)),
        (np.ones(3), np.ones((2, 2))),
        (np.ones((2, 3)), np.ones((3, 2))),
        (np.ones(3), np.ones((2, 2, 3))),
        (2.0, np.ones((2, 2))),
        (np.ones((2, 3)), np.ones(3)),
        (np.empty(0), np.ones(3)),
    ],
    ids=str,
)
def test_tangent_of_the_wrong_shape(value: Any, tangent: Any) -> None:
    """A tangent that does not fit its value raises ShapeError naming both shapes."""
    with pytest.raises(dd.ShapeError) as caught:
        dd.Dual(value, tangent)
    assert str(np.shape(value)) in str(caught.value)
    assert str(np.shape(tangent)) in str(caught.value)


def test_different_numbers_of_directions_do_not_combine() -> None:
    """Duals with 2 and with 3 directions do not combine; nothing is broadcast silently."""
    a, b = dd.Dual(np.ones(3), np.ones((2, 3))), dd.Dual(np.ones(3), np.ones((4, 3)))
    for combine in (operator.add, operator.mul, np.maximum, np.dot, lambda a, b: np.concatenate([a, b])):
        with pytest.raises((ValueError, TypeError)):
            combine(a, b)
    c = dd.Dual(np.ones(3), np.ones((2, 3)))
    with pytest.raises((ValueError, TypeError)):
        c[0] = b[0]


@pytest.mark.parametrize("out", [np.ones(2), np.ones(1), np.ones((2, 2))], ids=lambda a: str(a.shape))
def test_grad_of_a_vector_function(out: Any) -> None:
    """Grad of a vector function raises NotScalarError, which says the shape and names jacobian."""
    for verb in (dd.grad, dd.value_and_grad):
        with pytest.raises(dd.NotScalarError, match="jacobian") as caught:
            verb(lambda x: out * x)(2.0)
        assert str(out.shape) in str(caught.value)


@pytest.mark.parametrize(
    "result", [None, "text", object(), {1.0}, np.array(["a"]), np.array([None])], ids=lambda r: type(r).__name__
)
@pytest.mark.parametrize("verb", ["derivative", "grad", "jacobian", "hessian"])
def test_function_that_returns_no_number(verb: str, result: Any) -> None:
    """A function that returns None, a string or an object raises a TypeError that says so."""
    with pytest.raises(TypeError) as caught:
        getattr(dd, verb)(lambda x: result)(1.0)
    assert "return" in str(caught.value) or "not every entry is a number" in str(caught.value)


@pytest.mark.parametrize("verb", ["derivative", "grad", "jacobian", "hessian", "jvp"])
def test_transform_of_something_not_callable(verb: str) -> None:
    """A transform of something that is no function raises TypeError."""
    with pytest.raises(TypeError):
        getattr(dd, verb)(3.0, 1.0, 1.0) if verb == "jvp" else getattr(dd, verb)(3.0)(1.0)


# ---------------------------------------------------------------- what is allowed
FREE: dict[str, Callable[[Any], Any]] = {
    "floor": np.floor,
    "ceil": np.ceil,
    "sign": np.sign,
    "rint": np.rint,
    "trunc": np.trunc,
    "stop_gradient": dd.stop_gradient,
    "zeros_like": np.zeros_like,
    "floor division": lambda d: d // 1.5,
}


@pytest.mark.parametrize("name", FREE)
def test_symbolic_zero_converts_freely(name: str) -> None:
    """Where the derivative is zero by nature nothing is lost: float, int and asarray work."""
    d = FREE[name](scalar())
    expected = float(FREE[name](2.0))
    assert float(d) == expected
    assert int(d) == int(expected)
    assert complex(d) == expected
    assert np.asarray(d, dtype=float) == expected
    assert np.float64(d) == expected
    assert math.cos(d) == math.cos(expected)
    a = plain()
    a[0] = d
    a += d
    assert a[0] == 2 * expected
    v = np.asarray(FREE[name](vector()), dtype=float)
    np.testing.assert_array_equal(v, FREE[name](plain()))
    b = plain()
    b[:] = FREE[name](vector())
    np.testing.assert_array_equal(b, FREE[name](plain()))


def test_integers_from_values_work_as_indices() -> None:
    """An integer drawn from a value on purpose works as an index and a count."""
    d = dd.Dual(2.0, 3.0)
    i = int(np.floor(d))
    assert [10, 20, 30][i] == 30
    assert len(range(int(dd.value_of(d)))) == 2


def test_predicates_are_plain() -> None:
    """Comparisons, isfinite, argmax, sorting orders, shapes and counts look at the value and give plain results."""
    d = vector()
    rows: list[tuple[Any, Any]] = [
        (d > 1.5, [False, True, True]),
        (np.isfinite(d), [True] * 3),
        (np.isnan(d), [False] * 3),
        (np.signbit(d), [False] * 3),
        (np.argmax(d), 2),
        (np.argmin(d), 0),
        (d.argmax(), 2),
        (np.argsort(-d), [2, 1, 0]),
        (np.count_nonzero(d), 3),
        (np.nonzero(d)[0], [0, 1, 2]),
        (np.flatnonzero(d), [0, 1, 2]),
        (np.searchsorted(d, 2.0), 1),
        (np.digitize(d, [1.5, 3.0]), [0, 1, 2]),
        (np.any(d), True),
        (np.all(d), True),
        (np.logical_and(d, True), [True] * 3),
        (np.shape(d), (3,)),
        (np.ndim(d), 1),
        (np.size(d), 3),
        (np.isscalar(d), False),
        (np.allclose(d, d), True),
        (np.array_equal(d, d), True),
        (np.isclose(d, 2.0), [False, True, False]),
        (np.iscomplexobj(d), False),
    ]
    for result, expected in rows:
        assert not isinstance(result, dd.Dual)
        assert np.array_equal(result, expected)


def test_nan_and_infinity_are_no_errors() -> None:
    """Nan and infinities go through as NumPy's arithmetic has them."""
    x = np.array([np.nan, np.inf, -np.inf, 1.0])
    value, tangent = dd.jvp(lambda x: 2 * x + 1, x, np.ones(4))
    np.testing.assert_array_equal(value, 2 * x + 1)
    np.testing.assert_array_equal(tangent, np.full(4, 2.0))


LONG_WAY: dict[str, Callable[[Any], Any]] = {
    "float": lambda x: np.zeros(3) + float(x[0]),
    "math": lambda x: math.exp(x[0]),
    "asarray": lambda x: np.asarray(x, dtype=float) ** 2,
    "assignment": lambda x: _assigned(np.zeros(3), x),
    "slice assignment": lambda x: _slice_assigned(np.zeros(3), x),
    "in place": lambda x: np.zeros(3).__iadd__(x),
    "out": lambda x: np.sin(x, out=np.zeros(3)),
    "astype": lambda x: x.astype(int) * 2.0,
    "item": lambda x: x[0].item() * 2.0,
    "tolist float": lambda x: np.array(x.tolist(), dtype=float),
    "fromiter": lambda x: np.fromiter((v for v in x), dtype=float),
    "full": lambda x: np.full(3, x[0], dtype=float),
    "int": lambda x: x * int(x[0]),
    "vectorize": lambda x: np.vectorize(lambda a: a * x[0], otypes=[float])(plain()),
    "flat": lambda x: _flat_assigned(np.zeros(3), x),
    "round trip": lambda x: np.float64(x[0]) * x,
    "loop of floats": lambda x: sum(float(v) for v in x),
    "format and back": lambda x: float(f"{float(x[0]):.3f}") * x,
}


def _assigned(out: Any, x: Any) -> Any:
    for i in range(3):
        out[i] = x[i] ** 2
    return out


def _flat_assigned(out: Any, x: Any) -> Any:
    out.flat[0] = x[0]
    return out


def _slice_assigned(out: Any, x: Any) -> Any:
    out[:] = x**2
    return out


@pytest.mark.parametrize("verb", ["jacobian", "jvp", "hessian", "linearize", "directional_derivative"])
@pytest.mark.parametrize("name", LONG_WAY)
def test_nothing_is_lost_silently_inside_a_transform(name: str, verb: str) -> None:
    """Each way of losing a derivative raises DerivativeLostError inside every transform."""
    x = np.array([1.5, 2.5, 3.5])
    directions = () if verb == "linearize" else (np.ones(3),)
    transform = getattr(dd, verb)
    f = LONG_WAY[name]

    def run() -> Any:
        if verb in {"jacobian", "hessian"}:
            return transform(f)(x)
        result = transform(f, x, *directions)
        return result[1](np.ones(3)) if verb == "linearize" else result

    with pytest.raises(LOST):
        run()
