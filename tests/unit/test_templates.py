"""Templates keep to the content policy, and a fragment sees its arguments and nothing else."""

import ast
import re

import pytest
from jinja2 import Environment, meta, nodes

from chatweb import fragments
from chatweb.paths import TEMPLATES
from tests.servers import CHECKOUT

PAGES = sorted(TEMPLATES.rglob("*.html"))
FRAGMENTS = sorted((TEMPLATES / "fragments").glob("*.html"))
EVERYWHERE = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
FORBIDDEN = {
    "a script inside the page": r"<script\b(?![^>]*\bsrc=)|<script\b[^>]*>\s*[^<\s]",
    "a style inside the page": r"<style\b|\sstyle\s*=",
    "a handler inside the page": r"\s(on[a-z]+|hx-on[a-z:-]*)\s*=",
    "an address that is a script": r"javascript:",
    "text that is not escaped": r"\|\s*safe\b|autoescape\s+false",
}


def name_of(path):
    return str(path.relative_to(TEMPLATES))


def arguments_given():
    """Fragment name -> names of the arguments that chatweb/fragments.py renders it with."""
    tree = ast.parse((CHECKOUT / "chatweb" / "fragments.py").read_text())
    given = {}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_render":
            assert isinstance(call.args[0], ast.Constant), "a fragment's name is written out"
            given.setdefault(call.args[0].value, set()).update(keyword.arg for keyword in call.keywords)
    return given


def parsed(name):
    """The tree of a template, as a plain Jinja sees it."""
    plain = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    plain.filters.update(fragments.FILTERS)
    return plain.parse((TEMPLATES / name).read_text())


def free_names(name):
    """What a template and all that it includes expect to be given."""
    tree = parsed(name)
    names = meta.find_undeclared_variables(tree)
    for node in tree.find_all((nodes.Include, nodes.Extends, nodes.FromImport, nodes.Import)):
        assert isinstance(node.template, nodes.Const), "an included fragment's name is written out"
        if getattr(node, "with_context", True):  # what is imported without context sees nothing of ours
            names |= free_names(node.template.value)
    return names


@pytest.mark.parametrize("reason", FORBIDDEN)
@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_no_template_holds(path, reason):
    found = re.search(FORBIDDEN[reason], path.read_text(), flags=re.IGNORECASE)
    assert not found, f"{reason}: {found[0]}"


@pytest.mark.parametrize("name", arguments_given())
def test_a_fragment_is_one_macro_that_sees_its_arguments_only(name):
    (macro,) = parsed(f"fragments/{name}.html").find_all(nodes.Macro)
    assert macro.name == name
    assert {argument.name for argument in macro.args} == arguments_given()[name]
    assert not macro.defaults
    assert free_names(f"fragments/{name}.html") <= EVERYWHERE
