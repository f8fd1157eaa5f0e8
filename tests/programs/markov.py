# mypy: ignore-errors
"""Dynamic programming: the forward algorithm of a hidden Markov chain, and a value function on a grid."""

import math

import numpy as np

OBSERVED = [0, 1, 1, 2, 0, 2, 2, 1]


def softmax(x):
    """Rows that sum to one."""
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def forward(p):
    """The scaled forward probabilities of two states and the log-likelihood; p holds two logits and three emissions."""
    transition = np.array([[1.0 - p[0], p[0]], [p[1], 1.0 - p[1]]])
    emission = softmax(np.array([[p[2], 0.0, p[3]], [0.2, p[4], 0.0]]))
    alpha = np.zeros((len(OBSERVED), 2))
    alpha[0] = np.array([0.5, 0.5]) * emission[:, OBSERVED[0]]
    log_likelihood = 0.0
    for t, y in enumerate(OBSERVED):
        if t > 0:
            for j in range(2):
                s = 0.0
                for i in range(2):
                    s += alpha[t - 1, i] * transition[i, j]
                alpha[t, j] = s * emission[j, y]
        scale = alpha[t].sum()
        alpha[t] /= scale
        log_likelihood += math.log(scale)
    return alpha, log_likelihood


def probabilities(p):
    """The filtered probabilities."""
    return forward(p)[0]


def log_likelihood(p):
    """The log-likelihood alone."""
    return forward(p)[1]


def value_function(p, n=9, sweeps=25):
    """The value of capital on a grid, with productivity p0, discount p1 and depreciation p2."""
    grid = np.linspace(0.2, 0.5 + p[0], n)
    output = p[0] * grid**0.4 + (1.0 - p[2]) * grid
    value = np.zeros(n)
    for _ in range(sweeps):
        best = np.full(n, -np.inf)
        for i in range(n):
            consumption = output[i] - grid
            allowed = consumption > 1e-6
            candidates = np.log(consumption[allowed]) + p[1] * value[allowed]
            best[i] = max(candidates)
        value = best
    return value
