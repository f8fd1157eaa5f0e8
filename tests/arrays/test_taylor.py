"""Taylor series: exact coefficients of known functions, the equations that results must solve, and the numbers' manners.

Linear algebra is tested by its defining equations, coefficient by coefficient (A(t) X(t) = B(t)), everything else against
duals of duals of duals of duals, which know the first derivative only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import dualdiff as dd
import dualdiff.math
import dualdiff.numpy

lifted_np: Any = dualdiff.numpy
lifted_math: Any = dualdiff.math

ORDER = 20


def rng(seed: int = 0) -> np.random.Generator:
    """Return a generator of its own for every test."""
    return np.random.default_rng(seed)


def close(result: Any, exact: Any, rtol: float = 1e-12) -> None:
    """Assert the same shape and, relative to the largest entry, the same numbers."""
    assert np.shape(result) == np.shape(exact)
    exact = np.asarray(exact)
    np.testing.assert_allclose(result, exact, rtol=rtol, atol=rtol * float(np.max(np.abs(exact), initial=1.0)))


def exactly(result: Any, exact: list[Fraction], rtol: float = 1e-13) -> None:
    """Assert that every coefficient is right relative to itself."""
    assert np.shape(result) == (len(exact),)
    for j, (c, right) in enumerate(zip(result, exact, strict=True)):
        # Zeros among the coefficients may come out as the rounding error of the terms that cancel.
        assert abs(c - float(right)) <= rtol * (abs(float(right)) or 0.1), f"c[{j}] is {c!r}, exact {float(right)!r}"


# ---------------------------------------------------------------- exact rational coefficients
def times(a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
    """Return the product of two series."""
    return [sum((a[i] * b[j - i] for i in range(j + 1)), Fraction(0)) for j in range(len(a))]


def integral(a: list[Fraction], start: Fraction) -> list[Fraction]:
    """Return the series with this derivative."""
    return [start, *(c / (j + 1) for j, c in enumerate(a[:-1]))]


def solved(slope: Callable[[list[Fraction]], list[Fraction]], start: Fraction) -> list[Fraction]:
    """Return the solution of y' = slope(y): each round of Picard's iteration finds one coefficient more."""
    y = [start] + [Fraction(0)] * ORDER
    for _ in range(ORDER):
        y = integral(slope(y), start)
    return y


ONE = [Fraction(1)] + [Fraction(0)] * ORDER
IDENTITY = [Fraction(0), Fraction(1)] + [Fraction(0)] * (ORDER - 1)
GEOMETRIC = [Fraction(1)] * (ORDER + 1)
COSINE = [Fraction((0, 1, 0, -1)[(j + 1) % 4], math.factorial(j)) for j in range(ORDER + 1)]


def added(a: list[Fraction], b: list[Fraction], sign: int = 1) -> list[Fraction]:
    """Return the sum or the difference of two series."""
    return [p + sign * q for p, q in zip(a, b, strict=True)]


def binomial(n: Fraction, sign: int = 1) -> list[Fraction]:
    """Return the series of (1 + sign t)^n."""
    found = [Fraction(1)]
    for j in range(ORDER):
        found.append(found[-1] * (n - j) / (j + 1) * sign)
    return found


def in_square(a: list[Fraction]) -> list[Fraction]:
    """Return the series of a(t^2)."""
    return [a[j // 2] if j % 2 == 0 else Fraction(0) for j in range(ORDER + 1)]


def lambert(t: Any) -> Any:
    """Return W(t), the solution of w e^w = t, by Newton's iteration."""
    w = 0.0 * t
    for _ in range(6):
        e = np.exp(w)
        w = w - (w * e - t) / (e * (1 + w))
    return w


def bessel(x: Any) -> Any:
    """Return J0 by Bessel's integral, which the trapezoidal rule has exactly up to order 2 n."""
    angles = (np.arange(32) + 0.5) * np.pi / 32
    return np.mean(np.cos(np.multiply.outer(x, np.sin(angles))), axis=-1)


def golden(t: Any) -> Any:
    """Return the root of y = 1 + t y^2 by fixed-point iteration, with the Catalan numbers as coefficients."""
    y = 1.0 + 0.0 * t
    for _ in range(ORDER + 1):
        y = 1.0 + t * y * y
    return y


def airy(t: Any) -> Any:
    """Return the solution of y'' = t y with y(0) = 1, y'(0) = 0 by its own series, in Horner's form."""
    terms, c = [1.0], 1.0
    for k in range(1, 8):
        c /= (3 * k) * (3 * k - 1)
        terms.append(c)
    total = 0.0
    for c in reversed(terms):
        total = total * t**3 + c
    return total


