"""Duals as arrays of the array API standard: the namespace, its functions by name, array_api_compat and array_api_extra."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

own: Any = importlib.import_module("dualdiff.numpy")
X = np.array([[0.7, 0.2, 0.55], [0.9, 0.35, 0.1]])
V = X[0]
ALONG = np.array([[1.0, -0.5, 2.0], [0.25, 3.0, -1.0]])
SQUARE = np.array([[2.0, 0.3, 0.1], [0.3, 1.5, -0.2], [0.1, -0.2, 1.8]])
INTEGERS = np.array([2, 0, 1])


def dual(x: Any = X) -> Any:
    """A dual of this value, with the tangent of a fixed direction."""
    return dd.Dual(x.copy(), np.resize(ALONG, x.shape))


def parts(result: Any) -> list[Any]:
    """The arrays of a result."""
    if isinstance(result, (tuple, list)):
        return [part for item in result for part in parts(item)]
    if type(result) is np.ndarray and result.dtype.hasobject:
        return [own.array(result.tolist())]
    return [result]


def right(f: Callable[[Any], Any], x: Any = X, *, slope: bool = True) -> None:
    """f(x + t v) at t = 0: NumPy's value, and the derivative of a central difference in t."""
    direction = np.resize(ALONG, x.shape)
    found, values = parts(f(dual(x))), parts(f(x.copy()))
    assert len(found) == len(values)
    h = 1e-5
    ahead, behind = parts(f(x + h * direction)), parts(f(x - h * direction))
    moved = False
    for one, value, high, low in zip(found, values, ahead, behind, strict=True):
        np.testing.assert_allclose(np.asarray(dd.value_of(one), np.asarray(value).dtype), value, rtol=1e-14, atol=1e-15)
        expected = (np.asarray(high) - low) / (2 * h) if np.asarray(value).dtype.kind in "fc" else np.zeros(np.shape(value))
        tangent = one.tangent if isinstance(one, dd.Dual) else 0.0
        np.testing.assert_allclose(np.broadcast_to(tangent, np.shape(expected)), expected, rtol=1e-7, atol=1e-8)
        moved = moved or bool(np.any(expected))
    assert moved == slope


# ------------------------------------------------------------------------------------------ namespaces
def test_a_dual_says_its_namespace() -> None:
    """x.__array_namespace__() has the standard's names; an unknown version raises."""
    for x in (dual(), dual(V)[0], dd.HyperDual(V, V, V, V), dd.Dual(dual(V), V)):
        namespace = x.__array_namespace__()
        assert isinstance(namespace, ModuleType)
        assert namespace.__array_api_version__ == np.__array_api_version__
        assert x.__array_namespace__(api_version="2022.12") is namespace
        assert x.__array_namespace__(api_version=None) is namespace
        with pytest.raises(ValueError, match="1999"):
            x.__array_namespace__(api_version="1999.01")
    assert own.__array_api_version__ == np.__array_api_version__


def test_namespaces_of_compat() -> None:
    """array_api_compat finds one namespace for duals, and for duals beside plain arrays and floats."""
    compat = pytest.importorskip("array_api_compat")
    x, plain = dual(), np.ones(3)
    namespace = compat.array_namespace(x)
    assert compat.array_namespace(x, x) is namespace
    assert compat.array_namespace(x, 1.0, None) is namespace
    # compat takes every plain array for its own, so a mixture has two namespaces: it says so.
    with pytest.raises(TypeError, match="Multiple namespaces"):
        compat.array_namespace(x, plain)
    assert compat.array_namespace(dd.HyperDual(V, V, V, V), x) is namespace
    right(lambda t: compat.array_namespace(t).sum(t * plain))
    seen: list[Any] = []

    def f(t: Any) -> Any:
        xp = compat.array_namespace(t)
        seen.append(xp)
        out = xp.zeros_like(t)
        out[0] = xp.sin(t[0])
        return xp.sum(out**2)

    np.testing.assert_allclose(dd.grad(f)(V), [np.sin(2 * V[0]), 0, 0])
    np.testing.assert_allclose(dd.hessian(f)(V)[0, 0], 2 * np.cos(2 * V[0]))


