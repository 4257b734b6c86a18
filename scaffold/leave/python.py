"""What an app's Python source uses of the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks.module import arguments
from scaffold.checks.nodes import without_spaces
from scaffold.leave import addresses, sdk, values
from scaffold.leave.packages import Packages
from scaffold.leave.parameters import defined_name
from scaffold.leave.resolve import Resolvers
from scaffold.leave.services import of_class
from scaffold.leave.uses import ServiceUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module
    from scaffold.checks.project import Project
    from scaffold.leave.values import Value

# Words without which no string names an address or a variable of the platform.
_WORDS = (
    *(b"1.1/", b"/1/", b"leancloud", b"avos", b"lncld", b"leanapp", b"lcfile", b"clouddn"),
    *(b"tapapis", b"REDIS_URL_", b"MYSQL_", b"MONGODB_URL_", b"ES_URL_"),
    *(b"LEANCLOUD_", b"LC_A"),
)


def uses(project: Project) -> Iterator[ServiceUse]:
    """Yield what the Python source of an app uses; its tests and copies of the SDK left out."""
    packages = Packages(project)
    resolvers = Resolvers(packages)
    for module in packages.relevant:
        yield from _ModuleReader(resolvers, module).uses()
    for module in project.modules_with(*_WORDS):
        if not packages.is_foreign(module.path):
            yield from _strings(module)


class _ModuleReader:
    def __init__(self, resolvers: Resolvers, module: Module) -> None:
        self.module = module
        self.resolver = resolvers.of(module.path)

    def uses(self) -> Iterator[ServiceUse]:
        """Yield what the module does with the SDK."""
        for node in self.module.nodes("class_definition"):
            name = without_spaces(node.field("name"))
            found = self.resolver.class_defined(node)
            if found is not None:
                yield self._use(node, of_class(found.name), found.name or name, "class")
        for node in self.module.nodes("decorator"):
            inside = node.named_children()[:1]
            if inside and inside[0].kind() in {"attribute", "identifier"}:
                yield from self._method(inside[0], inside[0], None)
        for node in self.module.nodes("attribute"):
            if without_spaces(node.field("attribute")) in {"user", "current_user"}:
                owner = self.resolver.value(node.field("object"))
                if owner is not None and owner.kind in {values.CURRENT, values.ENGINE}:
                    yield self._use(node, "users", "_User", "current")
        for node in self.module.nodes("call"):
            yield from self._call(node)

    def _use(self, node: SgNode, service: str, subject: str, operation: str) -> ServiceUse:
        return ServiceUse(*self.module.place(node), service, subject, operation)

    def _call(self, call: SgNode) -> Iterator[ServiceUse]:
        function = call.field("function")
        called = self.resolver.value(function)
        if called is None:
            return
        positional, named = arguments(call)
        first = positional[0] if positional else None
        if called.kind == values.SDK:
            yield from self._sdk(call, called.name, first, named)
        elif called.kind == sdk.CLASS and called.name != "_Conversation":
            yield self._use(call, of_class(called.name), called.name, "new")
        elif called.kind == sdk.CLASS:
            yield self._use(call, "realtime", called.name, "new")
        elif function is not None:
            yield from self._method(call, function, first or named.get("name"))

    def _sdk(
        self, call: SgNode, name: str, first: SgNode | None, named: dict[str, SgNode]
    ) -> Iterator[ServiceUse]:
        if name in sdk.QUERIES:
            about = sdk.QUERIES[name] or self.resolver.class_given(
                first or named.get("query_class")
            )
            yield self._use(call, of_class(about), about, "query")
        elif name in sdk.REQUESTS:
            asked = addresses.of_request(self.resolver.text(first) or "")
            yield self._use(call, asked.service, asked.subject, asked.operation or name)
        elif name == "use_master_key":
            if first is None or first.text() != "False":
                yield self._use(call, "master-key", "", name)
        elif name in sdk.CALLS:
            service, operation = sdk.CALLS[name]
            subject = self.resolver.text(first) or "" if service == "functions" else ""
            yield self._use(call, service, subject, operation)
            if "master_key" in named:
                yield self._use(call, "master-key", "", name)

    def _method(
        self, place: SgNode, function: SgNode, first: SgNode | None
    ) -> Iterator[ServiceUse]:
        called = self.resolver.value(function)
        owner = called.owner if called is not None else None
        if called is None or owner is None or called.kind != values.METHOD:
            return
        if owner.kind == values.ENGINE:
            yield from self._engine(place, called.name, first)
            return
        if owner.kind == values.SDK:
            if called.name == "do_cloud_query":
                yield self._use(place, "cql", "", called.name)
            elif called.name in {"or_", "and_"}:
                subject = self.resolver.class_given(first)
                yield self._use(place, of_class(subject), subject, called.name)
            return
        service = _service(owner, called.name)
        if service is None and owner.kind == sdk.CLASS:
            # Object.save(todo): the method of an object, called of its class
            owner = self.resolver.value(first) or owner
            service = _service(owner, called.name)
        if service is not None:
            subject = owner.name
            if called.name in {"extend", "create"}:
                subject = self.resolver.class_given(first)
                service = of_class(subject)
            if called.name in {"save_all", "destroy_all"}:
                given = self.resolver.value(first)
                subject = given.name if given is not None else subject
            yield self._use(place, service, subject, called.name)

    def _engine(self, place: SgNode, method: str, first: SgNode | None) -> Iterator[ServiceUse]:
        service = sdk.ENGINE_METHODS.get(method)
        if service is None:
            return
        given = self.resolver.text(first)
        if given is None and service == "hooks":
            given = self.resolver.class_given(first)
        if given is None and first is not None and first.kind() == "identifier":
            given = first.text()  # engine.define(function)
        name = given or defined_name(place)
        if method == "wrap":
            name = ""  # the app that it wraps is no name of the platform's
        if method == "define" and name in sdk.REALTIME_HOOKS:
            service = "realtime"
        yield self._use(place, service, name, method)


def _service(owner: Value, method: str) -> str | None:
    """Return the service that a method of a value asks, None where it asks none."""
    if owner.name == "_User" and method in sdk.USER_METHODS:
        return sdk.USER_METHODS[method]
    found = sdk.METHODS.get(owner.kind, {}).get(method)
    return of_class(owner.name) if found == "" else found


def _strings(module: Module) -> Iterator[ServiceUse]:
    """Yield the addresses and variables of the platform that a module's strings hold."""
    evident = addresses.EVIDENCE.search(module.data) is not None
    for node in module.nodes("string"):
        if _is_docstring(node):
            continue
        value = "".join(
            child.text() if child.kind() == "string_content" else "{}"
            for child in node.children()
            if child.kind() in {"string_content", "interpolation"}
        )
        found = addresses.variable(value) or addresses.in_string(value, evident=evident)
        if found is not None:
            yield ServiceUse(*module.place(node), *found)


def _is_docstring(node: SgNode) -> bool:
    parent = node.parent()
    return parent is not None and parent.kind() == "expression_statement"
