"""JAX on the processor: as it stands ("eager"), and compiled ("jit"); the time of compiling is not counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..workloads import Workload
from .entry import Call, Entry, Mark

__all__ = ["entries"]

jax.config.update("jax_enable_x64", True)


def entries(work: Workload) -> Iterator[Entry]:
    """Each transformation, eager and compiled."""
    if work.name == "W13":
        yield Entry("JAX jit", "jacfwd, lax.fori_loop", lambda: _runge_kutta(work), "r")
    mark: Mark = "c" if work.colouring is not None else "n"
    for variant, transformed, arguments in _calls(work):
        yield Entry("JAX eager", variant, _ready(transformed, arguments), mark)
        if work.name not in {"W13", "W14a", "W14b"}:  # compiling thousands of unrolled steps takes minutes
            yield Entry("JAX jit", variant, _ready(jax.jit(transformed), arguments), mark)


def _ready(transformed: Callable[..., Any], arguments: tuple[Any, ...]) -> Callable[[], Call]:
    return lambda: lambda: jax.block_until_ready(transformed(*arguments))


def _calls(work: Workload) -> Iterator[tuple[str, Callable[..., Any], tuple[Any, ...]]]:
    data = {key: jnp.asarray(entry) if isinstance(entry, np.ndarray) else entry for key, entry in work.data.items()}
    if work.name == "W14a":
        data["alloc"] = jnp.empty_like
    x, u, v = (jnp.asarray(a) if isinstance(a, np.ndarray) else a for a in (work.x, work.u, work.v))

    def f(x: Any) -> Any:
        return work.f(x, jnp, **data)

    def along(g: Callable[..., Any]) -> Callable[..., Any]:
        return lambda x, v: jax.jvp(g, (x,), (v,))[1]

    match work.kind:
        case "derivative":
            yield "jvp", along(f), (x, 1.0)
            yield "grad", jax.grad(f), (x,)
        case "gradient":
            yield "grad", jax.grad(f), (x,)
            yield "jacfwd", jax.jacfwd(f), (x,)
        case "jvp":
            yield "jvp", along(f), (x, v)
        case "jacobian":
            yield "jacfwd", jax.jacfwd(f), (x,)
            if work.name != "W13":
                yield "jacrev", jax.jacrev(f), (x,)
        case "hessian":
            yield "hessian", jax.hessian(f), (x,)
        case "jacobians":
            yield "vmap of jacfwd", jax.vmap(jax.jacfwd(f)), (x,)
        case "hvp":
            yield "jvp of grad", along(jax.grad(f)), (x, v)
        case "uhv":
            yield "jvp of jvp", lambda x, u, v: along(lambda a: along(f)(a, u))(x, v), (x, u, v)
        case "sparse jacobian" | "sparse hessian" if work.colouring is not None:
            seeds, row, group = map(jnp.asarray, (work.colouring.seeds, work.colouring.entry_row, work.colouring.entry_group))
            g = f if work.kind == "sparse jacobian" else jax.grad(f)
            yield "vmap of jvp", lambda x, S: jax.vmap(lambda s: along(g)(x, s))(S)[group, row], (x, seeds)


def _runge_kutta(work: Workload) -> Call:
    """W13 with its loop rewritten for the compiler."""
    y0, sign, rate = (jnp.asarray(work.data[key]) for key in ("y0", "sign", "rate"))
    h = 20.0 / 1000

    def last(p: Any) -> Any:
        def slope(y: Any) -> Any:
            return y * (rate + sign * p * y[::-1])

        def step(_: Any, y: Any) -> Any:
            k1 = slope(y)
            k2 = slope(y + 0.5 * h * k1)
            k3 = slope(y + 0.5 * h * k2)
            k4 = slope(y + h * k3)
            return y + (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4)

        return jax.lax.fori_loop(0, work.data["steps"], step, y0)

    compiled, x = jax.jit(jax.jacfwd(last)), jnp.asarray(work.x)
    return lambda: jax.block_until_ready(compiled(x))