EXACT: dict[str, tuple[Callable[[Any], Any], float, list[Fraction]]] = {
    "tan": (np.tan, 0.0, solved(lambda y: added(ONE, times(y, y)), Fraction(0))),
    "tanh": (np.tanh, 0.0, solved(lambda y: added(ONE, times(y, y), -1), Fraction(0))),
    "exp of sin": (lambda x: np.exp(np.sin(x)), 0.0, solved(lambda y: times(COSINE, y), Fraction(1))),
    "exp": (np.exp, 0.0, [Fraction(1, math.factorial(j)) for j in range(ORDER + 1)]),
    "log1p": (np.log1p, 0.0, integral([Fraction((-1) ** j) for j in range(ORDER + 1)], Fraction(0))),
    "log at 1": (np.log, 1.0, integral([Fraction((-1) ** j) for j in range(ORDER + 1)], Fraction(0))),
    "reciprocal at 1": (np.reciprocal, 1.0, [Fraction((-1) ** j) for j in range(ORDER + 1)]),
    "geometric": (lambda x: 1 / (1 - x), 0.0, GEOMETRIC),
    "sqrt at 1": (np.sqrt, 1.0, binomial(Fraction(1, 2))),
    "cbrt at 1": (np.cbrt, 1.0, binomial(Fraction(1, 3))),
    "power": (lambda x: (1 + x) ** -2.75, 0.0, binomial(Fraction(-11, 4))),
    "x ** x at 1": (lambda x: np.log(x**x) / x, 1.0, integral([Fraction((-1) ** j) for j in range(ORDER + 1)], Fraction(0))),
    "arcsin": (np.arcsin, 0.0, integral(in_square(binomial(Fraction(-1, 2), -1)), Fraction(0))),
    "arcsinh": (np.arcsinh, 0.0, integral(in_square(binomial(Fraction(-1, 2))), Fraction(0))),
    "arctan": (np.arctan, 0.0, integral(in_square(binomial(Fraction(-1))), Fraction(0))),
    "arctanh": (np.arctanh, 0.0, integral(in_square(GEOMETRIC), Fraction(0))),
    "sin": (np.sin, 0.0, integral(COSINE, Fraction(0))),
    "cos": (np.cos, 0.0, COSINE),
    "Airy's equation": (airy, 0.0, [
        Fraction(1, math.prod((3 * k) * (3 * k - 1) for k in range(1, j // 3 + 1))) if j % 3 == 0 else Fraction(0)
        for j in range(ORDER + 1)]),
    "Lambert W": (lambert, 0.0, [Fraction(0), *(Fraction((-n) ** (n - 1), math.factorial(n)) for n in range(1, ORDER + 1))]),
    "Bessel J0": (bessel, 0.0, in_square([Fraction((-1) ** k, 4**k * math.factorial(k) ** 2) for k in range(ORDER + 1)])),
    "Catalan numbers": (golden, 0.0, [Fraction(math.comb(2 * n, n), n + 1) for n in range(ORDER + 1)]),
    "hypot of 1 and x": (lambda x: np.hypot(1.0, x), 0.0, in_square(binomial(Fraction(1, 2)))),
    "arctan2 of x and 1": (lambda x: np.arctan2(x, 1.0), 0.0, integral(in_square(binomial(Fraction(-1))), Fraction(0))),
    "Fibonacci's numbers": (lambda x: (1 + x) / (1 - x - x * x), 0.0, [
        Fraction(round(((1 + 5**0.5) / 2) ** (j + 2) / 5**0.5)) for j in range(ORDER + 1)]),
    "divmod": (lambda x: divmod(x + 2.5, 1.0)[1], 0.0, [Fraction(1, 2), Fraction(1)] + [Fraction(0)] * (ORDER - 1)),
}  # fmt: skip


@pytest.mark.timeout(15)  # a cost that doubles with every order would take days
@pytest.mark.parametrize("name", EXACT)
def test_exact_coefficients(name: str) -> None:
    """Twenty coefficients of known series are right to rounding error, of scalars, arrays and several directions."""
    f, x, exact = EXACT[name]
    exactly(dd.taylor(f, x, 1.0, ORDER), exact, 1e-12)
    halved = [c / 2**j for j, c in enumerate(exact)]
    both = dd.taylor(f, np.array([x, x]), np.array([1.0, 0.5]), ORDER)
    exactly(both[:, 0], exact, 1e-12)
    exactly(both[:, 1], halved, 1e-12)
    several = dd.taylor(f, np.array([x]), np.array([[1.0], [-1.0], [0.5]]), ORDER)
    exactly(several[:, 0, 0], exact, 1e-12)
    exactly(several[:, 1, 0], [(-1) ** j * c for j, c in enumerate(exact)], 1e-12)
    exactly(several[:, 2, 0], halved, 1e-12)


def test_a_differential_equation_by_picard_iteration() -> None:
    """Picard's iteration on the numbers themselves finds the pendulum's series, which keeps its energy."""
    order = 12

    def rate(angle: Any) -> Any:
        return -np.sin(angle)

    angle = dd.Taylor(np.concatenate([[0.7, 0.2], np.zeros(order - 1)]))
    for _ in range(order):
        slope = rate(angle).coefficients
        c = np.concatenate([[0.7, 0.2], slope[: order - 1] / (np.arange(2, order + 1) * np.arange(1, order))])
        angle = dd.Taylor(c)
    speed = dd.Taylor(np.append(c[1:] * np.arange(1, order + 1), 0.0))
    energy = (speed * speed / 2 - np.cos(angle)).coefficients
    close(energy[1:order], np.zeros(order - 1), 1e-14)


def test_many_orders() -> None:
    """An order of 200 is no obstacle: exp(sin(x)) obeys its own differential equation to the last coefficient."""
    c = dd.taylor(lambda x: np.exp(np.sin(x)), 0.5, 1.0, 200)
    s = dd.taylor(np.sin, 0.5, 1.0, 200)
    assert np.all(np.isfinite(c))
    for j in (1, 7, 50, 199, 200):
        terms = np.array([i * s[i] * c[j - i] / j for i in range(1, j + 1)])
        assert abs(c[j] - np.sum(terms)) <= 1e-13 * np.sum(np.abs(terms))


@pytest.mark.timeout(15)  # a cost that doubles with every order would take days
@pytest.mark.parametrize("f", [
    lambda x: x**x, lambda x: np.float_power(x, np.sin(x)), lambda x: np.hypot(x, x**2), lambda x: np.arctan2(x, 1 + x),
    lambda x: np.logaddexp(x, x**2), np.cbrt, np.sinc, lambda x: np.arccosh(1 + x), lambda x: (1 + x) ** x ** 2,
])  # fmt: skip
def test_functions_without_a_recurrence_are_not_exponential(f: Any) -> None:
    """Functions that are integrated from their partial derivatives finish at order 24, where 2^k steps would not."""
    series = dd.taylor(f, 1.25, 1.0, 24)
    radius = 0.125
    terms = series * radius ** np.arange(25)
    close(np.sum(terms), f(1.25 + radius), 1e-10)


def test_products_of_matrices_of_any_order() -> None:
    """A chain of products of matrices at order 60 is the chain of products of polynomials."""
    A = series_of((2, 2), 60, 1)
    a = dd.Taylor(A)
    close(of(a @ a @ a), product_of(A, A, A), 1e-11)


# ---------------------------------------------------------------- linear algebra by its equations
def series_of(shape: tuple[int, ...], order: int, seed: int, *, base: Any = 0.0, complex_: bool = False) -> Any:
    """Return the coefficients of a random polynomial of matrices."""
    c = rng(seed).normal(size=(order + 1, *shape)) / 2
    if complex_:
        c = c + 0.5j * rng(seed + 100).normal(size=c.shape)
    c[0] = c[0] + base
    return c


def product_of(*factors: Any) -> Any:
    """Return the coefficients of a product of polynomials of matrices."""
    result = factors[0]
    for factor in factors[1:]:
        result = np.stack([sum(result[i] @ factor[j - i] for i in range(j + 1)) for j in range(len(result))])
    return result


def constant(value: Any, order: int) -> Any:
    """Return the coefficients of a constant."""
    return np.stack([np.asarray(value, float), *([np.zeros(np.shape(value))] * order)])


def of(number: Any) -> Any:
    """Return the coefficients of a number."""
    return number.coefficients


def adjoint(c: Any) -> Any:
    """Return the conjugate transpose of every coefficient."""
    return np.conj(np.swapaxes(c, -1, -2))


BASE = np.diag([2.0, 5.0, 9.0])
ORDERS = [1, 2, 3, 6, 10]
orders = pytest.mark.parametrize("order", ORDERS)
complexes = pytest.mark.parametrize("complex_", [False, True], ids=["real", "complex"])
batches = pytest.mark.parametrize("batch", [(), (2,)], ids=["one", "batch"])


@orders
@complexes
@batches
def test_solve_and_inv(order: int, complex_: bool, batch: tuple[int, ...]) -> None:
    """A X = B and A A^-1 = I hold for every coefficient."""
    A = series_of((*batch, 3, 3), order, 1, base=BASE, complex_=complex_)
    B = series_of((*batch, 3, 2), order, 2, complex_=complex_)
    close(product_of(A, of(np.linalg.solve(dd.Taylor(A), dd.Taylor(B)))), B, 1e-11)
    close(product_of(A, of(np.linalg.solve(dd.Taylor(A), B[0])))[0], B[0], 1e-11)
    close(product_of(A, of(np.linalg.solve(dd.Taylor(A), B[0])))[1:], 0 * B[1:], 1e-11)
    close(of(np.linalg.solve(A[0], dd.Taylor(B))), np.linalg.solve(A[0], B), 1e-12)
    close(product_of(A, of(np.linalg.inv(dd.Taylor(A)))), constant(np.broadcast_to(np.eye(3), (*batch, 3, 3)), order), 1e-11)
    close(product_of(of(np.linalg.matrix_power(dd.Taylor(A), -2)), A, A)[1:], 0 * A[1:], 1e-9)


@orders
def test_solve_with_a_vector(order: int) -> None:
    """A x = b for a vector b, whichever of the two moves."""
    A, b = series_of((3, 3), order, 1, base=BASE), series_of((3,), order, 2)
    for left, right in ((dd.Taylor(A), dd.Taylor(b)), (dd.Taylor(A), b[0]), (A[0], dd.Taylor(b))):
        x = of(np.linalg.solve(left, right))
        assert x.shape == (order + 1, 3)
        L = A if isinstance(left, dd.Taylor) else constant(left, order)
        R = b if isinstance(right, dd.Taylor) else constant(right, order)
        close(product_of(L, x[..., None])[..., 0], R, 1e-11)


def polynomial_det(A: Any) -> Any:
    """Return the coefficients of the determinant of a polynomial of 3 x 3 matrices by Leibniz's formula."""
    order = len(A) - 1
    total = np.zeros(order + 1, A.dtype)
    for p, sign in (((0, 1, 2), 1), ((1, 2, 0), 1), ((2, 0, 1), 1), ((0, 2, 1), -1), ((1, 0, 2), -1), ((2, 1, 0), -1)):
        term = A[:, 0, p[0]]
        for i in (1, 2):
            term = np.convolve(term, A[:, i, p[i]])[: order + 1]
        total = total + sign * term
    return total


@orders
@complexes
def test_det_and_slogdet(order: int, complex_: bool) -> None:
    """The determinant is Leibniz's sum, at singular matrices too, and slogdet is its sign and logarithm."""
    A = series_of((3, 3), order, 3, base=BASE, complex_=complex_)
    exact = polynomial_det(A)
    close(of(np.linalg.det(dd.Taylor(A))), exact, 1e-11)
    sign, log = np.linalg.slogdet(dd.Taylor(A))
    close(of(sign * np.exp(log)), exact, 1e-11)
    for rank in (2, 1, 0):
        A[0] = np.diag([1.0, 2.0, 3.0][:rank] + [0.0] * (3 - rank))
        close(of(np.linalg.det(dd.Taylor(A))), polynomial_det(A), 1e-11)


@orders
@complexes
@batches
def test_eigh(order: int, complex_: bool, batch: tuple[int, ...]) -> None:
    """A V = V diag(w) and V^H V = I hold for every coefficient, and eigvalsh gives the same values."""
    A = series_of((*batch, 3, 3), order, 4, base=BASE, complex_=complex_)
    A = (A + adjoint(A)) / 2
    w, V = np.linalg.eigh(dd.Taylor(A))
    values, vectors = of(w), of(V)
    diagonal = values[..., None] * np.eye(3)
    close(product_of(A, vectors), product_of(vectors, diagonal), 1e-10)
    close(product_of(adjoint(vectors), vectors), constant(np.broadcast_to(np.eye(3), (*batch, 3, 3)), order), 1e-10)
    close(of(np.linalg.eigvalsh(dd.Taylor(A))), values, 1e-10)


@orders
@complexes
def test_eig(order: int, complex_: bool) -> None:
    """A V = V diag(w) holds for every coefficient of a matrix without symmetry, and eigvals gives the same values."""
    A = series_of((3, 3), order, 5, base=BASE, complex_=complex_)
    w, V = np.linalg.eig(dd.Taylor(A))
    close(product_of(A, of(V)), product_of(of(V), of(w)[..., None] * np.eye(3)), 1e-10)
    close(of(np.linalg.eigvals(dd.Taylor(A))), of(w), 1e-10)


@orders
@complexes
@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)], ids=str)
def test_svd(order: int, complex_: bool, shape: tuple[int, int]) -> None:
    """U S V^H = A, and the factors stay orthonormal, for every coefficient."""
    base = np.zeros(shape)
    base[np.arange(3), np.arange(3)] = [2.0, 5.0, 9.0]
    A = series_of(shape, order, 6, base=base, complex_=complex_)
    U, S, Vh = map(of, np.linalg.svd(dd.Taylor(A), full_matrices=False))
    close(product_of(U, S[..., None] * np.eye(3), Vh), A, 1e-10)
    close(product_of(adjoint(U), U), constant(np.eye(3), order), 1e-10)
    close(product_of(Vh, adjoint(Vh)), constant(np.eye(3), order), 1e-10)
    close(of(np.linalg.svd(dd.Taylor(A), compute_uv=False)), S, 1e-10)
    squares = of(np.sum(np.linalg.svd(dd.Taylor(A), compute_uv=False) ** 2))
    close(squares, np.trace(product_of(adjoint(A), A), axis1=-2, axis2=-1), 1e-10)


