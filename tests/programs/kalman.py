# mypy: ignore-errors
"""The log-likelihood of a series under a linear Gaussian model, by the Kalman filter."""

import math

import numpy as np

SERIES = [0.3, 0.7, 0.2, -0.4, 0.1, 0.9, 1.1]


class Filter:
    """A filter with work arrays of its own."""

    observed = 1

    def __init__(self, size):
        self.mean = np.zeros(size)
        self.covariance = np.eye(size)
        self.gain = np.empty(size)
        self.history = []
        self._log_likelihood = 0.0

    @property
    def log_likelihood(self):
        """The sum over the observations so far."""
        return self._log_likelihood

    @staticmethod
    def density(residual, variance):
        """The log of the normal density."""
        return -0.5 * (math.log(2.0 * math.pi * variance) + residual**2 / variance)

    def predict(self, transition, noise):
        """Move the state on by a step."""
        self.mean[:] = transition @ self.mean
        self.covariance = transition @ self.covariance @ transition.T
        self.covariance += noise

    def update(self, y, variance):
        """Take an observation of the first state in."""
        residual = y - self.mean[0]
        total = self.covariance[0, 0] + variance
        self.gain[:] = self.covariance[:, 0] / total
        self.mean += self.gain * residual
        self.covariance -= np.outer(self.gain, self.covariance[0])
        self._log_likelihood += self.density(residual, total)
        self.history.append(self.mean.copy())


class TrendFilter(Filter):
    """Level and trend, with the noise of both as parameters."""

    def __init__(self, p):
        super().__init__(2)
        self.damping, self.level_noise, self.trend_noise, self.noise = p
        self.mean[1] = 0.1 * self.damping

    def predict(self):
        """Move level and trend on."""
        transition = np.array([[1.0, 1.0], [0.0, self.damping]])
        super().predict(transition, np.diag([self.level_noise, self.trend_noise]) ** 2)

    def __call__(self, series):
        """Run over a series."""
        for y in series:
            self.predict()
            self.update(y, self.noise**2)
        return self


def log_likelihood(p):
    """The log-likelihood of the damping and three noises."""
    return TrendFilter(p)(SERIES).log_likelihood


def means(p):
    """The filtered levels and trends."""
    return np.array(TrendFilter(p)(SERIES).history)


MONITOR = TrendFilter([0.9, 0.3, 0.1, 0.5])


def monitored(p):
    """One more observation on a filter that lives as long as the module: it is put back afterwards."""
    before = (MONITOR.mean.copy(), MONITOR.covariance.copy(), MONITOR.gain.copy(), MONITOR.log_likelihood)
    MONITOR.damping = p[0]
    MONITOR.predict()
    MONITOR.update(p[1], p[2] ** 2)
    result = np.append(MONITOR.mean, MONITOR.log_likelihood)
    MONITOR.mean[:], MONITOR.covariance, MONITOR.gain[:], MONITOR._log_likelihood = before
    MONITOR.damping = 0.9
    MONITOR.history.pop()
    return result
