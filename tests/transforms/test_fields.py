"""``divergence``, ``curl``, ``laplacian`` and ``hessian_diagonal``: closed forms, identities of vector analysis, shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd


def rng(seed: int = 0) -> np.random.Generator:
    """Return a generator of its own for every test."""
    return np.random.default_rng(seed)


def close(result: Any, exact: Any, rtol: float = 1e-12) -> None:
    """Assert the same shape and, relative to the largest entry, the same numbers."""
    assert np.shape(result) == np.shape(exact)
    exact = np.asarray(exact)
    np.testing.assert_allclose(result, exact, rtol=rtol, atol=rtol * float(np.max(np.abs(exact), initial=1.0)))


R = np.array([0.7, -1.2, 1.9])

#: Harmonic functions in three dimensions.
HARMONIC: dict[str, Callable[[Any], Any]] = {
    "1 / r": lambda r: 1 / np.linalg.norm(r),
    "dipole": lambda r: r[2] / np.linalg.norm(r) ** 3,
    "quadrupole": lambda r: (3 * r[2] ** 2 - r @ r) / (r @ r) ** 2.5,
    "x y z": lambda r: np.prod(r),
    "x^2 - y^2": lambda r: r[0] ** 2 - r[1] ** 2,
    "exp(x) sin(y)": lambda r: np.exp(r[0]) * np.sin(r[1]),
    "log of a radius": lambda r: np.log(np.hypot(r[0], r[1])),
    "angle": lambda r: np.arctan2(r[1], r[0]),
    "real part of a power": lambda r: ((r[0] + 1j * r[1]) ** 5).real,
    "log(r + z)": lambda r: np.log(np.linalg.norm(r) + r[2]),
    "sinh(x) cos(y) + z": lambda r: np.sinh(r[0]) * np.cos(r[1]) + r[2],
}

#: Functions with their Laplacians.
LAPLACIANS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "r^2": (lambda r: r @ r, lambda r: 2.0 * r.size),
    "norm": (np.linalg.norm, lambda r: (r.size - 1) / np.sqrt(r @ r)),
    "r^p": (lambda r: np.linalg.norm(r) ** 3.5, lambda r: 3.5 * (3.5 + r.size - 2) * np.sqrt(r @ r) ** 1.5),
    "Gaussian": (lambda r: np.exp(-(r @ r) / 2), lambda r: (r @ r - r.size) * np.exp(-(r @ r) / 2)),
    "waves": (lambda r: np.prod(np.sin(r)), lambda r: -r.size * np.prod(np.sin(r))),
    "linear": (lambda r: np.sum(r) * 3.0, lambda r: 0.0),
    "constant": (lambda r: 3.0, lambda r: 0.0),
    "sum of cubes": (lambda r: np.sum(r**3), lambda r: np.sum(6 * r)),
}

#: Vector fields in three dimensions.
FIELDS: dict[str, Callable[[Any], Any]] = {
    "products": lambda r: np.stack([r[0] * r[1], r[1] ** 2 * r[2], np.sin(r[0]) * r[2]]),
    "inverse square": lambda r: r / np.linalg.norm(r) ** 3,
    "crossed": lambda r: np.cross(np.array([1.0, 2.0, -0.5]), r) * np.exp(r[0]),
    "matrix": lambda r: np.array([[1.0, 2.0, 0.0], [0.5, -1.0, 3.0], [0.0, 1.0, 4.0]]) @ np.sin(r),
    "list": lambda r: np.array([r[1] * r[2], r[0] ** 2, r[2]]),
}


@pytest.mark.parametrize("name", HARMONIC)
def test_harmonic_function(name: str) -> None:
    """The Laplacian of a harmonic function is zero, and so is the divergence of its gradient."""
    f = HARMONIC[name]
    assert abs(dd.laplacian(f)(R)) < 1e-14
    assert abs(dd.divergence(dd.grad(f))(R)) < 1e-14


@pytest.mark.parametrize("name", LAPLACIANS)
@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_laplacian(name: str, n: int) -> None:
    """The Laplacian is the closed form, the trace of the Hessian, and the divergence of the gradient, in n dimensions."""
    f, exact = LAPLACIANS[name]
    x = rng(n).normal(size=n) + 0.3
    close(dd.laplacian(f)(x), exact(x), 1e-11)
    H = dd.hessian(f)(x)
    close(dd.laplacian(f)(x), np.trace(H), 1e-11)
    close(dd.hessian_diagonal(f)(x), np.diagonal(H), 1e-11)
    close(dd.divergence(dd.grad(f))(x), np.trace(H), 1e-11)
    for chunk_size in (1, 2, 3, 100):
        close(dd.laplacian(f, chunk_size=chunk_size)(x), dd.laplacian(f)(x), 1e-14)
        close(dd.hessian_diagonal(f, chunk_size=chunk_size)(x), dd.hessian_diagonal(f)(x), 1e-14)


@pytest.mark.parametrize("name", FIELDS)
def test_identities_of_vector_fields(name: str) -> None:
    """Div curl = 0; curl curl = grad div - Laplacian; the product rules of divergence and curl."""
    F = FIELDS[name]
    J = dd.jacobian(F)(R)
    close(dd.divergence(F)(R), np.trace(J))
    close(dd.curl(F)(R), [J[2, 1] - J[1, 2], J[0, 2] - J[2, 0], J[1, 0] - J[0, 1]])
    close(dd.divergence(dd.curl(F))(R), 0.0)
    close(dd.curl(dd.curl(F))(R), dd.grad(dd.divergence(F))(R) - dd.laplacian(F)(R), 1e-11)

    def scale(r: Any) -> Any:
        return np.exp(r[1]) * r[0]

    g = dd.grad(scale)(R)
    close(dd.divergence(lambda r: scale(r) * F(r))(R), scale(R) * np.trace(J) + g @ F(R))
    close(dd.curl(lambda r: scale(r) * F(r))(R), scale(R) * dd.curl(F)(R) + np.cross(g, F(R)))


@pytest.mark.parametrize("name", [*HARMONIC, "norm"])
def test_curl_of_a_gradient(name: str) -> None:
    """Curl grad = 0."""
    f = HARMONIC.get(name, np.linalg.norm)
    close(dd.curl(dd.grad(f))(R), np.zeros(3))


def test_curl_in_the_plane() -> None:
    """In two dimensions curl is the scalar dF2/dx - dF1/dy."""
    x = np.array([0.4, -0.8])
    close(dd.curl(lambda r: np.stack([-(r[1] ** 3), r[0] ** 2]))(x), 2 * 0.4 + 3 * 0.64)
    close(dd.curl(dd.grad(lambda r: np.exp(r[0] * r[1])))(x), 0.0)


def test_cauchy_riemann() -> None:
    """The conjugate of a holomorphic function is a field without divergence or curl."""

    def field(r: Any) -> Any:
        w = np.exp((r[0] + 1j * r[1]) ** 2)
        return np.stack([w.real, -w.imag])

    x = np.array([0.4, -0.8])
    close(dd.divergence(field)(x), 0.0)
    close(dd.curl(field)(x), 0.0)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 2), (2, 1, 2), (0,)], ids=str)
def test_shapes(shape: tuple[int, ...]) -> None:
    """The Laplacian has the output's shape, the diagonal out + in, the divergence none, for points of any shape."""
    x = rng(1).normal(size=shape)

    def outputs(x: Any) -> Any:
        return np.stack([np.stack([np.sum(x**3), np.sum(x) ** 2, np.prod(x)])] * 2)

    H = dd.hessian(outputs)(x)
    n = x.size
    diagonal = np.diagonal(H.reshape(2, 3, n, n), axis1=-2, axis2=-1)
    close(dd.hessian_diagonal(outputs)(x), diagonal.reshape(2, 3, *shape))
    close(dd.laplacian(outputs)(x), np.sum(diagonal, axis=-1))
    close(dd.laplacian(lambda x: np.sum(x**3))(x), 6 * np.sum(x))
    close(dd.divergence(lambda x: x**2)(x), 2 * np.sum(x))


