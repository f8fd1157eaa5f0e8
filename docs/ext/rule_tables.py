"""Pages made from the rule tables: what becomes of each function of NumPy's, and of each argument of scipy.special's."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["coverage", "special"]


def coverage() -> str:
    """Every NumPy function that has a rule, by what the rule is."""
    import numpy.polynomial

    from dualdiff.arrays.dispatch import name_of
    from dualdiff.rules import kinds
    from dualdiff.rules.registry import TABLES, rule_of

    rule_of(numpy.polynomial.polynomial.polyval2d)
    meaning = {
        kinds.Elementwise: "chain rule, by its partial derivatives",
        kinds.Linear: "linear: applied to the tangent",
        kinds.Moves: "moves entries",
        kinds.Composite: "written with other functions",
        kinds.Product: "product rule",
        kinds.Custom: "differential by hand",
        kinds.InPlace: "writes in place",
        kinds.Created: "makes an array with room for derivatives",
        kinds.ZeroSlope: "piecewise constant: derivative 0",
        kinds.Constant: "a question about values: NumPy's own answer",
        kinds.Unsupported: "refused",
    }
    lines = ["# Coverage", "", "Made from the rule tables when these pages are built.", ""]
    for kind, words in meaning.items():
        names = sorted({name_of(f) for table in TABLES.values() for f, rule in table.items() if type(rule) is kind})
        lines += [f"## {words[0].upper()}{words[1:]} ({len(names)})", "", ", ".join(f"`{name}`" for name in names), ""]
    lines += ["Everything else that NumPy hands over raises `NoRuleError`: give it a rule with `define_rule` or `custom_jvp`."]
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------------------- scipy.special

#: Modules of rules in the order of the page; the heading is the first line of each.
SUBJECTS = (
    *("elementary", "error", "integrals", "gamma", "bessel", "airy", "elliptic", "hypergeometric"),
    *("orthogonal", "wave", "distributions", "inverses", "refused"),
)

#: Private ufuncs, by the public function that calls them.
PUBLIC = {"_riemann_zeta": "zeta", "_zeta": "zeta", "_lambertw": "lambertw", "_ellip_harm": "ellip_harm"}

OPENING = """# Special functions

What becomes of each argument of `scipy.special`, made from the rule tables when these pages are built.

differentiated
: Always; without a formula where there are several cases.

on request
: Within `dualdiff.scipy.special.parameter_derivatives()`, computed from an interpolating polynomial, a series or an integral.

refused
: `NotDifferentiableError`, or `NoRuleError` for a function as a whole, unless the argument is a constant.

In the formulas `f` is the result, `gamma_density(a, x)` is x^(a-1) exp(-x) / gamma(a), `beta_density(a, b, x, 1 - x)` is
x^(a-1) (1-x)^(b-1) / beta(a, b), and `exp_of_square(c, x)` is exp(c x^2) without the error of the rounded square.

