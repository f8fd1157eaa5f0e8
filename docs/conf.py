"""Sphinx configuration; built with warnings as errors (see README.md, Development)."""

import os
from importlib.metadata import version as installed_version

project = "dualdiff"
author = "The dualdiff developers"
copyright = f"2026, {author}"
version = release = installed_version("dualdiff")

extensions = [
    "myst_nb",  # runs the code of the tutorial's pages, which are Markdown like all the others
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
]
exclude_patterns = ["_build", "_templates", "jupyter_execute"]
templates_path = ["_templates"]

myst_enable_extensions = ["deflist", "dollarmath"]

# Every block of the tutorial runs in each build, in a kernel of its own page; an exception or a warning fails the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_output_stderr = "error"
nb_code_prompt_show = "Answer"
nb_code_prompt_hide = "Answer"
# A backend chosen outside (MPLBACKEND=Agg in CI) would draw no figure in the pages.
os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"

autosummary_generate = True
autodoc_typehints = "none"  # numpydoc's parameter lists say it in words and shapes
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["dualdiff.css"]
html_title = "dualdiff"
html_show_sourcelink = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_nav_level": 2,
    "show_prev_next": True,
}


# ------------------------------------------------------------------------------ the coverage table, from the rules


def _coverage() -> str:
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


def setup(app: object) -> None:
    """Write the generated page before Sphinx reads the sources."""
    from pathlib import Path

    (Path(__file__).parent / "coverage.md").write_text(_coverage(), encoding="utf-8")
