"""A Jacobian whose columns are computed by several processes, or by the machines of a cluster.

A bar of many layers cools; the temperatures after some time depend on the conductivity of every layer, and no structure
makes their Jacobian cheap. ``workers=`` spreads chunks of its columns over processes, or over whatever has a ``map``: here a
cluster of Dask (on this machine, if dask.distributed is installed). The results are equal to the last bit, and checked
against a law of scale. Run ``python examples/cluster.py [picture.png]``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dualdiff as dd

Array = NDArray[np.float64]


def cool(conductivity: Any, step: Any = 0.2, steps: int = 400) -> Any:
    """Temperatures of the layers: hot in the middle, held at zero at both ends; explicit steps in plain NumPy."""
    layers = len(conductivity)
    T = np.exp(-(np.linspace(-3, 3, layers) ** 2)) * np.ones_like(conductivity)
    between = 2 / (1 / conductivity[1:] + 1 / conductivity[:-1])
    for _ in range(steps):
        flow = step * between * (T[1:] - T[:-1])
        T = np.concatenate([[0.0], T[1:-1] + flow[1:] - flow[:-1], [0.0]])
    return T


@contextmanager
def dask_map() -> Iterator[Callable[..., Any] | None]:
    """What spreads work over a cluster of Dask with two processes; None if Dask is not installed."""
    try:
        dask: Any = import_module("dask.distributed")
    except ImportError:
        yield None
        return
    with (
        dask.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        dask.Client(cluster) as client,
    ):
        yield lambda function, spans: client.gather(client.map(function, spans))


def timed(conductivity: Array, name: str, **keywords: Any) -> Array:
    """The Jacobian in chunks of 32 columns, and what it took."""
    begin = perf_counter()
    J: Array = dd.jacobian(cool, chunk_size=32, **keywords)(conductivity)
    print(f"  {name:30} {perf_counter() - begin:6.2f} s")
    return J


def plot(J: Array, path: Path) -> None:
    """Draw the Jacobian."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4.6), layout="constrained")
    limit = np.abs(J).max()
    image = axes.imshow(J, cmap="RdBu_r", vmin=-limit, vmax=limit)
    axes.set(xlabel="conductivity of layer", ylabel="temperature of layer", title="Which layer cools which")
    figure.colorbar(image)
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(layers: int = 192, processes: int = 2, path: Path | None = None) -> None:
    """Compute the Jacobian here, in processes and in a cluster; compare; draw."""
    conductivity = np.random.default_rng(0).uniform(0.5, 2.0, layers)
    print(f"Jacobian of {layers} temperatures by {layers} conductivities, in chunks of 32 columns")
    J = timed(conductivity, "in this process", progress=sys.stderr.isatty())
    if processes > 1:
        assert np.array_equal(timed(conductivity, f"workers={processes}", workers=processes), J)
        with dask_map() as spread:
            if spread is None:
                print("  dask.distributed is not installed: no cluster")
            else:
                assert np.array_equal(timed(conductivity, "workers=the map of a cluster", workers=spread), J)
    # Only conductivity times step counts, so scaling either has the same effect.
    by_step = dd.jvp(lambda step: cool(conductivity, step), 0.2, 0.2)[1]
    error = np.abs(J @ conductivity - by_step).max() / np.abs(by_step).max()
    print(f"  the law of scale holds to {error:.0e}")
    assert error < 1e-12
    if path is not None:
        try:
            plot(J, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "cluster.png"))