@orders
@complexes
@batches
def test_cholesky(order: int, complex_: bool, batch: tuple[int, ...]) -> None:
    """L L^H = A with L lower triangular, for every coefficient."""
    A = series_of((*batch, 3, 3), order, 7, base=BASE, complex_=complex_)
    A = (A + adjoint(A)) / 2
    L = of(np.linalg.cholesky(dd.Taylor(A)))
    close(product_of(L, adjoint(L)), A, 1e-10)
    close(np.triu(L, 1), 0 * L, 1e-14)


@orders
@complexes
@pytest.mark.parametrize("shape", [(3, 3), (5, 3)], ids=str)
def test_qr(order: int, complex_: bool, shape: tuple[int, int]) -> None:
    """Q R = A with Q^H Q = I and R upper triangular, for every coefficient."""
    A = series_of(shape, order, 8, base=np.eye(*shape) * 3, complex_=complex_)
    Q, R = map(of, np.linalg.qr(dd.Taylor(A)))
    close(product_of(Q, R), A, 1e-10)
    close(product_of(adjoint(Q), Q), constant(np.eye(3), order), 1e-10)
    close(np.tril(R, -1), 0 * R, 1e-10)


@orders
@complexes
@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 5)], ids=str)
def test_pinv(order: int, complex_: bool, shape: tuple[int, int]) -> None:
    """Penrose's four equations hold for every coefficient."""
    A = series_of(shape, order, 9, base=np.eye(*shape) * 3, complex_=complex_)
    P = of(np.linalg.pinv(dd.Taylor(A)))
    AP, PA = product_of(A, P), product_of(P, A)
    close(product_of(AP, A), A, 1e-9)
    close(product_of(PA, P), P, 1e-9)
    close(adjoint(AP), AP, 1e-9)
    close(adjoint(PA), PA, 1e-9)


