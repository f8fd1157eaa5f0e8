"""dualdiff.scipy.optimize: fewer function calls than finite differences, and results that can be differentiated."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

scipy_optimize: Any = pytest.importorskip("scipy.optimize")
optimize: Any = pytest.importorskip("dualdiff.scipy.optimize")

RNG = np.random.default_rng(3)
DATA = Path(__file__).parents[2] / "examples" / "data" / "Thurber.dat"


class Counted:
    """A function that counts its calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.calls = function, 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        self.calls += 1
        return self.function(*args, **kwargs)


def rosenbrock(x: Any, a: Any = 1.0, b: Any = 100.0) -> Any:
    """Banana-shaped, with its minimum at ones."""
    return np.sum(b * (x[1:] - x[:-1] ** 2) ** 2 + (a - x[:-1]) ** 2)


def central(f: Callable[[Any], Any], x: Any, h: float = 1e-5) -> Any:
    """Differences, along the last axis."""
    if np.ndim(x) == 0:
        return (f(x + h) - f(x - h)) / (2 * h)
    return np.stack([(f(x + e) - f(x - e)) / (2 * h) for e in h * np.eye(np.size(x))], axis=-1)


# ------------------------------------------------------------------------------------ fewer calls than SciPy

DISC = {"type": "ineq", "fun": lambda x: 2.0 - x @ x}
ON_LINE = scipy_optimize.LinearConstraint(np.array([[1.0, 1.0, 0.0]]), 1.0, 1.0)
BALL = scipy_optimize.NonlinearConstraint(lambda x: x @ x, -np.inf, 2.0)
START = np.array([-1.2, 1.0, 0.5])
MINIMIZED: dict[str, dict[str, Any]] = {
    **{method: {"method": method} for method in ("BFGS", "CG", "L-BFGS-B", "TNC", "SLSQP", "trust-constr")},
    "default": {},
    "bounds": {"bounds": [(-2, 0.5)] * 3},
    "bounds, TNC": {"method": "TNC", "bounds": [(None, 1.5)] * 3},
    "bounds, trust-constr": {"method": "trust-constr", "bounds": scipy_optimize.Bounds(-2, 0.5)},
    "constraint": {"constraints": DISC},
    "two constraints": {"constraints": [DISC, ON_LINE]},
    "trust-constr, constraints": {"method": "trust-constr", "constraints": [BALL, ON_LINE]},
    "SLSQP, constraints": {"method": "SLSQP", "constraints": [BALL, ON_LINE]},
}


@pytest.mark.parametrize("case", MINIMIZED)
@pytest.mark.filterwarnings("ignore:delta_grad:UserWarning", "ignore:Singular Jacobian:UserWarning")
def test_minimize_calls_less(case: str) -> None:
    """The same answer, in fewer calls than with SciPy's finite differences."""
    keywords = MINIMIZED[case]
    ours, theirs = Counted(rosenbrock), Counted(rosenbrock)
    found = optimize.minimize(ours, START, **keywords)
    expected = scipy_optimize.minimize(theirs, START, **keywords)
    assert type(found) is type(expected)
    assert found.fun <= expected.fun + 1e-5
    assert ours.calls < theirs.calls


@pytest.mark.parametrize("method", ["Newton-CG", "trust-ncg", "trust-krylov", "trust-exact", "dogleg", "trust-constr"])
def test_methods_get_hessians(method: str) -> None:
    """The methods of second order get exact second derivatives, for a few calls a step."""
    f = Counted(rosenbrock)
    result = optimize.minimize(f, np.array([1.001, 1.0, 1.0]), method=method)
    np.testing.assert_allclose(result.x, 1, atol=1e-3)
    assert f.calls <= 4 * (result.nit + 2)


def test_value_and_derivative_are_evaluated_together() -> None:
    """SciPy's counts of values and gradients are those of one evaluation each (scipy/scipy#13842)."""
    f = Counted(rosenbrock)
    result = optimize.minimize(f, START, method="BFGS")
    assert f.calls == max(result.nfev, result.njev)


