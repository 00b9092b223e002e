"""Special functions that the standard library lacks: incomplete gamma and beta, digamma.

Sources: NIST Digital Library of Mathematical Functions, 5.11 (digamma), 8.7 and 8.9 (gamma: series
and continued fraction), 8.17 (beta); the fractions are evaluated by Lentz's method.
"""

from collections.abc import Callable
from math import exp, lgamma, log, log1p

TINY = 1e-300
PRECISION = 1e-16
STEPS_MAX = 1_000_000

ASYMPTOTIC_FROM = 10.0
BERNOULLI = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760, -1 / 12)
"""Coefficients of x⁻², x⁻⁴, … in the asymptotic series of digamma."""


def gamma_p(a: float, x: float) -> float:
    """Return the lower incomplete gamma function, regularised: P(Gamma(a) ≤ x), 0 to 1."""
    _check_gamma(a, x)
    return _gamma_series(a, x) if x < a + 1 else 1 - _gamma_fraction(a, x)


def gamma_q(a: float, x: float) -> float:
    """Return the upper incomplete gamma function, regularised: P(Gamma(a) > x), 0 to 1."""
    _check_gamma(a, x)
    return 1 - _gamma_series(a, x) if x < a + 1 else _gamma_fraction(a, x)


def gamma_hazard(a: float, x: float) -> float:
    """Return xᵃ⁻¹ e⁻ˣ / Γ(a, x): how soon a Gamma(a) time ends that has lasted ``x`` > 0."""
    _check_gamma(a, x)
    if x < a + 1:
        return _gamma_front(a, x) / x / (1 - _gamma_series(a, x))
    return _gamma_continued(a, x) / x


def beta_i(x: float, a: float, b: float) -> float:
    """Return the incomplete beta function, regularised: P(Beta(a, b) ≤ x), 0 to 1."""
    if not (a > 0 and b > 0 and 0 <= x <= 1):
        raise ValueError(f"beta_i needs a > 0, b > 0 and 0 <= x <= 1, not {a}, {b} and {x}.")
    if x in {0, 1}:
        return float(x)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_i(1 - x, b, a)
    front = exp(a * log(x) + b * log1p(-x) - log_beta(a, b)) / a

    def term(step: int) -> float:
        half, odd = divmod(step, 2)
        if odd:
            return -(a + half) * (a + b + half) * x / ((a + step - 1) * (a + step))
        return half * (b - half) * x / ((a + step - 1) * (a + step))

    return front / _fraction(1.0, term, lambda _: 1.0)


def log_beta(a: float, b: float) -> float:
    """Return the logarithm of the beta function."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def digamma(x: float) -> float:
    """Return the derivative of log Γ at ``x`` > 0."""
    if x <= 0:
        raise ValueError(f"digamma is wanted for positive numbers only, not for {x}.")
    shift = 0.0
    while x < ASYMPTOTIC_FROM:
        shift -= 1 / x
        x += 1
    square = 1 / (x * x)
    series = 0.0
    for coefficient in reversed(BERNOULLI):
        series = (series + coefficient) * square
    return shift + log(x) - 0.5 / x + series


def trigamma(x: float) -> float:
    """Return the second derivative of log Γ at ``x`` > 0."""
    if x <= 0:
        raise ValueError(f"trigamma is wanted for positive numbers only, not for {x}.")
    shift = 0.0
    while x < ASYMPTOTIC_FROM:
        shift += 1 / (x * x)
        x += 1
    series, power = 0.0, 1 / (x * x)
    for number, coefficient in enumerate(BERNOULLI, start=1):
        series -= 2 * number * coefficient * power / x
        power /= x * x
    return shift + 1 / x + 0.5 / (x * x) + series


def _check_gamma(a: float, x: float) -> None:
    if not (a > 0 and x >= 0):
        raise ValueError(f"The incomplete gamma function needs a > 0 and x >= 0, not {a} and {x}.")


def _gamma_front(a: float, x: float) -> float:
    return exp(a * log(x) - x - lgamma(a))


def _gamma_series(a: float, x: float) -> float:
    if x == 0:
        return 0.0
    term = total = 1 / a
    above = a
    while term > total * PRECISION:
        above += 1
        term *= x / above
        total += term
    return total * _gamma_front(a, x)


def _gamma_fraction(a: float, x: float) -> float:
    return _gamma_front(a, x) / _gamma_continued(a, x)


def _gamma_continued(a: float, x: float) -> float:
    return _fraction(x + 1 - a, lambda i: -i * (i - a), lambda i: x + 1 - a + 2 * i)


def _fraction(first: float, above: Callable[[int], float], below: Callable[[int], float]) -> float:
    """Return first + above(1)/(below(1) + above(2)/(below(2) + …))."""
    value = c = first or TINY
    d = 0.0
    for step in range(1, STEPS_MAX):
        numerator, denominator = above(step), below(step)
        d = 1 / ((denominator + numerator * d) or TINY)
        c = (denominator + numerator / c) or TINY
        value *= c * d
        if abs(c * d - 1) <= 2 * PRECISION:
            return value
    raise ArithmeticError("A continued fraction did not settle.")