def test_questions_of_compat() -> None:
    """is_array_api_obj, device, size and the like answer for duals as for NumPy's arrays."""
    compat = pytest.importorskip("array_api_compat")
    x = dual()
    assert compat.is_array_api_obj(x)
    assert not compat.is_lazy_array(x)
    assert compat.is_writeable_array(x)
    assert compat.size(x) == 6
    assert compat.device(x) == "cpu"
    assert compat.to_device(x, "cpu") is x
    assert not any(
        getattr(compat, f"is_{other}_array")(x) for other in ("torch", "cupy", "jax", "dask", "ndonnx", "pydata_sparse")
    )


ATTRIBUTES = ("T", "device", "dtype", "mT", "ndim", "shape", "size")
METHODS = [
    "__abs__",
    "__add__",
    "__array_namespace__",
    "__bool__",
    "__complex__",
    "__eq__",
    "__float__",
    "__floordiv__",
    "__ge__",
    "__getitem__",
    "__gt__",
    "__index__",
    "__int__",
    "__invert__",
    "__le__",
    "__lt__",
    "__matmul__",
    "__mod__",
    "__mul__",
    "__ne__",
    "__neg__",
    "__pos__",
    "__pow__",
    "__setitem__",
    "__sub__",
    "__truediv__",
    "to_device",
    "__radd__",
    "__rsub__",
    "__rmul__",
    "__rtruediv__",
    "__rpow__",
    "__rmatmul__",
    "__rfloordiv__",
    "__rmod__",
    "__iadd__",
    "__imul__",
    "__isub__",
    "__itruediv__",
    "__ipow__",
    "__ifloordiv__",
    "__imod__",
    "__imatmul__",
]


@pytest.mark.parametrize("name", [*ATTRIBUTES, *METHODS])
def test_the_array_object(name: str) -> None:
    """A dual has the attributes and methods of the standard's array object."""
    x = dual()
    if name == "__invert__":
        pytest.skip("for integers and booleans only")
    assert hasattr(x, name)
    if name in ATTRIBUTES and name not in ("T", "mT"):
        assert getattr(x, name) == getattr(X, name)
    if name in ("T", "mT"):
        right(lambda t: getattr(t, name))


# ------------------------------------------------------------------------------- functions by their names
Xp = Any


def by_name(name: str, second: Callable[[Any], Any] | None = None) -> Callable[[Xp, Any], Any]:
    """A function of one argument, or of two, by its name."""

    def called(xp: Xp, x: Any) -> Any:
        for step in name.split("."):
            xp = getattr(xp, step)
        return xp(x) if second is None else xp(x, second(x))

    return called