```{eval-rst}
.. currentmodule:: dualdiff

.. autosummary::
   :toctree: api

   scipy.special.parameter_derivatives
```
"""
#: What formulas may be written with beside the functions of NumPy and SciPy.
READABLE = {"np", "sp", "math", "gamma_density", "beta_density", "exp_of_square"}

#: Abbreviations of the rules, written out.
MEANINGS = {
    "_difference": "0.5 * ({0}({1} - 1, {2}) - {0}({1} + 1, {2}))",
    "_sum": "0.5 * ({0}({1} - 1, {2}) + {0}({1} + 1, {2}))",
    "order": "{0}",
}


def special() -> str:
    """Every ufunc of scipy.special, and per argument what its rule says; then the other functions."""
    from dualdiff.scipy.special import _decided as decided

    lines = [OPENING]
    for subject in SUBJECTS:
        module = import_module(f"dualdiff.rules.special.{subject}")
        (table,) = (getattr(module, name) for name in module.__all__ if name == subject.upper())
        heading = (module.__doc__ or "").partition("\n")[0].partition(":")[0].rstrip(".")
        lines += [f"## {heading}", "", "| function | argument | derivative | formula |", "|---|---|---|---|"]
        rows = [list(_rows(ufunc, rule)) for ufunc, rule in table.items()]
        lines += [row for group in sorted(filter(None, rows), key=lambda group: group[0].lower()) for row in group]
        lines.append("")
    lines += [
        "## Functions that are no ufuncs",
        "",
        "In `dualdiff.scipy.special`.",
        "",
        "| function | derivative |",
        "|---|---|",
    ]
    groups = {
        **dict.fromkeys(decided.DIFFERENTIATED, "differentiated"),
        **{name: f"differentiated in {', '.join(f'`{x}`' for x in moving)}" for name, moving in decided.PASSED_THROUGH.items()},
        **dict.fromkeys(decided.WITH_ARGUMENT, "the polynomial takes a dual, its parameters do not"),
        **{name: f"refused: {reason}" for name, reason in decided.REFUSED.items()},
    }
    lines += [f"| `{name}` | {words} |" for name, words in sorted(groups.items())]
    return "\n".join(lines) + "\n"


def _rows(ufunc: Any, rule: Any) -> Iterator[str]:
    from dualdiff.rules.kinds import Composite, Elementwise, Several, Unsupported, ZeroSlope

    name = PUBLIC.get(ufunc.__name__, ufunc.__name__)
    if name.startswith("_"):
        return
    match rule:
        case Elementwise():
            columns: Any = [(partial,) for partial in rule.partials]
        case Several():
            columns = list(zip(*rule.partials, strict=True))
        case Composite():
            columns = [(rule.function,)] * ufunc.nin
        case ZeroSlope():
            columns = [(None,)] * ufunc.nin
        case Unsupported():
            columns = []
    arguments = _arguments(ufunc, columns)
    call = f"`{name}({', '.join(arguments)})`"
    if not columns:
        yield f"| {call} | all | refused | {_cell(rule.instead.partition('.')[0])} |"
    for argument, partials in zip(arguments, columns, strict=bool(columns)):
        kind, formula = _described(partials, arguments)
        yield f"| {call} | `{argument}` | {kind} | {formula} |"


def _described(partials: tuple[Any, ...], arguments: list[str]) -> tuple[str, str]:
    """What a derivative is, and its formulas for all results if they are readable."""
    from dualdiff.rules.special.arguments import Parameter, Refused

    if isinstance(partials[0], Refused):
        return "refused", ""
    if isinstance(partials[0], Parameter):
        return "on request", ""
    if partials[0] is None:
        return "zero", ""
    formulas = [_formula(partial, arguments) for partial in partials]
    return "differentiated", "" if None in formulas else ", ".join(f"`{_cell(f)}`" for f in formulas if f)


def _formula(partial: Callable[..., Any], arguments: list[str]) -> str | None:
    """The body of a lambda that is written with NumPy's and SciPy's functions, in the names of the documentation."""
    code = partial.__code__
    places = [(line, column) for line, _, column, _ in code.co_positions() if column and line == code.co_firstlineno]
    body = _lambdas(inspect.getmodule(partial)).get(min(places, default=(0, 0)))
    if body is None:
        return None
    result, *names = code.co_varnames[: code.co_argcount]
    meanings = dict(zip(names, arguments, strict=False)) | {result: "f"}
    tree = _WrittenOut().visit(ast.parse(body))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if not all(name in meanings.keys() | READABLE or name.isupper() for name in used) or "._" in ast.unparse(tree):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = meanings.get(node.id, node.id)
    text = re.sub(r"\b(sp|math)\.(?=\w)", "", ast.unparse(tree))
    return text if len(text) <= 72 else None


class _WrittenOut(ast.NodeTransformer):
    """Replaces calls of abbreviations, and private names."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in MEANINGS:
            return ast.parse(MEANINGS[node.func.id].format(*map(ast.unparse, node.args)), mode="eval").body
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = PUBLIC.get(node.attr, node.attr)
        return node


@cache
def _lambdas(module: Any) -> dict[tuple[int, int], str]:
    """The bodies of a module's lambdas by where they begin."""
    found = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.Lambda)]
    return {(node.body.lineno, node.body.col_offset): ast.unparse(node.body) for node in found}


def _arguments(ufunc: Any, columns: list[tuple[Any, ...]]) -> list[str]:
    """The names of the arguments, as SciPy documents them or the rule calls them."""
    for given in re.findall(rf"^\s*{ufunc.__name__}\(([^)]*)\)", ufunc.__doc__ or "", re.MULTILINE):
        names = [word.strip() for word in re.sub(r"[\[\]/*]", "", given).split(",")]
        names = [word for word in names if word][: ufunc.nin]
        if len(names) == ufunc.nin and not any(word.startswith(("x1", "out")) or "=" in word for word in names):
            return names
    lambdas = [partials[0].__code__.co_varnames[1:] for partials in columns if inspect.isfunction(partials[0])]
    if lambdas and len(lambdas[0]) >= ufunc.nin:
        return list(lambdas[0][: ufunc.nin])
    named = [getattr(partials[0], "argument", None) for partials in columns]
    return [name or f"x{i + 1}" for i, name in enumerate(named or [None] * ufunc.nin)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
