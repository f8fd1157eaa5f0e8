"""Derivatives by parameters, on request: right to ten digits against mpmath, or refused."""

from __future__ import annotations

import asyncio
import threading
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

sp: Any = pytest.importorskip("scipy.special")
mp: Any = pytest.importorskip("mpmath").mp
special: Any = pytest.importorskip("dualdiff.scipy.special")

on_request = special.parameter_derivatives

Draw = Callable[[np.random.Generator], Any]


def uniform(low: float, high: float) -> Draw:
    """Draw from an interval."""
    return lambda rng: float(rng.uniform(low, high))


def log_uniform(low: float, high: float) -> Draw:
    """Draw from an interval, each scale as often."""
    return lambda rng: float(np.exp(rng.uniform(np.log(low), np.log(high))))


def integer(low: int, high: int) -> Draw:
    """Draw a whole number."""
    return lambda rng: float(rng.integers(low, high + 1))


# ------------------------------------------------------------------------------------------------------ oracles


def gammainc(a: Any, x: Any) -> Any:
    """The regularized lower incomplete gamma function."""
    return mp.gammainc(a, 0, x, regularized=True)


def betainc(a: Any, b: Any, x: Any) -> Any:
    """The regularized incomplete beta function."""
    return mp.betainc(a, b, 0, x, regularized=True)


def stdtr(df: Any, t: Any) -> Any:
    """Student's t, by the tail."""
    tail = betainc(df / 2, mp.mpf(1) / 2, df / (df + t * t)) / 2
    return tail if t < 0 else 1 - tail


def fdtr(n: Any, d: Any, x: Any) -> Any:
    """The F distribution."""
    return betainc(n / 2, d / 2, n * x / (n * x + d))


def chndtr(x: Any, df: Any, nc: Any) -> Any:
    """Noncentral chi-square, a Poisson mixture."""
    weights = [mp.exp(-nc / 2) * (nc / 2) ** j / mp.factorial(j) for j in range(60)]
    return mp.fsum(w * gammainc(df / 2 + j, x / 2) for j, w in enumerate(weights))


def ncfdtr(n: Any, d: Any, nc: Any, x: Any) -> Any:
    """Noncentral F, a Poisson mixture."""
    u = n * x / (n * x + d)
    weights = [mp.exp(-nc / 2) * (nc / 2) ** j / mp.factorial(j) for j in range(50)]
    return mp.fsum(w * betainc(n / 2 + j, d / 2, u) for j, w in enumerate(weights))


def besselpoly(a: Any, m: Any, v: Any) -> Any:
    """The integral of x^m J_v(2 a x) from 0 to 1."""
    b = (m + v + 1) / 2
    return a**v / mp.gamma(v + 1) / (2 * b) * mp.hyper([b], [b + 1, v + 1], -a * a)


def wright_bessel(a: Any, b: Any, x: Any) -> Any:
    """Wright's Bessel function."""
    return mp.fsum(x**k / (mp.factorial(k) * mp.gamma(a * k + b)) for k in range(80))


def sh_jacobi(n: Any, p: Any, q: Any, x: Any) -> Any:
    """The shifted Jacobi polynomial."""
    return mp.jacobi(n, p - q, q - 1, 2 * x - 1) / mp.binomial(2 * n + p - 1, n)


SHAPE, ORDER, ARGUMENT, PART = log_uniform(0.01, 300), uniform(-4, 30), log_uniform(1e-3, 60), uniform(0.02, 0.98)