@orders
@pytest.mark.parametrize("columns", [(), (2,)], ids=str)
def test_lstsq(order: int, columns: tuple[int, ...]) -> None:
    """The normal equations A^T (A x - b) = 0 hold for every coefficient."""
    A, b = series_of((6, 3), order, 10, base=np.eye(6, 3) * 3), series_of((6, *columns), order, 11)
    x = of(np.linalg.lstsq(dd.Taylor(A), dd.Taylor(b), rcond=None)[0])
    assert x.shape == (order + 1, 3, *columns)
    matrix, right = (x, b) if columns else (x[..., None], b[..., None])
    close(product_of(adjoint(A), product_of(A, matrix) - right), np.zeros((order + 1, 3, *(columns or (1,)))), 1e-9)


@orders
def test_norms(order: int) -> None:
    """The square of the Euclidean norm is the sum of the squares; the nuclear norm that of the singular values."""
    A = series_of((3, 3), order, 12, base=BASE)
    n = np.linalg.norm(dd.Taylor(A))
    close(of(n * n), np.trace(product_of(adjoint(A), A), axis1=-2, axis2=-1), 1e-11)
    close(of(np.linalg.norm(dd.Taylor(A), "nuc")), of(np.sum(np.linalg.svdvals(dd.Taylor(A)))), 1e-11)
    close(of(np.linalg.norm(dd.Taylor(A), 2)), of(np.linalg.svdvals(dd.Taylor(A)))[:, 0], 1e-11)
    rows = np.linalg.norm(dd.Taylor(A), axis=1)
    close(of(rows * rows), of(np.sum(dd.Taylor(A) ** 2, axis=1)), 1e-11)
    three = np.linalg.norm(dd.Taylor(A), 3, axis=1)
    close(of(three**3), of(np.sum(np.abs(dd.Taylor(A)) ** 3, axis=1)), 1e-10)


def test_products_of_matrices() -> None:
    """Matmul, dot, einsum, tensordot, inner, outer, kron, cross and vecdot are the products of polynomials."""
    order = 7
    A, B, C = (series_of((3, 3), order, seed) for seed in (1, 2, 3))
    numbers: list[Any] = [dd.Taylor(A), dd.Taylor(B), dd.Taylor(C)]
    a, b, c = numbers
    exact = product_of(A, B)
    for found in (a @ b, np.dot(a, b), np.einsum("ij,jk", a, b), np.tensordot(a, b, 1), np.inner(a, b.T), a.dot(b)):
        close(of(found), exact)
    close(of(np.einsum("ij,jk,kl->il", a, b, c)), product_of(A, B, C))
    close(of(np.linalg.multi_dot([a, b, c])), product_of(A, B, C))
    close(of(np.linalg.matrix_power(a, 5)), product_of(A, A, A, A, A), 1e-11)
    close(of(a @ B[0]), A @ B[0])
    close(of(A[0] @ b), A[0] @ B)
    outer = np.stack([sum(np.multiply.outer(A[i, 0], B[j - i, 1]) for i in range(j + 1)) for j in range(order + 1)])
    close(of(np.outer(a[0], b[1])), outer)
    close(of(np.kron(a[0], b[1])), outer.reshape(order + 1, -1))
    close(of(np.cross(a, b)), np.stack([sum(np.cross(A[i], B[j - i]) for i in range(j + 1)) for j in range(order + 1)]))
    close(of(np.vecdot(a, b)), np.stack([sum(np.vecdot(A[i], B[j - i]) for i in range(j + 1)) for j in range(order + 1)]))
    convolved = [sum(np.convolve(A[i, 0], B[j - i, 1]) for i in range(j + 1)) for j in range(order + 1)]
    close(of(np.convolve(a[0], b[1])), np.stack(convolved))


# ---------------------------------------------------------------- everything else against nested duals
def nested(f: Callable[[Any], Any], x: Any, v: Any, order: int) -> Any:
    """Return the k-th derivative of t -> f(x + t v) by duals of duals."""
    g: Callable[[Any], Any] = lambda t: f(x + t * v)  # noqa: E731 - differentiated below
    for _ in range(order):
        g = dd.derivative(g)
    return g(0.0)


def filled(x: Any) -> Any:
    """Fill an array like the argument, entry by entry, and add to it."""
    out = np.zeros_like(x)
    for i in range(len(x)):
        out[i] = x[i] ** 2 * x[i - 1]
        out[i] += np.sin(x[0])
    out[1:3] *= x[:2]
    out[out > 1] /= 1 + x[0] ** 2
    return out


def in_place(x: Any) -> Any:
    """Write into the argument itself."""
    x *= 2
    x -= np.cos(x)
    x[::2] **= 3
    x[-1] = x[0] * x[1]
    np.multiply(x, x[0], out=x)
    np.add.at(x, [0, 0, 1], x[2])
    return x