def test_thurber() -> None:
    """A fit of NIST's, with its certified parameters and deviations, in fewer calls."""
    lines = DATA.read_text().splitlines()
    start, _, certified, deviations = np.array([line.split("=")[1].split() for line in lines[40:47]], float).T
    y, x = np.array([line.split() for line in lines[60:97]], float).T

    def model(x: Any, *b: Any) -> Any:
        return (b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)

    tight = {"x_scale": "jac", "ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15}
    ours, theirs = Counted(lambda b: model(x, *b) - y), Counted(lambda b: model(x, *b) - y)
    result = optimize.least_squares(ours, start, **tight)
    scipy_optimize.least_squares(theirs, start, **tight)
    assert 4 * ours.calls < theirs.calls
    np.testing.assert_allclose(result.x, certified, rtol=1e-7)
    np.testing.assert_allclose(np.sqrt(np.diag(result.covariance)), deviations, rtol=1e-6)

    ours, theirs = Counted(model), Counted(model)
    popt, pcov = optimize.curve_fit(ours, x, y, p0=start, ftol=1e-14, xtol=1e-14)
    scipy_optimize.curve_fit(theirs, x, y, p0=start, ftol=1e-14, xtol=1e-14)
    assert 4 * ours.calls < theirs.calls
    np.testing.assert_allclose(popt, certified, rtol=1e-7)
    np.testing.assert_allclose(np.sqrt(np.diag(pcov)), deviations, rtol=1e-6)


def tridiagonal(x: Any) -> Any:
    """Broyden's system."""
    y = (3 - 2 * x) * x + 1
    y[1:] -= x[:-1]
    y[:-1] -= 2 * x[1:]
    return y


def test_ten_thousand_variables() -> None:
    """Large problems get sparse matrices, and take tens of calls where differences take as many as there are variables."""
    n = 10_000
    f = Counted(tridiagonal)
    result = optimize.least_squares(f, -np.ones(n))
    assert result.cost < 1e-15
    assert type(result.jac).__name__ == "csr_array"
    assert result.covariance is None
    assert f.calls < 30
    for method in ("L-BFGS-B", "trust-ncg", "trust-constr"):
        f = Counted(rosenbrock)
        result = optimize.minimize(f, np.full(n, 0.9), method=method)
        np.testing.assert_allclose(result.x, 1, atol=1e-3)
        assert f.calls < 200


def test_large_dense_problems_get_products() -> None:
    """A Hessian without a pattern is not made where products with it do."""
    A = RNG.normal(size=(50, 1500))
    f = Counted(lambda x: np.sum(np.logaddexp(0, A @ x)) + 0.5 * np.sum(x**2))
    result = optimize.minimize(f, np.zeros(1500), method="trust-ncg")
    assert result.success
    assert f.calls < 100


def test_roots_call_less() -> None:
    """Roots of systems and of scalar functions."""
    for method in ("hybr", "lm"):
        ours, theirs = Counted(tridiagonal), Counted(tridiagonal)
        found = optimize.root(ours, -np.ones(40), method=method)
        expected = scipy_optimize.root(theirs, -np.ones(40), method=method)
        np.testing.assert_allclose(found.x, expected.x, rtol=1e-6)
        assert ours.calls < theirs.calls
    newton, differences = Counted(lambda x: x**3 - 2), Counted(lambda x: x**3 - 2)
    assert optimize.root_scalar(newton, x0=1.0).root == pytest.approx(2 ** (1 / 3))
    scipy_optimize.root_scalar(differences, x0=1.0)
    assert newton.calls < differences.calls
    assert optimize.root_scalar(lambda x: x**3 - 2, x0=1.0, method="halley").root == pytest.approx(2 ** (1 / 3))


# --------------------------------------------------------------------------------- SciPy's calling conventions


def test_what_the_user_gives_is_respected() -> None:
    """Derivatives of the user's are called, differences are made where they are asked for."""
    jac, hess = Counted(dd.grad(rosenbrock)), Counted(dd.hessian(rosenbrock))
    optimize.minimize(rosenbrock, START, method="trust-exact", jac=jac, hess=hess)
    assert jac.calls
    assert hess.calls
    pair = Counted(dd.value_and_grad(rosenbrock))
    assert optimize.minimize(pair, START, jac=True).success
    assert optimize.minimize(dd.value_and_grad(rosenbrock), START, jac=True, method="trust-exact").success
    for word in (False, "2-point", "3-point"):
        f = Counted(rosenbrock)
        optimize.minimize(f, START, jac=word, method="L-BFGS-B")
        assert f.calls > 100
    given = Counted(dd.jacobian(tridiagonal))
    optimize.root(tridiagonal, -np.ones(4), jac=given)
    optimize.least_squares(tridiagonal, -np.ones(4), jac=given)
    assert given.calls > 2
    assert optimize.root(dd.value_and_jacobian(tridiagonal), -np.ones(4), jac=True).success
    assert optimize.root(tridiagonal, -np.ones(4), jac=False).success
    assert optimize.least_squares(tridiagonal, -np.ones(4), jac=False).success
    assert optimize.root_scalar(lambda x: (x**2 - 2, 2 * x), x0=1.0, fprime=True).converged
    assert optimize.root_scalar(lambda x: x**2 - 2, x0=1.0, fprime=lambda x: 2 * x).converged
    t, y = np.arange(5.0), np.array([0.0, 1.0, 2.0, 3.5, 4.0])
    line = Counted(lambda t, a, b: np.stack([np.ones(5), t], axis=1))
    for method, slopes in (("lm", None), ("trf", None), ("lm", False), ("trf", False), ("trf", "3-point"), ("lm", line)):
        popt, _ = optimize.curve_fit(lambda t, a, b: a + b * t, t, y, method=method, jac=slopes)
        np.testing.assert_allclose(popt, np.polyfit(t, y, 1)[::-1], atol=1e-6)
    assert line.calls


def test_callbacks_and_custom_methods() -> None:
    """Callbacks see plain values; a method may be a function."""
    seen: list[Any] = []
    dd.derivative(lambda a: optimize.minimize(rosenbrock, START, (a,), callback=seen.append).x)(1.0)
    assert seen
    assert all(type(x) is np.ndarray for x in seen)

    def method(fun: Any, x0: Any, args: Any, jac: Any, **others: Any) -> Any:
        return scipy_optimize.OptimizeResult(x=x0 - jac(x0) / 2, fun=fun(x0), success=True)

    assert optimize.minimize(lambda x: (x[0] - 3.0) ** 2, [0.0], method=method).x == 3.0


@pytest.mark.parametrize("name", ["bisect", "brenth", "brentq", "ridder", "toms748"])
def test_bracketed_roots_are_differentiable(name: str) -> None:
    """The root moves with args and with what the function closes over, to any order; its value is SciPy's."""
    find = getattr(optimize, name)

    def cubed(x: Any, a: Any) -> Any:
        return x**3 - a

    assert find(cubed, 0, 3, (8.0,)) == getattr(scipy_optimize, name)(cubed, 0, 3, (8.0,))
    assert dd.derivative(lambda a: find(cubed, 0, 3, (a,)))(8.0) == pytest.approx(1 / 12, rel=1e-12)
    assert dd.derivative(lambda a: find(lambda x: x**3 - a, 0, 3, xtol=1e-14))(8.0) == pytest.approx(1 / 12, rel=1e-12)
    assert dd.taylor(lambda a: find(cubed, 0, 3, (a,)), 8.0, 1.0, 2)[2] == pytest.approx(-1 / 288, rel=1e-10)
    root, report = find(cubed, 0, 3, (dd.Dual(8.0, 1.0),), full_output=True)
    assert root.tangent == report.root.tangent == pytest.approx(1 / 12) and report.converged


def test_newton_is_differentiable() -> None:
    """With and without derivatives of its own, of one equation and of many."""

    def cubed(x: Any, a: Any) -> Any:
        return x**3 - a

    for slopes in ({}, {"fprime": lambda x, a: 3 * x**2}, {"fprime": lambda x, a: 3 * x**2, "fprime2": lambda x, a: 6 * x}):
        given: dict[str, Any] = slopes
        assert dd.derivative(lambda a, s=given: optimize.newton(cubed, 1.5, args=(a,), **s))(8.0) == pytest.approx(1 / 12)
    jacobian = dd.jacobian(lambda a: optimize.newton(cubed, np.ones(2), args=(a,)))(np.array([1.0, 8.0]))
    np.testing.assert_allclose(jacobian, np.diag([1 / 3, 1 / 12]), rtol=1e-10)


def test_everything_else_is_scipys() -> None:
    """Other names are SciPy's own objects."""
    assert optimize.linprog is scipy_optimize.linprog
    assert optimize.Bounds is scipy_optimize.Bounds
    assert set(scipy_optimize.__all__) <= set(dir(optimize))
    with pytest.raises(AttributeError):
        optimize.no_such_name  # noqa: B018 - the access is the test


def tangent_point(a: Any) -> Callable[[Any], Any]:
    """A function whose minimum is log a."""
    return lambda x: np.sum(np.exp(x) - a * x)


BOX = [(0.0, 2.0)]
LOSING: dict[str, tuple[Any, ...]] = {
    "basinhopping": ([0.5], 3),
    "bracket": (),
    "brute": (BOX, (), 20, 0, None),
    "differential_evolution": (BOX,),
    "direct": (BOX,),
    "dual_annealing": (BOX, (), 20),
    "fmin": ([0.5],),
    "fmin_bfgs": ([0.5],),
    "fmin_powell": ([0.5],),
    "leastsq": ([0.5],),
    "newton_krylov": ([0.5],),
    "shgo": (BOX,),
}
PLACE = {"brute": "ranges"}


@pytest.mark.parametrize("name", LOSING)
def test_what_would_drop_a_derivative_is_refused(name: str) -> None:
    """A search that only compares shows nothing of a lost derivative: it is refused by name, of values it is SciPy's."""
    search = getattr(optimize, name)
    with pytest.raises(dd.NotDifferentiableError, match=f"{name} would drop"):
        dd.derivative(lambda a: search(tangent_point(a), *LOSING[name]))(2.0)
    if name in ("brute", "dual_annealing", "shgo"):
        with pytest.raises(dd.NotDifferentiableError, match=f"{name} would drop"):
            dd.derivative(lambda a: search(func=lambda x, a: a * x, **{PLACE.get(name, "bounds"): BOX}, args=(a,)))(2.0)
    if name == "dual_annealing":
        start = search(lambda x: dd.value_of(tangent_point(2.0)(x)), *LOSING[name]).x
        slope = dd.derivative(lambda a: optimize.minimize(tangent_point(a), start).x[0])(2.0)
        assert slope == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("name", ["brent", "golden", "fminbound"])
def test_a_minimum_of_a_number_is_exact(name: str) -> None:
    """The derivatives of the minimum, not those of the steps towards it."""
    places = (0.0, 2.0) if name == "fminbound" else ()
    search = getattr(optimize, name)

    def found(a: Any) -> Any:
        return search(tangent_point(a), *places)

    assert dd.derivative(found)(2.0) == pytest.approx(0.5, rel=1e-12)
    assert dd.derivative(dd.derivative(found))(2.0) == pytest.approx(-0.25, rel=1e-11)
    assert dd.derivative(lambda a: search(tangent_point(a), *places, full_output=True)[1])(2.0) == pytest.approx(
        -np.log(2), rel=1e-12
    )
    assert search(tangent_point(2.0), *places) == getattr(scipy_optimize, name)(tangent_point(2.0), *places)
    if places:
        assert dd.derivative(lambda b: search(tangent_point(9.0), 0.0, b))(2.0) == 1.0


@pytest.mark.parametrize("kind", [tuple, list])
def test_several_arguments_in_a_list(kind: Any) -> None:
    """Functions of SciPy's that spread any sequence do so here; the others take a list for one argument."""
    args = kind([2.0, 3.0])

    def equation(x: Any, a: Any, b: Any) -> Any:
        return x**3 + b * x - a

    def step(x: Any, a: Any, b: Any) -> Any:
        return np.cos(a * x) / b

    assert optimize.newton(equation, 1.0, args=args) == scipy_optimize.newton(equation, 1.0, args=args)
    assert optimize.fixed_point(step, 0.3, args=args) == scipy_optimize.fixed_point(step, 0.3, args=args)
    assert optimize.least_squares(equation, 1.0, args=args).x == pytest.approx(
        scipy_optimize.least_squares(equation, 1.0, args=args).x, rel=1e-7
    )
    slope = dd.derivative(lambda a: optimize.newton(equation, 1.0, args=kind([a, 3.0])))(4.0)
    assert slope == pytest.approx(1 / 6, rel=1e-12)


def test_fsolve() -> None:
    """The root carries derivatives; the full output would lose some."""

    def cubic(x: Any, a: Any) -> Any:
        return x**3 + x - a

    def found(a: Any) -> Any:
        return optimize.fsolve(cubic, 1.0, (a,))

    np.testing.assert_allclose(dd.derivative(found)(2.0), [0.25], rtol=1e-12)
    np.testing.assert_allclose(dd.derivative(dd.derivative(found))(2.0), [-6 / 4**3], rtol=1e-12)
    np.testing.assert_array_equal(found(2.0), scipy_optimize.fsolve(cubic, 1.0, (2.0,)))
    with pytest.raises(dd.NotDifferentiableError, match="root"):
        dd.derivative(lambda a: optimize.fsolve(cubic, 1.0, (a,), full_output=True)[0])(2.0)


def test_scipy_is_not_imported_before_use() -> None:
    """Without SciPy the package imports, and this namespace too."""
    code = "import sys; sys.modules['scipy'] = None; import dualdiff; import dualdiff.scipy.optimize"
    subprocess.run([sys.executable, "-c", code], check=True)


# ------------------------------------------------------------------------------------------------ derivatives

METHODS = "BFGS CG Newton-CG L-BFGS-B TNC SLSQP dogleg trust-ncg trust-krylov trust-exact trust-constr Nelder-Mead Powell"
A = RNG.normal(size=(3, 3))
Q = A @ A.T + np.eye(3)
C = np.array([1.0, -2.0, 0.5])


@pytest.mark.parametrize("method", [*METHODS.split(), "COBYLA", "COBYQA"])
def test_linear_quadratic_problem(method: str) -> None:
    """The minimum of x'Qx/2 - c'x is Q^-1 c: its Jacobian is Q^-1, to rounding whatever the method's tolerance."""

    def best(c: Any) -> Any:
        return optimize.minimize(lambda x, c: 0.5 * x @ Q @ x - c @ x, np.zeros(3), (c,), method=method).x

    np.testing.assert_allclose(dd.jacobian(best)(C), np.linalg.inv(Q), rtol=1e-10)
    np.testing.assert_allclose(dd.hessian(lambda c: c @ best(c))(C), 2 * np.linalg.inv(Q), rtol=1e-10)


X = RNG.normal(size=(20, 3))
Y = X @ np.array([1.0, -1.0, 2.0]) + 0.1 * RNG.normal(size=20)
X_TEST, Y_TEST = X[::2] + 0.1, Y[::2]


def ridge(k: Any) -> Any:
    """In closed form, which NumPy's rules differentiate."""
    return np.linalg.solve(X.T @ X + k * np.eye(3), X.T @ Y)


RIDGES: dict[str, Callable[[Any], Any]] = {
    "minimize": lambda k: optimize.minimize(lambda w, k: np.sum((X @ w - Y) ** 2) + k * w @ w, np.zeros(3), (k,)).x,
    "closure": lambda k: optimize.minimize(lambda w: np.sum((X @ w - Y) ** 2) + k * w @ w, np.zeros(3)).x,
    "least_squares": lambda k: optimize.least_squares(lambda w: np.concatenate([X @ w - Y, np.sqrt(k) * w]), np.zeros(3)).x,
    "root": lambda k: optimize.root(lambda w, k: X.T @ (X @ w - Y) + k * w, np.zeros(3), (k,)).x,
    "krylov": lambda k: optimize.root(lambda w, k: X.T @ (X @ w - Y) + k * w, np.zeros(3), (k,), "krylov").x,
    "fixed_point": lambda k: optimize.fixed_point(
        lambda w, k: w - (X.T @ (X @ w - Y) + k * w) / 40, np.zeros(3), (k,), maxiter=2000, method="iteration"
    ),
}


SECOND: list[Callable[[Any], Any]] = [dd.hessian, lambda f: dd.derivative(dd.derivative(f))]


@pytest.mark.parametrize("case", RIDGES)
def test_hypergradient_of_ridge_regression(case: str) -> None:
    """The loss on other data by the penalty, first and second order, against the closed form."""

    def loss(fit: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda k: np.sum((X_TEST @ fit(k) - Y_TEST) ** 2)

    k = 0.7
    found, expected = loss(RIDGES[case]), loss(ridge)
    assert dd.derivative(found)(k) == pytest.approx(dd.derivative(expected)(k), rel=1e-10)
    for second in SECOND:
        assert second(found)(k) == pytest.approx(second(expected)(k), rel=1e-9)
    np.testing.assert_allclose(dd.taylor(found, k, 1.0, 3), dd.taylor(expected, k, 1.0, 3), rtol=1e-9)


def test_optimizers_nest() -> None:
    """The best penalty, by an optimiser that differentiates the optimiser within."""

    def loss(k: Any) -> Any:
        return np.sum((X_TEST @ RIDGES["minimize"](k[0] ** 2) - Y_TEST) ** 2) + 1e-3 * k[0] ** 4

    found = optimize.minimize(loss, [0.8], method="trust-exact")
    slope = dd.grad(lambda k: np.sum((X_TEST @ ridge(k[0] ** 2) - Y_TEST) ** 2) + 1e-3 * k[0] ** 4)(found.x)
    assert abs(slope[0]) < 1e-4


BRACKETS: list[dict[str, Any]] = [
    *({"bracket": (0, np.pi), "method": m} for m in ("bisect", "brentq", "brenth", "ridder", "toms748")),
    {"x0": 1.0},
    {"x0": 1.0, "method": "halley"},
    {"x0": 1.0, "x1": 1.1},
]


@pytest.mark.parametrize("where", BRACKETS, ids=str)
def test_keplers_equation(where: dict[str, Any]) -> None:
    """By every method of root_scalar: dE/dM and dE/de, and the second derivatives."""

    def anomaly(mean: Any, e: Any) -> Any:
        result = optimize.root_scalar(lambda x, e: x - e * np.sin(x) - mean, (e,), **where)
        assert result.converged
        return result.root

    x = dd.value_of(dd.jvp(anomaly, (1.0, 0.2), (0.0, 0.0))[0])
    d = 1 - 0.2 * np.cos(x)
    np.testing.assert_allclose(dd.grad(anomaly, argnums=(0, 1))(1.0, 0.2), (1 / d, np.sin(x) / d), rtol=1e-11)
    assert dd.hessian(anomaly)(1.0, 0.2) == pytest.approx(-0.2 * np.sin(x) / d**3, rel=1e-11)


def test_scalar_minima_and_fixed_points() -> None:
    """min x**2/2 + a x is at -a, at a bound where that is in the way; cos(a x) = x."""
    cases: list[tuple[dict[str, Any], float]] = [
        ({}, -1.0),
        ({"bounds": (-10, 10)}, -1.0),
        ({"method": "golden"}, -1.0),
        ({"bounds": (0, 1)}, 0.0),
    ]
    for keywords, slope in cases:

        def f(a: Any, keywords: Any = keywords) -> Any:
            return optimize.minimize_scalar(lambda x, a: x**2 / 2 + a * x, args=(a,), **keywords).x

        assert dd.derivative(f)(3.0) == pytest.approx(slope, abs=1e-12)
    assert dd.derivative(lambda a: optimize.minimize_scalar(lambda x: (x - 5) ** 2, bounds=(0, a)).x)(3.0) == pytest.approx(1.0)

    def value(a: Any) -> Any:
        return optimize.minimize_scalar(lambda x: x**2 / 2 + a * x).fun

    assert dd.derivative(value)(3.0) == pytest.approx(-3.0)
    assert dd.derivative(dd.derivative(value))(3.0) == pytest.approx(-1.0)
    x = scipy_optimize.fixed_point(np.cos, 0.5, xtol=1e-14)

    def fixed(a: Any) -> Any:
        return optimize.fixed_point(lambda x, a: np.cos(a * x), 0.5, (a,))

    assert dd.derivative(fixed)(1.0) == pytest.approx(-x * np.sin(x) / (1 + np.sin(x)), rel=1e-11)


T = np.linspace(0, 3, 12)
DECAY = 2.0 * np.exp(-0.8 * T) + 0.3 + 0.02 * np.sin(7 * T)


def decay(t: Any, a: Any, b: Any, c: Any) -> Any:
    """Exponential."""
    return a * np.exp(-b * t) + c


TIGHT = {"ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15}


@pytest.mark.parametrize("name", ["y", "sigma", "covariance", "t"])
def test_curve_fit_by_its_data(name: str) -> None:
    """The fit and its covariance by the observations, their deviations and their times."""
    sigma = 0.1 + 0.05 * np.cos(T)
    spread = np.diag(sigma**2) + 0.001

    def fit(p: Any) -> Any:
        data = {"y": DECAY, "t": T, "sigma": sigma} | {name: p}
        if name == "covariance":
            data["sigma"] = spread * (1 + p[0]) + np.diag(p)
        popt, pcov = optimize.curve_fit(decay, data["t"], data["y"], (1, 1, 0), data["sigma"], **TIGHT)
        return np.concatenate([popt, pcov[0]])

    at = {"y": DECAY, "t": T, "sigma": sigma, "covariance": np.zeros(12)}[name]

    # While it is differentiated the fit is refined, beyond SciPy's tolerances.
    def refined(p: Any) -> Any:
        return dd.jvp(fit, (p,), (np.zeros(12),))[0]

    np.testing.assert_allclose(dd.jacobian(fit)(at), central(refined, at, 1e-6), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("loss", ["linear", "soft_l1", "huber", "cauchy", "arctan"])
def test_least_squares_by_its_data(loss: str) -> None:
    """With every loss; the Jacobian of the fit is -H^-1 C at the exact minimum."""
    losses: dict[str, Callable[[Any], Any]] = {
        "linear": lambda z: z,
        "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
        "huber": lambda z: np.where(z < 1, z, 2 * np.sqrt(z) - 1),
        "cauchy": np.log1p,
        "arctan": np.arctan,
    }
    rho = losses[loss]

    def cost(p: Any, y: Any) -> Any:
        return 0.005 * np.sum(rho(((decay(T, *p) - y) / 0.1) ** 2))

    def fit(y: Any) -> Any:
        return optimize.least_squares(lambda p, y: decay(T, *p) - y, (1, 1, 0), args=(y,), loss=loss, f_scale=0.1).x

    J = dd.jacobian(fit)(DECAY)
    p = dd.jvp(fit, (DECAY,), (DECAY,))[0]
    np.testing.assert_allclose(dd.grad(cost)(p, DECAY), 0, atol=1e-14)
    expected = -np.linalg.solve(dd.hessian(cost)(p, DECAY), dd.jacobian(dd.grad(cost), argnums=1)(p, DECAY))
    np.testing.assert_allclose(J, expected, rtol=1e-9, atol=1e-11)


def test_results_carry_derivatives_or_refuse() -> None:
    """What a result holds beside x is right as well, or asking for it raises."""

    def fit(y: Any) -> Any:
        return optimize.least_squares(lambda p: decay(T, *p) - y, (1, 1, 0), **TIGHT)

    def entries(y: Any) -> Any:
        result = fit(y)
        return np.concatenate([np.ravel(result[name]) for name in ("cost", "fun", "jac", "covariance")])

    np.testing.assert_allclose(dd.jacobian(entries)(DECAY), central(entries, DECAY, 1e-4), rtol=1e-3, atol=1e-6)

    def minimum(a: Any) -> Any:
        result = optimize.minimize(rosenbrock, START, (a,))
        assert result.success
        assert result.nfev
        assert not hasattr(result, "no_such_name")
        assert "success" in repr(result)
        return result

    assert dd.derivative(lambda a: minimum(a).fun)(1.3) == pytest.approx(central(lambda a: minimum(a).fun, 1.3), rel=1e-6)
    np.testing.assert_allclose(dd.derivative(lambda a: minimum(a).jac)(1.3), 0, atol=1e-9)
    with pytest.raises(dd.NotDifferentiableError, match="hess_inv"):
        dd.derivative(lambda a: minimum(a).hess_inv)(1.3)


# --------------------------------------------------------------------------------------- bounds and constraints


@pytest.mark.parametrize("method", ["L-BFGS-B", "SLSQP", "TNC", "trust-constr", "Nelder-Mead"])
def test_active_bounds_hold(method: str) -> None:
    """The variables at a bound move with it, the others with the parameters."""

    def best(p: Any) -> Any:
        bounds = [(-2, p[3]), (p[4], 2), (-2, 2)]

        def f(x: Any, c: Any) -> Any:
            return 0.5 * x @ Q @ x - c @ x

        return optimize.minimize(f, np.array([0.1, 0.2, 0.0]), (p[:3],), method, bounds=bounds, tol=1e-9).x

    p = np.array([5.0, -5.0, 0.5, 0.3, 0.1])
    expected = np.zeros((3, 5))
    expected[0, 3] = expected[1, 4] = 1
    expected[2] = np.array([0, 0, 1, -Q[2, 0], -Q[2, 1]]) / Q[2, 2]
    np.testing.assert_allclose(dd.jacobian(best)(p), expected, atol=1e-10)


CONSTRAINED: dict[str, Callable[[Any], dict[str, Any]]] = {
    "dict": lambda s: {"constraints": {"type": "eq", "fun": lambda x: x[0] + x[1] - s}},
    "dict with args": lambda s: {"constraints": {"type": "ineq", "fun": lambda x, s: x[0] + x[1] - s, "args": (s,)}},
    "linear": lambda s: {"constraints": scipy_optimize.LinearConstraint([[1, 1]], s, np.inf)},
    "nonlinear": lambda s: {"constraints": scipy_optimize.NonlinearConstraint(lambda x: x[0] + x[1], s, s)},
    "trust-constr": lambda s: {
        "constraints": scipy_optimize.NonlinearConstraint(lambda x: np.exp(x[0] + x[1] - s), 1, np.inf),
        "method": "trust-constr",
        "tol": 1e-9,
    },
}


@pytest.mark.parametrize("case", CONSTRAINED)
@pytest.mark.filterwarnings("ignore:delta_grad:UserWarning")
def test_active_constraints_hold(case: str) -> None:
    """min x**2 + 2 y**2 with x + y = s or more is at (2 s / 3, s / 3), and 2 s**2 / 3."""

    def result(s: Any) -> Any:
        return optimize.minimize(lambda x: x[0] ** 2 + 2 * x[1] ** 2, np.array([1.0, 2.0]), **CONSTRAINED[case](s))

    np.testing.assert_allclose(dd.jacobian(lambda s: result(s).x)(3.0), [2 / 3, 1 / 3], rtol=1e-10)
    assert dd.derivative(lambda s: result(s).fun)(3.0) == pytest.approx(4.0, rel=1e-10)
    assert dd.hessian(lambda s: result(s).fun)(3.0) == pytest.approx(4 / 3, rel=1e-9)


def test_bounds_objects_with_derivatives() -> None:
    """Limits in a Bounds object, or as a pair of sequences, are parameters as well."""
    far = np.array([5.0, 0.2])

    def fit(b: Any) -> Any:
        return optimize.least_squares(lambda x: x - far, [0.1, 0.1], bounds=([-1, -1], [b[0], b[1]])).x

    np.testing.assert_allclose(dd.jacobian(fit)(np.array([1.0, 2.0])), [[1, 0], [0, 0]], atol=1e-12)

    def best(b: Any) -> Any:
        return optimize.minimize(lambda x: np.sum((x - far) ** 2), [0.1, 0.1], bounds=scipy_optimize.Bounds(-1, b)).x

    np.testing.assert_allclose(dd.jacobian(best)(np.array([1.0, 2.0])), [[1, 0], [0, 0]], atol=1e-12)


REFUSED: dict[str, tuple[Callable[[Any], Any], float, str]] = {
    "weakly active": (lambda a: optimize.minimize(lambda x: (x[0] - a) ** 2, [0.5], bounds=[(0, 1)]).x, 1.0, "multiplier"),
    "stopped early": (lambda a: optimize.minimize(rosenbrock, START, (a,), options={"maxiter": 3}).x, 1.0, "answer"),
    "quadratic, stopped early": (
        lambda a: optimize.minimize(lambda x: 1e4 * x[0] ** 2 + (x[1] - a) ** 2, [9.0, 9.0], options={"maxiter": 1}).x,
        1.0, "away",
    ),
    "flat": (lambda a: optimize.minimize(lambda x: (x[0] - a) ** 2 + 0 * x[1], [0.0, 0.0]).x, 1.0, "singular"),
    "quartic": (lambda a: optimize.minimize(lambda x: np.sum((x - a) ** 4), [3.0]).x, 1.0, "answer"),
    "kink": (lambda a: optimize.minimize(lambda x: np.sum(np.abs(x - a)), [1.0], method="Nelder-Mead").x, 1.0, "singular"),
    "double root": (lambda a: optimize.root(lambda x: (x - a) ** 2, [1.3]).x, 1.0, "answer|singular"),
    "no root": (lambda a: optimize.root(lambda x: x**2 + a, [1.3]).x, 1.0, "answer"),
    "two equal constraints": (
        lambda s: optimize.minimize(lambda x: x @ x, [1.0, 2.0], method="trust-constr", constraints=[
            scipy_optimize.LinearConstraint([[1, 1], [2, 2]], np.stack([s, 2 * s]), np.stack([s, 2 * s]))]).x, 1.0, "singular",
    ),
    "data with nan": (
        lambda a: optimize.curve_fit(decay, T, DECAY * a, (1, 1, 0), check_finite=False, nan_policy="omit")[0],
        1.0, "nan_policy",
    ),
    "robust curve_fit": (
        lambda a: optimize.curve_fit(decay, T, DECAY * a, (1, 1, 0), method="trf", loss="cauchy")[0], 1.0, "least_squares",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.filterwarnings(
    "ignore:Singular Jacobian:UserWarning", "ignore:delta_grad:UserWarning", "ignore:The iteration:RuntimeWarning"
)
def test_refusals(case: str) -> None:
    """Where a solution has no derivative, an error says why, and what to do."""
    f, a, why = REFUSED[case]
    with pytest.raises(dd.NotDifferentiableError, match=why):
        dd.jacobian(f)(a)


def test_starting_points_have_no_influence() -> None:
    """The derivative by the starting point is zero."""
    assert not dd.jacobian(lambda x0: optimize.minimize(rosenbrock, x0).x)(START).any()
    assert not dd.jacobian(lambda x0: optimize.root(tridiagonal, x0).x)(-np.ones(3)).any()


def test_lists_are_arrays() -> None:
    """SciPy takes a list for an array, of residuals and of constraints."""

    def system(x: Any, a: Any) -> Any:
        return [x[0] + 0.5 * (x[0] - x[1]) ** 3 - a, 0.5 * (x[1] - x[0]) ** 3 + x[1]]

    x = optimize.root(lambda *p: np.stack(system(*p)), [0.0, 0.0], (1.0,)).x
    np.testing.assert_allclose(optimize.root(system, [0.0, 0.0], (1.0,)).x, x)
    slope = dd.jacobian(lambda a: optimize.root(lambda *p: np.stack(system(*p)), [0.0, 0.0], (a,)).x)(1.0)
    np.testing.assert_allclose(dd.jacobian(lambda a: optimize.root(system, [0.0, 0.0], (a,)).x)(1.0), slope, rtol=1e-12)
    np.testing.assert_allclose(
        dd.jacobian(lambda a: optimize.least_squares(system, [0.0, 0.0], args=(a,), gtol=1e-12).x)(1.0), slope, rtol=1e-9
    )

    def nearest(s: Any) -> Any:
        limit = {"type": "ineq", "fun": lambda x: [x[0] - s, 2 * s - x[1]]}
        return optimize.minimize(lambda x: x[0] ** 2 + (x[1] - 9) ** 2, [3.0, 0.0], constraints=limit).x

    np.testing.assert_allclose(dd.jacobian(nearest)(1.0), [1, 2], atol=1e-12)


def test_derivative_free_methods_take_no_derivatives() -> None:
    """Neither of the function nor of the constraints."""
    limit = Counted(lambda x: x[0] + x[1] - 3)
    for method in ("COBYLA", "COBYQA"):
        for constraint in ({"type": "ineq", "fun": limit}, scipy_optimize.NonlinearConstraint(limit, 0, np.inf)):
            f = Counted(lambda x: x @ x * float(np.all(np.isfinite(np.asarray(x, float)))))
            assert optimize.minimize(f, [3.0, 3.0], method=method, constraints=constraint).fun == pytest.approx(4.5, abs=1e-3)


def test_many_parameters() -> None:
    """Structured tangents of the parameters, and a sparse Hessian: the Jacobian of a smoothing spline."""
    n = 200
    y = np.cos(np.linspace(0, 6, n))

    def smooth(y: Any) -> Any:
        def loss(x: Any) -> Any:
            return np.sum((x - y) ** 2) + 10 * np.sum(np.diff(x, 2) ** 2)

        return optimize.minimize(loss, np.zeros(n), method="L-BFGS-B", options={"maxiter": 5000, "maxfun": 10**5}).x

    D = np.diff(np.eye(n), 2, axis=0)
    exact = np.linalg.inv(np.eye(n) + 10 * D.T @ D)
    np.testing.assert_allclose(dd.jacobian(smooth)(y), exact, atol=1e-11)
    np.testing.assert_allclose(dd.hessian(lambda y: y @ smooth(y))(y), 2 * exact, atol=1e-10)