#: The function, the oracle, the parameters to differentiate by, and where arguments are drawn from.
CASES: dict[str, tuple[Any, list[int], list[Draw]]] = {
    "gammainc": (gammainc, [0], [SHAPE, log_uniform(0.05, 60)]),
    "gammaincc": (lambda a, x: mp.gammainc(a, x, mp.inf, regularized=True), [0], [SHAPE, log_uniform(0.05, 60)]),
    "chdtr": (lambda v, x: gammainc(v / 2, x / 2), [0], [SHAPE, log_uniform(0.1, 60)]),
    "gdtr": (lambda a, b, x: gammainc(b, a * x), [1], [log_uniform(0.1, 10), log_uniform(0.1, 30), log_uniform(0.1, 10)]),
    "betainc": (betainc, [0, 1], [log_uniform(0.05, 60), log_uniform(0.05, 60), PART]),
    "betaincc": (lambda a, b, x: 1 - betainc(a, b, x), [0, 1], [log_uniform(0.05, 60), log_uniform(0.05, 60), PART]),
    "fdtr": (fdtr, [0, 1], [log_uniform(0.5, 40), log_uniform(0.5, 40), log_uniform(0.1, 8)]),
    "stdtr": (stdtr, [0], [log_uniform(1e-2, 1e7), uniform(-12, 12)]),
    "chndtr": (chndtr, [1], [log_uniform(0.3, 20), log_uniform(0.5, 20), uniform(0.1, 4)]),
    "ncfdtr": (ncfdtr, [0, 1], [uniform(1, 9), uniform(2, 12), uniform(0.1, 3), uniform(0.3, 3)]),
    "jv": (mp.besselj, [0], [ORDER, ARGUMENT]),
    "yv": (mp.bessely, [0], [ORDER, ARGUMENT]),
    "iv": (mp.besseli, [0], [uniform(0.5, 30), ARGUMENT]),
    "kv": (mp.besselk, [0], [uniform(0.01, 30), ARGUMENT]),
    "jve": (mp.besselj, [0], [ORDER, ARGUMENT]),
    "yve": (mp.bessely, [0], [ORDER, ARGUMENT]),
    "ive": (lambda v, x: mp.besseli(v, x) * mp.exp(-x), [0], [uniform(0.5, 30), log_uniform(1e-3, 500)]),
    "kve": (lambda v, x: mp.besselk(v, x) * mp.exp(x), [0], [uniform(0.01, 30), log_uniform(1e-3, 500)]),
    "hankel1": (mp.hankel1, [0], [ORDER, ARGUMENT]),
    "hankel2": (mp.hankel2, [0], [ORDER, ARGUMENT]),
    "hankel1e": (lambda v, x: mp.hankel1(v, x) * mp.expj(-x), [0], [ORDER, ARGUMENT]),
    "hankel2e": (lambda v, x: mp.hankel2(v, x) * mp.expj(x), [0], [ORDER, ARGUMENT]),
    "struve": (mp.struveh, [0], [uniform(-1.5, 10), log_uniform(1e-2, 30)]),
    "modstruve": (mp.struvel, [0], [uniform(-1.5, 10), log_uniform(1e-2, 30)]),
    "besselpoly": (besselpoly, [1, 2], [uniform(0.1, 4), uniform(0, 3), uniform(0, 3)]),
    "hyp0f1": (mp.hyp0f1, [0], [log_uniform(0.3, 20), uniform(-10, 20)]),
    "hyp1f1": (mp.hyp1f1, [0, 1], [uniform(-4, 10), log_uniform(0.3, 20), uniform(-10, 15)]),
    "hyp2f1": (mp.hyp2f1, [0, 1, 2], [uniform(-3, 6), uniform(-3, 6), log_uniform(0.3, 20), uniform(-2, 0.9)]),
    "hyperu": (mp.hyperu, [0, 1], [log_uniform(0.1, 20), uniform(-3, 6), log_uniform(0.05, 60)]),
    "wright_bessel": (wright_bessel, [0, 1], [uniform(0.1, 3), uniform(0.1, 3), log_uniform(0.1, 3)]),
    "zeta": (mp.zeta, [0], [uniform(1.05, 40)]),
    "zetac": (lambda s: mp.zeta(s) - 1, [0], [uniform(-10, 0.95)]),
    "eval_genlaguerre": (mp.laguerre, [1], [integer(0, 14), uniform(-0.9, 5), uniform(0, 10)]),
    "eval_gegenbauer": (mp.gegenbauer, [1], [integer(0, 14), uniform(-0.4, 5), uniform(-1, 1)]),
    "eval_jacobi": (mp.jacobi, [1, 2], [integer(0, 14), uniform(-0.9, 5), uniform(-0.9, 5), uniform(-1, 1)]),
    "eval_sh_jacobi": (sh_jacobi, [1, 2], [integer(0, 8), uniform(2, 5), uniform(0.2, 2), uniform(0.02, 0.98)]),
}

