"""A rule takes every argument that its function takes, under the same name, with the same default.

NumPy adds keywords from time to time. A rule that does not know one either fails, or, worse, ignores it: so a new keyword
has to fail here first. Modelled on astropy's TestFunctionHelpersSignatureCompatibility.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from dualdiff.rules.kinds import Composite, Custom
from dualdiff.rules.registry import FUNCTIONS, PARAMETERS

#: Every function whose rule is a function of its arguments.
RULES: dict[str, tuple[Any, Any]] = {
    f"{function.__module__.removeprefix('numpy.')}.{function.__name__}".removeprefix("numpy."): (function, rule)
    for function, rule in FUNCTIONS.items()
    if isinstance(rule, (Composite, Custom))
}
#: Arguments that a rule never sees: dispatch writes into `out` itself, and `like` only chooses the function.
NOT_PASSED = {"out", "like"}
#: Arguments of a function that its rule may lack or name otherwise, and why. The key "*" stands for all of them.
EXCEPTIONS: dict[str, dict[str, str]] = {
    "array2string": {"*": "a dual is printed by its own repr: NumPy's options format plain arrays"},
    "array_repr": {"*": "a dual is printed by its own repr: NumPy's options format plain arrays"},
    "clip": {"a_min": "required before NumPy 2.1", "a_max": "required before NumPy 2.1"},
    "array_str": {"*": "a dual is printed by its own repr: NumPy's options format plain arrays"},
}

Parameter = inspect.Parameter


def expected_parameters(function: Any) -> list[Parameter]:
    """Return NumPy's parameters; where older NumPy does not tell a signature, the names that dispatch goes by."""
    try:
        return list(inspect.signature(function).parameters.values())
    except ValueError:
        return [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=...) for name in PARAMETERS.get(function, "").split()]


def same_default(found: Any, expected: Any) -> bool:
    """Return whether two defaults are the same; a sentinel is the same as itself alone."""
    if expected is ... or found is expected:
        return True
    if np._NoValue in (found, expected) or Parameter.empty in (found, expected):
        return False
    return type(found) is type(expected) and bool(found == expected)


def differences(name: str) -> list[str]:
    """Return what the rule's signature lacks, an argument at a time."""
    function, rule = RULES[name]
    known = inspect.signature(rule.function).parameters
    operands = set(rule.operands.split()) if isinstance(rule, Custom) else set()
    allowed = EXCEPTIONS.get(name, {})
    found = []
    for expected in expected_parameters(function):
        if expected.name in NOT_PASSED | operands | allowed.keys() or "*" in allowed:
            continue
        own = known.get(expected.name)
        if own is None or (own.kind is not expected.kind and Parameter.VAR_KEYWORD in (own.kind, expected.kind)):
            found.append(f"lacks {expected}")
        elif own.kind is Parameter.POSITIONAL_ONLY:
            found.append(f"takes {expected.name} by position alone, but is called with keywords")
        # What NumPy takes by position alone, dispatch passes by its name.
        elif own.kind is not expected.kind and expected.kind is not Parameter.POSITIONAL_ONLY:
            found.append(f"takes {expected.name} as {own.kind.description}, NumPy as {expected.kind.description}")
        elif not same_default(own.default, expected.default):
            found.append(f"has {own} where NumPy has {expected}")
    return found


@pytest.mark.parametrize("name", RULES)
def test_a_rule_takes_the_arguments_of_its_function(name: str) -> None:
    """The rule's signature has every argument of NumPy's function, with its kind and its default."""
    assert differences(name) == []


@pytest.mark.parametrize("name", RULES)
def test_a_rule_wants_nothing_that_its_function_does_not_give(name: str) -> None:
    """Whatever else a rule takes has a default, since NumPy's function never passes it."""
    function, rule = RULES[name]
    given = {parameter.name for parameter in expected_parameters(function)}
    if not given:
        pytest.skip("this NumPy does not tell the signature")
    own = list(inspect.signature(rule.function).parameters.values())[3 if isinstance(rule, Custom) else 0 :]
    variadic = (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL)
    assert [p.name for p in own if p.name not in given and p.kind not in variadic and p.default is Parameter.empty] == []


def test_exceptions_name_rules() -> None:
    """No exception outlives its rule."""
    assert EXCEPTIONS.keys() <= RULES.keys()
