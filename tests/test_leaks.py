"""Ways around NumPy's protocols, where a derivative could be lost without a word: none of them loses one.

The first table holds the 258 calls of census/probe_leaks.py of the project's founding documents, which were found by
searching for such ways; the second holds ways around them in Python's own library and in numpy.random. The right answer is
measured: the same call with plain numbers nearby gives the derivative as a difference quotient.

The file is long since it holds one line for each call.
"""

from __future__ import annotations

import array
import contextlib
import copy
import ctypes
import decimal
import fractions
import importlib
import io
import json
import math
import operator
import pickle
import statistics
import struct
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

scipy: Any = None
special: Any = None
for module in ("integrate", "interpolate", "linalg", "optimize", "special", "stats"):
    with contextlib.suppress(ImportError):
        importlib.import_module(f"scipy.{module}")
with contextlib.suppress(ImportError):
    scipy = importlib.import_module("scipy")
    special = scipy.special

#: With vector d and scalar s.
Call = Callable[[Any, Any], Any]
#: NumPy and Python, for calls that their stubs do not allow.
nx: Any = np
STEP = 1e-3

#: What NumPy says of its own accord, which is not what is tested here.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore:{text}")
    for text in (
        "the matrix subclass:PendingDeprecationWarning",
        "you are shuffling a:UserWarning",
        "'where' used without:UserWarning",
    )
]
D, S = np.array([0.43, 0.61, 0.84]), np.float64(0.67)
ALONG_D, ALONG_S = np.array([0.7, -1.1, 0.4]), np.float64(1.3)


def plain() -> Any:
    """Return a plain array, apart from D."""
    return np.arange(1.0, 4.0)


def set_entry(s: Any) -> Any:
    """Write a scalar into a plain array."""
    a = plain()
    a[0] = s
    return a


def set_slice(d: Any) -> Any:
    """Write into the whole of a plain array."""
    a = plain()
    a[:] = d
    return a


def set_mask(d: Any) -> Any:
    """Write where a mask holds."""
    a = plain()
    a[a > 0] = d
    return a


def added_in_place(d: Any) -> Any:
    """Add to a plain array in place."""
    a = plain()
    a += d
    return a


def written(function: Any, *args: Any) -> Any:
    """Return a plain array after a function or method has written into it."""
    a = plain()
    function(a, *args)
    return a


def set_flat(d: Any) -> Any:
    """Write through the flat iterator."""
    a = plain()
    a.flat = d
    return a


def set_flat_entry(s: Any) -> Any:
    """Write one entry through the flat iterator."""
    a = plain()
    a.flat[0] = s
    return a


def in_diagonal(d: Any) -> Any:
    """Write into the diagonal of a plain matrix."""
    a = np.eye(3)
    np.fill_diagonal(a, d)
    return a