#: The inverse function: the distribution function, the position of the result in it and of the probability in the inverse.
INVERSES: dict[str, tuple[str, int, int, list[Draw]]] = {
    "gammaincinv": ("gammainc", 1, 1, [log_uniform(0.3, 50), PART]),
    "gammainccinv": ("gammaincc", 1, 1, [log_uniform(0.3, 50), PART]),
    "betaincinv": ("betainc", 2, 2, [log_uniform(0.5, 20), log_uniform(0.5, 20), PART]),
    "betainccinv": ("betaincc", 2, 2, [log_uniform(0.5, 20), log_uniform(0.5, 20), PART]),
    "chdtri": ("chdtrc", 1, 1, [log_uniform(0.5, 50), PART]),
    "gdtrix": ("gdtr", 2, 2, [log_uniform(0.5, 5), log_uniform(0.5, 20), PART]),
    "gdtria": ("gdtr", 0, 0, [PART, log_uniform(0.5, 20), log_uniform(0.5, 5)]),
    "gdtrib": ("gdtr", 1, 1, [log_uniform(0.5, 5), PART, log_uniform(0.5, 5)]),
    "fdtri": ("fdtr", 2, 2, [log_uniform(1, 20), log_uniform(1, 20), PART]),
    "stdtrit": ("stdtr", 1, 1, [log_uniform(0.5, 500), uniform(0.05, 0.45)]),
    "chndtrix": ("chndtr", 0, 0, [PART, uniform(1, 10), uniform(0.2, 3)]),
    "chdtriv": ("chdtr", 0, 0, [PART, log_uniform(0.5, 30)]),
    "btdtria": ("betainc", 0, 0, [PART, uniform(0.5, 6), uniform(0.2, 0.8)]),
    "btdtrib": ("betainc", 1, 1, [uniform(0.5, 6), PART, uniform(0.2, 0.8)]),
}
ORACLES = {
    **{name: oracle for name, (oracle, _, _) in CASES.items()},
    "chdtrc": lambda v, x: mp.gammainc(v / 2, x / 2, mp.inf, regularized=True),
}


