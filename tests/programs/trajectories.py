# mypy: ignore-errors
"""Predator and prey: a nonlinear system, integrated with a choice of methods."""

import functools
import math

import numpy as np


def lotka_volterra(t, y, growth, rate):
    """The right-hand side, with a season."""
    prey, predators = y
    season = 1.0 + 0.2 * math.sin(t)
    return np.array([growth * season * prey - rate * prey * predators, rate * prey * predators - 0.8 * predators])


def euler(f, t, y, h):
    """One step of Euler."""
    return y + h * f(t, y)


def rk4(f, t, y, h):
    """One step of Runge and Kutta."""
    k = np.zeros((4, len(y)))
    k[0] = f(t, y)
    k[1] = f(t + h / 2, y + h / 2 * k[0])
    k[2] = f(t + h / 2, y + h / 2 * k[1])
    k[3] = f(t + h, y + h * k[2])
    return y + h / 6 * (k[0] + 2 * k[1] + 2 * k[2] + k[3])


METHODS = {"euler": euler, "midpoint": lambda f, t, y, h: y + h * f(t + h / 2, y + h / 2 * f(t, y)), "rk4": rk4}


def steps(method, f, y, end, n):
    """Yield the states, from the first on."""
    h = end / n
    step = METHODS[method]
    yield y
    for i in range(n):
        y = step(f, i * h, y, h)
        yield y


def orbit(p, method="rk4", n=12):
    """The trajectory of (prey, predators, growth, rate)."""
    f = functools.partial(lotka_volterra, growth=p[2], rate=p[3])
    path = np.zeros((n + 1, 2))
    for i, y in enumerate(steps(method, f, p[:2], 2.0, n)):
        path[i] = y
    return path


def mean_prey(p):
    """The mean number of prey of all methods, on the log scale."""
    logs = []
    for method in METHODS:
        logs.append(math.log(np.mean(orbit(p, method)[:, 0])))  # noqa: PERF401 - as users write it
    return np.array(logs).mean()