# ------------------------------------------------------------------------------------------- the calls of the census
CENSUS: dict[str, Call] = {
    "np.array(d)": lambda d, s: np.array(d),
    "np.array(d, float)": lambda d, s: np.array(d, dtype=float),
    "np.asarray(d)": lambda d, s: np.asarray(d),
    "np.asanyarray(d)": lambda d, s: np.asanyarray(d),
    "np.array([d,d])": lambda d, s: np.array([d, d]),
    "np.array([s,s])": lambda d, s: np.array([s, s]),
    "np.array([s,1.0])": lambda d, s: np.array([s, 1.0]),
    "np.array([s,s],float)": lambda d, s: np.array([s, s], dtype=float),
    "np.array([s],object)": lambda d, s: np.array([s, s], dtype=object),
    "np.asarray_chkfinite(d)": lambda d, s: np.asarray_chkfinite(d),
    "np.ascontiguousarray(d)": lambda d, s: np.ascontiguousarray(d),
    "np.require(d)": lambda d, s: np.require(d),
    "np.matrix(d)": lambda d, s: np.matrix(d),
    "np.asmatrix(d)": lambda d, s: np.asmatrix(d),
    "np.bmat([[d]])": lambda d, s: np.bmat([[d]]),
    "np.float64(s)": lambda d, s: np.float64(s),
    "np.float32(d)": lambda d, s: np.float32(d),
    "np.complex128(s)": lambda d, s: np.complex128(s),
    "np.int64(s)": lambda d, s: np.int64(s),
    "np.bool(s)": lambda d, s: np.bool(s),
    "bool(s)": lambda d, s: bool(s),
    "bool(d)": lambda d, s: bool(d),
    "np.bool(d)": lambda d, s: np.bool(d),
    "float(s)": lambda d, s: float(s),
    "complex(s)": lambda d, s: complex(s),
    "int(s)": lambda d, s: int(s),
    "round(s)": lambda d, s: round(s),
    "math.floor(s)": lambda d, s: math.floor(s),
    "math.sin(s)": lambda d, s: math.sin(s),
    "math.fsum([s])": lambda d, s: math.fsum([s, s]),
    "math.isclose": lambda d, s: math.isclose(s, 1.0),
    "sum([s,s])": lambda d, s: sum([s, s]),
    "abs(d)": lambda d, s: abs(d),
    "pow(s,2)": lambda d, s: pow(s, 2),
    "divmod(s,2)": lambda d, s: divmod(s, 2),
    "max(s,1.)": lambda d, s: max(s, 1.0),
    "format(s,'.3f')": lambda d, s: format(s, ".3f"),
    "'%f' % s": lambda d, s: "%f" % s,  # noqa: UP031 - the way to be tested
    "a[0]=s": lambda d, s: set_entry(s),
    "a[:]=s": lambda d, s: set_slice(s),
    "a[:]=d": lambda d, s: set_slice(d),
    "a[mask]=d": lambda d, s: set_mask(d),
    "a[mask]=s": lambda d, s: set_mask(s),
    "a+=d": lambda d, s: added_in_place(d),
    "a.fill(s)": lambda d, s: written(np.ndarray.fill, s),
    "a.put([0],s)": lambda d, s: written(np.ndarray.put, [0], s),
    "a.flat=d": lambda d, s: set_flat(d),
    "a.flat[0]=s": lambda d, s: set_flat_entry(s),
    "np.add.at(a,i,d)": lambda d, s: written(np.add.at, [0, 1, 2], d),
    "a.dot(d)": lambda d, s: plain().dot(d),
    "a.clip(s,None)": lambda d, s: plain().clip(s, None),
    "a.clip(0,d)": lambda d, s: plain().clip(0, d),
    "a.choose([d,d])": lambda d, s: np.array([0, 1, 0]).choose([d, d]),
    "a.searchsorted(d)": lambda d, s: plain().searchsorted(d),
    "a.sum(initial=s)": lambda d, s: plain().sum(initial=s),
    "a.sum(out=d)": lambda d, s: plain().sum(out=d),
    "a.take([0],out=d)": lambda d, s: plain().take([0, 1, 2], out=d),
    "a.mean(out=s)": lambda d, s: plain().mean(out=s),
    "a.round(out=d)": lambda d, s: plain().round(out=d),
    "a.compress(out=d)": lambda d, s: plain().compress([1, 1, 1], out=d),
    "a @ d": lambda d, s: plain() @ d,
    "a * d": lambda d, s: plain() * d,
    "2.0*d": lambda d, s: 2.0 * d,
    "np.float64(2)*d": lambda d, s: np.float64(2) * d,
    "a < d": lambda d, s: plain() < d,
    "a == d": lambda d, s: plain() == d,
    "d in a": lambda d, s: s in plain(),
    "[1.]*... list + d": lambda d, s: [1.0, 2.0, 3.0] + d,
    "a ** d": lambda d, s: plain() ** d,
    "divmod(a,d)": lambda d, s: divmod(plain(), d),
    "np.sin(d)": lambda d, s: np.sin(d),
    "np.sin([d])": lambda d, s: np.sin([d, d]),
    "np.add(a,[s,s,s])": lambda d, s: np.add(plain(), [s, s, s]),
    "np.sin(out=d)": lambda d, s: np.sin(plain(), out=d),
    "np.add(where=d)": lambda d, s: np.add(plain(), plain(), where=d),
    "np.add.reduce(a,initial=s)": lambda d, s: np.add.reduce(plain(), initial=s),
    "np.add.reduce(d)": lambda d, s: np.add.reduce(d),
    "np.add.reduceat(a,d)": lambda d, s: np.add.reduceat(plain(), d),
    "np.full(3,s)": lambda d, s: np.full(3, s),
    "np.full(3,s,float)": lambda d, s: np.full(3, s, dtype=float),
    "np.full_like(a,s)": lambda d, s: np.full_like(plain(), s),
    "np.zeros(d)": lambda d, s: np.zeros(d),
    "np.arange(s)": lambda d, s: np.arange(s),
    "np.arange(0,1,s)": lambda d, s: np.arange(0, 1, s),
    "np.linspace(0,s)": lambda d, s: np.linspace(0, s),
    "np.geomspace(1,s)": lambda d, s: np.geomspace(1, s),
    "np.fromiter([s])": lambda d, s: np.fromiter([s, s], float),
    "np.fromfunction(->s)": lambda d, s: np.fromfunction(lambda i: i * s, (3,)),
    "np.r_[d,1]": lambda d, s: np.r_[d, 1.0],
    "np.r_[s,s]": lambda d, s: np.r_[s, s],
    "np.c_[d,d]": lambda d, s: np.c_[d, d],
    "np.mgrid[0:s:3j]": lambda d, s: np.mgrid[0:s:3j],
    "np.ix_(d)": lambda d, s: np.ix_(d),
    "np.broadcast(d,a)": lambda d, s: np.broadcast(d, plain()),
    "np.nditer(d)": lambda d, s: np.nditer(d),
    "np.ndenumerate(d)": lambda d, s: list(np.ndenumerate(d)),
    "np.identity(like=d)": lambda d, s: np.identity(3, like=d),
    "np.vectorize(f)(d)": lambda d, s: np.vectorize(lambda t: t * 2)(d),
    "np.vectorize(f)([s,s])": lambda d, s: np.vectorize(lambda t: t * 2)([s, s]),
    "np.vectorize(->s)(a)": lambda d, s: np.vectorize(lambda t: s)(plain()),
    "np.vectorize(->s,otypes=[float])(a)": lambda d, s: np.vectorize(lambda t: s, otypes=[float])(plain()),
    "np.vectorize(sig)(d)": lambda d, s: np.vectorize(lambda t: t * 2, signature="(n)->(n)")(d),
    "np.frompyfunc(d)": lambda d, s: np.frompyfunc(lambda t: t * 2, 1, 1)(d),
    "np.frompyfunc(->s)(a)": lambda d, s: np.frompyfunc(lambda t: s, 1, 1)(plain()),
    "np.piecewise(a,c,[->s])": lambda d, s: np.piecewise(plain(), [plain() > 1, plain() <= 1], [lambda t: s, 0]),
    "np.piecewise(a,c,[s])": lambda d, s: np.piecewise(plain(), [plain() > 1, plain() <= 1], [s, 0]),
    "np.apply_along_axis(->s,0,a)": lambda d, s: np.apply_along_axis(lambda t: s, 0, plain()),
    "np.apply_over_axes(->d,a)": lambda d, s: np.apply_over_axes(lambda t, ax: d, plain(), 0),
    "np.select([c],[a],default=s)": lambda d, s: np.select([plain() > 1], [plain()], default=s),
    "np.poly1d(d)": lambda d, s: np.poly1d(d),
    "np.poly1d([s,s])": lambda d, s: np.poly1d([s, s]),
    "np.poly1d([1,2])(d)": lambda d, s: np.poly1d([1.0, 2.0])(d),
    "np.poly1d([1,2])*d": lambda d, s: np.poly1d([1.0, 2.0]) * d,
    "Polynomial([1,2])(d)": lambda d, s: np.polynomial.Polynomial([1.0, 2.0])(d),
    "Polynomial([1,2])(s)": lambda d, s: np.polynomial.Polynomial([1.0, 2.0])(s),
    "Polynomial(d)": lambda d, s: np.polynomial.Polynomial(d),
    "Chebyshev([1,2,3])(d)": lambda d, s: np.polynomial.Chebyshev([1.0, 2.0, 3.0])(d),
    "polynomial.polyval(d,c)": lambda d, s: np.polynomial.polynomial.polyval(d, [1.0, 2.0]),
    "polynomial.polyval(a,d)": lambda d, s: np.polynomial.polynomial.polyval(plain(), d),
    "polynomial.polyval2d(d,d,c)": lambda d, s: np.polynomial.polynomial.polyval2d(d, d, np.eye(2)),
    "chebval(d,c)": lambda d, s: np.polynomial.chebyshev.chebval(d, [1.0, 2.0, 3.0]),
    "polyfit(d,d,1)": lambda d, s: np.polynomial.polynomial.polyfit(d, d, 1),
    "np.polyfit": lambda d, s: np.polyfit(plain(), d, 1),
    "random.normal(s,1)": lambda d, s: np.random.normal(s, 1),  # noqa: NPY002 - the way to be tested
    "rng.normal(d,1)": lambda d, s: np.random.default_rng(0).normal(d, 1),
    "rng.choice(d)": lambda d, s: np.random.default_rng(0).choice(d),
    "rng.permutation(d)": lambda d, s: np.random.default_rng(0).permutation(d),
    "rng.shuffle(d)": lambda d, s: np.random.default_rng(0).shuffle(d),
    "rng.multivariate_normal(d,I)": lambda d, s: np.random.default_rng(0).multivariate_normal(d, np.eye(3)),
    "np.interp(s,a,a)": lambda d, s: np.interp(s, plain(), plain()),
    "np.interp(a,a,a,left=s)": lambda d, s: np.interp(plain(), plain(), plain(), left=s),
    "np.clip(a,min=s)": lambda d, s: np.clip(plain(), min=s),
    "np.clip(a,max=d)": lambda d, s: np.clip(plain(), max=d),
    "np.clip(a,0,d)": lambda d, s: np.clip(plain(), 0, d),
    "np.sum(a,initial=s)": lambda d, s: np.sum(plain(), initial=s),
    "np.max(a,initial=s)": lambda d, s: np.max(plain(), initial=s),
    "np.sum(a,where=d)": lambda d, s: np.sum(plain(), where=d),
    "np.sum([d,d])": lambda d, s: np.sum([d, d]),
    "np.mean([s,s])": lambda d, s: np.mean([s, s]),
    "np.pad(a,1,constant_values=s)": lambda d, s: np.pad(plain(), 1, constant_values=s),
    "np.nan_to_num(a,nan=s)": lambda d, s: np.nan_to_num(plain(), nan=s),
    "np.trapezoid(a,dx=s)": lambda d, s: np.trapezoid(plain(), dx=s),
    "np.diff(a,prepend=s)": lambda d, s: np.diff(plain(), prepend=s),
    "np.gradient(a,s)": lambda d, s: np.gradient(plain(), s),
    "np.unwrap(a,period=s)": lambda d, s: np.unwrap(plain(), period=s),
    "np.var(a,mean=s)": lambda d, s: np.var(plain(), mean=s),
    "np.var(a,ddof=s)": lambda d, s: np.var(plain(), ddof=s),
    "np.quantile(a,s)": lambda d, s: np.quantile(plain(), s),
    "np.histogram(a,range=(0,s))": lambda d, s: np.histogram(plain(), range=(0, s)),
    "np.isclose(a,a,rtol=s)": lambda d, s: np.isclose(plain(), plain(), rtol=s),
    "np.where(c,s,a)": lambda d, s: np.where(plain() > 1, s, plain()),
    "np.concatenate([a,d])": lambda d, s: np.concatenate([plain(), d]),
    "np.block([[a],[d]])": lambda d, s: np.block([[plain()], [d]]),
    "np.block([s,1.])": lambda d, s: np.block([s, 1.0]),
    "np.stack([[s,s],[s,s]])": lambda d, s: np.stack([[s, s], [s, s]]),
    "np.atleast_1d([s])": lambda d, s: np.atleast_1d([s]),
    "np.dot([s,s],[s,s])": lambda d, s: np.dot([s, s], [s, s]),
    "np.linalg.norm([s,s])": lambda d, s: np.linalg.norm([s, s]),
    "np.linalg.det([[s,s],[s,s]])": lambda d, s: np.linalg.det([[s, s], [s, s]]),
    "np.linalg.matrix_rank(A,tol=s)": lambda d, s: np.linalg.matrix_rank(np.eye(3), tol=s),
    "np.linalg.pinv(A,rcond=s)": lambda d, s: np.linalg.pinv(np.eye(3), rcond=s),
    "np.linalg.lstsq(A,d)": lambda d, s: np.linalg.lstsq(np.eye(3), d),
    "np.einsum": lambda d, s: np.einsum("i,i", plain(), d),
    "np.kaiser(5,s)": lambda d, s: np.kaiser(5, s),
    "np.hanning(s)": lambda d, s: np.hanning(s),
    "np.indices(s)": lambda d, s: np.indices((s,)),
    "np.i0(d)": lambda d, s: np.i0(d),
    "np.fix(d)": lambda d, s: np.fix(d),
    "np.isscalar(s)": lambda d, s: np.isscalar(s),
    "np.iterable(d)": lambda d, s: np.iterable(d),
    "np.bincount(i,weights=d)": lambda d, s: np.bincount([0, 1, 2], weights=d),
    "np.insert(a,0,s)": lambda d, s: np.insert(plain(), 0, s),
    "np.fill_diagonal(A,s)": lambda d, s: in_diagonal(s),
    "np.fill_diagonal(A,d)": lambda d, s: in_diagonal(d),
    "np.place(a,m,d)": lambda d, s: written(np.place, np.ones(3, bool), d),
    "np.putmask(a,m,d)": lambda d, s: written(np.putmask, np.ones(3, bool), d),
    "np.put(a,i,d)": lambda d, s: written(np.put, [0, 1, 2], d),
    "np.copyto(a,d)": lambda d, s: written(np.copyto, d),
    "np.copyto(a,s)": lambda d, s: written(np.copyto, s),
    "np.put_along_axis(a,i,d)": lambda d, s: written(np.put_along_axis, np.array([0, 1, 2]), d, 0),
    "np.savetxt(d)": lambda d, s: np.savetxt(io.StringIO(), d),
    "np.save(d)": lambda d, s: np.save(io.BytesIO(), d),
    "np.array_str(d)": lambda d, s: np.array_str(d),
    "np.array2string(d)": lambda d, s: np.array2string(d),
    "np.format_float_positional(s)": lambda d, s: np.format_float_positional(s),
    "np.from_dlpack(d)": lambda d, s: np.from_dlpack(d),
    "np.testing.assert_allclose(d,d)": lambda d, s: np.testing.assert_allclose(d, d),
    "np.testing.assert_array_equal(d,d)": lambda d, s: np.testing.assert_array_equal(d, d),
    "np.ma.array(d)": lambda d, s: np.ma.array(d),
    "np.ma.sin(d)": lambda d, s: np.ma.sin(d),
    "np.ma.sum(d)": lambda d, s: np.ma.sum(d),
    "np.rec.fromarrays([d])": lambda d, s: np.rec.fromarrays([d]),
    "np.lib.scimath.sqrt(d)": lambda d, s: np.lib.scimath.sqrt(d),
    "as_strided(d)": lambda d, s: np.lib.stride_tricks.as_strided(d, (2,), (8,)),
    "np.shape(d)": lambda d, s: np.shape(d),
    "np.shape([d,d])": lambda d, s: np.shape([d, d]),
    "np.result_type(d,1)": lambda d, s: np.result_type(d, 1),
    "np.iscomplexobj(d)": lambda d, s: np.iscomplexobj(d),
    "np.memmap/bytes": lambda d, s: np.frombuffer(d),
    "copy.copy(d)": lambda d, s: copy.copy(d),
    "operator.index(s)": lambda d, s: operator.index(s),
    "a[s]": lambda d, s: plain()[s],
    "np.take(a,s)": lambda d, s: np.take(plain(), s),
    "range(s)": lambda d, s: range(s),
    "np.tri": lambda d, s: np.tri(3, k=s),
    "np.ldexp(a,s)": lambda d, s: np.ldexp(plain(), s),
    "np.random.seed": lambda d, s: np.random.default_rng(s),
    "sp.erf(d)": lambda d, s: special.erf(d),
    "sp.zeta(d)": lambda d, s: special.zeta(d),
    "sp.zeta(2,d)": lambda d, s: special.zeta(2.0, d),
    "sp.zeta([s])": lambda d, s: special.zeta([s]),
    "sp.logsumexp(d)": lambda d, s: special.logsumexp(d),
    "sp.logsumexp(a,b=d)": lambda d, s: special.logsumexp(plain(), b=d),
    "sp.softmax(d)": lambda d, s: special.softmax(d),
    "sp.log_softmax(d)": lambda d, s: special.log_softmax(d),
    "sp.softplus(d)": lambda d, s: special.softplus(d),
    "sp.lambertw(d)": lambda d, s: special.lambertw(d),
    "sp.spherical_jn(1,d)": lambda d, s: special.spherical_jn(1, d),
    "sp.polygamma(1,d)": lambda d, s: special.polygamma(1, d),
    "sp.multigammaln(s,2)": lambda d, s: special.multigammaln(s, 2),
    "sp.multigammaln(d,2)": lambda d, s: special.multigammaln(d, 2),
    "sp.comb(d,2)": lambda d, s: special.comb(d, 2),
    "sp.perm(d,2)": lambda d, s: special.perm(d, 2),
    "sp.factorial(d)": lambda d, s: special.factorial(d),
    "sp.factorial(s)": lambda d, s: special.factorial(s),
    "sp.factorial2(d)": lambda d, s: special.factorial2(d),
    "sp.diric(d,3)": lambda d, s: special.diric(d, 3),
    "sp.sinc(d)": lambda d, s: special.sinc(d),
    "sp.jvp(1,d)": lambda d, s: special.jvp(1, d),
    "sp.lmbda(1,s)": lambda d, s: special.lmbda(1, s),
    "sp.legendre_p(1,d)": lambda d, s: special.legendre_p(1, d),
    "sp.sph_harm_y(1,0,d,d)": lambda d, s: special.sph_harm_y(1, 0, d, d),
    "sp.ellip_harm": lambda d, s: special.ellip_harm(5, 8, 1, 1, s),
    "sp.ellip_harm_2": lambda d, s: special.ellip_harm_2(5, 8, 2, 1, s),
    "sp.ellip_normal": lambda d, s: special.ellip_normal(5, s, 1, 1),
    "sp.riccati_jn(2,s)": lambda d, s: special.riccati_jn(2, s),
    "sp.lqn(2,s)": lambda d, s: special.lqn(2, s),
    "sp.pbdv_seq(1,s)": lambda d, s: special.pbdv_seq(1, s),
    "sp.legendre(3)(d)": lambda d, s: special.legendre(3)(d),
    "sp.assoc_laguerre(d,2)": lambda d, s: special.assoc_laguerre(d, 2),
    "sp.bernoulli": lambda d, s: special.bernoulli(s),
    "sp.stirling2(d,1)": lambda d, s: special.stirling2(d, 1),
    "sp.jn_zeros": lambda d, s: special.jn_zeros(s, 2),
    "sp.roots_jacobi(3,s,1)": lambda d, s: special.roots_jacobi(3, s, 1),
    "sp.lpmv(0,1,d)": lambda d, s: special.lpmv(0, 1, d),
    "sp.gammaln(s)": lambda d, s: special.gammaln(s),
    "scipy.linalg.solve(A,d)": lambda d, s: scipy.linalg.solve(np.eye(3), d),
    "scipy.linalg.norm(d)": lambda d, s: scipy.linalg.norm(d),
    "scipy.integrate.quad(->s)": lambda d, s: scipy.integrate.quad(lambda t: s, 0, 1),
    "scipy.integrate.simpson(d)": lambda d, s: scipy.integrate.simpson(d),
    "scipy.integrate.solve_ivp(y0=d)": lambda d, s: scipy.integrate.solve_ivp(lambda t, y: y, (0, 1), d),
    "scipy.integrate.solve_ivp(f->[s])": lambda d, s: scipy.integrate.solve_ivp(lambda t, y: [s], (0, 1), [1.0]),
    "scipy.optimize.brentq(f->s)": lambda d, s: scipy.optimize.brentq(lambda t: t * 1.0 if False else s, -1, 1),
    "scipy.optimize.minimize(f->s)": lambda d, s: scipy.optimize.minimize(lambda t: s, [1.0]),
    "CubicSpline(a,d)": lambda d, s: scipy.interpolate.CubicSpline(plain(), d),
    "CubicSpline(a,a)(d)": lambda d, s: scipy.interpolate.CubicSpline(plain(), plain())(d),
    "stats.norm.pdf(d)": lambda d, s: scipy.stats.norm.pdf(d),
    "stats.norm.logcdf(s)": lambda d, s: scipy.stats.norm.logcdf(s),
}

