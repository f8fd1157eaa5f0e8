"""Ten programs as people write them, none of which knows of dualdiff, have right derivatives by every door."""

from __future__ import annotations

import importlib
import itertools
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest

import dualdiff as dd

FOLDER = Path(__file__).parent / "programs"
#: A module comes after those that it imports.
MODULES = (
    "elements", "advection", "interpolation", "kalman", "markov", "optics", "planets", "poisson", "rootfinding", "tridiagonal",
    "trajectories",
)  # fmt: skip


def _package(name: str, doors: bool) -> dict[str, ModuleType]:
    """The programs as a package; with doors, NumPy and math are imported from dualdiff in the same source."""
    sys.modules[name] = ModuleType(name)
    sys.modules[name].__path__ = [str(FOLDER)]
    if not doors:
        return {module: importlib.import_module(f"{name}.{module}") for module in MODULES}
    package = {}
    for module in MODULES:
        source = (FOLDER / f"{module}.py").read_text()
        source = re.sub(r"^(\s*)(import|from) (numpy|math)\b", r"\1\2 dualdiff.\3", source, flags=re.MULTILINE)
        source = source.replace("import dualdiff.math\n", "import dualdiff.math as math\n")
        package[module] = sys.modules[f"{name}.{module}"] = ModuleType(f"{name}.{module}")
        package[module].__package__ = name
        exec(compile(source, f"{name}/{module}.py", "exec"), vars(package[module]))
    return package


PLAIN = _package("textbook", doors=False)
DOORS = _package("textbook_by_doors", doors=True)


class Case(NamedTuple):
    """A function of a program, a point, and which ways lead to its derivative.

    ``doors``: by imports alone; what calls Python's ``float``, or fills arrays made at import, needs `lift`. ``neither``: as
    it stands. ``analytic``: the program takes complex numbers. ``step``, ``slack``: of the differences, and their error.
    """

    module: str
    name: str
    x: list[float]
    doors: bool = True
    neither: bool = False
    analytic: bool = False
    step: float = 2e-3
    slack: float = 1e-9

    @property
    def function(self) -> Callable[[Any], Any]:
        """The program as it stands."""
        return getattr(PLAIN[self.module], self.name)  # type: ignore[no-any-return]

    @property
    def point(self) -> np.ndarray[Any, Any]:
        """Where it is differentiated."""
        return np.array(self.x)


WAVE = [0.31, 0.62, 1.13, 0.94, -0.25, -0.71, -0.47, 0.12]
VECTORS = [
    Case("tridiagonal", "temperature", [1.0, 1.2, 0.7, 1.5, 0.9, 1.1]),
    Case("trajectories", "orbit", [1.1, 0.7, 0.9, 1.3]),
    Case("poisson", "displacements", [1.0, 2.0, 1.5, 0.8]),
    Case("poisson", "membrane", [0.05, -0.03, 1.4]),
    Case("kalman", "means", [0.9, 0.3, 0.1, 0.5]),
    Case("kalman", "monitored", [0.8, 0.4, 0.6], doors=False),
    Case("markov", "probabilities", [0.2, 0.35, 0.4, -0.3, 0.5]),
    Case("markov", "value_function", [0.92, 0.82, 0.12], step=5e-4),
    Case("rootfinding", "position", [0.7, 0.3, 1.4], doors=False),
    Case("rootfinding", "molar_volume", [2.0, 0.9, 1.0], neither=True, analytic=True, slack=1e-8),
    Case("rootfinding", "sectors", [0.3, -0.9, 1.2], neither=True),
    Case("interpolation", "profile", [0.21, 0.34, 2.57, 3.41]),
    Case("interpolation", "smooth", [0.4, 1.1, 0.3, 0.9, 0.6]),
    Case("optics", "reflectance", [0.11, 0.2, 0.13, 0.24]),
    Case("advection", "burgers", WAVE),
    Case("advection", "deposits", WAVE),
    Case("planets", "places", [1.0, 0.2, 0.3, 0.9, 0.4]),
    Case("planets", "energy_log", [1.0, 0.2, 0.3, 0.9, 0.4]),
]
SCALARS = [
    Case("tridiagonal", "heat", [1.0, 1.2, 0.7, 1.5, 0.9, 1.1]),
    Case("trajectories", "mean_prey", [1.1, 0.7, 0.9, 1.3]),
    Case("poisson", "compliance", [0.05, -0.03, 1.4]),
    Case("kalman", "log_likelihood", [0.9, 0.3, 0.1, 0.5]),
    Case("markov", "log_likelihood", [0.2, 0.35, 0.4, -0.3, 0.5]),
    Case("interpolation", "climb", [0.21, 0.34, 2.57, 3.41]),
    Case("optics", "merit", [0.11, 0.2, 0.13, 0.24], slack=1e-8),
    Case("advection", "energy", WAVE),
    Case("planets", "final_energy", [1.0, 0.2, 0.3, 0.9, 0.4]),
]


