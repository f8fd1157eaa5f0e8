"""Programs of others, in short: each gave a wrong number, a hang or an unkind error once."""

import math
import os
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

X = np.array([0.3, 1.2])


def test_flat_is_compared_entry_by_entry() -> None:
    """As NumPy's flat iterator is (python-control asks ``any(D.flat != 0)``)."""
    assert dd.grad(lambda x: np.sum(x) * (3.0 if np.any(x.flat == 0.3) else 1.0))(X).tolist() == [3.0, 3.0]

    def f(x: Any) -> Any:
        D: Any = np.zeros((2, 2))
        return 5 * x[0] if np.any(D.flat != 0) else x[0] ** 2

    np.testing.assert_allclose(dd.grad(dd.lift(f))(X), [0.6, 0.0])
    flat = dd.Dual(np.eye(2), np.eye(2)).flat
    for compare in ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"):
        assert getattr(flat, compare)(0.5).tolist() == getattr(np.eye(2).flat, compare)(0.5).tolist()


def test_a_refusal_that_the_program_catches() -> None:
    """It goes on, and its result has lost a derivative: there is a warning."""

    def f(x: Any) -> Any:
        try:
            y = math.sin(x[0])
        except TypeError:
            y = 0.0
        return y + x[1]

    with pytest.warns(dd.DerivativeLostWarning, match=r"caught an error.*float\(\)"):
        dd.grad(f)(X)
    np.testing.assert_allclose(dd.grad(dd.lift(f))(X), [math.cos(0.3), 1.0])


class Base:
    """A class with a hook for its subclasses (thermo, scikit-learn)."""

    def __init_subclass__(cls) -> None:
        cls.path = cls.__qualname__  # type: ignore[attr-defined]

    def __init__(self, T: Any) -> None:
        self.a = self.f(T)

    def f(self, T: Any) -> Any:
        """Overridden."""
        return math.sqrt(T)


class Derived(Base):
    """A subclass of it."""

    def f(self, T: Any) -> Any:
        """What counts."""
        return 2 * math.sqrt(T)


class Slotted:
    """A slot, and a hook that demands slots of subclasses (xarray)."""

    __slots__ = ("v",)

    def __init_subclass__(cls) -> None:
        if "__slots__" not in vars(cls):
            raise AttributeError(f"{cls.__name__} must define __slots__")


class Overriding(Slotted):
    """The slot is a property here (mpmath)."""

    __slots__ = ()
    v = property(lambda self: 3.0)

    def cube(self, x: Any) -> Any:
        """A method."""
        return self.v * x**3


def test_lifted_classes_with_hooks_and_slots() -> None:
    """They are rebound all the same."""
    np.testing.assert_allclose(dd.grad(dd.lift(lambda x: Derived(x[0]).a))(X), [1 / math.sqrt(0.3), 0.0])
    kept = Overriding()
    np.testing.assert_allclose(dd.grad(dd.lift(lambda x: kept.cube(x[0]) + Overriding().v * x[1]))(X), [9 * 0.09, 3.0])


def test_text_of_a_dual_read_as_a_number() -> None:
    """The error says what happened (geomdl rounds so)."""
    with pytest.raises(dd.DerivativeLostError, match="text of a dual"):
        dd.grad(lambda x: float(f"{x[0]:.18f}"))(X)


def test_errors_have_no_cycles() -> None:
    """Who walks along the causes comes to an end."""
    with pytest.raises(dd.DualDiffError) as raised:
        dd.jacobian(lambda x: np.array([x[0], x[1]]).astype(np.float64))(X)
    error: BaseException | None = raised.value
    for _ in range(10):
        error = None if error is None else error.__cause__ or error.__context__
    assert error is None


class SolverError(Exception):
    """It cannot be unpickled."""

    def __init__(self, step: int, residual: float) -> None:
        super().__init__(f"step {step}: {residual}")


def raising(x: Any) -> Any:
    """Raise what cannot be sent back."""
    raise SolverError(3, 0.1)


def dying(x: Any) -> Any:
    """End the process."""
    os._exit(1)


@pytest.mark.parametrize("f", [raising, dying])
def test_processes_that_die_do_not_hang(f: Any) -> None:
    """There is an error."""
    with pytest.raises(Exception, match=r"process|SolverError|step 3"):
        dd.jacobian(f, workers=2, chunk_size=1)(X)


def columns(x: Any) -> Any:
    """A vector."""
    return np.cumsum(np.sin(x) * x)


def test_maps_that_do_not_keep_the_order() -> None:
    """Chunks are put where they belong; what is missing is told."""
    x = np.linspace(0.1, 1, 10)
    expected = dd.jacobian(columns, chunk_size=3)(x)
    found = dd.jacobian(columns, chunk_size=3, workers=lambda g, spans: reversed([g(s) for s in spans]))(x)
    assert np.array_equal(found, expected)
    with pytest.raises(ValueError, match="no result for the directions 3 to 6"):
        dd.jacobian(columns, chunk_size=3, workers=lambda g, spans: [g(s) for s in spans if s[0] != 3])(x)
    with pytest.raises(TypeError, match="gather"):
        dd.jacobian(columns, chunk_size=3, workers=lambda g, spans: [object() for s in spans])(x)