def test_scalars() -> None:
    """At a Python number the diagonal and the Laplacian are second derivatives."""
    close(dd.laplacian(np.sin)(0.4), -np.sin(0.4))
    close(dd.hessian_diagonal(np.sin)(0.4), -np.sin(0.4))
    close(dd.divergence(np.sin)(0.4), np.cos(0.4))
    close(dd.laplacian(lambda x: x**3)(2), 12.0)


def test_biharmonic() -> None:
    """The Laplacian of a Laplacian is the biharmonic operator, and nests with gradients and directions."""
    x = rng(3).normal(size=3)
    s = x @ x
    close(dd.laplacian(dd.laplacian(lambda r: (r @ r) ** 2))(x), 120.0)
    close(dd.laplacian(dd.laplacian(lambda r: (r @ r) ** 3))(x), 840.0 * s, 1e-11)
    close(dd.laplacian(dd.laplacian(lambda r: np.exp(r[0] - 2 * r[1])))(x), 25 * np.exp(x[0] - 2 * x[1]))
    close(dd.laplacian(dd.laplacian(np.linalg.norm))(x), 0.0)
    close(dd.grad(dd.laplacian(lambda r: (r @ r) ** 2))(x), 40 * x)
    close(dd.hessian(dd.laplacian(lambda r: (r @ r) ** 2))(x), 40 * np.eye(3))
    close(dd.jacobian(dd.hessian_diagonal(lambda r: np.sum(r**4)))(x), np.diag(24 * x))
    close(dd.laplacian(lambda r: dd.laplacian(lambda q: np.sum(q**4) * r[0] ** 2)(r))(x), 2 * 12 * s + 24 * x[0] ** 2 * 3
        + 4 * 24 * x[0] ** 2)  # fmt: skip
    close(dd.divergence(lambda r: dd.laplacian(lambda q: q**3)(r) * r)(x), 12 * np.sum(x))
    close(dd.jvp(dd.laplacian(lambda r: (r @ r) ** 2), x, x)[1], 40 * s)
    close(dd.taylor(dd.laplacian(lambda r: np.prod(r**2)), x, x, 4)[4], 2 * ((x[0] * x[1]) ** 2 + (x[0] * x[2]) ** 2
        + (x[1] * x[2]) ** 2))  # fmt: skip


