"""Random programs have the same derivatives whatever their tangents are stored as.

A program is source: statements drawn from the menu below, each kept if NumPy can run it on plain numbers and its values stay
moderate. A failing program is shortened, statement by statement, and printed so that it can be pasted into a session.
"""

from __future__ import annotations

import math
import textwrap
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

try:
    import scipy.sparse
except ImportError:
    HAVE_SCIPY = False
else:
    HAVE_SCIPY = True

pytestmark = pytest.mark.filterwarnings("ignore::dualdiff.PerformanceWarning")

# ---------------------------------------------------------------- the menu
# {a}, {b}: any array; {t}: one with axes; {v}, {w}: 1-D; {m}, {n}: 2-D; {q}: square; {s}: a scalar; {x}: an input. The rest
# belongs to the array that is named first: {same}, {with}: one of its shape, one that broadcasts against it; {const}: constants
# of its shape; {mask}; {slices}, {fancy}, {entry}: indices; {bins}: a bin for each entry; {axis}, {perm}, {newshape}. {num},
# {int}, {count}: numbers; {seed}: of constants.
EXPRESSIONS: dict[str, list[str]] = {
    "unary": [
        "np.sin({a})", "np.cos({a})", "np.tanh({a})", "np.arctan({a})", "np.arcsinh({a})", "np.exp(-{a} * {a})",
        "np.expm1(0.3 * {a})", "np.log1p({a} ** 2)", "np.sqrt(1.5 + np.sin({a}))", "np.square({a})", "np.abs({a})", "-{a}",
        "+{a}", "np.reciprocal(2.5 + np.cos({a}))", "np.sinh(0.3 * {a})", "{a} ** 2", "{a} ** 3", "2.0 ** {a}",
        "1 / (2 + {a} * {a})", "{a} * 0.0", "{a} - {a}", "{a} * {a}", "np.sign({a}) * {a}", "np.floor({a}) + {a}",
        "np.sinc({a})", "np.cbrt(3.0 + np.sin({a}))", "{a}.copy()", "np.copy({a})", "np.nan_to_num({a})", "np.real({a})",
        "np.heaviside({a}, 0.5) * {a}", "np.clip({a}, -0.6, 0.7)", "np.clip({a}, None, {s})", "np.remainder({a}, 3.0)",
        "np.modf({a})[0]", "np.maximum({a}, 0.1)", "np.fmin(0.2, {a})", "{num} * {a}", "{a} + {num}", "{num} - {a}",
        "{a} / {num}", "({a} > {num}) * {a}", "np.where({a} > {num}, {a}, np.sin({a}))", "np.deg2rad({a})",
        "np.abs(2 + np.cos({a}) + 1j * {a} ** 2)", "np.exp(1j * {a}).imag", "np.where({mask}, {a}, 0.0)", "{a}.astype(float)",
        "1.0 * {a}.T",
    ],
    "binary": [
        "{a} + {with}", "{a} - {with}", "{with} - {a}", "{a} * {with}", "{with} * {a}", "{a} / (2 + {with} ** 2)",
        "np.arctan2({a}, 2.5 + np.sin({with}))", "np.hypot({a}, 1.5 + np.cos({with}))", "np.maximum({a}, {with})",
        "np.minimum({with}, {a})", "np.fmax({a}, {with})", "np.logaddexp({a}, {with})", "(1.5 + np.sin({a})) ** {with}",
        "np.where({mask}, {a}, {with})", "np.where({a} > {with}, {a}, {with} ** 2)", "np.multiply({a}, {const})",
        "{const} * {a} + {same}", "{a} * {same} - {same} * {const}", "np.add({t}, {same}, where={mask}, out={same}.copy())",
        "np.copysign({a}, {with})", "np.clip({a}, {same} - 0.3, {same} + 0.3)", "{a} * {s}", "{s} * {same} + {a}",
        "np.select([{mask}, {a} > 0.5], [{a}, {same}], {num})", "np.subtract.outer({v}, {w})", "np.multiply.outer({v}, {w})",
        "{v}[:, None] * {w}[None, :]", "{v}[:, None] - {w}", "{m}[:, None, :] * {n}[None, :, :1]", "{a}[..., None] * {w}",
        "np.broadcast_to({s}, {a}.shape) * {a}", "np.heaviside({a}, {with})", "np.add.outer({s}, {a})",
    ],
    "moves": [
        "{a}{slices}", "{a}{slices}", "{a}{slices}", "{a}{fancy}", "{a}{fancy}", "{a}{entry}", "{a}[{mask}]", "{a}[{mask}]",
        "{a}[{a} > {num}]", "np.roll({a}, {int})", "np.roll({a}, {int}, axis={axis})", "np.roll({m}, ({int}, 1), axis=(0, 1))",
        "np.reshape({t}, {newshape})", "{t}.reshape(-1)", "np.ravel({t}, order='F')", "np.reshape({t}, {newshape}, order='F')",
        "{a}.T", "np.transpose({a}, {perm})", "np.flip({a})", "np.flip({a}, {axis})", "np.take({a}, [0, -1, 0], axis={axis})",
        "np.take({a}, [[2, 0], [1, -1]], mode='wrap')", "np.pad({v}, 2)", "np.pad({m}, 1, mode='edge')",
        "np.pad({m}, ((1, 0), (0, 1)), mode='wrap')", "np.pad({v}, (1, 2), mode='reflect')",
        "np.pad({v}, 1, mode='linear_ramp')", "np.repeat({a}, 2)", "np.repeat({a}, 2, axis={axis})", "np.tile({a}, 2)",
        "np.tile({v}, (2, 1))", "{a}[None]", "np.expand_dims({a}, {axis})", "np.squeeze({a})", "np.diag({v})", "np.diag({m})",
        "np.diagonal({m}, 1)", "np.tril({m})", "np.triu({m}, 1)", "np.rot90({m})", "np.sort({a}, axis={axis})",
        "np.sort({a}, axis=None)", "np.partition({v}, 1)", "np.take_along_axis({a}, np.argsort({a}, axis={axis}), axis={axis})",
        "{v}[np.argsort({v})[::-1]]", "np.compress({mask}, {v})", "np.extract({mask}, {a})", "np.delete({v}, 1)",
        "np.insert({v}, 1, {s})", "np.atleast_2d({a})", "np.moveaxis({a}, 0, -1)", "np.trim_zeros(np.pad({v}, 1))",
        "np.resize({a}, 7)", "{v}[np.arange(4)[:, None] % 2 - np.arange(3)]", "{a}.flatten()",
        "np.broadcast_to({v}, (3, {v}.size))", "np.swapaxes({a}, 0, -1)", "np.lib.stride_tricks.sliding_window_view({v}, 2)",
        "np.choose([1, 0], [{v}[:2], {w}[:2]])", "{a}[..., ::-1]", "{a}[:0]", "np.unique({a})", "{m}[[0, -1], [1, 0]]",
        "{m}[:, [1, 0]]", "{m}[np.ix_([0, 1], [1, 0])]", "{m}[1:, ::-1][:, 1:]", "np.ediff1d({a})", "{m}[np.triu_indices(2)]",
    ],
    "joins": [
        "np.concatenate([{v}, {w}])", "np.concatenate([{a}, {same}, {a}], axis={axis})", "np.stack([{a}, {same}])",
        "np.stack([{a}, {const}], axis=-1)", "np.stack([{s}, {v}[0], {num}])", "np.append({a}, {b})",
        "np.vstack([{v}, {v} ** 2])", "np.hstack([{v}, {s}])", "np.column_stack([{v}, np.sin({v})])",
        "np.block([[{m}, {m}], [{m} * 2, {m}]])", "np.concatenate([{a}.ravel(), {b}.ravel(), np.zeros(2)])",
        "np.concatenate(np.split({v}, [1, 2])[::-1])", "np.array_split({v}, 2)[0]", "np.array_split({a}, 2, axis={axis})[1]",
        "np.meshgrid({v}, {w})[1]", "np.dstack([{m}, {m}])", "np.concatenate([{v}[1:], {v}[:1]])",
    ],
    "reductions": [
        "np.sum({a})", "np.sum({a}, axis={axis})", "{a}.sum(axis={axis}, keepdims=True)", "np.sum({a}, axis=(0, -1))",
        "np.mean({a})", "np.mean({a}, axis={axis})", "{a} - np.mean({a}, axis={axis}, keepdims=True)",
        "np.prod({a}, axis={axis})", "np.prod({a})", "np.max({a})", "np.max({a}, axis={axis})",
        "np.min({a}, axis={axis}, keepdims=True)", "np.ptp({a})", "np.std({a})", "np.var({a}, axis={axis})",
        "np.linalg.norm({a})", "np.linalg.norm({m}, axis=1)", "np.median({a})", "np.average({a}, axis={axis})",
        "np.average({v}, weights=2 + np.sin({v}))", "np.cumsum({a}, axis={axis})", "np.cumsum({a})", "np.cumprod({v})",
        "np.diff({a}, axis={axis})", "np.diff({v}, n=2)", "np.trapezoid({a})", "np.trapezoid({v}, dx=0.3)",
        "np.sum({a}, where={mask})", "np.add.reduce({a})", "np.add.reduceat({v}, [0, 2, 1])", "np.add.accumulate({a})",
        "np.maximum.accumulate({v})", "np.logaddexp.reduce({v})", "np.gradient({v})", "np.quantile({v}, 0.3)", "np.nansum({a})",
        "np.interp([0.1, 0.9, 1.7], [0.0, 1.0, 2.0], {v}[:3])", "np.interp({a}, [-9.0, 0.3, 9.0], [0.0, 1.0, -2.0])",
        "np.convolve({v}, [0.5, -1.0, 0.25])", "np.convolve({v}, {w}, 'same')", "np.correlate({v}, [1.0, 0.5], 'valid')",
        "np.count_nonzero({a} > 0) * {a}", "{v}[np.argmax({v})]", "sum({v}[i] * {v}[-1 - i] for i in range({v}.size))",
        "sum({v})", "np.average({a})", "np.trace({m})", "np.sum({a} * {const})",
        "np.bincount({bins}, weights={a}.ravel(), minlength=5)",
        "np.histogram([0.1, 0.7, 0.4], bins=3, weights={v}[:3])[0] + 0.0", "np.apply_along_axis(np.sort, 0, {m})",
        "np.cov({v}, {v} ** 2)",
    ],
    "products": [
        "C({seed}, 3, {m}.shape[0]) @ {m}", "{m} @ C({seed}, {m}.shape[1], 2)", "{m} @ {m}.T", "{m}.T @ {m}", "{q} @ {q}",
        "{m} @ {m}[0]", "{v} @ {v}", "np.dot({v}, C({seed}, {v}.size))", "C({seed}, 4, {v}.size) @ {v}", "np.dot({m}, {m}.T)",
        "np.vdot({a}, {same})", "{v} @ C({seed}, {v}.size, {v}.size) @ {v}", "np.outer({v}, {w})",
        "np.outer({v}, C({seed}, 3))", "np.inner({m}, {m})", "np.einsum('ij,ij->i', {m}, {m})",
        "np.einsum('ij,kj->ik', {m}, {m})", "np.einsum('i,j->ij', {v}, {w})", "np.einsum('ii', {q})",
        "np.einsum('ij,j->i', C({seed}, 2, {v}.size), {v})", "np.einsum('...i,...i', {a}, {same})",
        "np.einsum('ij->ji', {m}) + 1", "np.tensordot({m}, {m}, axes=([0], [0]))",
        "np.tensordot({a}, C({seed}, *{a}.shape), axes={a}.ndim)", "np.kron({v}, {w})",
        "np.linalg.multi_dot([{m}, {m}.T, {m}])", "np.cross({v}[:3], C({seed}, 3))", "np.linalg.matrix_power({q} / 2, 3)",
        "C({seed}, 3, {m}.size) @ {m}.ravel()", "np.einsum('ij,jk,k->i', {q}, C({seed}, *{q}.shape), {q}[0])",
        "np.matmul({q}, {q}[:, :1])",
    ],
    "matrices": [
        "np.linalg.solve(4 * np.eye(len({q})) + {q}, {q}[0])", "np.linalg.solve(4 * np.eye(len({q})) + {q}, {q})",
        "np.linalg.inv(4 * np.eye(len({q})) + {q})", "np.linalg.det(np.eye(len({q})) + {q} / 2)", "np.linalg.det({q})",
        "np.linalg.slogdet(4 * np.eye(len({q})) + {q})[1]", "np.linalg.cholesky({q} @ {q}.T + 2 * np.eye(len({q})))",
        "np.linalg.solve(C({seed}, 3, 3) + 4 * np.eye(3), np.resize({a}, 3))", "np.linalg.pinv(np.eye(len({q})) * 4 + {q})",
        "np.fft.fft({v}).real", "np.fft.rfft({a}).imag", "np.fft.irfft(np.fft.rfft({v}) * 0.5, {v}.size)",
        "np.fft.fft2({m}).real", "np.abs(np.fft.fft({v}) + 9)", "np.fft.ifft(1j * np.fft.fft({v})).imag",
        "np.linalg.lstsq(np.vander([0.0, 1.0, 2.0], 2), np.resize({v}, 3))[0]",
    ],
}  # fmt: skip