def _each(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.module}.{case.name}") for case in cases])


def _differences(f: Callable[[Any], Any], x: Any, h: float, rows: int = 4) -> Any:
    """The Jacobian by central differences, extrapolated to step zero by Richardson's method."""
    columns = []
    for e in np.eye(x.size):
        table = [(np.asarray(f(x + s * e)) - np.asarray(f(x - s * e))) / (2 * s) for s in h / 2.0 ** np.arange(rows)]
        for k in range(1, rows):
            table = [fine + (fine - coarse) / (4**k - 1) for coarse, fine in itertools.pairwise(table)]
        columns.append(table[0])
    return np.stack(columns, axis=-1)


def _complex_steps(f: Callable[[Any], Any], x: Any) -> Any:
    """The Jacobian by complex steps."""
    return np.stack([np.imag(f(x + 1e-30j * e)) / 1e-30 for e in np.eye(x.size)], axis=-1)


def _agree(actual: Any, expected: Any, slack: float) -> None:
    np.testing.assert_allclose(actual, expected, rtol=slack, atol=slack * np.max(np.abs(expected)))


def _holds_number(value: Any, seen: set[int]) -> bool:
    """Whether a number that carries a derivative is found from here."""
    if id(value) in seen or isinstance(value, (ModuleType, type)):
        return False
    seen.add(id(value))
    if isinstance(value, (dd.Dual, dd.HyperDual)) or (type(value) is np.ndarray and value.dtype.hasobject):
        return True
    inner = list(vars(value).values()) if hasattr(value, "__dict__") else []
    inner += list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, (list, tuple)) else []
    return any(_holds_number(entry, seen) for entry in inner)


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """No test changes what the programs' names mean, or leaves a derivative in anything that they keep."""
    before = {name: dict(vars(module)) for name, module in PLAIN.items()}
    yield
    for name, module in PLAIN.items():
        after = vars(module)
        assert after.keys() - {"__warningregistry__"} == before[name].keys()
        assert all(after[key] is value for key, value in before[name].items())
        assert not any(_holds_number(value, set()) for value in after.values())


@_each(VECTORS + SCALARS)
def test_the_programs_know_nothing_of_dualdiff(case: Case) -> None:
    """Each computes plain numbers, of which at least one derivative is not zero."""
    assert "dualdiff" not in (FOLDER / f"{case.module}.py").read_text()
    assert type(case.function(case.point)) in (np.ndarray, np.float64, float)


@_each(VECTORS + SCALARS)
def test_lift_gives_the_derivative(case: Case) -> None:
    """The lifted program's Jacobian agrees with extrapolated differences, which know of no dual number."""
    exact = dd.jacobian(dd.lift(case.function))(case.point)
    assert np.all(np.isfinite(exact)) and np.any(exact)
    _agree(exact, _differences(case.function, case.point, case.step), case.slack)


@_each([case for case in VECTORS + SCALARS if case.analytic])
def test_lift_agrees_with_complex_steps(case: Case) -> None:
    """To rounding error, where the program takes complex numbers."""
    _agree(dd.jacobian(dd.lift(case.function))(case.point), _complex_steps(case.function, case.point), 1e-14)


@_each([case for case in VECTORS + SCALARS if case.doors])
def test_imports_give_the_derivative(case: Case) -> None:
    """With NumPy and math imported from dualdiff the same source gives what `lift` gives, and the same values."""
    f = getattr(DOORS[case.module], case.name)
    exact = dd.jacobian(dd.lift(case.function))(case.point)
    _agree(dd.jacobian(f)(case.point), exact, 1e-13)
    np.testing.assert_array_equal(f(case.point), case.function(case.point))


@_each([case for case in VECTORS + SCALARS if not case.doors])
def test_some_need_lift(case: Case) -> None:
    """By imports alone, float() of a number and arrays made at import say that the derivative would be lost."""
    with pytest.raises(dd.DerivativeLostError, match=r"would drop its derivative|cannot hold a derivative"):
        dd.jacobian(getattr(DOORS[case.module], case.name))(case.point)