#: Every function of the standard of 2024.12 that moves with floats, and how it is called here.
CALLS: dict[str, Callable[[Xp, Any], Any]] = {
    **{
        name: by_name(name)
        for name in (
            "abs",
            "acos",
            "asin",
            "asinh",
            "atan",
            "atanh",
            "conj",
            "cos",
            "cosh",
            "exp",
            "expm1",
            "log",
            "log10",
            "log1p",
            "log2",
            "negative",
            "positive",
            "real",
            "reciprocal",
            "sin",
            "sinh",
            "sqrt",
            "square",
            "tan",
            "tanh",
            "matrix_transpose",
            "max",
            "mean",
            "min",
            "prod",
            "std",
            "sum",
            "var",
            "sort",
            "flip",
            "unique_values",
            "squeeze",
        )
    },
    "acosh": lambda xp, x: xp.acosh(1.5 + x),
    **{
        name: by_name(name, lambda x: 1.5 - x * x)
        for name in (
            "add",
            "atan2",
            "copysign",
            "divide",
            "hypot",
            "logaddexp",
            "maximum",
            "minimum",
            "multiply",
            "pow",
            "subtract",
        )
    },
    "remainder": lambda xp, x: xp.remainder(5 * x, 1.3 - x),
    "clip": lambda xp, x: xp.clip(x, 0.3, x**2 + 0.1),
    "imag": lambda xp, x: xp.imag(1j * x),
    "cumulative_sum": lambda xp, x: xp.cumulative_sum(x, axis=0, include_initial=True),
    "cumulative_prod": lambda xp, x: xp.cumulative_prod(x, axis=1),
    "matmul": lambda xp, x: xp.matmul(x, x.T),
    "tensordot": lambda xp, x: xp.tensordot(x, x, axes=((1,), (1,))),
    "vecdot": lambda xp, x: xp.vecdot(x, x, axis=0),
    "astype": lambda xp, x: xp.astype(x, xp.float64) * x,
    "broadcast_arrays": lambda xp, x: xp.broadcast_arrays(x, x[0]),
    "broadcast_to": lambda xp, x: xp.broadcast_to(x, (4, 2, 3)),
    "concat": lambda xp, x: xp.concat([x, x**2], axis=None),
    "expand_dims": lambda xp, x: xp.expand_dims(x, axis=1),
    "moveaxis": lambda xp, x: xp.moveaxis(x, 0, 1),
    "permute_dims": lambda xp, x: xp.permute_dims(x, (1, 0)),
    "repeat": lambda xp, x: xp.repeat(x, 2, axis=0),
    "reshape": lambda xp, x: xp.reshape(x, (3, 2)),
    "roll": lambda xp, x: xp.roll(x, 1, axis=1),
    "stack": lambda xp, x: xp.stack([x, 2 * x], axis=-1),
    "tile": lambda xp, x: xp.tile(x, (2, 1)),
    "unstack": lambda xp, x: xp.unstack(x, axis=1),
    "take": lambda xp, x: xp.take(x, xp.asarray([1, 0]), axis=1),
    "take_along_axis": lambda xp, x: xp.take_along_axis(x, xp.asarray([[1], [0]]), axis=1),
    "where": lambda xp, x: xp.where(x > 0.4, x**2, 1.0),
    "diff": lambda xp, x: xp.diff(x, axis=1, prepend=x[:, :1]),
    "tril": lambda xp, x: xp.tril(x),
    "triu": lambda xp, x: xp.triu(x, k=1),
    "meshgrid": lambda xp, x: xp.meshgrid(x[0], x[1], indexing="ij"),
    "linspace": lambda xp, x: xp.linspace(x[0, 0], x[1, 1], 4),
    "arange": lambda xp, x: xp.arange(x[0, 0], 3.0, 0.9),
    "full": lambda xp, x: xp.full((2,), x[0, 0]),
    "full_like": lambda xp, x: xp.full_like(x, x[0, 0]),
    "asarray": lambda xp, x: xp.asarray([x[0, 0], 1.0, x[1, 1]]),
    "unique_all": lambda xp, x: xp.unique_all(x),
    "unique_counts": lambda xp, x: xp.unique_counts(x),
    "unique_inverse": lambda xp, x: xp.unique_inverse(x),
    "linalg.cholesky": lambda xp, x: xp.linalg.cholesky(SQUARE + x.T @ x),
    "linalg.cross": lambda xp, x: xp.linalg.cross(x[0], x[1]),
    "linalg.det": lambda xp, x: xp.linalg.det(SQUARE + x.T @ x),
    "linalg.diagonal": lambda xp, x: xp.linalg.diagonal(x),
    "linalg.eigh": lambda xp, x: xp.linalg.eigh(SQUARE + x.T @ x).eigenvalues,
    "linalg.eigvalsh": lambda xp, x: xp.linalg.eigvalsh(SQUARE + x.T @ x),
    "linalg.inv": lambda xp, x: xp.linalg.inv(SQUARE + x.T @ x),
    "linalg.matmul": lambda xp, x: xp.linalg.matmul(x, x.T),
    "linalg.matrix_norm": lambda xp, x: xp.linalg.matrix_norm(x),
    "linalg.matrix_power": lambda xp, x: xp.linalg.matrix_power(SQUARE * x[0, 0], 3),
    "linalg.matrix_transpose": lambda xp, x: xp.linalg.matrix_transpose(x),
    "linalg.outer": lambda xp, x: xp.linalg.outer(x[0], x[1]),
    "linalg.pinv": lambda xp, x: xp.linalg.pinv(x),
    "linalg.qr": lambda xp, x: xp.linalg.qr(SQUARE + x.T @ x).R,
    "linalg.slogdet": lambda xp, x: xp.linalg.slogdet(SQUARE + x.T @ x),
    "linalg.solve": lambda xp, x: xp.linalg.solve(xp.asarray(SQUARE) + x[0, 0], x.T),
    "linalg.svd": lambda xp, x: xp.linalg.svd(x, full_matrices=False).S,
    "linalg.svdvals": lambda xp, x: xp.linalg.svdvals(x),
    "linalg.tensordot": lambda xp, x: xp.linalg.tensordot(x, x.T, axes=1),
    "linalg.trace": lambda xp, x: xp.linalg.trace(x),
    "linalg.vecdot": lambda xp, x: xp.linalg.vecdot(x, x),
    "linalg.vector_norm": lambda xp, x: xp.linalg.vector_norm(x, axis=1, ord=3),
    **{
        f"fft.{name}": by_name("fft." + name)
        for name in (
            "fft",
            "ifft",
            "fftn",
            "ifftn",
            "rfft",
            "irfft",
            "rfftn",
            "irfftn",
            "hfft",
            "ihfft",
            "fftshift",
            "ifftshift",
        )
    },
}
STILL: dict[str, Callable[[Xp, Any], Any]] = {
    **{
        name: by_name(name)
        for name in (
            "ceil",
            "floor",
            "round",
            "sign",
            "trunc",
            "isfinite",
            "isinf",
            "isnan",
            "signbit",
            "logical_not",
            "argmax",
            "argmin",
            "argsort",
            "nonzero",
            "count_nonzero",
            "all",
            "any",
            "empty_like",
            "ones_like",
            "zeros_like",
        )
    },
    **{
        name: by_name(name, lambda x: 0.5)
        for name in (
            "equal",
            "greater",
            "greater_equal",
            "less",
            "less_equal",
            "not_equal",
            "logical_and",
            "logical_or",
            "logical_xor",
            "floor_divide",
        )
    },
    "searchsorted": lambda xp, x: xp.searchsorted(xp.asarray([0.3, 0.6]), x),
    "linalg.matrix_rank": lambda xp, x: xp.linalg.matrix_rank(x),
    "isdtype": lambda xp, x: xp.isdtype(x.dtype, "real floating"),
    "result_type": lambda xp, x: xp.result_type(x, xp.float32) == xp.float64,
    "can_cast": lambda xp, x: xp.can_cast(x.dtype, xp.complex128),
    "finfo": lambda xp, x: float(xp.finfo(x.dtype).eps),
    "fft.fftfreq": lambda xp, x: xp.fft.fftfreq(x.size),
    "fft.rfftfreq": lambda xp, x: xp.fft.rfftfreq(x.size),
    "zeros": lambda xp, x: xp.zeros(x.shape),
    "ones": lambda xp, x: xp.ones(x.shape, dtype=x.dtype),
    "eye": lambda xp, x: xp.eye(x.shape[0]),
    "isin": lambda xp, x: xp.isin(x, 0.2),
    "broadcast_shapes": lambda xp, x: xp.broadcast_shapes(x.shape, (1, 3)),
}
REFUSED: dict[str, Callable[[Xp, Any], Any]] = {
    "bitwise_and": lambda xp, x: xp.bitwise_and(x, 1),
    "bitwise_invert": lambda xp, x: xp.bitwise_invert(x),
    "from_dlpack": lambda xp, x: xp.from_dlpack(x),
    "nextafter": lambda xp, x: xp.nextafter(x, 2.0),
}  # fmt: skip