def points(name: str, draws: list[Draw], count: int) -> list[list[float]]:
    """Return random points."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return [[draw(rng) for draw in draws] for _ in range(count)]


def first(f: Any, args: list[float], i: int) -> Any:
    """Return the derivative by argument i."""
    return f(*[dd.Dual(a, 1.0) if k == i else a for k, a in enumerate(args)]).tangent


def second(f: Any, args: list[float], i: int, j: int) -> Any:
    """Return a second derivative."""
    return f(*[dd.HyperDual(a, float(k == i), float(k == j), 0.0) for k, a in enumerate(args)]).eps12


def exact(oracle: Any, args: list[float], *by: int) -> Any:
    """Return the derivative of an oracle by these arguments, one after the other."""
    orders = tuple(by.count(k) for k in range(len(args)))
    numbers = [int(a) if oracle in (mp.laguerre, mp.gegenbauer, mp.jacobi, sh_jacobi) and k == 0 else mp.mpf(a)
               for k, a in enumerate(args)]  # fmt: skip
    moving = [k for k, n in enumerate(orders) if n]

    def of_moving(*values: Any) -> Any:
        moved = dict(zip(moving, values, strict=True))
        return oracle(*[moved.get(k, a) for k, a in enumerate(numbers)])

    return mp.diff(of_moving, tuple(numbers[k] for k in moving), tuple(orders[k] for k in moving))


def nearby(oracle: Any, args: list[float], i: int) -> Any:
    """Return the size of a derivative close by, which errors are measured by where it crosses zero itself."""
    bend = exact(oracle, args, i, i)
    return mp.fabs(exact(oracle, args, i)) + mp.fabs(bend) * mp.mpf("0.05") * (1 + mp.fabs(args[i]) * mp.mpf("0.05"))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_first_derivatives(name: str) -> None:
    """They are right to ten digits, or refused; most are not refused."""
    oracle, parameters, draws = CASES[name]
    refused = 0
    with mp.workdps(40), on_request():
        for args in points(name, draws, 12):
            for i in parameters:
                try:
                    found = first(getattr(sp, name), args, i)
                except dd.NotDifferentiableError:
                    refused += 1
                    continue
                error = abs(mp.mpmathify(found) - exact(oracle, args, i))
                assert error <= mp.mpf(1e-10) * nearby(oracle, args, i) + mp.mpf(1e-280), (args, i, found)
    assert refused <= len(parameters)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_second_derivatives(name: str) -> None:
    """By a parameter and any argument they are right to eight digits, or refused."""
    oracle, parameters, draws = CASES[name]
    degree = name.startswith("eval_")
    refused = 0
    with mp.workdps(40), on_request():
        for args in points(name, draws, 2):
            for i in parameters:
                for j in range(1 if degree else 0, len(args)):
                    others = [k for k in range(len(args)) if k in (i, j)]

                    def of_two(*values: Any, args: list[float] = args, others: list[int] = others) -> Any:
                        return getattr(sp, name)(*[values[others.index(k)] if k in others else a for k, a in enumerate(args)])

                    try:
                        found = second(of_two, [args[k] for k in others], others.index(i), others.index(j))
                    except dd.NotDifferentiableError:
                        refused += 1
                        continue
                    expected = exact(oracle, args, i, j)
                    scale = abs(expected) + abs(exact(oracle, args, i))
                    assert abs(mp.mpmathify(found) - expected) <= mp.mpf(1e-8) * scale, (args, i, j, found)
    assert refused <= 1


@pytest.mark.parametrize("name", INVERSES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_inverses(name: str) -> None:
    """By the theorem on implicit functions, at the result that mpmath finds close to SciPy's."""
    of, result, probability, draws = INVERSES[name]
    oracle = ORACLES[of]
    with mp.workdps(30), on_request():
        for args in points(name, draws, 3):
            start = getattr(sp, name)(*args)
            given = [a for k, a in enumerate(args) if k != probability]

            def equation(y: Any, given: list[float] = given) -> Any:
                full = [mp.mpf(a) for a in given]
                full.insert(result, y)
                return oracle(*full)

            y = mp.findroot(lambda y: equation(y) - mp.mpf(args[probability]), mp.mpf(start))  # noqa: B023 - at once
            full = list(given)
            full.insert(result, y)
            by_result = exact(oracle, full, result)
            for i in range(len(args)):
                found = first(getattr(sp, name), args, i)
                k = i if result == probability else {0: 1, 1: 2, 2: 0}.get(i, i)
                expected = 1 / by_result if i == probability else -exact(oracle, full, k) / by_result
                assert float(found) == pytest.approx(float(expected), rel=1e-8), (args, i)


# ------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("name", CASES)
def test_they_must_be_asked_for(name: str) -> None:
    """Otherwise they are refused, and the error says how."""
    _, parameters, draws = CASES[name]
    (args,) = points(name, draws, 1)
    with pytest.raises(dd.NotDifferentiableError, match=f"{name} has no derivative.*parameter_derivatives"):
        first(getattr(sp, name), args, parameters[0])


#: Where the derivative is not known: ends of domains, poles, values that do not depend on the parameter to their accuracy.
UNKNOWN: list[tuple[str, list[float], int]] = [
    ("gammainc", [0.0, 1.0], 0),
    ("gammainc", [590151.7123254688, 586671.9063001737], 0),  # SciPy 1.17: wrong in the seventh digit
    ("betainc", [0.0, 2.0, 0.5], 0),
    ("jv", [0.0, 0.0], 0),
    ("hyp1f1", [1.5, -2.0, 1.0], 1),
    ("zetac", [1.0], 0),
    ("stdtr", [1e-5, 1.0], 0),
    ("hyperu", [-2.5, 3.0, 1.0], 0),
    ("ncfdtr", [3.0, 1e12, 1.0, 1.0], 1),
]


@pytest.mark.parametrize(("name", "args", "i"), UNKNOWN, ids=lambda x: str(x))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_is_not_known_is_refused(name: str, args: list[float], i: int) -> None:
    """Rather than returned."""
    with on_request(), pytest.raises(dd.NotDifferentiableError, match=r"dd\.value_of"):
        first(getattr(sp, name), args, i)