@_each([case for case in VECTORS + SCALARS if case.neither])
def test_some_need_nothing(case: Case) -> None:
    """What neither fills arrays nor calls math is differentiated as it stands."""
    _agree(dd.jacobian(case.function)(case.point), dd.jacobian(dd.lift(case.function))(case.point), 1e-14)


@_each(VECTORS + SCALARS)
def test_values_stay_the_same(case: Case) -> None:
    """The value that comes with the derivative, and the lifted program on floats, are the program's own, bit for bit."""
    plain = case.function(case.point)
    np.testing.assert_array_equal(dd.lift(case.function)(case.point), plain)
    value, _ = dd.value_and_jacobian(dd.lift(case.function))(case.point)
    _agree(value, plain, 1e-14)
    np.testing.assert_array_equal(case.function(case.point), plain)


@_each(VECTORS + SCALARS)
def test_several_directions_at_once(case: Case) -> None:
    """Directions stacked in front give their derivatives, which the Jacobian gives too; so does one direction."""
    f, directions = dd.lift(case.function), np.random.default_rng(3).normal(size=(3, len(case.x)))
    exact = np.moveaxis(dd.jacobian(f)(case.point) @ directions.T, -1, 0)
    _agree(dd.jvp(f, (case.point,), (directions,))[1], exact, 1e-12)
    _agree(dd.jvp(f, (case.point,), (directions[0],))[1], exact[0], 1e-12)
    _agree(dd.jacobian(f, chunk_size=2)(case.point) @ directions[0], exact[0], 1e-12)


@_each(SCALARS)
def test_gradient_and_hessian(case: Case) -> None:
    """The Hessian is the derivative of the gradient by differences, and by nesting."""
    f = dd.lift(case.function)
    hessian = dd.hessian(f)(case.point)
    _agree(hessian, _differences(dd.grad(f), case.point, case.step), case.slack)
    _agree(dd.jacobian(dd.grad(f))(case.point), hessian, 1e-10)
    direction = np.linspace(-1.0, 1.0, len(case.x))
    _agree(dd.hvp(f, case.point, direction), hessian @ direction, 1e-10)
    if case.doors:
        _agree(dd.hessian(getattr(DOORS[case.module], case.name))(case.point), hessian, 1e-10)


@_each(VECTORS)
def test_second_derivatives_of_vectors(case: Case) -> None:
    """The second derivative along two directions is that of the derivative along one."""
    f, (u, v) = dd.lift(case.function), np.random.default_rng(4).normal(size=(2, len(case.x)))
    exact = dd.second_directional_derivative(f, case.point, u, v)
    nested = dd.jvp(lambda x: dd.jvp(f, (x,), (u,))[1], (case.point,), (v,))[1]
    expected = _differences(lambda t: dd.jvp(f, (case.point + t[0] * v,), (u,))[1], np.zeros(1), case.step)[..., 0]
    _agree(nested, exact, 1e-10)
    _agree(exact, expected, 10 * case.slack)