M = rng(5).normal(size=(5, 5))
KNOTS = np.linspace(-3.0, 3.0, 13)
PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "prod": lambda x: np.prod(x),
    "prod with a zero": lambda x: np.prod(x - x * np.array([1.0, 0, 0, 0, 0]) + x[0] - 0.3),
    "cumprod": lambda x: np.cumprod(x) + np.cumsum(x),
    "cumprod with zeros": lambda x: np.cumprod(x - np.array([0.3, 0, 0.9, 0, 0])),
    "multiply.reduce": lambda x: np.multiply.reduce(x) + np.multiply.accumulate(x)[2],
    "multiply.outer": lambda x: np.multiply.outer(x, np.exp(x)),
    "sort": lambda x: np.sort(x**3 - x) * x,
    "max and min": lambda x: np.max(x**2) * np.min(x) + np.ptp(x),
    "median and quantile": lambda x: np.median(x**2) * np.quantile(x, 0.3),
    "interp": lambda x: np.interp(x**2, KNOTS, KNOTS**3),
    "interp in the knots' values": lambda x: np.interp(0.4, np.sort(x), x**2),
    "interp in the knots": lambda x: np.interp(0.4, np.sort(x) * x[1] ** 2, x**2),
    "fft": lambda x: np.abs(np.fft.fft(x**2))[1:] ** 2,
    "rfft and irfft": lambda x: np.fft.irfft(np.fft.rfft(np.exp(x)) * np.fft.rfft(x), 5),
    "indexing": lambda x: x[[0, 0, 2]] * x[::-2] ** 2 + x[x > 0][0],
    "filled": filled,
    "in place": in_place,
    "where": lambda x: np.where(x > 0.2, np.log(np.abs(x)), x**3),
    "clip": lambda x: np.clip(np.sin(3 * x), -0.5, 0.6) * x,
    "maximum": lambda x: np.maximum(x**2, np.minimum(x, 0.5)) * np.fmax(x, 0.1),
    "concatenate": lambda x: np.concatenate([x[:2] ** 2, np.ones(2), np.stack([x[0] * x[1]] * 2)]),
    "polyval": lambda x: np.polyval(x, x),
    "polyfit": lambda x: np.polyfit(np.arange(5.0), x**2, 2) * x[0],
    "polyder and polymul": lambda x: np.polymul(np.polyder(x), x),
    "Chebyshev": lambda x: np.polynomial.chebyshev.chebval(x, x[:4]),
    "roots": lambda x: np.sort(np.roots(np.stack([1.0 + 0 * x[0], x[0] - 6.0, 11.0 + x[1], x[2] - 6.0])).real),
    "var and std": lambda x: np.var(x**2) + np.std(x) * np.mean(x),
    "cov": lambda x: np.cov(np.stack([x, x**2])),
    "logaddexp": lambda x: np.logaddexp(x, x**2) + np.logaddexp.reduce(x),
    "softmax": lambda x: np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x))),
    "norm of a vector": lambda x: np.linalg.norm(x) + np.linalg.norm(x, 1) + np.linalg.norm(x, np.inf) + np.linalg.norm(x, 3),
    "quadratic form": lambda x: x @ M @ x * np.sin(x @ x),
    "trace": lambda x: np.trace(np.outer(x, x) @ M @ np.diag(x)),
    "gradient": lambda x: np.gradient(x**3) * np.diff(x, append=x[0]),
    "trapezoid": lambda x: np.trapezoid(x**2, np.sin(x)),
    "convolve": lambda x: np.convolve(x, x**2, "same"),
    "cross": lambda x: np.cross(x[:3], np.sin(x[2:])),
    "abs": lambda x: np.abs(x) ** 3 + np.sign(x) * x**2,
    "remainder": lambda x: np.remainder(3 * x**2, 1.0) + np.fmod(x, 0.7) + np.modf(2 * x)[0],
    "arctan2": lambda x: np.arctan2(np.sin(x), x[::-1] + 3.0),
    "hypot": lambda x: np.hypot(x, x[::-1] + 0.1) ** 3,
    "power": lambda x: (1 + x**2) ** x,
    "float power": lambda x: np.float_power(2.5 + x, 1.5) + 2.0**x,
    "sinc and i0": lambda x: np.sinc(x) + np.i0(x),
    "copysign": lambda x: np.copysign(x**2, x[::-1]),
    "complex in between": lambda x: np.exp(1j * x).imag + np.abs(x + 1j * x**2),
    "angle": lambda x: np.angle(x + 1j * np.exp(x)),
    "unwrap": lambda x: np.unwrap(10 * x**2),
    "split and stack": lambda x: np.hstack(np.split(x[:4], 2)) * np.tile(x[:2], 2),
    "roll and flip": lambda x: np.roll(x, 1) * np.flip(x) ** 2,
    "pad": lambda x: np.pad(x, 2, "reflect") ** 2,
    "take and put": lambda x: np.take(x**2, [1, 1, 4]) * np.take_along_axis(x, np.argsort(x), 0)[:3],
    "select and piecewise": lambda x: np.select([x < 0, x < 0.5], [x**2, x**3], np.exp(x))
        + np.piecewise(x, [x < 0, x >= 0], [lambda t: t**2, lambda t: t**3]),
    "apply along an axis": lambda x: np.apply_along_axis(lambda row: row[0] * row, 0, x),
    "average": lambda x: np.average(x**2, weights=np.exp(x)),
    "square root of a square": lambda x: np.sqrt(x * x + 1e-3),
    "division": lambda x: x / (2.5 + x[::-1]) / (1 + x**2),
    "a loop": lambda x: math.prod(np.sin(x) + 2.0) + sum(x**2),
    "branch": lambda x: x[0] ** 2 if x[0] > 0 else x[1],
    "list": lambda x: [x[0] * x[1], {"a": np.exp(x)}][1]["a"],
    "np.array of scalars": lambda x: np.array([x[0] * x[1], x[2] ** 3, 1.0]) * np.array([1.0, 2.0, 3.0]),
    "reshape and sum": lambda x: np.sum(np.reshape(np.outer(x, x), (5, 5, 1)) ** 2, axis=(0, 2)),
    "eigenvalues": lambda x: np.linalg.eigvalsh(np.outer(x, x) + np.diag(np.arange(5.0) ** 2)),
    "matrix function": lambda x: np.linalg.solve(np.eye(5) * 4 + np.outer(x, np.sin(x)), x),
    "det": lambda x: np.linalg.det(np.eye(5) + np.outer(x, x) + np.diag(x)),
}  # fmt: skip

X, U, V = np.array([0.3, -0.8, 0.9, 1.4, -1.7]), np.array([1.0, -0.5, 0.25, 0.75, 1.5]), np.array([0.2, 1.1, -0.6, 0.0, 0.4])


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    """Taylor coefficients of a program are its nested derivatives over factorials."""
    f = PROGRAMS[name]
    series = dd.taylor(f, X, U, 4)
    close(series[0], f(X.copy()))
    for k in range(1, 5):
        exact = nested(f, X, U, k)
        close(math.factorial(k) * series[k], exact, 1e-9)
        close(dd.directional_derivative(f, X, U, order=k), exact, 1e-9)


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_along_several_directions(name: str) -> None:
    """Several directions at once give what each of them gives alone, a zero direction included."""
    f = PROGRAMS[name]
    along = np.stack([U, V, 0 * U])
    together = dd.taylor(f, X, along, 5)
    for i in range(3):
        close(together[:, i], dd.taylor(f, X, along[i], 5), 1e-10)
    close(together[1:, 2], 0 * together[1:, 2])


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_between_other_levels(name: str) -> None:
    """The derivative of a Taylor coefficient is the next one times its order, and so is the coefficient of a derivative."""
    f = PROGRAMS[name]
    exact = dd.taylor(f, X, U, 4)
    outer = dd.derivative(lambda s: dd.taylor(f, X + s * U, U, 3))(0.0)
    for k in range(4):
        close(outer[k], (k + 1) * exact[k + 1], 1e-9)
    inner = dd.taylor(lambda y: dd.jvp(f, (y,), (U,))[1], X, U, 3)
    for k in range(4):
        close(inner[k], (k + 1) * exact[k + 1], 1e-9)
    twice = dd.taylor(lambda y: dd.taylor(f, y, U, 2)[2], X, U, 2)
    close(twice[2], 6 * exact[4], 1e-9)
    hyper = dd.second_directional_derivative(lambda y: dd.taylor(f, y, U, 2)[2], X, U, U)
    close(hyper, 12 * exact[4], 1e-9)


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name != "roots"])
def test_program_in_single_precision(name: str) -> None:
    """Series of single precision stay in it."""
    f = PROGRAMS[name]
    if name in {"remainder", "interp", "interp in the knots' values", "interp in the knots", "in place", "polyfit", "pad"}:
        pytest.skip("NumPy's own result is in double precision, or the program sharp")
    x, v = X.astype(np.float32), U.astype(np.float32)
    value = np.asarray(f(x.copy()))
    series = dd.taylor(f, x, v, 3)
    assert np.asarray(series).dtype == value.dtype
    exact = dd.taylor(f, x.astype(float), v.astype(float), 3)
    np.testing.assert_allclose(series, exact, rtol=1e-3, atol=1e-3 * float(np.max(np.abs(exact))))