# ------------------------------------------------------------------------------------------- Python and numpy.random
ONE = "acos acosh asin asinh atan atanh cbrt cos cosh degrees erf erfc exp exp2 expm1 fabs gamma lgamma log log10 log1p log2 "
ONE += "radians sin sinh sqrt tan tanh ulp frexp modf ceil floor trunc isfinite isinf isnan"
TWO = "atan2 copysign fmod hypot log nextafter pow remainder isclose"


def random(name: str, *args: Any, **kwargs: Any) -> Any:
    """Return three numbers of a distribution, always the same ones."""
    return getattr(np.random.default_rng(7), name)(*args, **kwargs)


def of_scalar(function: Callable[..., Any], *before: Any, after: tuple[Any, ...] = ()) -> Call:
    """Return the call of a function with the scalar between other arguments."""
    return lambda d, s: function(*before, s, *after)


def of_vector(function: Callable[..., Any]) -> Call:
    """Return the call of a function with the vector."""
    return lambda d, s: function(d)


def pickled(protocol: int) -> Callable[[Any], Any]:
    """Return the function that pickles and unpickles."""
    return lambda x: pickle.loads(pickle.dumps(x, protocol))


def seeded(name: str, *args: Any) -> Any:
    """Return numbers of a distribution of the older interface."""
    return getattr(np.random.RandomState(7), name)(*args)


