"""Chains of elementwise functions of large arrays: evaluated late and together, and nobody can tell."""

import contextvars
import copy
import importlib
import pickle
import sys
import threading
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import dualdiff as dd
from dualdiff.arrays import blocks, chains
from dualdiff.arrays.indexing import is_shared

pytestmark = pytest.mark.filterwarnings("default")

Function = Callable[[Any], Any]

N = 1 << 17


@pytest.fixture(autouse=True)
def large_arrays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Chains of arrays that are not so large, in three threads, where warnings are no errors."""
    monkeypatch.setattr(blocks, "WORTHWHILE", 0)
    with dd.workers(3):
        yield


@pytest.fixture
def evaluations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many results each evaluation of a chain had."""
    counts: list[int] = []
    settle = chains.Chain.settle

    def counted(chain: chains.Chain) -> None:
        nodes = [node for reference in chain.nodes if (node := reference()) is not None]
        counts.append(sum(node.function is not None and node.number() is not None for node in nodes))
        settle(chain)

    monkeypatch.setattr(chains.Chain, "settle", counted)
    return counts


def points() -> tuple[np.ndarray, np.ndarray]:
    """A point and a direction."""
    random = np.random.default_rng(3)
    return random.uniform(0.1, 2, N), random.standard_normal(N)


def is_pending(x: Any) -> bool:
    """Whether the number is not there yet; by its class, which does not look at it."""
    return type(x) in chains._KINDS


def at_once(f: Function) -> Function:
    """The same function, with nothing pending."""

    def g(x: Any) -> Any:
        token = chains._at_once.set(True)
        try:
            return f(x)
        finally:
            chains._at_once.reset(token)

    return g


def smooth(x: Any) -> Any:
    """Operators and functions."""
    a = np.sin(x)
    b = np.exp(a) * x / (x * x + 1.0)
    c = 2.0 - b
    return np.tanh(b - a) + 2.0 / (3.0 + b) - x**2 + x**1.5 - 3 * x + abs(-c) + 2.0**x + np.arctan2(a, 1.0 + x)


def looks_on_the_way(x: Any) -> Any:
    """Values decide, entries are taken, sums come back."""
    a = np.sin(x) * x
    b = np.where(a > 0.5, a, x * 2.0)
    c = b - np.mean(b)
    return c * c[0] + np.cumsum(a) * 1e-3 + a[::-1] + np.maximum(c, a)


def writes(x: Any) -> Any:
    """In-place operators, assignment, out= and views, before and after others have been recorded."""
    a = np.sin(x)
    b = a * 2.0
    x *= 3.0
    c = x + b
    view = c[::2]
    view += 1.0
    d = c * a
    c[0] = 5.0
    np.exp(a, out=a)
    e = d + a + c
    e[1:3] = x[1:3] * b[0]
    return e * b


def constants(x: Any) -> Any:
    """Arrays of the program, which it changes later."""
    w = np.linspace(0.0, 1.0, x.shape[0])
    a = x * w
    w[:] = 7.0
    b = a + w * np.float64(2.0)
    w[0] = -1.0
    return b - w[::-1] + np.asarray(3.0) * a


def matrices(x: Any) -> Any:
    """Other shapes, and another shape beside them."""
    a = x.reshape(-1, 64)
    b = np.sin(a) * 2.0 + a
    c = np.cos(x) * x
    return (b * b + np.sum(b, axis=0)).ravel() + c / (1.0 + b.T.ravel() ** 2)


FUNCTIONS = [smooth, looks_on_the_way, writes, constants, matrices]


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_first_order(f: Function, dtype: Any) -> None:
    """Along one direction and along several, the same bits."""
    x, v = (part.astype(dtype) for part in points())
    for direction in (v, np.stack([v, v[::-1], x])):
        found, expected = dd.jvp(f, (x,), (direction,)), dd.jvp(at_once(f), (x,), (direction,))
        assert np.array_equal(found[0], expected[0])
        assert np.array_equal(found[0], f(x.copy()))
        assert np.array_equal(found[1], expected[1])