def test_grad_of_a_coefficient_and_coefficient_of_a_gradient() -> None:
    """The gradient of the k-th coefficient is the k-th coefficient of the gradient."""

    def f(x: Any) -> Any:
        return np.exp(x[0] * x[1]) * np.sin(x[2]) + x[2] ** 5 * x[0]

    x, v = np.array([0.4, -0.7, 1.2]), np.array([1.0, 0.5, -0.25])
    series = dd.taylor(dd.grad(f), x, v, 4)
    for k in range(5):
        close(dd.grad(lambda y, k=k: dd.taylor(f, y, v, 4)[k])(x), series[k], 1e-11)
    hessians = dd.taylor(dd.hessian(f), x, v, 3)
    for k in range(4):
        close(dd.hessian(lambda y, k=k: dd.taylor(f, y, v, 3)[k])(x), hessians[k], 1e-11)
    close(dd.taylor(dd.laplacian(f), x, v, 2), np.trace(hessians[:3], axis1=1, axis2=2), 1e-11)


@pytest.mark.parametrize("k", range(1, 7))
def test_directional_derivative_of_any_order(k: int) -> None:
    """directional_derivative(order=k) is k nested derivatives of t -> f(x + t v)."""

    def f(x: Any) -> Any:
        return np.sin(x[0] * x[1]) / (2 + np.cos(x[2])) + np.tanh(x[0]) * np.exp(x[1])

    x, v = np.array([0.4, -0.7, 1.2]), np.array([1.0, 0.5, -0.25])
    close(dd.directional_derivative(f, x, v, order=k), nested(f, x, v, k), 1e-11)
    unit = v / np.linalg.norm(v)
    close(dd.directional_derivative(f, x, 3 * v, normalize=True, order=k), nested(f, x, unit, k), 1e-11)
    both = dd.directional_derivative(f, x, np.stack([v, 2 * v]), order=k)
    close(both, np.array([1.0, 2.0**k]) * nested(f, x, v, k), 1e-11)


# ---------------------------------------------------------------- special points
def test_a_kink_from_its_side() -> None:
    """Beyond first order abs takes the side that signbit says, so abs(x)**2 is x**2 at 0, and abs(x)**3 is flat."""
    close(dd.taylor(lambda x: np.abs(x) ** 2, 0.0, 1.0, 4), [0.0, 0, 1, 0, 0])
    close(dd.taylor(lambda x: np.abs(x) ** 2, -0.0, 1.0, 4), [0.0, 0, 1, 0, 0])
    close(dd.taylor(lambda x: np.sum(np.abs(x) ** 2), np.zeros(2), np.array([1.0, 2.0]), 3), [0.0, 0, 5, 0])
    close(dd.taylor(lambda x: np.abs(x) ** 4, 0.0, 1.0, 4), [0.0, 0, 0, 0, 1])
    assert abs(dd.directional_derivative(np.abs, 0.0, 1.0, order=2)) == 0
    close(dd.directional_derivative(lambda x: np.abs(x) ** 2, 0.0, 1.0, order=2), 2.0)


def test_a_zero_tangent_wins() -> None:
    """A result that does not move has zero coefficients, entry by entry, though its slope is infinite."""
    x, v = np.array([0.0, 1.0, 4.0]), np.array([0.0, 1.0, 0.0])
    exact = dd.taylor(np.sqrt, 1.0, 1.0, 5)
    found = dd.taylor(np.sqrt, x, v, 5)
    close(found, np.stack([np.array([0.0, *([0.0] * 5)]), exact, np.array([2.0, *([0.0] * 5)])], axis=1))
    for f, at in (
        (np.log, 0.0), (np.reciprocal, 0.0), (np.arcsin, 1.0), (np.arccosh, 1.0), (np.cbrt, 0.0), (np.arctanh, 1.0),
        (lambda x: x**0.5, 0.0), (lambda x: x**-1.5, 0.0), (lambda x: np.hypot(x, 0.0), 0.0),
        (lambda x: np.arctan2(x, 0.0), 0.0),
    ):  # fmt: skip
        other = 1.5 if f is np.arccosh else 0.5
        with np.errstate(all="ignore"):
            found = dd.taylor(f, np.array([at, other]), np.array([0.0, 1.0]), 3)
        close(found[1:, 0], np.zeros(3))
        close(found[:, 1], dd.taylor(f, other, 1.0, 3))
    close(dd.taylor(np.linalg.norm, np.zeros(3), np.zeros(3), 3), np.zeros(4))


def test_powers_at_zero() -> None:
    """Whole powers at 0 have their one coefficient; 0**x none; x**0 none."""
    for n in range(7):
        exact = [float(j == n) for j in range(6)]
        close(dd.taylor(lambda x, n=n: x**n, 0.0, 1.0, 5), exact)
        close(dd.taylor(lambda x, n=n: x ** float(n), 0.0, 1.0, 5), exact)
        close(dd.taylor(lambda x, n=n: x**n, np.zeros(2), np.array([1.0, 2.0]), 5)[:, 1], np.array(exact) * 2.0**n)
    close(dd.taylor(lambda x: 0**x, 2.0, 1.0, 3), np.zeros(4))
    close(dd.taylor(lambda x: 0.0**x, np.array([2.0]), np.array([1.0]), 3)[:, 0], np.zeros(4))
    close(dd.taylor(lambda x: x**1.875, 0.0, 1.0, 1), np.zeros(2))
    close(dd.taylor(lambda x: x**5 * x**2.5, 0.0, 1.0, 2), np.zeros(3))