def test_further_arguments() -> None:
    """Further arguments, by position and by name, pass through, and may carry derivatives of their own."""

    def field(r: Any, a: Any, *, n: int = 1) -> Any:
        return a * r**n

    close(dd.divergence(field)(R, 2.0, n=3), 6 * (R @ R))
    close(dd.curl(field)(R, 2.0, n=3), np.zeros(3))
    close(dd.laplacian(field)(R, 2.0, n=3), 12 * R)
    close(dd.hessian_diagonal(lambda r, a: a * np.sum(r**3))(R, 2.0), 12 * R)
    close(dd.derivative(lambda a: dd.divergence(field)(R, a, n=3))(2.0), 3 * (R @ R))
    close(dd.derivative(lambda a: dd.laplacian(field)(R, a**2, n=3))(2.0), 24 * R)
    close(dd.derivative(lambda a: dd.laplacian(lambda r: np.sum(r**3))(a * R))(2.0), 6 * np.sum(R))


def test_special_points() -> None:
    """Squares of absolute values have Laplacian 2 n at 0; a kink of one entry leaves the others alone."""
    close(dd.laplacian(lambda x: np.sum(np.abs(x) ** 2))(np.zeros(3)), 6.0)
    close(dd.laplacian(lambda x: np.sum(x**2))(np.zeros(3)), 6.0)
    close(dd.hessian_diagonal(lambda x: np.sum(x**3 * np.sign(x)))(np.array([0.0, 2.0, -2.0])), [0.0, 12.0, 12.0])
    close(dd.laplacian(np.sinc)(0.0), -(np.pi**2) / 3)
    close(dd.hessian_diagonal(lambda x: np.sum(np.sqrt(x[1:])) * x[0] ** 2)(np.array([1.0, 4.0])), [4.0, -1 / 32])


def test_the_chunks_cover_every_entry() -> None:
    """Many variables in chunks: the diagonal is the closed form and needs no Hessian."""
    x = rng(4).normal(size=3000)
    close(dd.hessian_diagonal(lambda x: np.sum(x**4), chunk_size=700)(x[:1500]), 12 * x[:1500] ** 2)
    close(dd.hessian_diagonal(lambda x: np.sum(np.sin(x)) + x @ x)(x), 2 - np.sin(x))


def test_precision_and_inputs() -> None:
    """Single precision stays; integers become floats; the point is not modified."""
    x = np.array([1.0, 2.0], np.float32)
    assert dd.laplacian(lambda x: np.sum(x**3))(x).dtype == np.float32
    assert dd.hessian_diagonal(lambda x: np.sum(x**3))(x).dtype == np.float32
    assert dd.divergence(lambda x: x**3)(x).dtype == np.float32
    close(dd.laplacian(lambda x: np.sum(x**3))(np.array([1, 2])), 18.0)
    close(dd.curl(lambda r: np.stack([-r[1], r[0], r[2]]))(np.array([1, 2, 3])), [0.0, 0.0, 2.0])

    def writes(x: Any) -> Any:
        x *= 2.0
        return np.sum(x**3)

    point = np.array([1.0, 2.0])
    for _ in range(2):
        close(dd.laplacian(writes, chunk_size=1)(point), 144.0)
    np.testing.assert_array_equal(point, [1.0, 2.0])


def test_errors() -> None:
    """Fields of another shape than their point, and curls in other dimensions, raise ShapeError."""
    for field in (lambda r: r[:2], lambda r: np.sum(r), lambda r: np.outer(r, r), lambda r: 3.0):
        with pytest.raises(dd.ShapeError):
            dd.divergence(field)(R)
        with pytest.raises(dd.ShapeError):
            dd.curl(field)(R)
    for point in (np.ones(4), np.ones(1), 1.0, np.ones((3, 3)), np.ones(0)):
        with pytest.raises(dd.ShapeError):
            dd.curl(lambda r: r)(point)
    with pytest.raises(dd.ShapeError):
        dd.hessian_diagonal(lambda r: (r[0], r[1]))(R)


def test_names_are_kept() -> None:
    """The derivatives carry the name of the function."""

    def potential(r: Any) -> Any:
        """Return a potential."""
        return r @ r

    for verb in (dd.laplacian, dd.hessian_diagonal, dd.divergence, dd.curl):
        assert "potential" in verb(potential).__name__
