"""Reading a package as syntax, without importing it: what each module is called, imports and holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
BOT = ROOT / "bot"


@dataclass(frozen=True)
class Module:
    """One Python file. `parts` is its dotted name below `bot`: ("hazards", "rules"); a package's own file drops
    `__init__`.
    """

    path: Path
    parts: tuple[str, ...]
    tree: ast.Module
    text: str

    @property
    def name(self) -> str:
        return ".".join(self.parts) or "bot"

    @property
    def room(self) -> str:
        """The first step below `bot`: a room, or a module of the house itself (`app`)."""
        return self.parts[0] if self.parts else ""

    @property
    def file(self) -> str:
        """The name of the file in its room: `rules`."""
        return self.parts[-1] if len(self.parts) > 1 else ""


@dataclass(frozen=True)
class Import:
    """`target` is the full dotted name of the module that is imported: `bot.kit.clock`, `telegram.error`."""

    target: str
    line: int

    @property
    def parts(self) -> tuple[str, ...]:
        """The steps below `bot`, empty for what is not ours."""
        steps = tuple(self.target.split("."))
        return steps[1:] if steps[0] == "bot" else ()


def modules(package: Path) -> list[Module]:
    """All modules of a package that is called `bot` in its imports, wherever it lies."""
    found = []
    for path in sorted(package.rglob("*.py")):
        if "__pycache__" not in path.parts:
            parts = path.relative_to(package).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            found.append(Module(path, parts, *syntax(path)))
    return found


def syntax(path: Path) -> tuple[ast.Module, str]:
    """A file as syntax and as text. Parsed once, because a dozen rules read every file; nobody may change the tree."""
    return _syntax(path, path.stat().st_mtime_ns)


@cache
def _syntax(path: Path, _changed: int) -> tuple[ast.Module, str]:
    text = path.read_text(encoding="utf-8")
    return ast.parse(text, str(path)), text


def imports(module: Module, package: Path) -> Iterator[Import]:
    """Every import of a module, wherever it stands (also in functions and under TYPE_CHECKING)."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            for alias in node.names:
                # `from bot.people import store` imports a module, `from bot.people.store import person` a name of one
                below = f"{base}.{alias.name}"
                yield Import(below if _is_module(below, package) else base, node.lineno)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    is_package = module.path.name == "__init__.py"
    steps = ["bot", *module.parts]
    steps = steps[: len(steps) - node.level + (1 if is_package else 0)]
    return ".".join([*steps, *([node.module] if node.module else [])])


def _is_module(dotted: str, package: Path) -> bool:
    steps = dotted.split(".")
    if steps[0] != "bot":
        return False
    path = package.joinpath(*steps[1:])
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def plant(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a small tree of files into a folder and return it: `{"kit/clock.py": "..."}`."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder
