"""Programs in autograd's style run after two changed imports, and give autograd's derivatives."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import dualdiff as dd

IMPORTS = """
import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad
"""

PROGRAMS = {
    "logistic regression": '''
def sigmoid(x):
    return 0.5 * (np.tanh(x / 2.0) + 1)

inputs = np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
targets = np.array([True, True, False, True])

def f(weights):
    predictions = sigmoid(np.dot(inputs, weights))
    probabilities = predictions * targets + (1 - predictions) * (1 - targets)
    return -np.sum(np.log(probabilities))

x0 = np.array([0.3, -0.2, 0.5])
''',
    "neural network": '''
def init(sizes, rs=npr.RandomState(0)):
    return [(0.5 * rs.randn(m, n), 0.1 * rs.randn(n)) for m, n in zip(sizes[:-1], sizes[1:])]

def predict(params, inputs):
    for W, b in params:
        outputs = np.dot(inputs, W) + b
        inputs = np.tanh(outputs)
    return outputs - np.log(np.sum(np.exp(outputs), axis=1, keepdims=True))

rs = npr.RandomState(1)
data, labels = rs.randn(5, 3), np.eye(2)[[0, 1, 1, 0, 1]]

def f(params):
    penalty = sum(np.sum(W**2) + np.dot(b, b) for W, b in params)
    return 0.01 * penalty - np.sum(predict(params, data) * labels)

x0 = init([3, 4, 2])
''',
    "Gaussian mixture": '''
def logsumexp(x, axis):
    largest = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(largest + np.log(np.sum(np.exp(x - largest), axis=axis, keepdims=True)), axis=axis)

rs = npr.RandomState(2)
data = rs.randn(7, 2)

def f(params):
    proportions = params["log proportions"] - logsumexp(params["log proportions"], 0)
    terms = []
    for log_p, mean, root in zip(proportions, params["means"], params["roots"]):
        covariance = np.dot(root.T, root) + 0.5 * np.eye(2)
        sign, logdet = np.linalg.slogdet(covariance)
        away = data - mean
        terms.append(log_p - 0.5 * logdet - 0.5 * np.sum(away * np.linalg.solve(covariance, away.T).T, axis=1))
    return np.sum(logsumexp(np.vstack(terms), axis=0))

x0 = {"log proportions": np.array([0.2, -0.1]), "means": rs.randn(2, 2), "roots": rs.randn(2, 2, 2)}
''',
    "Rosenbrock": '''
def f(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2

x0 = np.array([-1.2, 1.0])
''',
    "recurrent network": '''
rs = npr.RandomState(3)
sequence, target = rs.randn(6, 2, 3), rs.randn(6, 2, 2)

def concat_and_multiply(weights, *args):
    cat_state = np.hstack(args + (np.ones((args[0].shape[0], 1)),))
    return np.dot(cat_state, weights)

def f(params):
    hiddens = np.repeat(params["init"], 2, axis=0)
    loss = 0.0
    for inputs, wanted in zip(sequence, target):
        hiddens = np.tanh(concat_and_multiply(params["change"], inputs, hiddens))
        loss = loss + np.mean((concat_and_multiply(params["predict"], hiddens) - wanted) ** 2)
    return loss

x0 = {"init": rs.randn(1, 2), "change": rs.randn(6, 2), "predict": rs.randn(3, 2)}
''',
    "ODE fit": '''
times, observed = np.linspace(0.0, 2.0, 9), np.array([1.0, 1.1, 1.3, 1.2, 0.9, 0.7, 0.6, 0.65, 0.8])

def rhs(state, t, p):
    prey, predator = state
    return np.array([p[0] * prey - p[1] * prey * predator, p[2] * prey * predator - predator * p[3]])

def step(y, t, h, p):
    a = rhs(y, t, p)
    b = rhs(y + h / 2 * a, t + h / 2, p)
    c = rhs(y + h / 2 * b, t + h / 2, p)
    return y + h / 6 * (a + 2 * b + 2 * c + rhs(y + h * c, t + h, p))

def f(p):
    y, path = np.array([1.0, 0.5]), []
    for t0, t1 in zip(times[:-1], times[1:]):
        path.append(y[0])
        y = step(y, t0, t1 - t0, p)
    path.append(y[0])
    return np.sum((np.array(path) - observed) ** 2)

x0 = np.array([1.1, 0.7, 0.9, 1.3])
''',
    "fluid": '''
rs = npr.RandomState(4)
shape = (4, 5)

def project(vx, vy):
    p = np.zeros(vx.shape)
    h = 1.0 / vx.shape[0]
    div = -0.5 * h * (np.roll(vx, -1, axis=0) - np.roll(vx, 1, axis=0) + np.roll(vy, -1, axis=1) - np.roll(vy, 1, axis=1))
    for k in range(5):
        p = (div + np.roll(p, 1, axis=0) + np.roll(p, -1, axis=0) + np.roll(p, 1, axis=1) + np.roll(p, -1, axis=1)) / 4.0
    vx = vx - 0.5 * (np.roll(p, -1, axis=0) - np.roll(p, 1, axis=0)) / h
    return vx, vy - 0.5 * (np.roll(p, -1, axis=1) - np.roll(p, 1, axis=1)) / h

def advect(f, vx, vy):
    rows, cols = f.shape
    cell_ys, cell_xs = np.meshgrid(np.arange(cols), np.arange(rows))
    center_xs, center_ys = (cell_xs - vx).ravel(), (cell_ys - vy).ravel()
    left, top = np.floor(center_xs).astype(int), np.floor(center_ys).astype(int)
    rw, bw = center_xs - left, center_ys - top
    left, right = np.mod(left, rows), np.mod(left + 1, rows)
    top, bottom = np.mod(top, cols), np.mod(top + 1, cols)
    flat = (1 - rw) * ((1 - bw) * f[left, top] + bw * f[left, bottom]) + rw * ((1 - bw) * f[right, top] + bw * f[right, bottom])
    return np.reshape(flat, (rows, cols))

smoke, wanted = rs.rand(*shape), rs.rand(*shape)

def f(params):
    vx, vy = np.reshape(params[:20], shape), np.reshape(params[20:], shape)
    s = smoke
    for t in range(2):
        vx, vy = advect(vx, vx, vy), advect(vy, vx, vy)
        vx, vy = project(vx, vy)
        s = advect(s, vx, vy)
    return np.mean((s - wanted) ** 2)

x0 = 0.3 * rs.randn(40)
''',
    "variational objective": '''
rs = npr.RandomState(5)
samples = rs.randn(10, 2)

def log_density(x):
    mu, log_sigma = x[:, 0], x[:, 1]
    return -0.5 * log_sigma**2 / 1.35**2 - 0.5 * (mu / np.exp(log_sigma)) ** 2 - log_sigma

def f(params):
    mean, log_std = params[:2], params[2:]
    entropy = 0.5 * 2 * (1.0 + np.log(2 * np.pi)) + np.sum(log_std)
    return -(entropy + np.mean(log_density(samples * np.exp(log_std) + mean)))

x0 = np.array([-0.3, 0.4, -1.0, -0.7])
''',
    "convolution by einsum": '''
rs = npr.RandomState(6)
images = rs.randn(2, 1, 6, 6)

def convolve(x, w):
    n = x.shape[2] - w.shape[2] + 1
    windows = [[x[:, :, i:i + n, j:j + n] for j in range(w.shape[3])] for i in range(w.shape[2])]
    stacked = np.array([piece for row in windows for piece in row])
    return np.einsum("kbchw,ock->bohw", stacked, np.reshape(w, (w.shape[0], w.shape[1], -1)))

def pool(x):
    b, c, h, w = x.shape
    return np.max(np.max(np.reshape(x, (b, c, h // 2, 2, w // 2, 2)), axis=3), axis=4)

def f(params):
    hidden = pool(np.tanh(convolve(images, params["filters"]) + params["bias"]))
    return np.sum(np.abs(np.einsum("bohw,oh->bw", hidden, params["out"])) ** 1.5)

x0 = {"filters": rs.randn(2, 1, 3, 3), "bias": rs.randn(1, 2, 1, 1), "out": rs.randn(2, 2)}
''',
    "Gaussian process": '''
rs = npr.RandomState(7)
points, values = rs.randn(6, 2), rs.randn(6)

def covariance(scale, x, xp):
    diffs = np.expand_dims(x / np.exp(scale), 1) - np.expand_dims(xp / np.exp(scale), 0)
    return np.exp(-0.5 * np.sum(diffs**2, axis=2))

def f(params):
    K = np.exp(params[0]) * covariance(params[1:3], points, points) + (np.exp(params[3]) + 1e-3) * np.eye(6)
    L = np.linalg.cholesky(K)
    alpha = np.linalg.solve(K, values - params[4])
    return 0.5 * np.dot(values - params[4], alpha) + np.sum(np.log(np.diag(L)))

x0 = np.array([0.1, -0.2, 0.3, -1.0, 0.2])
''',
    "tanh": '''
def f(x):
    return (1.0 - np.exp(-2 * x)) / (1.0 + np.exp(-2 * x))

x0 = 0.7
''',
}  # fmt: skip


def run(name: str, door: str) -> dict[str, Any]:
    """What a program defines: with autograd's imports, with ours, or with plain NumPy's."""
    source = IMPORTS + PROGRAMS[name]
    if door == "ours":
        source = source.replace("import autograd.numpy.random", "import dualdiff.numpy.random")
        source = source.replace("import autograd.numpy", "import dualdiff.numpy").replace(
            "from autograd import", "from dualdiff import"
        )
    elif door == "plain":
        source = re.sub(r"import autograd\.numpy", "import numpy", source).replace("from autograd import grad\n", "")
    namespace: dict[str, Any] = {"__name__": f"program_{door}"}
    exec(compile(source, name, "exec"), namespace)
    return namespace


def leaves(tree: Any) -> list[Any]:
    """The arrays of a container, in order."""
    if isinstance(tree, dict):
        return [leaf for key in tree for leaf in leaves(tree[key])]
    if isinstance(tree, (list, tuple)):
        return [leaf for item in tree for leaf in leaves(item)]
    return [np.asarray(tree)]


def rebuilt(tree: Any, flat: list[Any]) -> Any:
    """A container of the same form with other arrays."""
    if isinstance(tree, dict):
        return {key: rebuilt(tree[key], flat) for key in tree}
    if isinstance(tree, (list, tuple)):
        return type(tree)([rebuilt(item, flat) for item in tree])
    return flat.pop(0)


def close(found: Any, expected: Any, rtol: float) -> None:
    """All arrays of two containers agree."""
    one, other = leaves(found), leaves(expected)
    assert len(one) == len(other)
    size = max(float(np.max(np.abs(leaf), initial=0.0)) for leaf in other)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * size)


@pytest.mark.parametrize("name", PROGRAMS)
def test_autograd_gives_the_same(name: str) -> None:
    """The gradient is autograd's, to rounding error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("autograd")
        theirs = run(name, "autograd")
        expected = theirs["grad"](theirs["f"])(theirs["x0"])
    ours = run(name, "ours")
    close(ours["grad"](ours["f"])(ours["x0"]), expected, 1e-10)


