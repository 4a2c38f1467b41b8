"""Rules of the house that ruff and import-linter cannot see, each read off the syntax tree."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("platform", "tenants", "services", "api")
CONTEXTS = frozenset({"tenant_context", "schema_context", "public"})
# Only these may change the company in force without a block around it.
SWITCHES = frozenset(
    {
        "platform/kernel/tenancy.py",
        "platform/config/middleware.py",
        "platform/config/observability/middleware.py",  # the probes ask in public
    }
)

# What these remember is the same for every company: the API's document names no record.
SAME_FOR_ALL = frozenset({"api/v1/document.py", "platform/kernel/audit/registry.py"})

# Nobody of the company is signed in there, or only something is tried out.
BEFORE_SIGNING_IN = ("platform/console/accounts/entry.py", "platform/console/operators/")
TRIED_OUT = "platform/console/approvals/simulator.py"
REFUSALS = frozenset({"DomainError", "Denied", "ActionDenied", "KeptApart"})
NOTES = frozenset({"note_refusal", "note_failure", "take", "_refused"})

Finding = tuple[str, int, str]
Nodes = tuple[ast.AST, ...]


@cache
def sources() -> tuple[tuple[str, Nodes], ...]:
    """Return each module of the product with its nodes, read once for all rules."""
    return tuple(
        (str(path.relative_to(ROOT)), nodes_of(path.read_text()))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if not {"migrations", "node_modules"} & set(path.parts)
    )


def nodes_of(source: str) -> Nodes:
    return tuple(ast.walk(ast.parse(source)))


def name_of(node: ast.AST) -> str:
    """Return the last part of a name or of what is called: ``public`` of ``tenancy.public()``."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def with_company(name: str, nodes: Nodes) -> Iterator[Finding]:
    """``with company:`` keeps its stack in one list for all threads."""
    for node in nodes:
        if isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                expression = item.context_expr
                if isinstance(expression, (ast.Name, ast.Attribute)) and (
                    name_of(expression).lower().endswith(("company", "tenant"))
                ):
                    yield name, node.lineno, "with company:"


def generators_in_a_company(name: str, nodes: Nodes) -> Iterator[Finding]:
    """A suspended generator keeps its company in force for whoever called it."""
    for function in nodes:
        if not isinstance(function, ast.FunctionDef):
            continue
        if any(name_of(decorator) == "contextmanager" for decorator in function.decorator_list):
            continue
        for block in ast.walk(function):
            if isinstance(block, ast.With) and any(
                name_of(item.context_expr) in CONTEXTS for item in block.items
            ):
                for node in ast.walk(block):
                    if isinstance(node, (ast.Yield, ast.YieldFrom)):
                        yield name, node.lineno, "yield inside a company's context"


def async_code(name: str, nodes: Nodes) -> Iterator[Finding]:
    """In the event loop no company is in force: keys and paths made there are shared by all."""
    for node in nodes:
        if isinstance(node, (ast.AsyncFunctionDef, ast.Await)):
            yield name, node.lineno, "async"


def threads(name: str, nodes: Nodes) -> Iterator[Finding]:
    """A new thread has a connection of its own, in the public schema."""
    for node in nodes:
        if isinstance(node, ast.Call) and name_of(node) in {
            "Thread",
            "ThreadPoolExecutor",
            "sync_to_async",
        }:
            yield name, node.lineno, "a thread of its own"


def switches(name: str, nodes: Nodes) -> Iterator[Finding]:
    if name in SWITCHES:
        return
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in {
            "set_tenant",
            "set_schema",
            "set_schema_to_public",
        }:
            yield name, node.lineno, f".{node.attr}"


def cache_clear(name: str, nodes: Nodes) -> Iterator[Finding]:
    """It empties every company's cache."""
    for node in nodes:
        if (
            isinstance(node, ast.Call)
            and name_of(node) == "clear"
            and ast.unparse(node.func) in {"cache.clear", "caches.clear"}
        ):
            yield name, node.lineno, "cache.clear()"


def pickles(name: str, nodes: Nodes) -> Iterator[Finding]:
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
            if names & {"pickle", "marshal", "shelve"}:
                yield name, node.lineno, "pickle"


def search_paths_in_sql(name: str, nodes: Nodes) -> Iterator[Finding]:
    """Search path and role belong together; only the backend sets them."""
    allowed = ("platform/kernel/postgres/", "tenants/provisioning/")
    if name.startswith(allowed):
        return
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value.lower()
            if "set search_path" in text or "set role" in text or "set local search_path" in text:
                yield name, node.lineno, "search_path or role in SQL"