def filled(function: Callable[..., Any], d: Any) -> Any:
    """Return an array of the values that a function gives for every entry."""
    return np.stack([function(x) for x in d])


PYTHON: dict[str, Call] = {
    **{f"math.{name}(s)": of_scalar(vars(math)[name]) for name in ONE.split() if hasattr(math, name)},
    **{f"math.{name}(s, 2)": of_scalar(vars(math)[name], after=(2.0,)) for name in TWO.split()},
    **{f"math.{name}(2, s)": of_scalar(vars(math)[name], 2.0) for name in TWO.split()},
    "math.dist": lambda d, s: math.dist(d, plain()),
    "math.fsum(d)": lambda d, s: math.fsum(d),
    "math.prod(d)": lambda d, s: math.prod(d),
    "math.prod(start=s)": lambda d, s: math.prod([2.0, 3.0], start=s),
    "math.sumprod": lambda d, s: math.sumprod(list(d), [1.0, 2.0, 3.0]) if hasattr(math, "sumprod") else sum(d),
    "math.ldexp(s, 2)": lambda d, s: math.ldexp(s, 2),
    "math.comb(s, 1)": lambda d, s: math.comb(s, 1),
    "math.factorial(s)": lambda d, s: math.factorial(s),
    "math.gcd(s, 2)": lambda d, s: math.gcd(s, 2),
    "math.isqrt(s)": lambda d, s: math.isqrt(s),
    "float(d[0])": lambda d, s: float(d[0]),
    "float(s + 0)": lambda d, s: float(s + 0),
    "int(10 s)": lambda d, s: int(10 * s),
    "s.__float__()": lambda d, s: s.__float__(),
    "s.item()": lambda d, s: s.item(),
    "d.tolist()": lambda d, s: d.tolist(),
    "d.item(0)": lambda d, s: d.item(0),
    "list(d)": lambda d, s: list(d),
    "tuple(d)": lambda d, s: tuple(d),
    "[*d]": lambda d, s: [*d],
    "sum(d)": lambda d, s: sum(d),
    "sum(d, 0.0)": lambda d, s: sum(d, 0.0),
    "min(d)": lambda d, s: min(d),
    "max(d)": lambda d, s: max(d),
    "sorted(d)": lambda d, s: sorted(d),
    "sorted(d)[0]": lambda d, s: sorted(d, reverse=True)[0],  # noqa: FURB192 - the way to be tested
    "reversed(d)": lambda d, s: list(reversed(d)),
    "abs(s)": lambda d, s: abs(s),
    "round(s, 1)": lambda d, s: round(s, 1),
    "divmod(2, s)": lambda d, s: divmod(2.0, s),
    "pow(2, s)": lambda d, s: pow(2.0, s),
    "pow(s, 2, 5)": lambda d, s: pow(s, 2, 5),
    "operator.index(d[0])": lambda d, s: operator.index(d[0]),
    "[1, 2, 3][s]": lambda d, s: [1, 2, 3][s],
    "bytes(s)": lambda d, s: bytes(s),
    "hash(s)": lambda d, s: hash(s),
    "s in {0.67}": lambda d, s: s in {0.67},  # noqa: FURB171 - the way to be tested
    "{s: 1}": lambda d, s: {s: 1},
    "'%d' % s": lambda d, s: "%d" % s,  # noqa: UP031 - the way to be tested
    "'%s' % s": lambda d, s: "%s" % s,  # noqa: UP031 - the way to be tested
    "'%g' % d[0]": lambda d, s: "%g" % d[0],  # noqa: UP031 - the way to be tested
    "f'{s:.3e}'": lambda d, s: f"{s:.3e}",
    "struct.pack": lambda d, s: struct.unpack("d", struct.pack("d", s)),
    "struct.pack d[0]": lambda d, s: struct.unpack("d", struct.pack("d", d[0])),
    "array.array": lambda d, s: list(array.array("d", [s, s])),
    "array.array(d)": lambda d, s: list(array.array("d", d)),
    "ctypes.c_double": lambda d, s: ctypes.c_double(s).value,
    "ctypes array": lambda d, s: list((ctypes.c_double * 3)(*d)),
    "decimal.Decimal(s)": lambda d, s: float(decimal.Decimal(s)),
    "fractions.Fraction(s)": lambda d, s: float(fractions.Fraction(s)),
    "fractions.Fraction * s": lambda d, s: fractions.Fraction(1, 3) * s,
    "s * fractions.Fraction": lambda d, s: s * fractions.Fraction(1, 3),
    "decimal.Decimal * s": lambda d, s: float(decimal.Decimal("0.5") * s),
    "statistics.mean": lambda d, s: statistics.mean([s, s * s]),
    "statistics.mean(d)": lambda d, s: statistics.mean(d),
    "statistics.fmean": lambda d, s: statistics.fmean(list(d)),
    "statistics.median": lambda d, s: statistics.median(list(d) + [s]),
    "statistics.mode": lambda d, s: statistics.mode([s, s, 1.0]),
    "statistics.stdev": lambda d, s: statistics.stdev(list(d)),
    "statistics.variance": lambda d, s: statistics.variance(list(d)),
    "statistics.geometric_mean": lambda d, s: statistics.geometric_mean(list(d)),
    "statistics.harmonic_mean": lambda d, s: statistics.harmonic_mean(list(d)),
    "statistics.quantiles": lambda d, s: statistics.quantiles(list(d), n=3),
    "statistics.correlation": lambda d, s: statistics.correlation(list(d), [1.0, 2.0, 4.0]),
    "statistics.linear_regression": lambda d, s: statistics.linear_regression(list(d), [1.0, 2.0, 4.0]),
    "statistics.NormalDist": lambda d, s: statistics.NormalDist(0.0, s).pdf(1.0),
    "json.dumps": lambda d, s: json.loads(json.dumps([s])),
    "copy.copy(s)": lambda d, s: copy.copy(s),
    "copy.copy of d": lambda d, s: copy.copy(d),
    "copy.deepcopy(d)": lambda d, s: copy.deepcopy(d),
    "copy.deepcopy([d, s])": lambda d, s: copy.deepcopy([d, s]),
    "pickle(d)": lambda d, s: pickle.loads(pickle.dumps(d)),
    "pickle([s, d])": lambda d, s: pickle.loads(pickle.dumps([s, d])),
    "pickle protocol 2": lambda d, s: pickle.loads(pickle.dumps(d, 2)),
    "memoryview(d)": lambda d, s: np.array(memoryview(d)),
    "bytearray(d)": lambda d, s: np.frombuffer(bytearray(d)),
    # arrays made and filled in other ways
    "np.float16(s)": lambda d, s: np.float16(s),
    "np.longdouble(s)": lambda d, s: np.longdouble(s),
    "np.float64(d)": lambda d, s: np.float64(d),
    "np.complex64(d)": lambda d, s: np.complex64(d),
    "np.str_(s)": lambda d, s: np.str_(s),
    "np.datetime64(s)": lambda d, s: np.datetime64(s),
    "np.timedelta64(s)": lambda d, s: np.timedelta64(s),
    "np.array([d, 1 * d])[1]": lambda d, s: np.array([d, 1 * d])[1],
    "np.array([[s, 1], [2, s]])": lambda d, s: np.array([[s, 1.0], [2.0, s * s]]),
    "np.array((s, 2), dtype='f,f')": lambda d, s: np.array((s, 2.0), dtype="f8,f8")["f0"],
    "np.array(d).astype(float)": lambda d, s: np.array(d).astype(float),
    "np.array(d, copy=None)": lambda d, s: np.array(d, copy=None),
    "np.array(d, ndmin=2)": lambda d, s: np.array(d, ndmin=2),
    "np.array([s]) * 2": lambda d, s: np.array([s, s]) * 2,
    "np.array([s]).sum()": lambda d, s: np.array([s, s * s]).sum(),
    "np.array([s]).prod()": lambda d, s: np.array([s, s * s]).prod(),
    "np.array([s]).max()": lambda d, s: np.array([s, s * s]).max(),
    "np.array([s]).mean()": lambda d, s: np.array([s, s * s]).mean(),
    "np.array([s]).std()": lambda d, s: np.array([s, s * s]).std(),
    "np.array([s]).cumsum()": lambda d, s: np.array([s, s * s]).cumsum(),
    "np.array([s]).sort()": lambda d, s: np.sort(np.array([s, s * s])),
    "np.array([s]) @": lambda d, s: np.array([s, s * s]) @ np.array([1.0, 2.0]),
    "np.dot(np.array([s]))": lambda d, s: np.dot(np.array([s, s * s]), np.array([1.0, 2.0])),
    "np.einsum of objects": lambda d, s: np.einsum("i,i", np.array([s, s * s]), np.array([1.0, 2.0])),
    "np.linalg.norm of objects": lambda d, s: np.linalg.norm(np.array([s, s * s])),
    "np.linalg.inv of objects": lambda d, s: np.linalg.inv(np.array([[s, 1.0], [2.0, s]])),
    "np.linalg.solve of objects": lambda d, s: np.linalg.solve(np.array([[s, 1.0], [2.0, s]]), [1.0, 2.0]),
    "np.fft.fft of objects": lambda d, s: np.fft.fft(np.array([s, s * s])),
    "np.interp of objects": lambda d, s: np.interp(np.array([s, s * s]), plain(), plain()),
    "np.histogram of objects": lambda d, s: np.histogram([1.0, 2.0], bins=np.array([s, 1.5, 3.0]))[1],
    "np.sin of objects": lambda d, s: np.sin(np.array([s, s * s])),
    "np.sqrt of objects": lambda d, s: np.sqrt(np.array([s, s * s])),
    "np.arctan2 of objects": lambda d, s: np.arctan2(np.array([s, s * s]), plain()[:2]),
    "np.sinc of objects": lambda d, s: np.sinc(np.array([s, s * s])),
    "np.round of objects": lambda d, s: np.round(np.array([s, s * s]), 0),
    "np.isfinite of objects": lambda d, s: np.isfinite(np.array([s, s * s])),
    "np.where of objects": lambda d, s: np.where([True, False], np.array([s, s * s]), 1.0),
    "np.real of objects": lambda d, s: np.real(np.array([s, s * s])),
    "np.imag of objects": lambda d, s: np.imag(np.array([s, s * s])),
    "np.angle of objects": lambda d, s: np.angle(np.array([s, s * s])),
    "np.nan_to_num of objects": lambda d, s: np.nan_to_num(np.array([s, s * s])),
    "np.clip of objects": lambda d, s: np.clip(np.array([s, s * s]), 0.0, 0.5),
    "np.quantile of objects": lambda d, s: np.quantile(np.array([s, s * s]), 0.3),
    "np.median of objects": lambda d, s: np.median(np.array([s, s * s])),
    "np.cumsum of objects": lambda d, s: np.cumsum(np.array([s, s * s])),
    "np.gradient of objects": lambda d, s: np.gradient(np.array([s, s * s, 1.0])),
    "np.poly1d of objects": lambda d, s: np.poly1d([s, 1.0])(2.0),
    "np.polyval of objects": lambda d, s: np.polyval(np.array([s, 1.0]), 2.0),
    "np.linspace(s, num)": lambda d, s: np.linspace(s, 2.0, 3),
    "np.linspace(num=s)": lambda d, s: np.linspace(0.0, 2.0, s),
    "np.full_like(d, s)": lambda d, s: np.full_like(d, s),
    "np.full(s.shape)": lambda d, s: np.full(d.shape, s),
    "np.frombuffer(d)": lambda d, s: np.frombuffer(d),
    "np.fromiter(d)": lambda d, s: np.fromiter(d, float),
    "np.fromiter(objects)": lambda d, s: np.fromiter(d, object),
    "np.loadtxt": lambda d, s: np.loadtxt(d),
    "np.savez": lambda d, s: np.savez(io.BytesIO(), d),
    "np.asarray(d).view(float)": lambda d, s: np.asarray(d).view(float),
    "d.view(np.ndarray)": lambda d, s: d.view(np.ndarray),
    "d.__array_interface__": lambda d, s: d.__array_interface__,
    "d.data": lambda d, s: np.array(d.data),
    "d.ctypes": lambda d, s: d.ctypes.data,
    "d.tobytes()": lambda d, s: np.frombuffer(d.tobytes()),
    "d.astype(float32)": lambda d, s: d.astype(np.float64),
    "d.astype(object)": lambda d, s: d.astype(object),
    "d.flat[0]": lambda d, s: d.flat[0],
    "list(d.flat)": lambda d, s: list(d.flat),
    "d.T": lambda d, s: d.T,
    "np.nditer in a loop": lambda d, s: [x[()] * 1 for x in nx.nditer(d, flags=["refs_ok"])],
    "np.nditer of two": lambda d, s: [a * b for a, b in np.nditer([d, plain()], flags=["refs_ok"])],
    "np.nditer readwrite": lambda d, s: [x[...] * 1 for x in nx.nditer(d, ["refs_ok"], [["readwrite"]])],
    "np.nditer op_dtypes": lambda d, s: [float(x) for x in nx.nditer(d, ["refs_ok", "buffered"], op_dtypes=[float])],
    "np.ndenumerate": lambda d, s: [x for _, x in np.ndenumerate(d)],
    "np.ndindex": lambda d, s: [d[i] for i in np.ndindex(d.shape)],
    "np.broadcast in a loop": lambda d, s: [a * b for a, b in np.broadcast(d, plain())],
    "np.lib.Arrayterator": lambda d, s: list(np.lib.Arrayterator(d, 2).flat),
    "np.fromfunction -> dual": lambda d, s: np.fromfunction(lambda i, j: i * s + j, (2, 3)),
    "np.fromfunction -> list": lambda d, s: np.fromfunction(lambda i: [s, s], (2,)),
    "np.vectorize(f)(d)": lambda d, s: np.vectorize(lambda t: t * t)(d),
    "np.vectorize(f)(d, s)": lambda d, s: np.vectorize(lambda t, u: t * u)(d, s),
    "np.vectorize(otypes=[float])(d)": lambda d, s: np.vectorize(lambda t: t * t, otypes=[float])(d),
    "np.vectorize(otypes=[object])(d)": lambda d, s: np.vectorize(lambda t: t * t, otypes=[object])(d),
    "np.vectorize(cache=True)(d)": lambda d, s: np.vectorize(lambda t: t * t, cache=True)(d),
    "np.vectorize(excluded)": lambda d, s: np.vectorize(lambda t, u: t * u, excluded=[1])(plain(), s),
    "np.vectorize(signature)(d)": lambda d, s: np.vectorize(lambda t: np.sum(t * t), signature="(n)->()")(d),
    "np.vectorize(signature) -> dual": lambda d, s: np.vectorize(lambda t: t * s, signature="(n)->(n)")(plain()),
    "np.frompyfunc(d)": lambda d, s: np.frompyfunc(lambda t: t * t, 1, 1)(d),
    "np.frompyfunc(a) -> dual": lambda d, s: np.frompyfunc(lambda t: t * s, 1, 1)(plain()),
    "np.frompyfunc.reduce": lambda d, s: np.frompyfunc(lambda t, u: t * u, 2, 1).reduce(d),
    "np.frompyfunc.outer": lambda d, s: np.frompyfunc(lambda t, u: t * u, 2, 1).outer(d, plain()),
    "np.frompyfunc -> dual, astype": lambda d, s: np.frompyfunc(lambda t: t * s, 1, 1)(plain()).astype(float),
    "np.apply_along_axis -> dual": lambda d, s: np.apply_along_axis(lambda r: r * s, 0, plain()),
    "np.piecewise -> dual": lambda d, s: np.piecewise(plain(), [plain() > 1], [lambda t: t * s, 0.0]),
    "a[dual mask]": lambda d, s: plain()[d],
    "a[d > 0.5]": lambda d, s: plain()[d > 0.5],
    "a[:s]": lambda d, s: plain()[:s],
    "d[s]": lambda d, s: d[s],
    "a.reshape(s)": lambda d, s: plain().reshape(s),
    "a.repeat(s)": lambda d, s: plain().repeat(s),
    "a.var(mean=s)": lambda d, s: plain().var(mean=s),
    "a.max(initial=s)": lambda d, s: plain().max(initial=s),
    "a.prod(initial=s)": lambda d, s: plain().prod(initial=s),
    "a.sum(where=d)": lambda d, s: plain().sum(where=d),
    "a.setfield(s)": lambda d, s: written(np.ndarray.setfield, s, float),
    "a.__setitem__(0, s)": lambda d, s: written(np.ndarray.__setitem__, 0, s),
    "a[...] = s": lambda d, s: written(np.ndarray.__setitem__, Ellipsis, s),
    "a[[0, 1, 2]] = d": lambda d, s: written(np.ndarray.__setitem__, [0, 1, 2], d),
    "a[0:2] = [s, s]": lambda d, s: written(np.ndarray.__setitem__, slice(0, 2), [s, s]),
    "a[0] = d[0]": lambda d, s: written(np.ndarray.__setitem__, 0, d[0]),
    "a -= s": lambda d, s: written(operator.isub, s),
    "a *= d": lambda d, s: written(operator.imul, d),
    "a /= d": lambda d, s: written(operator.itruediv, d),
    "a **= s": lambda d, s: written(operator.ipow, s),
    "np.add(a, d, out=a)": lambda d, s: written(lambda a: np.add(a, d, out=a)),
    "np.multiply.at(a, i, s)": lambda d, s: written(np.multiply.at, [0, 1], s),
    "np.add.accumulate(d, out=a)": lambda d, s: written(lambda a: np.add.accumulate(d, out=a)),
    "np.modf(d, a, a)": lambda d, s: written(lambda a: np.modf(d, a, plain())),
    "np.float64(2) * s": lambda d, s: np.float64(2.0) * s,
    "np.float64(2) + d": lambda d, s: np.float64(2.0) + d,
    "np.float32(2) ** s": lambda d, s: np.float32(2.0) ** d,
    "np.int64(2) * s": lambda d, s: np.int64(2) * s,
    "np.bool(True) * s": lambda d, s: np.bool(True) * s,
    "True * s": lambda d, s: True * s,
    "[1.0] * 3 * d": lambda d, s: [1.0, 2.0, 3.0] * d,
    "(1, 2, 3) - d": lambda d, s: (1.0, 2.0, 3.0) - d,
    "range(3) * d": lambda d, s: range(3) * d,
    "np.atleast_1d([s, 1])": lambda d, s: np.atleast_1d([s, 1.0]),
    "np.hstack([1, s])": lambda d, s: np.hstack([1.0, s]),
    "np.concatenate([[s], a])": lambda d, s: np.concatenate([[s], plain()]),
    "np.append(a, s)": lambda d, s: np.append(plain(), s),
    "np.outer([s, 1], a)": lambda d, s: np.outer([s, 1.0], plain()),
    "np.matmul([[s]], ...)": lambda d, s: np.matmul([[s, 1.0]], [[1.0], [2.0]]),
    "np.linalg.solve([[s, 1], [0, s]], a)": lambda d, s: np.linalg.solve([[s, 1.0], [0.0, s]], [1.0, 2.0]),
    "np.sum([s, s])": lambda d, s: np.sum([s, s]),
    "np.max([s, 0])": lambda d, s: np.max([s, 0.0]),
    "np.add.reduce([s, s])": lambda d, s: np.add.reduce([s, s]),
    "np.average(a, weights=[s])": lambda d, s: np.average(plain(), weights=[s, 1.0, 2.0]),
    "np.random: normal(d, s)": lambda d, s: random("normal", d, s),
    **{f"rng.{name}(s)": of_scalar(random, name) for name in (
        "chisquare", "exponential", "gamma", "normal", "pareto", "poisson", "power", "rayleigh", "standard_gamma", "standard_t",
        "uniform", "weibull", "zipf", "geometric", "logseries", "logistic", "gumbel", "laplace", "lognormal", "integers",
        "random",
        "choice", "permutation", "bytes", "standard_normal",
    )},
    **{f"rng.{name}(1, s)": of_scalar(random, name, 1.0) for name in (
        "normal", "uniform", "gamma", "beta", "f", "gumbel", "laplace", "logistic", "lognormal", "noncentral_chisquare",
        "vonmises", "wald", "binomial", "negative_binomial", "integers",
    )},
    **{f"rng.{name}(d)": of_vector(partial(random, name)) for name in (
        "choice", "permutation", "permuted", "dirichlet", "exponential", "poisson", "standard_normal", "normal",
    )},
    **{f"RandomState.{name}(d)": of_vector(partial(seeded, name)) for name in (
        "choice", "permutation", "dirichlet", "exponential", "poisson", "normal", "uniform", "seed",
    )},
    "rng.triangular(0, s, 1)": lambda d, s: random("triangular", 0.0, s, 1.0),
    "rng.choice(3, p=d)": lambda d, s: random("choice", 3, p=d / np.sum(d)),
    "rng.choice(a, p=d)": lambda d, s: random("choice", plain(), p=d / np.sum(d)),
    "rng.multinomial(3, d)": lambda d, s: random("multinomial", 3, d / np.sum(d)),
    "rng.multivariate_normal(a, s I)": lambda d, s: random("multivariate_normal", plain(), s * np.eye(3)),
    "rng.normal(size=s)": lambda d, s: random("normal", 0.0, 1.0, s),
    "rng.standard_normal(out=d)": lambda d, s: random("standard_normal", out=d),
    "rng.random(out=d)": lambda d, s: random("random", out=d),
    "rng.permuted(out=d)": lambda d, s: random("permuted", plain(), out=d),
    "np.random.SeedSequence(s)": lambda d, s: np.random.SeedSequence(s).generate_state(1),
    "np.random.PCG64(s)": lambda d, s: np.random.Generator(np.random.PCG64(s)).normal(),
    "np.ma.masked_array": lambda d, s: np.ma.masked_array(d, [True, False, False]).filled(0.0),
    "np.ma.masked_array * d": lambda d, s: np.ma.masked_array(plain(), [True, False, False]) * d,
    "np.ma.masked_where": lambda d, s: np.ma.masked_where([True, False, False], d),
    "np.ma.where": lambda d, s: nx.ma.where([True, False, False], d, 0.0),
    "np.ma.average": lambda d, s: np.ma.average(plain(), weights=d),
    "np.rec.array": lambda d, s: np.rec.array([(s, 1.0)], dtype=[("x", float), ("y", float)]).x,
    "np.char": lambda d, s: np.char.array(d),
    "np.matrix * d": lambda d, s: np.matrix(np.eye(3)) * d,
    "np.polynomial.Polynomial.fit": lambda d, s: np.polynomial.Polynomial.fit(plain(), d, 1).coef,
    "np.polynomial.polynomial.polyfit": lambda d, s: np.polynomial.polynomial.polyfit(plain(), d, 1),
    "np.polynomial.polynomial.polyadd": lambda d, s: np.polynomial.polynomial.polyadd(plain(), d),
    "np.polynomial.polynomial.polyroots": lambda d, s: np.polynomial.polynomial.polyroots(d),
    "np.polynomial.legendre.legval": lambda d, s: np.polynomial.legendre.legval(d, [1.0, 2.0, 3.0]),
    "np.polynomial.hermite.hermval(a, d)": lambda d, s: np.polynomial.hermite.hermval(plain(), d),
    "np.lib.stride_tricks.as_strided": lambda d, s: np.lib.stride_tricks.as_strided(d, (2, 2), (8, 8)),
    "np.blackman(s)": lambda d, s: np.blackman(s),
    "np.bartlett(s)": lambda d, s: np.bartlett(s),
    "np.diag_indices(s)": lambda d, s: np.diag_indices(s),
    "np.unravel_index(s)": lambda d, s: np.unravel_index(s, (2, 3)),
    "np.base_repr(s)": lambda d, s: np.base_repr(s),
    "np.asmatrix([s, s])": lambda d, s: np.asmatrix([s, s]),
    "np.busday_offset(s)": lambda d, s: nx.busday_offset("2024-01-01", s),
    "np.spacing(d)": lambda d, s: np.spacing(d),
    "np.nextafter(d, 1)": lambda d, s: np.nextafter(d, 1.0),
    "np.testing.assert_equal": lambda d, s: np.testing.assert_equal(d, d),
    "np.array_equal(d, d)": lambda d, s: np.array_equal(d, d),
    "np.einsum(list)": lambda d, s: np.einsum("i,i", [s, 1.0, 2.0], plain()),
    "np.isclose(d, s)": lambda d, s: np.isclose(d, s),
    "np.searchsorted(a, d)": lambda d, s: np.searchsorted(plain(), d),
    "np.digitize(d, a)": lambda d, s: np.digitize(d, plain()),
    "np.argsort(d)": lambda d, s: np.argsort(d),
    "np.sort(list(d))": lambda d, s: np.sort(list(d)),
    "np.copyto(a, d, where)": lambda d, s: written(lambda a: np.copyto(a, d, where=plain() > 1)),
    "np.place(a, d > 0, plain)": lambda d, s: written(np.place, d > 0, plain()),
    "np.r_[a, d]": lambda d, s: np.r_[plain(), d],
    "np.c_[a, d]": lambda d, s: np.c_[plain(), d],
    "np.s_[d]": lambda d, s: np.s_[d],
    "np.mgrid[0:d:1]": lambda d, s: np.mgrid[0:3:s],
    "np.ogrid": lambda d, s: np.ogrid[0:s:3j],
    "np.geomspace(s, [1, 2])": lambda d, s: np.geomspace(s, [1.0, 2.0], 3),
    "s.real, s.imag": lambda d, s: [s.real, s.imag],
    "complex(s, 1)": lambda d, s: complex(s, 1.0),
    "complex(1, s)": lambda d, s: complex(1.0, s),
    "s * 1j": lambda d, s: s * 1j,
    "s.conjugate()": lambda d, s: s.conjugate(),
    "np.real(s * 1j)": lambda d, s: np.real(s * (1.0 + 1j)),
    "s.is_integer()": lambda d, s: s.is_integer(),
    "s.as_integer_ratio()": lambda d, s: s.as_integer_ratio(),
    "s.hex()": lambda d, s: s.hex(),
    "s // 0.1": lambda d, s: s // 0.1,
    "s % 0.1": lambda d, s: s % 0.1,
    "filled(d)": lambda d, s: filled(lambda t: t * s, d),
}  # fmt: skip