STATEMENTS: dict[str, list[str]] = {
    "scatters": [
        "{out} = np.zeros_like({x}, shape=5)\nnp.add.at({out}, {bins}, {t}.ravel())",
        "{out} = np.zeros_like({x}, shape=(5, 2))\nnp.add.at({out}, ({bins}, 1), {t}.ravel())",
        "{out} = np.zeros_like({x}, shape=5)\nnp.add.at({out}, {bins}, {const}.ravel())\n{out}[1] += {s}",
        "{out} = np.zeros_like({x}, shape=5)\nnp.subtract.at({out}, {bins}, {t}.ravel() ** 2)",
        "{out} = np.zeros_like({x}, shape=5)\n{out}[{bins}] = {t}.ravel()",
        "{out} = {v}.copy()\nnp.add.at({out}, [0, 1, 0], {v}[[1, 0, 1]])",
        "{out} = np.zeros_like({x}, shape=(2, {v}.size))\nnp.add.at({out}, [1, 0, 1], {v})",
        "{out} = np.ones_like({x}, shape=5)\nnp.multiply.at({out}, {bins}, 1.1 + 0.1 * {t}.ravel())",
    ],
    "writes": [
        "{out} = np.zeros_like({x}, shape={t}.shape)\n{out}{slices} = {same}{slices}",
        "{out} = np.zeros_like({x}, shape={t}.shape)\n{out}{slices} = {s}",
        "{out} = np.empty_like({x}, shape={t}.shape)\n{out}[...] = {t}\n{out}{slices} = {num}",
        "{out} = np.full_like({x}, {num}, shape={t}.shape)\n{out}{entry} = {s}",
        "{out} = {t}.copy()\n{out}{slices} = {num}",
        "{out} = {t}.copy()\n{out}[{mask}] = {num}",
        "{out} = {t}.copy()\n{out}[{mask}] = {same}[{mask}]",
        "{out} = {t}.copy()\n{out}[{out} > {num}] *= {s}",
        "{out} = {t}.copy()\n{out}{fancy} = {same}{fancy}",
        "{out} = {t}.copy()\n{out}{fancy} += {same}{fancy}",
        "{out} = {t}.copy()\n{out}{entry} = {s}",
        "{out} = {t}.copy()\n{out}{slices} = {out}{slices} ** 2 + {same}{slices}",
        "{out} = {t}.copy()\n{out}[::-1] = {t}",
        "{out} = {t}.copy()\n{out}[1:] = {out}[:-1]",
        "{out} = {t}.copy()\n{out}[1:] += {out}[:-1]",
        "{out} = {t}.copy()\nview = {out}{slices}\nview *= {num}",
        "{out} = {t}.copy()\nview = {out}{slices}\nview[...] = {s}\nview += 1",
        "{out} = {t}.copy()\nview = {out}.T\nview[0] = {num}\nview *= {num}",
        "{out} = {v}.copy()\nview = {out}[1:]\nview[::-1][0] = {s}\n{out}[0] = view[0] * view[-1]",
        "{out} = {m}.copy()\nrows = {out}.reshape(-1)\nrows[1:3] = {s} * rows[0]",
        "{out} = {m}.copy()\n{out}[0], {out}[-1] = {out}[-1].copy(), {out}[0].copy()",
        "{out} = {m}.copy()\nfor row in {out}:\n    row -= row[0] * {num}",
        "{out} = {m}.copy()\n{out}[:] = {m}[0]\n{out}[:, 0] = {s}",
        "{out} = {m}.copy()\nnp.fill_diagonal({out}, {s})",
        "{out} = {t}.copy()\nnp.copyto({out}, {same}, where={mask})",
        "{out} = {t}.copy()\nnp.put({out}, [0, -1], {s})",
        "{out} = {t}.copy()\nnp.putmask({out}, {mask}, {same})",
        "{out} = {t}.copy()\nnp.multiply({out}, {same}, out={out})",
        "{out} = {t}.copy()\nnp.sin({out}{slices}, out={out}{slices})",
        "{out} = {v}.copy()\n{out}.sort()",
        "{out} = {t}.copy()\n{out}.fill({num})\n{out}{entry} = {s}",
        "{out} = {t}.copy()\n{out}.flat[1] = {s}",
        "{out} = {t}{slices}\n{out} += {num}",
        "{out} = {t}.reshape(-1)\n{out} *= {num}",
        "{t} += {same}",
        "{t} *= {num}",
        "{t} -= {s}",
        "{t}{slices} = {same}{slices}",
        "{t}{slices} = {num}",
        "{t}{slices} *= {s}",
        "{t}[{mask}] = {num}",
        "{t}[...] = {same}",
        "{t}{entry} = {s}",
        "np.add({t}, {same}, out={t})",
    ],
    "control": [
        "if np.sum({a}) > {num}:\n    {out} = np.sin({a})\nelse:\n    {out} = {a} * {same}",
        "{out} = {v}[0] * {v} if {v}[0] > {v}[-1] else {v}[-1] - {v}",
        "{out} = {a}\nfor _ in range({count}):\n    {out} = {out} - 0.2 * np.sin({out})",
        "{out} = {a} * 1.0\nwhile np.max(np.abs({out})) > 0.7:\n    {out} = {out} * 0.6",
        "{out} = np.zeros_like({x}, shape={v}.shape)\nfor i in range({v}.size):\n    {out}[i] = {v}[i] * {v}[-1 - i]",
        "{out} = {v}.copy()\nfor i in range(1, {v}.size):\n    {out}[i] = {num} * {out}[i - 1] + np.sin({out}[i])",
        "{out} = np.zeros_like({x}, shape={v}.size + 1)\nfor i, e in enumerate({v}):\n    {out}[i + 1] = {out}[i] * 0.5 + e",
        "{out} = np.zeros_like({x}, shape={m}.shape)\nfor i in range(len({m})):\n    {out}[i] = {m}[i] * {m}[i, 0] + {m}[-1]",
        "{out} = np.zeros_like({x}, shape={m}.shape)\nfor i in np.ndindex({m}.shape):\n    {out}[i] = {m}[i] * {m}[0, i[1]]",
        "{out} = np.zeros_like({x}, shape=({count}, {v}.size))\nfor i in range({count}):\n    {out}[i] = np.roll({v}, i) * {v}",
        "{out} = np.stack([entry * {s} for entry in {v}])",
        "{out} = {v}.copy()\nfor i in range({v}.size):\n    {out}[i] = {out}[i] if {out}[i] > {num} else {out}[i] ** 2",
        "{out} = 0.0\nfor entry in {v}:\n    {out} = {out} * 0.5 + entry * {v}[0]",
        "{out} = np.exp({v} - np.max({v}))\n{out} = {out} / np.sum({out})",
        "d, {out} = {v} ** 2 + 3, {v}.copy()\nfor i in range(1, {v}.size):\n    d[i] -= 0.5 / d[i - 1]\n    {out}[i] /= d[i]",
    ],
}  # fmt: skip