@pytest.mark.parametrize("f", FUNCTIONS)
def test_second_order(f: Function) -> None:
    """Along two directions."""
    x, v = points()
    found, expected = (dd.second_directional_derivative(g, x, v, x) for g in (f, at_once(f)))
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("f", [smooth, writes, constants])
def test_structured_tangents(f: Function) -> None:
    """Gradients and products with Hessians."""
    x, v = points()

    def g(x: Any) -> Any:
        return np.sum(f(x))

    # The sum of products is rounded otherwise where the coefficients are an array of ones.
    assert np.allclose(dd.grad(g)(x), dd.grad(at_once(g))(x), rtol=1e-14, atol=1e-14)
    assert np.allclose(dd.hvp(g, x, v), dd.hvp(at_once(g), x, v), rtol=1e-13, atol=1e-13)


def test_two_structured_arguments() -> None:
    """Their terms differ."""
    x, y = points()
    by_x, by_y = dd.grad(lambda x, y: np.sum(np.sin(x) * y + x / (2.0 + y * y)), argnums=(0, 1))(x, y)
    np.testing.assert_allclose(by_x, np.cos(x) * y + 1 / (2 + y * y), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(by_y, np.sin(x) - 2 * x * y / (2 + y * y) ** 2, rtol=1e-12, atol=1e-14)


def test_one_evaluation(evaluations: list[int]) -> None:
    """Nothing is computed before the end, and what nobody holds any more is not kept."""
    x, v = points()

    def f(x: Any) -> Any:
        y = smooth(x)
        assert is_pending(y)
        assert is_pending(x)
        assert y.shape == (N,)
        assert y.ndim == 1
        assert isinstance(y, np.ndarray)
        assert isinstance(y, dd.Dual)
        assert is_pending(y)
        return y

    dd.jvp(f, (x,), (v,))
    assert evaluations == [1]


def test_what_is_held_is_computed_once(evaluations: list[int]) -> None:
    """Results of the program's variables come with the first look."""
    x, v = points()

    def f(x: Any) -> Any:
        a = np.sin(x)
        b = np.cos(a)
        total = np.sum(b)
        assert not is_pending(a)
        return a * total

    dd.jvp(f, (x,), (v,))
    assert evaluations == [2, 1]


def test_long_chains_are_cut(evaluations: list[int]) -> None:
    """A loop does not grow for ever."""
    x, v = points()

    def f(x: Any) -> Any:
        for _ in range(chains.LONGEST):
            x = x * 1.001
        return x

    _, tangent = dd.jvp(f, (x,), (v,))
    assert len(evaluations) == 2
    np.testing.assert_allclose(tangent, v * 1.001**chains.LONGEST, rtol=1e-12)


def test_chains_of_two_arguments_are_joined(evaluations: list[int]) -> None:
    """Each begins alone."""
    x, v = points()
    value, tangent = dd.jvp(lambda x, y: np.sin(x) * np.cos(y) - y, (x, v), (v, x))
    assert evaluations == [1]
    np.testing.assert_allclose(value, np.sin(x) * np.cos(v) - v)
    np.testing.assert_allclose(tangent, np.cos(x) * np.cos(v) * v - np.sin(x) * np.sin(v) * x - x)


def test_memory() -> None:
    """Less than the function itself takes, which holds its temporaries."""
    x, v = (np.tile(part, 8) for part in points())

    def f(x: Any) -> Any:
        a = np.sin(x)
        b = a * x
        c = b + a
        d = np.exp(c)
        e = d - b
        g = e * c
        h = g / (1.0 + a * a)
        return h * d

    def peak(call: Callable[[], Any]) -> int:
        tracemalloc.start()
        try:
            call()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    dd.jvp(f, (x,), (v,))
    assert peak(lambda: dd.jvp(f, (x,), (v,))) < peak(lambda: f(x))


@pytest.mark.parametrize("kept", [lambda x, k: np.full(N, 1.0 + 1e-3 * k), lambda x, k: np.roll(x, k)])
def test_memory_of_long_chains(kept: Callable[[Any, int], Any]) -> None:
    """A sum of many arrays does not keep all of them until somebody looks."""
    x, v = points()

    def f(x: Any) -> Any:
        given = np.cumsum(x)
        total = x
        for k in range(60):
            total = total + kept(given, k)
        return total

    def peak(f: Function) -> int:
        tracemalloc.start()
        try:
            dd.jvp(f, (x,), (v,))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(f) < peak(at_once(f)) + 2 * chains.MOST * x.nbytes


def test_arguments_in_shared_memory_are_not_waited_with() -> None:
    """A view could be written into by who holds the rest."""
    x, v = points()

    def f(x: Any) -> Any:
        head = x[: N // 2]
        y = np.sin(head)
        assert not is_pending(y)
        z = np.sin(x)
        assert not is_pending(z)
        return y * 2.0 + head

    dd.jvp(f, (x,), (v,))


def test_a_plain_alias_of_an_argument() -> None:
    """Who takes the memory out sees it as it is, and what was recorded does not see what is done to it."""
    x, v = points()

    def f(x: Any) -> Any:
        y = np.sin(x)
        assert is_pending(y)
        raw = dd.value_of(x)
        assert not is_pending(y)
        z = np.cos(x)
        assert not is_pending(z)
        raw[:] = 0.0
        return y + z

    value, tangent = dd.jvp(f, (x,), (v,))
    np.testing.assert_allclose(value, np.sin(x) + np.cos(x))
    np.testing.assert_allclose(tangent, (np.cos(x) - np.sin(x)) * v)


def test_a_tangent_that_the_program_holds() -> None:
    """What is written into it later does not change what was computed before."""
    x, v = points()

    def f(x: Any) -> Any:
        tangent = x.tangent
        y = np.cos(x) * 2.0
        tangent *= 3.0
        return y

    np.testing.assert_allclose(dd.jvp(f, (x,), (v,))[1], -2.0 * np.sin(x) * v)


def test_functions_that_may_fail_are_not_waited_with() -> None:
    """A derivative that is refused, or computed in a context only, and the rules of a user, who may notice."""
    special = pytest.importorskip("scipy.special")
    parameter_derivatives = importlib.import_module("dualdiff.scipy.special").parameter_derivatives

    x, v = points()
    called: list[int] = []

    def refused(x: Any) -> Any:
        try:
            return special.gammainc(x, 1.5)
        except dd.NotDifferentiableError:
            return x * 2.0

    def asked(x: Any) -> Any:
        with parameter_derivatives():
            y = special.gammainc(x[:4], 1.5)
            z = special.gammainc(x * 1e-300 + 1.0, 1.5)
        return y[0] + z

    def raised(x: Any) -> Any:
        with special.errstate(all="raise"):
            try:
                return special.gamma(0.0 * x)
            except special.SpecialFunctionError:
                return x * 2.0

    @dd.custom_jvp
    def mine(x: Any) -> Any:
        return x * 1.0

    @mine.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        called.append(len(primals))
        return mine(primals[0]), tangents[0]

    def passed_on(x: Any) -> Any:
        y = mine(x)
        z = np.cos(x)
        y[:] = 0.0
        return x + z

    with pytest.warns(dd.DerivativeLostWarning):
        np.testing.assert_array_equal(dd.jvp(refused, (x,), (v,))[1], 2 * v)
    np.testing.assert_array_equal(dd.jvp(raised, (x,), (v,))[1], 2 * v)
    np.testing.assert_array_equal(dd.jvp(asked, (x,), (v,))[1], dd.jvp(at_once(asked), (x,), (v,))[1])
    np.testing.assert_allclose(dd.jvp(passed_on, (x,), (v,))[1], v - np.sin(x) * v)
    assert called == [1]


def test_errors_belong_to_their_operation() -> None:
    """Where the program would catch one, nothing is pending."""
    x, v = points()
    x[7] = -1.0

    def caught(x: Any) -> Any:
        try:
            with np.errstate(invalid="raise"):
                return np.sqrt(x)
        except FloatingPointError:
            return x * 2.0

    def warned(x: Any) -> Any:
        with warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("always")
            y = np.sqrt(x)
            return x * 2.0 if given else y

    def filtered(x: Any) -> Any:
        try:
            return np.sqrt(x)
        except RuntimeWarning:
            return x * 2.0

    np.testing.assert_array_equal(dd.jvp(caught, (x,), (v,))[1], 2 * v)
    np.testing.assert_array_equal(dd.jvp(warned, (x,), (v,))[1], 2 * v)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(dd.jvp(filtered, (x,), (v,))[1], 2 * v)


def test_warnings_and_errstates_of_the_caller() -> None:
    """As often as without chains; silent where the program says so."""
    x, v = points()
    x[7] = -1.0

    def count(f: Function) -> int:
        with warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("always")
            dd.jvp(f, (x,), (v,))
        return len(given)

    def silent(x: Any) -> Any:
        with np.errstate(invalid="ignore"):
            y = np.sqrt(x) * 2.0
        assert is_pending(y)
        return y * x

    def noisy(x: Any) -> Any:
        return np.log(np.sin(x) * x - 1.0) + np.sqrt(x)

    assert count(noisy) == count(at_once(noisy)) > 0
    assert count(silent) == 0


def test_warnings_where_other_filters_hold() -> None:
    """They belong to the filters their operation was written under: neither an error, nor on the program's record."""
    x, v = points()
    x[7] = -1.0

    def looked_at_among_errors(x: Any) -> Any:
        y = np.sqrt(x)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return x * y[0]

    def looked_at_on_record(x: Any) -> Any:
        y = np.sqrt(x)
        with warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("always")
            z = x * y[0]
        return z if given == [] else 0.0 * z

    def errors_from_now_on(x: Any) -> Any:
        y = np.sqrt(x)
        warnings.simplefilter("error")
        return x * y[0]

    for f in (looked_at_among_errors, looked_at_on_record, errors_from_now_on):
        results = []
        for g in (f, at_once(f)):
            with warnings.catch_warnings(record=True) as given:
                warnings.simplefilter("always")
                tangent = dd.jvp(g, (x,), (v,))[1]
            assert given
            results.append((tangent, sorted(str(warning.message) for warning in given)))
        assert np.array_equal(results[0][0], results[1][0], equal_nan=True)
        assert results[0][1] == results[1][1]


def test_special_points_in_some_blocks() -> None:
    """Zero tangents at infinite slopes, kinks, poles: as without chains."""
    x, v = points()
    x[[3, -4]] = 0.0
    v[[3, 4]] = 0.0

    def f(x: Any) -> Any:
        return np.sqrt(x) * 2.0 + np.abs(x - 1.0) * np.cbrt(x) + np.hypot(x, 0.0)

    with np.errstate(all="ignore"):
        found, expected = dd.jvp(f, (x,), (v,)), dd.jvp(at_once(f), (x,), (v,))
    assert np.array_equal(found[1], expected[1], equal_nan=True)
    assert np.isfinite(found[1][3])


@pytest.mark.parametrize(
    "look",
    [
        repr, str, format, copy.copy, copy.deepcopy, pickle.dumps, len, iter, hash, float, bool, dir, round, dd.value_of,
        np.sum, np.asarray, np.shape, np.zeros_like, np.add.reduce, np.modf, lambda x: x > 1.0, lambda x: x == x, lambda x: +x,
        lambda x: x[3], lambda x: x.dtype, lambda x: x.copy(), lambda x: x @ x, lambda x: np.stack([x, x]), lambda x: x.sum(),
        lambda x: 0.5 in x, lambda x: np.sin(x, dtype=float), lambda x: divmod(x, 2.0), lambda x: np.array([x[0], x[1]]),
        lambda x: x.tangent, lambda x: np.isfinite(x).all(), lambda x: x.shape, lambda x: x.astype(np.float32),
        lambda x: x // 0.3, lambda x: x % 0.3, lambda x: 2.0 % x, lambda x: x @ np.ones(N), lambda x: np.ones(N) @ x,
        lambda x: list(x[:3]), lambda x: x * "a", lambda x: x + [1.0] * N, lambda x: x * np.ones((3, 1)),
        lambda x: x * (1 + 2j), lambda x: x * np.ones(N, np.float32),
    ],
)  # fmt: skip
@pytest.mark.parametrize("of_argument", [False, True])
@pytest.mark.filterwarnings("ignore")
def test_every_way_to_look(look: Function, of_argument: bool) -> None:
    """The result, or the error, is that of an ordinary number; afterwards the number is one."""
    x, v = points()
    seen: list[list[Any]] = [[], []]

    def f(x: Any, into: list[Any]) -> Any:
        y = np.sin(x) * 2.0
        z = x if of_argument else y
        try:
            into.append(look(z))
        except Exception as error:  # noqa: BLE001 - the same whichever it is
            into.append((type(error), str(error)))

        return y + z

    found = dd.jvp(lambda x: f(x, seen[0]), (x,), (v,))
    expected = dd.jvp(at_once(lambda x: f(x, seen[1])), (x,), (v,))
    assert np.array_equal(found[1], expected[1])
    assert _shown(seen[0][0]) == _shown(seen[1][0])


def _shown(x: Any) -> Any:
    if isinstance(x, bytes) or hasattr(x, "__next__"):
        return type(x)
    return str(x.parts()) if hasattr(x, "parts") else str(x)


def test_nested_derivatives_and_numbers_made_by_hand() -> None:
    """Nothing is pending there; the results are the same."""
    x, v = points()
    _, second = dd.jvp(lambda x: dd.jvp(lambda x: np.sin(x) * x, (x,), (v,))[1], (x,), (v,))
    np.testing.assert_allclose(second, (2 * np.cos(x) - x * np.sin(x)) * v * v, rtol=1e-12, atol=1e-14)
    assert not is_pending(np.sin(dd.Dual(x, v)))


def test_threads_of_one_function() -> None:
    """Whoever looks first evaluates; the others wait."""
    x, v = points()

    def f(x: Any) -> Any:
        shared = np.sin(x) * x
        found: list[Any] = [None] * 4

        def work(i: int) -> None:
            found[i] = shared * float(i) + np.sum(shared * shared) * 0.0

        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found[0] + found[1] + found[2] + found[3]

    value, tangent = dd.jvp(f, (x,), (v,))
    np.testing.assert_allclose(value, 6 * np.sin(x) * x)
    np.testing.assert_allclose(tangent, 6 * (np.cos(x) * x + np.sin(x)) * v)


def test_threads_that_look_at_and_record_the_same_numbers() -> None:
    """In the context of the function, whose chains they share; no one sees a number that is half there."""
    x, v = points()

    def f(x: Any) -> Any:
        y = np.sin(x)

        def work(k: int) -> Any:
            z = y * float(k)
            return np.sum(z) * x[k] + x.shape[0] * y[0] + np.max(y + x)

        with ThreadPoolExecutor(4) as pool:
            futures = [pool.submit(contextvars.copy_context().run, work, k) for k in range(12)]
            return sum(future.result() for future in futures)

    expected = dd.jvp(at_once(f), (x,), (v,))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(10):
            np.testing.assert_allclose(dd.jvp(f, (x,), (v,)), expected)
    finally:
        sys.setswitchinterval(interval)


def test_nobody_else_holds_what_was_computed_in_threads() -> None:
    """A thread of the pool remembers its last work until it has the next: the results would count as shared."""
    x, v = points()
    shared: list[bool] = []

    def f(x: Any) -> Any:
        y = np.cos(x) * x
        total = np.sum(y)
        shared.extend((is_shared(y), is_shared(x)))
        return y * total

    for _ in range(50):
        dd.jvp(f, (x,), (v,))
    assert not any(shared)


def test_one_operation_is_not_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a single operation gain nothing, unless it is so large that threads are worth it."""
    monkeypatch.setattr(blocks, "WORTHWHILE", 1 << 20)
    calls: list[int] = []
    in_blocks = blocks.in_blocks

    def counted(like: Any, function: Any, operands: Any) -> Any:
        calls.append(len(operands))
        return in_blocks(like, function, operands)

    monkeypatch.setattr(blocks, "in_blocks", counted)
    x, v = points()
    dd.jvp(lambda x: x * 2.0, (x,), (v,))
    assert calls == []
    dd.jvp(lambda x: x * 2.0 + x, (x,), (v,))
    assert len(calls) == 1


def test_a_pending_number_outlives_its_function() -> None:
    """Who kept one finds it evaluated, or gets the usual refusal."""
    x, v = points()
    kept: list[Any] = []

    def f(x: Any) -> Any:
        kept.append(np.sin(x))
        return x * 2.0

    dd.jvp(f, (x,), (v,))
    np.testing.assert_allclose(dd.value_of(kept[0]), np.sin(x))
    with pytest.raises(dd.DerivativeLostError):
        dd.jvp(lambda x: kept[0], (x,), (v,))
