"""No cycles of objects in the core: what an object makes does not know its maker."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

import contactcenter_ari.core

CORE = Path(next(iter(contactcenter_ari.core.__path__)))
DATA: Mapping[str, str] = {
    "BookCallback": "a step of a flow is data, which the request for a callback names",
    "Queue": "a step of a flow is data, which the entry into a queue names",
}
"""Classes that hand themselves over, and why nobody is called back by that."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_no_object_hands_itself_to_one_that_it_makes() -> None:
    """A class can be read without its maker: what it needs is made before it."""
    assert DATA.keys() == {maker for maker, _ in handed()}, "\n".join(
        ["", *(place for maker, place in handed() if maker not in DATA)]
    )


def test_what_counts_as_handing_itself_over() -> None:
    """The object, a method of it, or a function that uses it; not a value that it has."""
    text = """
class Maker:
    def __init__(self):
        self.made = (Made(self), Made(self.told), Made(by=lambda: self.told()), Made([self]))
        self.made = (Made(partial(self.told)), Made(self.word), Made(self.told()), told(self))
        self.made = Made(self.shown, len(self))

    def told(self): ...

    @property
    def shown(self): ...
"""
    assert len([*_handed_in(ast.parse(text))]) == 5


def handed() -> list[tuple[str, str]]:
    """The makers that hand themselves over, each with the place."""
    return [
        (maker.name, f"{file.relative_to(CORE)}:{call.lineno}: {ast.unparse(call)}")
        for file in sorted(CORE.rglob("*.py"))
        for maker, call in _handed_in(ast.parse(file.read_text(encoding="utf-8")))
    ]


def _handed_in(module: ast.Module) -> Iterator[tuple[ast.ClassDef, ast.Call]]:
    for maker in ast.walk(module):
        if isinstance(maker, ast.ClassDef):
            methods = set(_methods(maker))
            for call in ast.walk(maker):
                if _makes(call) and any(_is_handed(given, methods) for given in _given(call)):
                    yield maker, call


def _methods(maker: ast.ClassDef) -> Iterator[str]:
    for each in maker.body:
        if isinstance(each, Function) and "property" not in map(ast.unparse, each.decorator_list):
            yield each.name


def _makes(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether this makes an object."""
    if not isinstance(node, ast.Call):
        return False
    return ast.unparse(node.func).rpartition(".")[2].lstrip("_")[:1].isupper()


def _given(call: ast.Call) -> Iterator[ast.expr]:
    yield from (*call.args, *(keyword.value for keyword in call.keywords))


def _is_handed(given: ast.AST, methods: set[str]) -> bool:
    match given:
        case ast.Name(id=name):
            return name == "self"
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name in methods
        case ast.Lambda(body=body):
            return any(isinstance(each, ast.Name) and each.id == "self" for each in ast.walk(body))
        case ast.Call(func=ast.Name(id="partial")):
            return any(_is_handed(each, methods) for each in _given(given))
        case ast.Call():
            return False  # a value
        case _:
            return any(_is_handed(each, methods) for each in ast.iter_child_nodes(given))