@cache
def base_classes() -> frozenset[str]:
    """Return the names of all classes of the product that others are made from."""
    return frozenset(
        name_of(base.value if isinstance(base, ast.Subscript) else base)
        for _name, nodes in sources()
        for node in nodes
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    )


def stubs(name: str, nodes: Nodes) -> Iterator[Finding]:
    """A method may be left to subclasses where there are some; nothing else is left out."""
    allowed = {
        id(node)
        for outer in nodes
        if isinstance(outer, ast.ClassDef) and outer.name in base_classes()
        for node in ast.walk(outer)
    }
    for node in nodes:
        if (
            isinstance(node, ast.Raise)
            and node.exc is not None
            and name_of(node.exc) == "NotImplementedError"
            and id(node) not in allowed
        ):
            yield name, node.lineno, "NotImplementedError outside a base class"


def bare_hooks_and_signatures(name: str, nodes: Nodes) -> Iterator[Finding]:
    """Ruff bans them where no clock may be read; console, API, tasks and commands may read it."""
    if name in {"platform/kernel/jobs/operations.py", "platform/kernel/tenancy.py"}:
        return
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == "on_commit":
            yield name, node.lineno, "a commit hook that carries no company"
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module = getattr(node, "module", "") or ""
            names = {f"{module}.{alias.name}".lstrip(".") for alias in node.names} | {module}
            for banned in ("django.core.signing", "django.contrib.auth.tokens"):
                if any(one == banned or one.startswith(f"{banned}.") for one in names):
                    yield name, node.lineno, "a token that carries no company"


def process_caches(name: str, nodes: Nodes) -> Iterator[Finding]:
    """A process serves many companies: what it remembers, it tells the next one."""
    if name in SAME_FOR_ALL:
        return
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "functools":
            if {alias.name for alias in node.names} & {"lru_cache", "cache"}:
                yield name, node.lineno, "a cache of the process"
        elif (
            isinstance(node, ast.Attribute)
            and node.attr in {"lru_cache", "cache"}
            and ast.unparse(node)
            in {
                "functools.lru_cache",
                "functools.cache",
            }
        ):
            yield name, node.lineno, "a cache of the process"


def silent_refusals(name: str, nodes: Nodes) -> Iterator[Finding]:
    """A page that takes a refusal to show it itself tells the security log as well."""
    if not name.startswith(("platform/console/", "services/planted")):
        return
    if name.startswith((*BEFORE_SIGNING_IN, TRIED_OUT)):
        return
    for node in nodes:
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            caught = {name_of(part) for part in ast.walk(node.type)}
            done = {name_of(part) for part in ast.walk(node) if isinstance(part, ast.Call)}
            if caught & REFUSALS and not done & NOTES:
                yield name, node.lineno, "a refusal that the security log does not see"


def hidden_words(name: str, nodes: Nodes) -> Iterator[Finding]:
    """What the extractor does not know by its name is never translated."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for alias in node.names:
                if "gettext" in alias.name and alias.asname not in (None, "_", "_n", "_p", "now_"):
                    yield name, node.lineno, f"the extractor does not know {alias.asname}"


RULES: dict[str, tuple[Callable[[str, Nodes], Iterator[Finding]], str]] = {
    "with company": (with_company, "with company:\n    pass"),
    "generators": (
        generators_in_a_company,
        "def f():\n    with tenant_context(c):\n        for x in y:\n            yield x",
    ),
    "async": (async_code, "async def view(request):\n    await x"),
    "threads": (threads, "threading.Thread(target=f).start()"),
    "switches": (switches, "connection.set_tenant(company)"),
    "cache.clear": (cache_clear, "cache.clear()"),
    "hooks": (bare_hooks_and_signatures, "transaction.on_commit(lambda: send())"),
    "signatures": (bare_hooks_and_signatures, "from django.core import signing"),
    "process caches": (process_caches, "from functools import lru_cache"),
    "pickle": (pickles, "from pickle import loads"),
    "stubs": (stubs, "def post_bills():\n    raise NotImplementedError"),
    "silent refusals": (silent_refusals, "try:\n    f()\nexcept Denied as e:\n    show(e)"),
    "words": (hidden_words, "from django.utils.translation import gettext as say"),
    "search path": (search_paths_in_sql, "cursor.execute('SET search_path = x')"),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_is_kept(rule: str) -> None:
    find, _planted = RULES[rule]

    assert [finding for name, nodes in sources() for finding in find(name, nodes)] == []


@pytest.mark.parametrize("rule", RULES)
def test_rule_sees_what_it_forbids(rule: str) -> None:
    find, planted = RULES[rule]

    assert list(find("services/planted.py", nodes_of(planted)))


def test_the_whole_product_is_read() -> None:
    assert len(sources()) > 150