def test_sparse_hessians_at_singular_entries() -> None:
    """One zero does not fill the matrix."""
    pytest.importorskip("scipy")
    x = np.linspace(0.5, 1.0, 500)
    x[-1] = 0.0
    for f in (np.sqrt, lambda t: 1 / t, lambda t: t * np.log(t), lambda t: t**1.5):
        with np.errstate(all="ignore"):
            H = dd.hessian(lambda t, f=f: np.sum(f(t)), sparse=True)(x)
            assert H.nnz == 500
            small = dd.hessian(lambda t, f=f: np.sum(f(t)), tangents="dense")(x[-5:])
        np.testing.assert_allclose(H.toarray()[-5:, -5:], small, rtol=1e-12)


@pytest.mark.parametrize("n", [5, 65, 300])
def test_products_with_hessians_through_scatters(n: int) -> None:
    """np.bincount and np.add.at beside one direction."""
    v = np.random.default_rng(0).standard_normal(n)
    x = np.random.default_rng(1).uniform(0.5, 1, n)

    def binned(w: Any) -> Any:
        return np.sum(np.bincount(np.arange(n) % 5, weights=w**2) ** 2)

    def added(w: Any) -> Any:
        total = np.zeros_like(w, shape=(5,))
        np.add.at(total, np.arange(n) % 5, w**3)
        np.subtract.at(total, np.arange(n) % 3, np.sin(w))
        return np.sum(total**2)

    for f in (binned, added):
        np.testing.assert_allclose(dd.hvp(f, x, v), dd.hessian(f)(x) @ v, rtol=1e-10)


def test_abs_of_nan_has_no_side() -> None:
    """In the verbs of second order too."""
    assert np.isnan(dd.value_grad_and_hessian(lambda x: np.sum(np.abs(x)))(np.array([np.nan]))[1]).all()
    assert math.isnan(abs(dd.HyperDual(np.nan, 1.0, 1.0, 0.0)).eps1)
    assert np.isnan(dd.taylor(np.abs, np.nan, 1.0, 2)[1])


def test_unit_directions_may_be_lists() -> None:
    """Beside an array."""
    assert dd.directional_derivative(np.sum, np.ones(2), [3.0, 4.0], normalize=True) == pytest.approx(1.4)


def test_scalar_functions_with_complex_results() -> None:
    """The Faddeeva function of a real number is complex, at every call."""
    special = pytest.importorskip("scipy.special")
    x = 0.3
    exact = -2 * x * special.wofz(x) + 2j / math.sqrt(math.pi)
    for _ in range(3):
        assert abs(dd.derivative(special.wofz)(x) - exact) < 1e-15
    value, _ = dd.jvp(special.wofz, (x,), (1.0,))
    assert value == special.wofz(x)
    second = -2 * special.wofz(x) - 2 * x * exact
    assert abs(dd.derivative(dd.derivative(special.wofz))(x) - second) < 1e-14
    assert abs(dd.second_directional_derivative(special.wofz, x, 1.0, 1.0) - second) < 1e-14


def test_flags_of_writing() -> None:
    """Programs protect their arrays (miepython)."""

    def f(x: Any) -> Any:
        y = x * 2
        with pytest.raises(dd.DerivativeLostError, match=r"x\.flags\.writeable = False"):
            y.setflags(write=False)
        y.flags.writeable = False
        with pytest.raises(ValueError, match="read-only"):
            y[0] = 1.0
        return y

    with pytest.warns(dd.DerivativeLostWarning):
        assert dd.jacobian(f)(X).tolist() == [[2.0, 0.0], [0.0, 2.0]]


class Cell:
    """An object that says what it is as an array (ase)."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.array


def test_objects_that_are_arrays_of_duals() -> None:
    """In lifted programs np.asarray asks them."""

    def f(x: Any) -> Any:
        return np.sum(np.sin(np.asarray(Cell(x))) * np.array(Cell(np.ones(2))))

    np.testing.assert_allclose(dd.grad(dd.lift(f))(X), np.cos(X))


def stencil(x: Any) -> Any:
    """A chain with a sparse Hessian."""
    return np.sum((x[1:] - x[:-1] ** 2) ** 2) + np.sum(np.sin(x) * x)


def mixing(x: Any) -> Any:
    """A dense Hessian."""
    return np.exp(0.01 * np.sum(np.sin(x))) * np.sum(x**3)


@pytest.mark.parametrize("f", [stencil, mixing, lambda x: np.sum(x) * 2.0, lambda x: x[3] ** 2])
@pytest.mark.parametrize("n", [10, 600])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_diagonal_of_a_hessian(f: Any, n: int, dtype: Any) -> None:
    """Of many variables by structured tangents, as by series."""
    x = np.random.default_rng(0).uniform(0.5, 1, n).astype(dtype)
    found = dd.hessian_diagonal(f)(x)
    assert found.dtype == dd.grad(f)(x).dtype
    np.testing.assert_allclose(found, dd.hessian_diagonal(f, chunk_size=50)(x), rtol=1e-12 if dtype is np.float64 else 1e-4)
    np.testing.assert_allclose(dd.laplacian(f)(x), found.sum(), rtol=1e-4)


def test_the_diagonal_of_many_variables() -> None:
    """Its cost does not grow with their square."""
    x = np.random.default_rng(0).uniform(0.5, 1, 50_000)
    exact = 12 * x**2 + 2 * np.cos(x) - x * np.sin(x)
    exact[:-1] -= 4 * x[1:]
    exact[1:] += 2
    exact[-1] -= 12 * x[-1] ** 2
    np.testing.assert_allclose(dd.hessian_diagonal(stencil)(x), exact, rtol=1e-12)