#: Calls that NumPy refuses with floats, but whose dual acts by its truth alone.
BY_TRUTH = {"np.add(where=d)"}


# ------------------------------------------------------------------------------------------- machinery
def flat(result: Any) -> list[Any]:
    """Return the numbers in a result as one list."""
    if isinstance(result, (list, tuple, np.broadcast)):
        return [part for item in result for part in flat(item)]
    if isinstance(result, dict):
        return [part for item in result.values() for part in flat(item)]
    if isinstance(result, np.ma.MaskedArray):
        return flat(np.asarray(result))
    for name in ("coeffs", "coef", "y", "x", "c"):
        if not isinstance(result, (dd.Dual, np.ndarray, np.generic)) and hasattr(result, name):
            return flat(getattr(result, name))
    if isinstance(result, np.ndarray) and result.dtype == object and result.size:
        return [np.stack(list(np.asarray(result).ravel())).reshape(result.shape)]
    return [result]


def is_number(part: Any) -> bool:
    """Return whether an output holds numbers."""
    return isinstance(part, (dd.Dual, int, float, complex, np.number, np.bool_)) or (
        isinstance(part, np.ndarray) and part.dtype.kind in "fciub"
    )


def slopes(call: Call) -> list[Any]:
    """Return the five-point difference quotients of a call with plain numbers."""
    at = [flat(call(D + h * ALONG_D, S + h * ALONG_S)) for h in (STEP, -STEP, 2 * STEP, -2 * STEP)]
    quotients: list[Any] = []
    for outputs in zip(*at, strict=True):
        if not is_number(outputs[0]) or np.asarray(outputs[0]).dtype.kind not in "fc":
            quotients.append(None)
            continue
        p, m, pp, mm = (np.asarray(x, complex) for x in outputs)
        quotients.append((8.0 * (p - m) - (pp - mm)) / (12.0 * STEP))
    return quotients