def test_sinc_at_zero() -> None:
    """The coefficients of sinc at 0 are those of sin(pi x) / (pi x)."""
    exact = [0.0 if j % 2 else (-1) ** (j // 2) * math.pi**j / math.factorial(j + 1) for j in range(11)]
    close(dd.taylor(np.sinc, 0.0, 1.0, 10), exact)
    close(dd.taylor(np.sinc, np.zeros(2), np.array([1.0, 2.0]), 10)[:, 1], np.array(exact) * 2.0 ** np.arange(11))


def test_nan_and_infinity() -> None:
    """Nan in is nan out in its entry alone; the other branch of where leaves no trace."""
    series = dd.taylor(np.exp, np.array([np.nan, 0.0]), np.ones(2), 3)
    assert np.all(np.isnan(series[:, 0]))
    close(series[:, 1], [1.0, 1.0, 0.5, 1 / 6])
    with np.errstate(all="ignore"):
        safe = dd.taylor(lambda x: np.where(x > 0, np.log(x), x**2), np.array([0.0, 1.0]), np.ones(2), 3)
    close(safe, [[0.0, 0.0], [0.0, 1.0], [1.0, -0.5], [0.0, 1 / 3]])
    for f in (lambda x: x + 0, lambda x: x * 1, lambda x: x / 1, lambda x: x**1):
        np.testing.assert_array_equal(dd.taylor(f, np.inf, 1.0, 3), [np.inf, 1.0, 0.0, 0.0])


# ---------------------------------------------------------------- complex numbers
def test_complex_functions() -> None:
    """Complex series: holomorphic ones, and real-linear ones along the real variable t."""
    z, v = 0.6 + 0.8j, 0.5 - 1.0j
    j = np.arange(7)
    factorials = np.array([math.factorial(k) for k in j])
    close(dd.taylor(np.exp, z, v, 6), np.exp(z) * v**j / factorials)
    close(dd.taylor(np.conj, z, v, 3), [np.conj(z), np.conj(v), 0, 0])
    squares = dd.taylor(lambda z: np.abs(z) ** 2, z, v, 4)
    close(squares, [abs(z) ** 2, 2 * (np.conj(z) * v).real, abs(v) ** 2, 0, 0])
    close(dd.taylor(lambda z: z * np.conj(z), z, v, 3), [abs(z) ** 2, 2 * (np.conj(z) * v).real, abs(v) ** 2, 0])
    log = dd.taylor(np.log, z, v, 6)
    close(dd.taylor(lambda z: np.log(np.abs(z)), z, v, 6), log.real)
    close(dd.taylor(np.angle, z, v, 6), log.imag)
    close(dd.taylor(lambda t: np.exp(1j * t), 0.5, 1.0, 6), np.exp(0.5j) * 1j**j / factorials)
    close(dd.taylor(lambda z: z**-2.5, z, v, 1)[1], -2.5 * z**-3.5 * v)
    np.testing.assert_allclose(dd.taylor(lambda z: np.real(z) * np.imag(z), z, v, 2), [0.48, 0.5 * 0.8 - 0.6, -0.5])


# ---------------------------------------------------------------- the number itself
def test_construction() -> None:
    """The first coefficient is the value; order and coefficients are what was given; integers become floats."""
    c = rng().normal(size=(4, 2, 3))
    x = dd.Taylor(c)
    assert x.order == 3 and x.shape == (2, 3) and x.ndim == 2 and x.size == 6 and len(x) == 2
    np.testing.assert_array_equal(x.coefficients, c)
    np.testing.assert_array_equal(x.value, c[0])
    np.testing.assert_array_equal(dd.value_of(x), c[0])
    assert dd.Taylor([1, 2, 3]).coefficients.dtype == np.float64
    assert dd.Taylor(np.ones((3, 2), np.float32)).coefficients.dtype == np.float32
    assert dd.Taylor(np.ones((3, 2), complex)).coefficients.dtype == np.complex128
    c[:] = 0.0
    assert np.all(x.coefficients != 0) and np.all(x.value != 0)
    for bad in ([1.0], [], 1.0, np.zeros((1, 3)), np.zeros((0, 3))):
        with pytest.raises(dd.ShapeError):
            dd.Taylor(bad)


def test_repr_shows_the_series() -> None:
    """The text of a series names it and shows its coefficients."""
    text = repr(dd.Taylor([1.0, 2.0, 3.5]))
    assert "Taylor" in text and "2." in text and "3.5" in text
    assert "Taylor" in str(dd.Taylor([[1.0, 4.0], [2.0, 5.0]])) or "tangent" in str(dd.Taylor([[1.0, 4.0], [2.0, 5.0]]))


def test_arithmetic_with_constants() -> None:
    """Plain numbers and arrays are constants to a series, on either side of every operator."""
    x = dd.Taylor([2.0, 1.0, 0.0, 0.0])
    close((3 - x).coefficients, [1.0, -1, 0, 0])
    close((3 * x + 1).coefficients, [7.0, 3, 0, 0])
    close((1 / x).coefficients, [0.5, -0.25, 0.125, -0.0625])
    close((2.0**x).coefficients, [4 * math.log(2) ** j / math.factorial(j) for j in range(4)])
    product: Any = np.array([1.0, 2.0]) * x
    close(product.coefficients, [[2.0, 4.0], [1.0, 2.0], [0, 0], [0, 0]])
    close((x - x).coefficients if (x - x).order else [0.0] * 4, np.zeros(4))
    assert x > 1 and x == 2 and not x < 0 and bool(x)
    close(divmod(x, 1.5)[1].coefficients, [0.5, 1, 0, 0])
    close((-x).coefficients, [-2.0, -1, 0, 0])
    magnitude: Any = abs(-x)
    close(magnitude.coefficients, [2.0, 1, 0, 0])


def test_orders_must_agree() -> None:
    """Series of one variable and different orders do not combine, whatever the operation."""
    x, y = dd.Taylor(np.ones((3, 2))), dd.Taylor(np.ones((4, 2)))
    for f in (np.add, np.multiply, np.hypot, np.maximum, np.dot, np.arctan2, lambda x, y: np.concatenate([x, y])):
        with pytest.raises(dd.ShapeError, match="order"):
            f(x, y)


def test_nothing_is_lost_without_a_word() -> None:
    """Float, int, item, asarray with a dtype, and writes into plain arrays refuse a series."""
    x = dd.Taylor([2.0, 1.0, 0.5])
    plain = np.zeros(2)
    refused: list[Callable[[], Any]] = [
        lambda: float(x), lambda: int(x), lambda: complex(x), lambda: math.sin(x), lambda: x.item(),
        lambda: np.asarray(x, dtype=float), lambda: x.astype(int), lambda: plain.__iadd__(x),
        lambda: np.add(plain, x, out=plain), lambda: np.asarray(dd.Taylor(np.ones((3, 2))), dtype=float),
    ]  # fmt: skip
    for call in refused:
        with pytest.raises(dd.DerivativeLostError):
            call()
    with pytest.raises((dd.DerivativeLostError, ValueError, TypeError)):
        plain[0] = x
    np.testing.assert_array_equal(plain, np.zeros(2))
    still = dd.stop_gradient(x)
    assert float(still) == 2.0


def test_bad_arguments() -> None:
    """Orders that are no positive integers and directions that do not fit are refused."""
    bad_orders: tuple[Any, ...] = (0, -1, 1.5, True, None, "2")
    for order in bad_orders:
        if order != 0 or order is False:
            with pytest.raises(ValueError, match="order"):
                dd.taylor(np.sin, 1.0, 1.0, order)
        if order is not True:
            with pytest.raises(ValueError, match="order"):
                dd.directional_derivative(np.sin, 1.0, 1.0, order=order)
    close(dd.taylor(np.sin, 1.0, 1.0, 0), [np.sin(1.0)])
    for v in (np.ones(2), np.ones((3, 1)), np.ones((2, 2, 3))):
        with pytest.raises(dd.ShapeError):
            dd.taylor(np.sin, np.ones(3), v, 2)
    with pytest.raises(dd.ShapeError):
        dd.taylor(lambda p: p[0] * p[1], (1.0, 2.0), (1.0,), 2)
    with pytest.raises(dd.ShapeError):
        dd.taylor(lambda p: p[0] * p[1], (1.0, 2.0), (np.ones(2), np.ones(3)), 2)


def test_containers() -> None:
    """Containers in and out keep their form."""
    point: dict[str, Any] = {"a": np.array([1.0, 2.0]), "b": 0.5}
    along: dict[str, Any] = {"a": np.array([1.0, 0.0]), "b": 2.0}
    found = dd.taylor(lambda p: (p["a"] * p["b"], {"c": p["b"] ** 2}), point, along, 2)
    assert isinstance(found, tuple)
    close(found[0], [[0.5, 1.0], [2.5, 4.0], [2.0, 0.0]])
    close(found[1]["c"], [0.25, 2.0, 4.0])
    constants = dd.taylor(lambda p: (3.0, p["b"]), point, along, 2)
    close(constants[0], [3.0, 0.0, 0.0])


def test_shapes() -> None:
    """The order comes first, then the directions, then the shape of the output, empty ones too."""
    for shape in ((), (0,), (2, 0), (3,), (2, 1, 3)):
        x = rng().normal(size=shape)
        assert dd.taylor(np.sin, x, x, 4).shape == (5, *shape)
        assert dd.taylor(np.sin, x, np.ones((2, *shape)), 4).shape == (5, 2, *shape)
        assert dd.taylor(np.sum, x, x, 4).shape == (5,)
        assert dd.taylor(lambda x: 1.0, x, np.ones((2, *shape)), 4).shape == (5, 2)
    x = rng().normal(size=(4, 6))
    close(dd.taylor(np.exp, x[:, ::2].T, x[:, ::2].T, 3), dd.taylor(np.exp, x[:, ::2].T.copy(), x[:, ::2].T.copy(), 3))


def test_the_point_is_not_modified() -> None:
    """A function that writes into its argument leaves the caller's point and direction as they were."""
    x, v = X.copy(), U.copy()
    dd.taylor(in_place, x, v, 3)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(v, U)
    c = rng().normal(size=(3, 4))
    kept = c.copy()
    number: Any = dd.Taylor(c)
    number *= 2.0
    number[0] = 5.0
    np.testing.assert_array_equal(c, kept)
    np.testing.assert_array_equal(number.coefficients[:, 0], [5.0, 0.0, 0.0])
    np.testing.assert_array_equal(number.coefficients[:, 1:], 2 * kept[:, 1:])


# ---------------------------------------------------------------- programs that are not written for it
def recurrence(n: Any) -> Any:
    """Fill a plain array, which needs dualdiff's NumPy or lift."""
    out = np.zeros(4)
    out[0] = n
    for i in range(1, 4):
        out[i] = out[i - 1] ** 2 + math.sin(n)
    return out


def test_lifted_program() -> None:
    """np.zeros that is filled, and the math module, under lift."""
    f = dd.lift(recurrence)
    series = dd.taylor(f, 0.3, 1.0, 4)
    for k in range(1, 5):
        close(math.factorial(k) * series[k], nested(f, 0.3, 1.0, k), 1e-11)
    close(dd.directional_derivative(f, 0.3, 1.0, order=3), nested(f, 0.3, 1.0, 3), 1e-11)


def test_the_namespace_of_numpy() -> None:
    """dualdiff.numpy under taylor: allocation, filling, and functions."""

    def f(x: Any) -> Any:
        out = lifted_np.zeros((2, 3))
        out[0] = x
        out[1, 1:] = lifted_np.sin(x[:2]) * x[2]
        grid = lifted_np.linspace(0.0, x[0], 3)
        return out @ grid

    x, v = np.array([0.3, 0.7, -0.4]), np.array([1.0, -0.5, 2.0])
    series = dd.taylor(f, x, v, 4)
    for k in range(1, 5):
        close(math.factorial(k) * series[k], nested(f, x, v, k), 1e-11)


MATH: list[tuple[str, float]] = [
    *((name, 0.4) for name in (
        "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "atanh", "exp", "exp2", "expm1", "log1p",
        "log", "log2", "log10", "sqrt", "cbrt", "erf", "erfc", "degrees", "radians", "fabs")),
    ("acosh", 1.7), ("gamma", 2.3), ("lgamma", 2.3), ("erf", -1.5), ("gamma", -0.5), ("lgamma", 0.4),
]  # fmt: skip


@pytest.mark.parametrize("name, x", MATH)
def test_the_functions_of_math(name: str, x: float) -> None:
    """dualdiff.math's functions of a series have mpmath's coefficients."""
    mpmath = pytest.importorskip("mpmath")
    mp = mpmath.mp
    exact: dict[str, Any] = {
        "exp2": lambda t: mp.mpf(2) ** t, "log2": lambda t: mp.log(t) / mp.log(2), "lgamma": mp.loggamma, "fabs": abs,
        "log1p": lambda t: mp.log(1 + t), "log10": lambda t: mp.log(t) / mp.log(10), "degrees": mp.degrees,
        "radians": mp.radians,
    }  # fmt: skip
    with mp.workdps(60):
        right = [float(c) for c in mp.taylor(exact.get(name) or getattr(mp, name), mp.mpf(x), 6)]
    close(dd.taylor(getattr(lifted_math, name), x, 1.0, 6), right, 1e-11)


def test_binary_functions_of_math() -> None:
    """dualdiff.math's functions of two arguments and of lists."""
    for f, g in (
        (lambda t: lifted_math.pow(t, t), lambda t: t**t),
        (lambda t: lifted_math.hypot(t, 2 * t, 1.0), lambda t: np.sqrt(5 * t * t + 1)),
        (lambda t: lifted_math.atan2(t, 2.0), lambda t: np.arctan2(t, 2.0)),
        (lambda t: lifted_math.fsum([t, t * t, 1.0]), lambda t: t + t * t + 1.0),
        (lambda t: lifted_math.prod([t, t, np.sin(t)]), lambda t: t * t * np.sin(t)),
        (lambda t: lifted_math.dist([t, 1.0], [0.0, t]), lambda t: np.hypot(t, 1 - t)),
        (lambda t: lifted_math.fmod(5 * t, 1.0), lambda t: 5 * t - 3.0),
        (lambda t: lifted_math.copysign(t * t, -1.0), lambda t: -t * t),
    ):
        close(dd.taylor(f, 0.7, 1.0, 5), dd.taylor(g, 0.7, 1.0, 5), 1e-11)


def test_custom_jvp() -> None:
    """A function with a rule of one's own has the series that follows from the rule."""

    @dd.custom_jvp
    def wave(x: Any) -> Any:
        return np.sin(x)

    @wave.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (dx,) = primals, tangents
        return wave(x), np.cos(x) * dx

    close(dd.taylor(wave, 0.3, 1.0, 6), dd.taylor(np.sin, 0.3, 1.0, 6))
    close(dd.taylor(lambda x: wave(x * x), X, U, 4), dd.taylor(lambda x: np.sin(x * x), X, U, 4))


def test_stop_gradient_and_value_of() -> None:
    """What is stopped is a constant to a series."""
    close(dd.taylor(lambda x: dd.stop_gradient(x) * x**2, 3.0, 1.0, 3), [27.0, 18.0, 3.0, 0.0])
    close(dd.taylor(lambda x: dd.value_of(x) * x**2, 3.0, 1.0, 3), [27.0, 18.0, 3.0, 0.0])


def test_slopes_that_underflow() -> None:
    """Where the slope is too small for a float the coefficients are zero, not an error."""
    close(dd.taylor(np.arctan, 1e200, 1.0, 2), [np.pi / 2, 0.0, 0.0])
    close(dd.taylor(np.arctan, np.array([1e200]), np.ones(1), 2)[:, 0], [np.pi / 2, 0.0, 0.0])
    close(dd.taylor(np.tanh, 800.0, 1.0, 3), [1.0, 0.0, 0.0, 0.0])
    close(dd.taylor(np.exp, -1000.0, 1.0, 3), np.zeros(4))