MENU: list[list[str]] = [
    *([f"{{out}} = {text}" for text in texts] for texts in EXPRESSIONS.values()),
    *STATEMENTS.values(),
]

LARGEST_ARRAY, LARGEST_VALUE = 40, 30.0


def constants(seed: int, *shape: int) -> Any:
    """Return the constants that a program calls C."""
    return np.random.default_rng(seed).uniform(-1.5, 1.5, shape)


# ---------------------------------------------------------------- programs
@dataclass(frozen=True)
class Program:
    """Statements over the inputs x0, x1, ..., and the names of what they return."""

    shapes: tuple[tuple[int, ...], ...]
    statements: tuple[str, ...]
    returned: tuple[str, ...]

    @property
    def source(self) -> str:
        """The functions f (several arrays) and g (a scalar) and the POINT, to be pasted into a session."""
        names = ", ".join(f"x{i}" for i in range(len(self.shapes)))
        body = "\n".join([*self.statements, f"return ({', '.join(self.returned)},)"])
        point = ", ".join(f"C({', '.join(map(str, (100 + i, *shape)))})" for i, shape in enumerate(self.shapes))
        return (
            "import numpy as np\nimport dualdiff as dd\n\n"
            "def C(seed, *shape):\n    return np.random.default_rng(seed).uniform(-1.5, 1.5, shape)\n\n"
            f"def f({names}):\n{textwrap.indent(body, '    ')}\n\n"
            "def g(*xs):\n    return sum(np.sum(np.sin(out + 0.3)) for out in f(*xs))\n\n"
            f"POINT = ({point},)\n"
        )

    @property
    def namespace(self) -> dict[str, Any]:
        """What the source defines."""
        space: dict[str, Any] = {}
        exec(compile(self.source, "<random program>", "exec"), space)
        return space

    @property
    def argnums(self) -> tuple[int, ...]:
        """All inputs."""
        return tuple(range(len(self.shapes)))