@pytest.mark.parametrize("name", PROGRAMS)
def test_differences_give_the_same(name: str) -> None:
    """The gradient has the form of the parameters and agrees with differences of the program on plain NumPy."""
    plain, ours = run(name, "plain"), run(name, "ours")
    assert np.asarray(ours["f"](ours["x0"])) == plain["f"](plain["x0"])
    gradient = ours["grad"](ours["f"])(ours["x0"])
    rs = np.random.RandomState(8)
    along = [rs.randn(*leaf.shape) for leaf in leaves(plain["x0"])]

    def at(t: float) -> Any:
        return plain["f"](rebuilt(plain["x0"], [x + t * v for x, v in zip(leaves(plain["x0"]), along, strict=True)]))

    h = 1e-4
    slopes = [(at(s) - at(-s)) / (2 * s) for s in (h, h / 2)]
    expected = (4 * slopes[1] - slopes[0]) / 3
    found = sum(float(np.sum(g * v)) for g, v in zip(leaves(gradient), along, strict=True))
    np.testing.assert_allclose(found, expected, rtol=1e-7)
    assert [leaf.shape for leaf in leaves(gradient)] == [leaf.shape for leaf in leaves(plain["x0"])]


@pytest.mark.parametrize("name", PROGRAMS)
def test_second_derivatives(name: str) -> None:
    """Hessian-vector products along the parameters' own direction, by differences of the gradient."""
    ours = run(name, "ours")
    f, x0 = ours["f"], ours["x0"]
    direction = rebuilt(x0, [np.ones_like(leaf, dtype=float) if leaf.ndim else 1.0 for leaf in leaves(x0)])
    found = dd.hvp(f, x0, direction)
    high, low = (
        dd.grad(f)(rebuilt(x0, [leaf + h if leaf.ndim else float(leaf) + h for leaf in leaves(x0)])) for h in (1e-6, -1e-6)
    )
    expected = [(a - b) / 2e-6 for a, b in zip(leaves(high), leaves(low), strict=True)]
    close(found, expected, 2e-6)