@_each([case for case in VECTORS if case.module in ("kalman", "planets", "rootfinding", "tridiagonal")])
def test_two_threads_differentiate_the_same_program(case: Case) -> None:
    """Threads that differentiate one program, and one that runs it plainly, do not see each other's numbers."""
    value, jacobian = case.function(case.point), dd.jacobian(dd.lift(case.function))(case.point)
    wrong: list[str] = []

    def differentiate() -> None:
        np.testing.assert_array_equal(dd.jacobian(dd.lift(case.function))(case.point), jacobian)

    def run() -> None:
        # A filter that its module keeps can serve one thread at a time only, without us too.
        if case.name != "monitored":
            np.testing.assert_array_equal(case.function(case.point), value)

    def work(task: Callable[[], None]) -> None:
        try:
            for _ in range(3):
                task()
        except Exception as error:  # noqa: BLE001 - raised in the main thread
            wrong.append(repr(error))

    threads = [threading.Thread(target=work, args=(task,)) for task in (differentiate, run, differentiate)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_lift_as_a_decorator() -> None:
    """With and without parentheses, of a function that is defined here."""

    @dd.lift
    def bare(x: Any) -> Any:
        out = np.zeros(2)
        out[:] = PLAIN["tridiagonal"].thomas(np.array([x[0]]), np.array([2.0, x[1]]), np.array([1.0]), x)
        return out

    @dd.lift(packages=["textbook"])  # type: ignore[untyped-decorator]
    def with_packages(x: Any) -> Any:
        """Solve."""
        return bare(x)

    def directly(x: Any) -> Any:
        return np.linalg.solve(np.array([[2.0, 1.0 + 0 * x[0]], [x[0], x[1]]]), x)

    x = np.array([0.4, 1.5])
    _agree(dd.jacobian(bare)(x), _complex_steps(directly, x), 1e-13)
    _agree(dd.jacobian(with_packages)(x), _complex_steps(directly, x), 1e-13)
    assert (bare.__name__, with_packages.__doc__) == ("bare", "Solve.")


@_each(VECTORS + SCALARS)
def test_lift_of_a_whole_module(case: Case) -> None:
    """A lifted module has lifted functions, under the same names."""
    module = dd.lift(PLAIN[case.module])
    assert dir(module) == dir(PLAIN[case.module])
    lifted = dd.jacobian(getattr(module, case.name))(case.point)
    np.testing.assert_array_equal(lifted, dd.jacobian(dd.lift(case.function))(case.point))


@_each([case for case in VECTORS if not case.neither])
def test_packages_say_what_is_lifted(case: Case) -> None:
    """The package of the programs is enough; another than theirs lifts the function's own module alone."""
    exact = dd.jacobian(dd.lift(case.function))(case.point)
    np.testing.assert_array_equal(dd.jacobian(dd.lift(case.function, packages=["textbook"]))(case.point), exact)
    np.testing.assert_array_equal(dd.jacobian(dd.lift(case.function, packages="textbook"))(case.point), exact)
    alone = dd.lift(case.function, packages=["elsewhere"])
    if case.module == "poisson":
        with pytest.raises(dd.DerivativeLostError):
            dd.jacobian(alone)(case.point)
    else:
        np.testing.assert_array_equal(dd.jacobian(alone)(case.point), exact)


def test_a_lifted_class_makes_instances_that_carry_derivatives() -> None:
    """A class, a method of an instance, and an instance that is called, each by itself."""
    x = np.array([0.9, 0.3, 0.1, 0.5])
    Lifted = dd.lift(PLAIN["kalman"].TrendFilter)
    exact = dd.grad(dd.lift(PLAIN["kalman"].log_likelihood))(x)
    _agree(dd.grad(lambda p: Lifted(p)(PLAIN["kalman"].SERIES).log_likelihood)(x), exact, 1e-14)
    knots, heights = np.arange(4.0), np.array([0.0, 1.0, 0.5, 2.0])
    spline = PLAIN["interpolation"].Spline(knots, heights)
    t = np.array([0.4, 1.7, 2.2])
    slopes = [_differences(spline, t[k : k + 1], 2e-3)[0, 0] for k in range(3)]
    _agree(dd.jacobian(dd.lift(spline))(t), np.diag(slopes), 1e-9)
    _agree(dd.jacobian(dd.lift(spline.__call__))(t), np.diag(slopes), 1e-9)
    assert isinstance(Lifted(x), PLAIN["kalman"].Filter)


def test_a_derivative_that_fails_leaves_no_trace() -> None:
    """When a function raises halfway, the state of the instances that it wrote to is what it was."""
    monitor = PLAIN["kalman"].MONITOR
    before = {name: np.copy(value) for name, value in vars(monitor).items()}

    def fails(p: Any) -> Any:
        monitor.mean[:] = p[:2]
        monitor.covariance += p[0]
        monitor.damping = p[2]
        raise KeyError("halfway")

    with pytest.raises(KeyError, match="halfway"):
        dd.grad(dd.lift(fails))(np.array([0.1, 0.2, 0.3]))
    for name, value in vars(monitor).items():
        np.testing.assert_array_equal(value, before[name])


def test_lists_of_an_instance_are_its_own() -> None:
    """What is appended to an instance's list during a derivative does not stay there."""
    monitor = PLAIN["kalman"].MONITOR

    def remembers(p: Any) -> Any:
        monitor.history.append(p[0])
        return monitor.history[-1] ** 2

    try:
        _agree(dd.grad(dd.lift(remembers))(np.array([1.5, 2.0])), [3.0, 0.0], 1e-14)
        assert monitor.history == []
    finally:
        monitor.history.clear()


def test_counters_of_the_programs_are_their_own() -> None:
    """A decorator counts the calls of the plain function only."""
    anomaly = PLAIN["rootfinding"].anomaly
    before = anomaly.calls
    dd.jacobian(dd.lift(PLAIN["rootfinding"].position))(np.array([0.7, 0.3, 1.4]))
    assert anomaly.calls == before
    PLAIN["rootfinding"].position(np.array([0.7, 0.3, 1.4]))
    assert anomaly.calls == before + 1