class Blanks(dict[str, str]):
    """The blanks of a template, each filled when it is first asked for."""

    def __init__(self, writer: Writer) -> None:
        super().__init__()
        self.writer, self.rng, self.first = writer, writer.rng, ""

    def __missing__(self, key: str) -> str:
        self[key] = FILLERS[key](self)
        return self[key]

    def one(self, options: Any) -> Any:
        """Return one of the options."""
        return options[int(self.rng.integers(len(options)))]

    def named(self, ndim: int | None = None, instead: str = "") -> str:
        """Return the name of an array with so many axes (-1: any but none), late ones preferred, or the expression instead."""

        def fits(x: Any) -> bool:
            return ndim is None or (np.ndim(x) > 0 if ndim < 0 else np.ndim(x) == ndim and np.size(x) > (ndim > 0))

        names = [k for k, x in self.writer.arrays().items() if fits(x)]
        if not names:
            return instead.format_map(self)
        name = self.one(names[-4:]) if self.rng.random() < 0.6 else self.one(names)
        self.first = self.first or name
        return str(name)

    def square(self) -> str:
        """Return a square matrix."""
        names = [k for k, x in self.writer.arrays().items() if np.ndim(x) == 2 and np.shape(x)[0] == np.shape(x)[1] > 1]
        name = str(self.one(names)) if names else self["m"] + "[:2, :2]"
        self.first = self.first or name
        return name

    @property
    def subject(self) -> str:
        """The array that was named first."""
        return self.first or self["a"]

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        return np.shape(eval(self.subject, self.writer.space))

    def same(self) -> str:
        """Return another array of that shape, or an expression that has it."""
        names = [k for k, x in self.writer.arrays().items() if np.shape(x) == self.shape and k != self.first]
        return str(self.one(names)) if names and self.rng.random() < 0.8 else f"np.cos({self.subject})"

    def broadcasting(self) -> str:
        """Return an array that broadcasts against it."""
        shape = self.shape
        names = [
            k for k, x in self.writer.arrays().items()
            if len(shape) >= np.ndim(x) and all(n in (1, m) for n, m in zip(np.shape(x)[::-1], shape[::-1], strict=False))
        ]  # fmt: skip
        return str(self.one(names)) if names else self.same()

    def axis(self) -> int:
        """Return one of its axes, from either end."""
        ndim = max(len(self.shape), 1)
        return int(self.rng.integers(-ndim, ndim))

    def slices(self) -> str:
        """Return a basic index of it."""

        def one(n: int) -> str:
            i, j = sorted(int(k) for k in self.rng.integers(0, n + 1, 2))
            fixed = [":", "::-1", "::2", "1::2", "1:-1", ":-1", "1:", "-1::-2"]
            return str(self.one([*fixed, f"{i}:", f":{j}", f"{i}:{j}", f"{j}:{i}:-1"]))

        parts = [one(n) for n in self.shape[: int(self.rng.integers(1, 3))]]
        if parts and self.rng.random() < 0.15:
            parts[-1] = "0"
        if self.rng.random() < 0.15:
            parts.insert(int(self.rng.integers(0, len(parts) + 1)), "None")
        return f"[{', '.join(parts) or '...'}]"

    def fancy(self) -> str:
        """Return an index by integers, with repetitions."""
        shape = self.shape or (1,)
        lists = [[int(i) for i in self.rng.integers(-n, n, int(self.rng.integers(1, 5)))] if n else [] for n in shape]
        forms = [f"[{lists[0]}]"]
        if len(shape) > 1:
            column = [lists[0][:1], lists[0][:1]]
            forms += [f"[:, {lists[1]}]", f"[{lists[0]}, ::-1]", f"[{column}, {lists[1]}]", f"[0, {lists[1]}]"]
        return str(self.one(forms))

    def entry(self) -> str:
        """Return the index of one entry."""
        return f"[{', '.join(str(int(self.rng.integers(-n, n))) if n else '0' for n in self.shape) or '()'}]"

    def mask(self) -> str:
        """Return booleans of its shape."""
        return f"({self.one([self.subject, self.same(), self['const']])} > {self['num']})"

    def factors(self) -> str:
        """Return a shape with as many entries."""
        n = math.prod(self.shape)
        return str(self.one([(k, n // k) for k in range(1, n + 1) if n % k == 0] or [(0, 2)]))

    def seed(self) -> str:
        """Return a seed of constants."""
        return str(int(self.rng.integers(1000)))

    def bins(self) -> str:
        """Return a bin out of five for each entry."""
        return str([int(i) for i in self.rng.integers(0, 5, math.prod(self.shape))])


FILLERS: dict[str, Callable[[Blanks], str]] = {
    "a": lambda d: d.named(), "b": lambda d: d.named(), "s": lambda d: d.named(0, "np.sum({b})"),
    "t": lambda d: d.named(-1, "np.ravel({a})"),
    "v": lambda d: d.named(1, "np.ravel({a})"), "w": lambda d: d.named(1, "np.ravel({b})[:3]"),
    "m": lambda d: d.named(2, "np.outer({v}, {w})"), "n": lambda d: d.named(2, "np.outer({w}, {v})"), "q": lambda d: d.square(),
    "x": lambda d: str(d.one([f"x{i}" for i in range(len(d.writer.shapes))])), "out": lambda d: d.writer.fresh(),
    "same": lambda d: d.same(), "with": lambda d: d.broadcasting(), "seed": lambda d: d.seed(), "mask": lambda d: d.mask(),
    "const": lambda d: f"C({', '.join([d.seed(), *map(str, d.shape)])})", "axis": lambda d: str(d.axis()),
    "bins": lambda d: d.bins(),
    "perm": lambda d: str(tuple(int(i) for i in d.rng.permutation(len(d.shape)))), "newshape": lambda d: d.factors(),
    "slices": lambda d: d.slices(), "fancy": lambda d: d.fancy(), "entry": lambda d: d.entry(),
    "num": lambda d: str(round(float(d.rng.uniform(-1.2, 1.2)), 2)), "int": lambda d: str(int(d.rng.integers(-3, 4))),
    "count": lambda d: str(int(d.rng.integers(1, 4))),
}  # fmt: skip


class Writer:
    """Writes a program, statement by statement, running it on plain numbers as it goes."""

    rng: np.random.Generator
    shapes: tuple[tuple[int, ...], ...]

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng([20, seed])
        choices: list[tuple[int, ...]] = [(), (3,), (4,), (5,), (2, 3), (3, 3), (3, 2), (2, 2), (1, 3), (2, 2, 2)]
        self.shapes = tuple(choices[int(i)] for i in self.rng.integers(len(choices), size=int(self.rng.integers(2, 5))))
        if not any(self.shapes):
            self.shapes = (*self.shapes[:-1], (4,))
        self.statements: list[str] = []
        self.count = 0
        #: Each program has kinds of statements that it prefers.
        weights = self.rng.exponential(size=len(MENU)) + 0.15
        self.weights = weights / np.sum(weights)
        self.space: dict[str, Any] = {}
        self.run()

    def arrays(self) -> dict[str, Any]:
        """Return the arrays that there are."""
        return {name: x for name, x in self.space.items() if name[0] in "xa" and name[1:].isdigit()}

    def fresh(self) -> str:
        """Return a new name."""
        self.count += 1
        return f"a{self.count}"

    def run(self) -> None:
        """Run all statements from the start."""
        self.space = {"np": np, "C": constants}
        self.space |= {f"x{i}": constants(100 + i, *shape) for i, shape in enumerate(self.shapes)}
        for statement in self.statements:
            exec(statement, self.space)

    def moderate(self) -> bool:
        """Whether all arrays are finite, small, and of floats."""
        return all(
            getattr(x, "dtype", None) == np.float64 and np.size(x) <= LARGEST_ARRAY and np.ndim(x) <= 4
            and bool(np.all(np.abs(x) < LARGEST_VALUE))
            for x in self.arrays().values()
        )  # fmt: skip

    def attempt(self) -> None:
        """Add a statement if it can be run."""
        template = Blanks(self).one(MENU[int(self.rng.choice(len(MENU), p=self.weights))])
        try:
            statement = template.format_map(Blanks(self))
            with np.errstate(all="raise", under="ignore"), warnings.catch_warnings():
                warnings.simplefilter("error")
                exec(statement, self.space)
        except (ValueError, IndexError, TypeError, ArithmeticError, AttributeError, np.linalg.LinAlgError, Warning):
            self.run()
            return
        if self.moderate():
            self.statements.append(statement)
        else:
            self.run()

    def write(self) -> Program:
        """Return a program of 5 to 30 statements."""
        length = int(self.rng.integers(5, 31))
        for _ in range(20 * length):
            if len(self.statements) == length:
                break
            self.attempt()
        names = list(self.arrays())[::-1]
        kept = names[: 1 if self.rng.random() < 0.3 else len(names)]
        total = np.cumsum([np.size(self.space[name]) for name in kept])
        returned = tuple(name for name, size in zip(kept, total, strict=True) if size <= 80)
        return Program(self.shapes, tuple(self.statements), returned)


# ---------------------------------------------------------------- what is compared
def leaves(tree: Any) -> Iterator[Any]:
    """Yield the arrays of nested tuples."""
    if isinstance(tree, tuple):
        for branch in tree:
            yield from leaves(branch)
    else:
        yield tree


def assert_same(found: Any, expected: Any, tolerance: float) -> None:
    """Assert the same shapes and dtypes, and entries that agree relative to the largest."""
    for a, b in zip(leaves(found), leaves(expected), strict=True):
        assert np.shape(a) == np.shape(b)
        assert np.asarray(a).dtype == np.asarray(b).dtype
        scale = max(1.0, float(np.max(np.abs(b), initial=0.0)))
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)


def first_order(program: Program) -> None:
    """Compare values and Jacobians."""
    space = program.namespace
    f, point = space["f"], space["POINT"]
    value, matrices = dd.value_and_jacobian(f, argnums=program.argnums, tangents="dense")(*point)
    for tangents in ("structured", "auto"):
        again, found = dd.value_and_jacobian(f, argnums=program.argnums, tangents=tangents)(*point)
        assert_same(again, value, 4e-15)
        assert_same(found, matrices, 1e-11)


def second_order(program: Program) -> None:
    """Compare gradients and Hessians."""
    space = program.namespace
    g, point = space["g"], space["POINT"]
    expected = dd.value_grad_and_hessian(g, argnums=program.argnums, tangents="dense")(*point)
    for tangents in ("structured", "auto"):
        found = dd.value_grad_and_hessian(g, argnums=program.argnums, tangents=tangents)(*point)
        assert_same(found, expected, 1e-10)
    assert_same(dd.grad(g, argnums=program.argnums, tangents="structured")(*point), expected[1], 1e-11)


def blocks(rows: Any, columns: tuple[tuple[int, ...], ...]) -> Any:
    """Return a row of blocks, one an input, as one matrix."""
    sizes = [math.prod(shape) for shape in columns]
    return np.concatenate([np.reshape(block, (-1, n)) for block, n in zip(rows, sizes, strict=True) if n], axis=1)


def sparse_results(program: Program) -> None:
    """Compare the sparse Jacobian and the sparse Hessian with the dense ones."""
    space = program.namespace
    f, g, point, argnums = space["f"], space["g"], space["POINT"], program.argnums
    rows = [blocks(row, program.shapes) for row in dd.jacobian(f, argnums=argnums, tangents="dense")(*point) if np.size(row[0])]
    found: Any = dd.jacobian(f, argnums=argnums, sparse=True)(*point)
    assert isinstance(found, scipy.sparse.csr_array)
    assert_same(found.toarray(), np.concatenate(rows) if rows else np.zeros(found.shape), 1e-11)
    bends = dd.hessian(g, argnums=argnums, tangents="dense")(*point)
    matrix: Any = dd.hessian(g, argnums=argnums, sparse=True)(*point)
    dense = matrix.toarray()
    sizes = [math.prod(shape) for shape in program.shapes]
    square = [blocks([np.reshape(b, (n, -1)) for b in row], program.shapes) for row, n in zip(bends, sizes, strict=True)]
    assert_same(dense, np.concatenate(square), 1e-10)
    assert np.array_equal(dense, dense.T)


def errors_too(program: Program) -> None:
    """Compare the Jacobian by the first input alone; a write into an array that is constant then fails the same way."""

    def jacobian(tangents: Any) -> Any:
        # The program may write into the other inputs, which are the caller's own.
        space = program.namespace
        return dd.jacobian(space["f"], tangents=tangents)(*space["POINT"])

    try:
        expected = jacobian("dense")
    except dd.DualDiffError as error:
        with pytest.raises(type(error)):
            jacobian("structured")
    else:
        assert_same(jacobian("structured"), expected, 1e-11)


def fails(program: Program, check: Callable[[Program], None]) -> bool:
    """Whether the program runs on plain numbers and fails the check."""
    try:
        with np.errstate(all="raise", under="ignore"):
            space = program.namespace
            space["g"](*space["POINT"])
    except Exception:  # noqa: BLE001 - a statement was taken away that another needs
        return False
    try:
        check(program)
    except Exception:  # noqa: BLE001 - whichever failure
        return True
    return False


def shortened(program: Program, check: Callable[[Program], None]) -> Program:
    """Return the program without the statements and results that its failure does not need."""
    shorter = True
    while shorter:
        shorter = False
        for field in ("returned", "statements"):
            for i in range(len(getattr(program, field)) - 1, -1, -1):
                kept = getattr(program, field)[:i] + getattr(program, field)[i + 1 :]
                smaller = replace(program, **{field: kept})
                if smaller.returned and fails(smaller, check):
                    program, shorter = smaller, True
    return program


def run(seed: int, check: Callable[[Program], None]) -> None:
    """Write a program and check it; say which program fails, as source."""
    program = Writer(seed).write()
    try:
        check(program)
    except Exception as error:
        short = shortened(program, check)
        call = f"check: {check.__name__}, seed {seed}"
        raise AssertionError(f"{type(error).__name__}: {error}\n\n{call}, shortened:\n\n{short.source}") from error


SEEDS = range(100)
#: The slow ones, in groups of fifty.
MORE = [range(first, first + 50) for first in range(100, 2100, 50)]
CHECKS = [first_order, second_order, errors_too, *([sparse_results] if HAVE_SCIPY else [])]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("seed", SEEDS)
def test_program(seed: int, check: Callable[[Program], None]) -> None:
    """Values, Jacobians, Hessians, sparse matrices and errors of a random program are those of the dense path."""
    run(seed, check)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("seeds", MORE, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_two_thousand_programs(seeds: range, check: Callable[[Program], None]) -> None:
    """The same for many more."""
    for seed in seeds:
        run(seed, check)


def test_the_menu_is_used() -> None:
    """Every kind of statement occurs, programs have 5 to 30 statements, and two to four inputs."""
    programs = [Writer(seed).write() for seed in SEEDS]
    text = "\n".join(statement for program in programs for statement in program.statements)
    words = (
        "np.roll", "[::-1", ":0]", "> ", "np.where", "np.sort", "np.take", "np.pad", "np.repeat", "np.cumsum", "np.diff",
        "np.sum", "np.max", "@", "np.einsum", "np.add.at", "np.linalg", "np.fft", "for ", "if ", "zeros_like", "+=",
    )  # fmt: skip
    assert [word for word in words if word not in text] == []
    assert {len(program.shapes) for program in programs} == {2, 3, 4}
    lengths = [len(program.statements) for program in programs]
    assert min(lengths) >= 5 and max(lengths) <= 30 and np.mean(lengths) > 12