def assert_no_leak(call: Call, measured: bool = True) -> None:
    """Assert that a call raises, or gives the right derivative of every float in its result; zero, if it is not measured."""
    try:
        found = flat(call(dd.Dual(D.copy(), ALONG_D.copy()), dd.Dual(float(S), float(ALONG_S))))
    except (TypeError, ValueError, IndexError, AttributeError, struct.error):
        return
    for part, slope in zip(found, slopes(call) if measured else [np.zeros(np.shape(x)) for x in found], strict=True):
        if slope is not None:
            assert np.shape(part) == slope.shape
            tangent = part.tangent if isinstance(part, dd.Dual) else 0.0
            close = 1e-7 * (1.0 + float(np.max(np.abs(slope), initial=0.0)))
            np.testing.assert_allclose(np.broadcast_to(tangent, slope.shape), slope, rtol=0.0, atol=close)


@pytest.mark.parametrize("name", CENSUS)
def test_calls_of_the_census_lose_no_derivative(name: str) -> None:
    """Each call of the census differentiates or raises."""
    if scipy is None and any(word in name for word in ("sp.", "scipy", "Spline", "stats")):
        pytest.skip("needs SciPy")
    assert_no_leak(CENSUS[name], name not in BY_TRUTH)


@pytest.mark.parametrize("name", PYTHON)
def test_other_ways_around_lose_no_derivative(name: str) -> None:
    """Python's library, object arrays and random numbers differentiate or raise."""
    assert_no_leak(PYTHON[name])