def test_nth_derivatives_of_tanh() -> None:
    """Six derivatives by nesting, each at many points at once, by autograd or the closed forms."""
    f = run("tanh", "ours")["f"]
    x = np.linspace(-3, 3, 9)
    t = np.tanh(x)
    forms = [t, 1 - t**2, -2 * t * (1 - t**2), (6 * t**2 - 2) * (1 - t**2), (16 * t - 24 * t**3) * (1 - t**2),
             (120 * t**4 - 120 * t**2 + 16) * (1 - t**2)]  # fmt: skip

    def elementwise_grad(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda x: dd.jvp(g, (x,), (np.ones_like(x),))[1]

    for form in forms:
        np.testing.assert_allclose(f(x), form, rtol=1e-11, atol=1e-12)
        f = elementwise_grad(f)


class Name(NamedTuple):
    """What autograd's name gives, and what ours gives in its place."""

    theirs: Callable[[Any], Any]
    ours: Callable[[], Any]


def scalar(x: Any) -> Any:
    """A scalar function that both understand, as they share NumPy's operators and methods."""
    return (x**3).sum() * x[0] + (x[1:] * x[:-1]).sum()


def vector(x: Any) -> Any:
    """A vector function."""
    return x**2 * x[0]


P, Q = np.array([0.5, -1.5, 2.0]), np.array([1.0, 2.0, -0.5])
NAMES = {
    "grad": Name(lambda a: a.grad(scalar)(P), lambda: dd.grad(scalar)(P)),
    "grad argnum": Name(
        lambda a: a.grad(lambda b, x: scalar(x) * b, 1)(2.0, P), lambda: dd.grad(lambda b, x: scalar(x) * b, argnums=1)(2.0, P)
    ),
    "deriv": Name(lambda a: a.deriv(lambda t: t**3)(2.0), lambda: dd.derivative(lambda t: t**3)(2.0)),
    "jacobian": Name(lambda a: a.jacobian(vector)(P), lambda: dd.jacobian(vector)(P)),
    "hessian": Name(lambda a: a.hessian(scalar)(P), lambda: dd.hessian(scalar)(P)),
    "hessian of a vector": Name(lambda a: a.hessian(vector)(P), lambda: dd.jacobian(dd.jacobian(vector))(P)),
    "elementwise_grad": Name(
        lambda a: a.elementwise_grad(lambda x: x**3)(P), lambda: dd.jvp(lambda x: x**3, (P,), (np.ones(3),))[1]
    ),
    "value_and_grad": Name(lambda a: a.value_and_grad(scalar)(P), lambda: dd.value_and_grad(scalar)(P)),
    "grad_and_aux": Name(
        lambda a: a.grad_and_aux(lambda x: (scalar(x), 7.0))(P), lambda: dd.grad(lambda x: (scalar(x), 7.0), has_aux=True)(P)
    ),
    "make_jvp": Name(lambda a: a.make_jvp(vector)(P)(Q), lambda: dd.jvp(vector, (P,), (Q,))),
    "make_hvp": Name(lambda a: a.make_hvp(scalar)(P)[0](Q), lambda: dd.hvp(scalar, P, Q)),
    "hessian_vector_product": Name(lambda a: a.hessian_vector_product(scalar)(P, Q), lambda: dd.hvp(scalar, P, Q)),
    "hessian_tensor_product": Name(lambda a: a.hessian_tensor_product(scalar)(P, Q), lambda: dd.hvp(scalar, P, Q)),
    "tensor_jacobian_product": Name(
        lambda a: a.tensor_jacobian_product(vector)(P, Q), lambda: np.tensordot(Q, dd.jacobian(vector)(P), 1)
    ),
    "holomorphic_grad": Name(
        lambda a: a.holomorphic_grad(lambda z: z**3)(1.0 + 2.0j),
        lambda: dd.derivative(lambda z: z**3, holomorphic=True)(1.0 + 2.0j),
    ),
    "multigrad_dict": Name(
        lambda a: list(a.multigrad_dict(lambda u, v: (u * v**2).sum())(P, Q).values()),
        lambda: list(dd.grad(lambda u, v: (u * v**2).sum(), argnums=(0, 1))(P, Q)),
    ),
    "checkpoint": Name(lambda a: a.grad(a.checkpoint(scalar))(P), lambda: dd.grad(scalar)(P)),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_the_table(name: str) -> None:
    """Each row of docs/from_autograd.md gives what autograd's name gives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        autograd = pytest.importorskip("autograd")
        if name == "multigrad_dict":
            pytest.importorskip("funcsigs")
        expected = NAMES[name].theirs(autograd)
    close(NAMES[name].ours(), expected, 1e-12)