def has(name: str) -> bool:
    """Whether this version of NumPy has a function."""
    found: Any = np
    for step in name.split("."):
        found = getattr(found, step, None)
    return found is not None


@pytest.mark.parametrize("where", ["dualdiff.numpy", "numpy", "array_api_compat.numpy"])
@pytest.mark.parametrize("name", [name for name in CALLS if has(name)])
def test_standard_functions(name: str, where: str) -> None:
    """Each function, by its name in the standard, differentiates a dual, in each namespace that code may ask."""
    xp = pytest.importorskip(where)
    if where == "array_api_compat.numpy" and name in ("clip", "linalg.solve"):
        pytest.skip("compat writes it for plain arrays only: it raises")
    if where != "dualdiff.numpy" and name in ("asarray", "full", "arange", "linspace"):
        pytest.skip("looks at its dispatching argument only")
    right(lambda x: CALLS[name](xp, x))


@pytest.mark.parametrize("name", [name for name in CALLS if has(name)])
def test_standard_functions_inside(name: str) -> None:
    """The same through the namespace of the argument, as a directional derivative of first and second order."""

    def f(x: Any) -> Any:
        return [own.real(part) + own.imag(part) for part in parts(CALLS[name](x.__array_namespace__(), x))]

    right(lambda x: dd.jvp(f, (x,), (ALONG,))[0] if isinstance(x, np.ndarray) and type(x) is np.ndarray else f(x))
    first = dd.jvp(f, (X,), (ALONG,))[1]
    second = dd.jvp(lambda x: dd.jvp(f, (x,), (ALONG,))[1], (X,), (ALONG,))[1]
    high, low = (dd.jvp(f, (X + h * ALONG,), (ALONG,))[1] for h in (1e-5, -1e-5))
    for one, two, up, down in zip(parts(first), parts(second), parts(high), parts(low), strict=True):
        assert np.shape(one) == np.shape(two)
        np.testing.assert_allclose(two, (np.asarray(up) - down) / 2e-5, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", [name for name in STILL if has(name)])
def test_standard_functions_that_do_not_move(name: str) -> None:
    """Questions, integers and steps answer for the value, with derivative zero."""
    found, expected = parts(STILL[name](own, dual())), parts(STILL[name](np, X))
    for one, other in zip(found, expected, strict=True):
        if isinstance(one, dd.Dual):
            assert not np.any(one.tangent)
        if name != "empty_like":
            np.testing.assert_array_equal(dd.value_of(one), other)


@pytest.mark.parametrize("name", [name for name in REFUSED if has(name)])
def test_standard_functions_that_cannot(name: str) -> None:
    """What has no derivative raises."""
    with pytest.raises((TypeError, BufferError, AttributeError)):
        REFUSED[name](own, dual())


def test_every_standard_function_is_tested() -> None:
    """Each name that array-api-strict lists is in a table of this file, or is a type, a constant or for integers."""
    strict = pytest.importorskip("array_api_strict")
    other = {"ArrayAPIStrictFlags", "Device", "ModuleType", "get_array_api_strict_flags", "reset_array_api_strict_flags",
             "set_array_api_strict_flags", "empty", "iinfo", "linalg", "fft"}  # fmt: skip
    names = {name for name in dir(strict) if not name.startswith("_") and inspect.isfunction(getattr(strict, name))}
    tested = {*CALLS, *STILL, *REFUSED, *other}
    assert {name for name in names - tested if not name.startswith("bitwise_")} == set()
    for name in names - other:
        assert not has(name) or hasattr(own, name), name


def test_namespace_info() -> None:
    """__array_namespace_info__ is NumPy's."""
    if not hasattr(np, "__array_namespace_info__"):
        pytest.skip("not in this version of NumPy")
    info = own.__array_namespace_info__()
    assert info.default_device() == "cpu"
    assert info.devices() == ["cpu"]
    assert info.default_dtypes()["real floating"] == np.float64
    assert info.dtypes(kind="real floating")["float32"] == np.float32
    assert set(info.capabilities()) >= {"boolean indexing", "data-dependent shapes"}


@pytest.mark.parametrize("name", ["float32", "float64", "complex64", "complex128"])
def test_promotion(name: str) -> None:
    """Duals of two precisions, and Python numbers, promote as NumPy's arrays do."""
    x: Any = dd.Dual(np.ones(3, getattr(np, name)), np.ones(3, getattr(np, name)))
    for other in ("float32", "float64", "complex64", "int32", "bool"):
        y = np.ones(3, other)
        assert (x * y).dtype == (np.ones(3, name) * y).dtype
        assert (y + x).tangent.dtype == (x + y).dtype
    assert (x * 2).dtype == (2.0 * x).dtype == x.dtype
    assert (x * 1j).dtype == (np.ones(3, name) * 1j).dtype
    assert own.astype(x, own.complex128).dtype == np.complex128


def test_indexing_in_place() -> None:
    """Integers, slices, masks, ellipsis, None and integer arrays, read and written."""
    writes: list[tuple[Any, Any]] = [(0, 2.0), (slice(None, None, -1), 3.0), (..., 1.0), ((slice(None), 1), 4.0), ((1, 2), 5.0),
                                     ((..., None, 0), 2.0), (X > 0.4, 6.0), (np.array([1, 0]), 7.0), ((), 8.0)]  # fmt: skip
    for index, factor in writes:

        def f(x: Any, index: Any = index, factor: float = factor) -> Any:
            out = own.zeros_like(x) if isinstance(x, dd.Dual) else np.zeros_like(x)
            out[index] = x[index] ** 2 * factor
            out[index] += x[index]
            out[index] *= 2.0
            return out

        right(f)


# --------------------------------------------------------------------------------------- array_api_extra
#: A function of array_api_extra's, and of a dual x and a vector v of it; True where a derivative is to be expected.
EXTRA: dict[str, tuple[Callable[..., Any], bool]] = {
    "angle": (lambda e, x: e.angle(x + 1j * x**2), True),
    "apply_where": (lambda e, x: e.apply_where(x > 0.4, x, lambda t: t**2, lambda t: 3 * t, xp=own), True),
    "apply_where (fill)": (lambda e, x: e.apply_where(x > 0.4, (x, x**2), lambda a, b: a * b, fill_value=1.5, xp=own), True),
    "argpartition": (lambda e, x: e.argpartition(x, 1), False),
    "at": (lambda e, x: e.at(x)[0, 1].set(x[0, 0] ** 2), True),
    "at (add)": (lambda e, x: e.at(x**2)[1].add(x[0]), True),
    "at (multiply)": (lambda e, x: e.at(x, (slice(None), 1)).multiply(x[:, 0]), True),
    "at (maximum)": (lambda e, x: e.at(x, x > 0.3).max(0.6), True),
    "at (copy)": (lambda e, x: e.at(x)[0].divide(x[1], copy=True), True),
    "atleast_nd": (lambda e, x: e.atleast_nd(x, ndim=4), True),
    "cov": (lambda e, x: e.cov(x), True),
    "cov (axis)": (lambda e, x: e.cov(x, axis=0, correction=0), True),
    "create_diagonal": (lambda e, x: e.create_diagonal(x[0], offset=1, xp=own), True),
    "deg2rad": (lambda e, x: e.deg2rad(x), True),
    "expand_dims": (lambda e, x: e.expand_dims(x, axis=(0, 2)), True),
    "isclose": (lambda e, x: e.isclose(x, x + 1e-12), False),
    "isin": (lambda e, x: e.isin(x, x[0]), False),
    "kron": (lambda e, x: e.kron(x, x[0]), True),
    "nan_to_num": (lambda e, x: e.nan_to_num(x), True),
    "nanmax": (lambda e, x: e.nanmax(x), True),
    "nanmean": (lambda e, x: e.nanmean(x, axis=0), True),
    "nanmin": (lambda e, x: e.nanmin(x, axis=1), True),
    "nansum": (lambda e, x: e.nansum(x), True),
    "nunique": (lambda e, x: e.nunique(x), False),
    "one_hot": (lambda e, x: e.one_hot(INTEGERS, 3, dtype=np.float64) * x[0], True),
    "pad": (lambda e, x: e.pad(x, 1, xp=own), True),
    "pad (constant)": (lambda e, x: e.pad(x, [(0, 1), (2, 0)], constant_values=2.0, xp=own), True),
    "partition": (lambda e, x: e.partition(x, 1)[:, 1], True),
    "rad2deg": (lambda e, x: e.rad2deg(x), True),
    "searchsorted": (lambda e, x: e.searchsorted(np.array([0.1, 0.5]), x[0], xp=own), False),
    "setdiff1d": (lambda e, x: e.setdiff1d(x[0], np.array([5.0]), xp=own), True),
    "setdiff1d (moving)": (lambda e, x: e.setdiff1d(x[0], x[0, :1]), True),
    "sinc": (lambda e, x: e.sinc(x), True),
    "union1d": (lambda e, x: e.union1d(x[0], x[1]), True),
    "lazy_apply": (lambda e, x: e.lazy_apply(lambda t: t**2, x), True),
    "default_dtype": (lambda e, x: e.default_dtype(own) == x.dtype, False),
    "diag_indices": (lambda e, x: x[e.diag_indices(2, xp=np)], True),
    "tril_indices": (lambda e, x: x[e.tril_indices(2, xp=np)], True),
    "triu_indices": (lambda e, x: x[e.triu_indices(2, xp=np)], True),
    "broadcast_shapes": (lambda e, x: np.asarray(e.broadcast_shapes(x.shape, (1, 3))), False),
    "unravel_index": (lambda e, x: x[e.unravel_index(np.array([4, 0]), x.shape, xp=np)], True),
    "quantile": (lambda e, x: e.quantile(x, 0.3, axis=1), True),
    "median": (lambda e, x: e.median(x, axis=1), True),
    "bartlett": (lambda e, x: e.bartlett(3) * x, True),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:`xpx:DeprecationWarning")
@pytest.mark.parametrize("name", EXTRA)
def test_extra(name: str) -> None:
    """Each function of array_api_extra has the value and the derivative that it has on plain arrays."""
    extra = pytest.importorskip("array_api_extra")
    function, moves = EXTRA[name]
    if not hasattr(extra, name.partition(" ")[0]):
        pytest.skip("not in this version")
    if name.startswith(("apply_where", "create_diagonal", "pad")):
        pytest.skip("it fills new arrays, which have room for derivatives while a differentiation runs only")
    right(lambda x: function(extra, x), slope=moves)


@pytest.mark.filterwarnings("ignore:`xpx:DeprecationWarning")
@pytest.mark.parametrize("name", EXTRA)
def test_extra_inside(name: str) -> None:
    """The same while a differentiation runs, to second order."""
    extra = pytest.importorskip("array_api_extra")
    function, moves = EXTRA[name]
    if not hasattr(extra, name.partition(" ")[0]):
        pytest.skip("not in this version")
    value, slope = dd.jvp(lambda x: function(extra, x + 0), (X,), (ALONG,))
    np.testing.assert_allclose(value, function(extra, X.copy()), rtol=1e-14)
    if not moves:
        return
    h = 1e-5
    expected = (function(extra, X + h * ALONG) - np.asarray(function(extra, X - h * ALONG))) / (2 * h)
    np.testing.assert_allclose(slope, expected, rtol=1e-7, atol=1e-8)
    second = dd.jvp(lambda x: dd.jvp(lambda y: function(extra, y + 0), (x,), (ALONG,))[1], (X,), (ALONG,))[1]
    high, low = (dd.jvp(lambda y: function(extra, y + 0), (X + h * ALONG,), (ALONG,))[1] for h in (1e-5, -1e-5))
    np.testing.assert_allclose(second, (np.asarray(high) - low) / 2e-5, rtol=1e-5, atol=1e-5)


def test_every_function_of_extra_is_tested() -> None:
    """A new version's new function is to be added to the table."""
    extra = pytest.importorskip("array_api_extra")
    names = {name for name in extra.__all__ if callable(getattr(extra, name)) and name != "testing"}
    assert names - {name.partition(" ")[0] for name in EXTRA} == set()