@pytest.mark.parametrize(("name", "args"), [("expn", [2.0, 1.0]), ("eval_legendre", [2.0, 0.5])])
def test_integers_stay_refused(name: str, args: list[float]) -> None:
    """An order that is an integer has no derivative."""
    with on_request(), pytest.raises(dd.NotDifferentiableError, match=f"{name} has no derivative"):
        first(getattr(sp, name), args, 0)


#: Orders that are whole, the ends of other arguments' domains, and complex arguments.
EDGES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("jv", mp.besselj, (0.0, 1e-8)),
    ("jv", mp.besselj, (-1.0, 2.0)),
    ("jv", mp.besselj, (50.0, 50.0)),
    ("jv", mp.besselj, (3.0, 1e5)),
    ("jv", mp.besselj, (1.3, 2 + 1j)),
    ("yv", mp.bessely, (0.0, 1.0)),
    ("kv", mp.besselk, (1.3, 2 + 1j)),
    ("iv", mp.besseli, (-1.0, 1.0)),
    ("hankel1", mp.hankel1, (1.3, -2 + 1j)),
    ("hyp1f1", mp.hyp1f1, (1.0, 1.0, 0.0)),
    ("hyp1f1", mp.hyp1f1, (-2.0, 1.5, 3 + 1j)),
    ("hyp2f1", mp.hyp2f1, (1.0, 1.0, 2.0, 0.999)),
    ("hyp2f1", mp.hyp2f1, (1.0, 1.0, 2.0, 0.5 + 0.3j)),
    ("gammainc", gammainc, (1e-8, 1.0)),
    ("gammainc", gammainc, (1.0, 1e-300)),
    ("gammainc", gammainc, (1.0, 1e3)),
    ("betainc", betainc, (1.0, 1.0, 1e-200)),
    ("zeta", mp.zeta, (1.0001,)),
    ("zeta", mp.zeta, (-2.0,)),
    ("zeta", mp.zeta, (2 + 3j,)),
    ("zeta", mp.zeta, (2.5, 0.3)),
    ("struve", mp.struveh, (0.0, 200.0)),
]


@pytest.mark.parametrize(("name", "oracle", "args"), EDGES, ids=[f"{name}{args}" for name, _, args in EDGES])
def test_edges(name: str, oracle: Any, args: tuple[Any, ...]) -> None:
    """The derivative by the first argument."""
    with mp.workdps(40), on_request():
        found = getattr(special, name)(dd.Dual(args[0], 1.0), *args[1:]).tangent
        expected = mp.diff(lambda p: oracle(p, *args[1:]), mp.mpmathify(args[0]), h=mp.mpf(10) ** -14)
        assert abs(mp.mpmathify(found) - expected) <= mp.mpf(1e-10) * abs(expected) + mp.mpf(10) ** -300


def test_tails_keep_their_digits() -> None:
    """Close to 1 the complement is differentiated."""
    with mp.workdps(60), on_request():
        for f, oracle, args in ((sp.gammainc, gammainc, [2.5, 60.0]), (sp.betainc, betainc, [2.0, 30.0, 0.8]),
                                (sp.stdtr, stdtr, [40.0, 15.0])):  # fmt: skip
            assert float(first(f, args, 0)) == pytest.approx(float(exact(oracle, args, 0)), rel=1e-10)


# --------------------------------------------------------------------------------------------------- the context


def test_the_context_ends() -> None:
    """After the block, and after an error in it, they are refused again."""
    with pytest.raises(KeyError), on_request():
        raise KeyError
    with pytest.raises(dd.NotDifferentiableError):
        dd.derivative(sp.jv)(0.5, 1.0)


def test_as_a_decorator() -> None:
    """The decorated function may be called more than once."""
    slope = dd.derivative(on_request()(lambda v: special.jv(v, 1.0)))
    assert slope(0.5) == slope(0.5) != 0