@pytest.mark.parametrize("name", ["polynomial.polyval", "chebyshev.chebval", "legendre.legval", "hermite.hermval",
                                  "hermite_e.hermeval", "laguerre.lagval"])  # fmt: skip
def test_several_polynomials_at_a_vector(name: str) -> None:
    """A column of coefficients for each polynomial, each evaluated at all points: NumPy asks whether these are an ndarray."""
    function = operator.attrgetter(name)(np.polynomial)
    assert_no_leak(of_vector(lambda d: function(d, np.arange(6.0).reshape(2, 3))))


# ------------------------------------------------------------------------------------------- shuffling
SHUFFLES: dict[str, Callable[[Any], Any]] = {
    "Generator.shuffle": lambda x: np.random.default_rng(0).shuffle(x),
    "Generator.shuffle(axis=-1)": lambda x: np.random.default_rng(0).shuffle(x, axis=-1),
    "RandomState.shuffle": lambda x: np.random.RandomState(0).shuffle(x),
    "Generator.permuted(out=)": lambda x: np.random.default_rng(0).permuted(x, out=x),
}


@pytest.mark.parametrize("shape", [(8,), (8, 2), (4, 2, 2)], ids=str)
@pytest.mark.parametrize("name", SHUFFLES)
def test_shuffling_keeps_every_row(name: str, shape: tuple[int, ...]) -> None:
    """A shuffled dual has all its rows, each with its tangent; or the call raises and the dual is as before."""
    value = np.arange(float(np.prod(shape))).reshape(shape)
    x = dd.Dual(value.copy(), value**2)
    refused = False
    try:
        SHUFFLES[name](x)
    except (TypeError, ValueError, NotImplementedError):
        refused = True
    np.testing.assert_array_equal(x.tangent, np.asarray(x.value) ** 2)
    np.testing.assert_array_equal(x.value if refused else np.sort(x.value, axis=None).reshape(shape), value)