def test_threads_and_tasks_have_contexts_of_their_own() -> None:
    """Another thread, or another task, is not in the context."""
    seen: list[str] = []

    def differentiate() -> None:
        try:
            dd.derivative(sp.jv)(0.5, 1.0)
        except dd.NotDifferentiableError:
            seen.append("refused")

    async def task() -> None:
        differentiate()

    async def beside() -> None:
        other = asyncio.ensure_future(task())
        with on_request():
            await other

    with on_request():
        thread = threading.Thread(target=differentiate)
        thread.start()
        thread.join()
    asyncio.run(beside())
    assert seen == ["refused", "refused"]


# -------------------------------------------------------------------------------------- shapes, dtypes, representations


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_arrays_are_scalars_entry_by_entry(name: str) -> None:
    """Arrays, broadcast, empty, of other representations and in single precision."""
    _, parameters, draws = CASES[name]
    f, i = getattr(sp, name), parameters[0]
    with on_request():
        cases = []
        for args in points(name, draws, 6):
            try:
                cases.append((args, first(f, args, i)))
            except dd.NotDifferentiableError:
                continue
        columns = [np.array(c) for c in zip(*(args for args, _ in cases), strict=True)]
        expected = np.array([slope for _, slope in cases])

        def at(v: Any, columns: list[Any] = columns) -> Any:
            return f(*[v if k == i else c for k, c in enumerate(columns)])

        v = columns[i]
        np.testing.assert_allclose(at(dd.Dual(v, np.ones(len(v)))).tangent, expected, rtol=1e-9)
        for tangents in ("dense", "structured"):
            jacobian = dd.jacobian(lambda v: np.real(at(v)), tangents=tangents)(v)
            np.testing.assert_allclose(jacobian, np.diag(np.real(expected)), rtol=1e-9)
        assert at(dd.Dual(np.zeros(0), np.zeros(0)), [c[:0] for c in columns]).tangent.shape == (0,)
        row = [c[:1] for c in columns]
        if len(columns) > 1:
            assert at(dd.Dual(v[:1], np.ones(1)), [np.repeat(c[:, None], 3, 0) for c in row]).tangent.shape == (3, 1)
        series = dd.Taylor(np.array([v[0], 1.0, 0.0]))
        assert at(series, [c[0] for c in columns]).coefficients[1] == pytest.approx(expected[0], rel=1e-9)
        if any("f" in t for t in getattr(f, "types", [])):
            single = [np.float32(c[:1]) for c in columns]
            number = dd.Dual(single[i], np.ones(1, np.float32))
            try:
                found = at(number, single).tangent
            except dd.NotDifferentiableError:
                return
            assert found.dtype in (np.float32, np.complex64)
            wide = [np.float64(c) for c in single]
            expected = at(dd.Dual(wide[i], np.ones(1)), wide).tangent
            if np.all(np.abs(expected) < np.finfo(np.float32).max):
                np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_gradients_of_likelihoods() -> None:
    """A censored gamma likelihood, in all parameters, with its Hessian."""
    t, seen = np.array([0.4, 1.3, 2.2, 0.9]), np.array([True, True, False, True])

    def likelihood(p: Any) -> Any:
        shape, scale = p[0], p[1]
        density = (shape - 1) * np.log(t) - t / scale - shape * np.log(scale) - special.gammaln(shape)
        return np.sum(np.where(seen, density, np.log(special.gammaincc(shape, t / scale))))

    def exactly(shape: Any, scale: Any) -> Any:
        density = [(shape - 1) * mp.log(x) - x / scale - shape * mp.log(scale) - mp.loggamma(shape) for x in t[seen]]
        survival = [mp.log(mp.gammainc(shape, x / scale, mp.inf, regularized=True)) for x in t[~seen]]
        return mp.fsum(density + survival)

    p = np.array([1.7, 0.8])
    with mp.workdps(40), on_request():
        gradient, hessian = dd.grad(likelihood)(p), dd.hessian(likelihood)(p)
        for i in (0, 1):
            assert gradient[i] == pytest.approx(float(mp.diff(exactly, tuple(p), (1 - i, i))), rel=1e-12)
            for j in (0, 1):
                orders = (2 - i - j, i + j)
                assert hessian[i, j] == pytest.approx(float(mp.diff(exactly, tuple(p), orders)), rel=1e-10)