# ------------------------------------------------------------------------------------------- copies
COPIES: dict[str, Callable[[Any], Any]] = {
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "x.copy()": lambda x: x.copy(),
    "np.copy": np.copy,
    **{f"pickle {n}": pickled(n) for n in range(pickle.HIGHEST_PROTOCOL + 1)},
}  # fmt: skip
NUMBERS: dict[str, Callable[[], Any]] = {
    "vector": lambda: dd.Dual(D.copy(), ALONG_D.copy()),
    "directions": lambda: dd.Dual(D.copy(), np.ones((2, 3))),
    "constant": lambda: dd.Dual(D.copy()),
    "nested": lambda: dd.Dual(dd.Dual(D.copy(), ALONG_D.copy(), level=1), ALONG_D.copy(), level=2),
    "hyper-dual": lambda: dd.HyperDual(D.copy(), ALONG_D.copy(), ALONG_D**2, ALONG_D**3),
}


def parts_of(x: Any) -> list[Any]:
    """Return all plain parts of a number, however nested."""
    if not isinstance(x, (dd.Dual, dd.HyperDual)):
        return [np.asarray(x)]
    tangents = [x.tangent] if isinstance(x, dd.Dual) else [x.eps1, x.eps2, x.eps12]
    return [part for item in (x.value, *tangents) for part in parts_of(item)]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", COPIES)
def test_copies_keep_all_parts_and_are_apart(name: str, number: str) -> None:
    """A copied or unpickled number has the value, the tangents and the level, and shares no memory."""
    x = NUMBERS[number]()
    y = COPIES[name](x)
    assert type(y) is type(x)
    assert y.level == x.level
    for a, b in zip(parts_of(x), parts_of(y), strict=True):
        np.testing.assert_array_equal(a, b)
    y[0] = 7.0
    np.testing.assert_array_equal(parts_of(x)[0], D)
