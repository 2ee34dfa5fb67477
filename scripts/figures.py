"""Figures of the product's size and structure, of one press of Approve, and of its start.

The press is the confirmed approval in a story: from the click until everything it set off is settled, in the simulated
Discord on the real service. Counted are the functions of bot, cogs and storage that begin to run meanwhile, on every
thread, the database's included; each once, by its place in its file. Not counted: module and class bodies, lambdas and
comprehensions, and bot/demo, which carries the simulation. Frames are those of the same code on the stack when httpx
calls its transport. From the press to HTTP: those of the request that writes. A new task begins a new stack.
"""

import argparse
import ast
import contextlib
import io
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

import grimp
import pytest

if TYPE_CHECKING:
    from simcord.actors import MemberActor

PACKAGES = ("bot", "cogs", "storage")
SIMULATION = "bot/demo/"
STORY = "tests/stories/test_main_job.py"
CONFIRMATION = re.compile(r"Approve #\d+")

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print the figures of the checkout that is named, or of the one this file is in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).parent.parent, help="a checkout")
    parser.add_argument("--starts", type=int, default=3, help="starts of the process; 0 leaves them out")
    chosen = parser.parse_args()
    root: Path = chosen.root.resolve()
    sys.path.insert(0, str(root))
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources(root)}
    print_size(trees)
    print_structure(trees)
    is_measured = print_press(root)
    if chosen.starts:
        command = [sys.executable, "-m", "tests.benchmarks", "start", "--starts", str(chosen.starts)]
        subprocess.run(command, cwd=root, check=True)  # noqa: S603 - our own benchmark
    return 0 if is_measured else 1


def sources(root: Path) -> list[Path]:
    """Return the product's Python files."""
    return sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))


def show(label: str, figure: str) -> None:
    """Print one figure on a line."""
    sys.stdout.write(f"  {label:<34}{figure}\n")
    sys.stdout.flush()


def print_size(trees: dict[Path, ast.Module]) -> None:
    """Print lines, files and the length of functions, each from `def` to its end."""
    functions = [
        node
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = [(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]
    sys.stdout.write("Size\n")
    show("lines", f"{sum(len(path.read_text(encoding='utf-8').splitlines()) for path in trees):,}".replace(",", " "))
    show("files", str(len(trees)))
    show("functions", str(len(lengths)))
    show("lines a function, median / p90", f"{median(lengths):.0f} / {quantiles(lengths, n=10)[-1]:.0f}")


def print_structure(trees: dict[Path, ast.Module]) -> None:
    """Print import cycles, guards and docstrings."""
    sys.stdout.write("Structure\n")
    for label, is_excluding in (("import cycles", True), ("… with TYPE_CHECKING imports", False)):
        cycles = import_cycles(exclude_type_checking=is_excluding)
        show(label, str(len(cycles)))
        for cycle in cycles:
            sys.stdout.write(f"    {len(cycle)}: {' '.join(sorted(cycle))}\n")
    guards = [node for tree in trees.values() for node in ast.walk(tree) if is_guard(node)]
    show("TYPE_CHECKING guards", str(len(guards)))
    public = [node for tree in trees.values() for node in public_names(tree)]
    documented = [node for node in public if ast.get_docstring(node)]
    show("public names with a docstring", f"{len(documented) / len(public):.1%} of {len(public)}")


def import_cycles(*, exclude_type_checking: bool) -> set[frozenset[str]]:
    """Return the strongly connected components of more than one module."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=exclude_type_checking, cache_dir=None)
    found = set()
    for module in graph.modules:
        below, above = graph.find_upstream_modules(module), graph.find_downstream_modules(module)
        if both := (below & above) - {module}:
            found.add(frozenset(both | {module}))
    return found


def is_guard(node: ast.AST) -> bool:
    """Return whether this is `if TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING"


def public_names(node: ast.Module | ast.ClassDef) -> Iterator[ast.Module | ast.ClassDef | Function]:
    """Yield a module or class, its public classes and functions, except overrides."""
    yield node
    for child in node.body:
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or child.name.startswith("_"):
            continue
        if isinstance(child, ast.ClassDef):
            yield from public_names(child)
        elif not {"override", "overload"} & {ast.unparse(each).rpartition(".")[2] for each in child.decorator_list}:
            yield child


def print_press(root: Path) -> bool:
    """Run the story, print its confirmed approval; return whether it passed with a profile."""
    profile = PressProfile(root)
    options = [f"--rootdir={root}", "-q", "-p", "no:cacheprovider", str(root / STORY)]
    with contextlib.redirect_stdout(io.StringIO()) as output:
        ended = pytest.main(options, plugins=[profile])
    sys.stdout.write("One confirmed press of Approve\n")
    if not profile.stacks:
        sys.stdout.write(f"  not measured: pytest ended with {ended!r}\n{output.getvalue()}")
        return False
    for label, functions in (("functions run / in files", profile.functions), ("… on the event loop", profile.on_loop)):
        show(label, f"{len(functions)} / {len({code.co_filename for code in functions})}")
    for request, stack in profile.stacks:
        show("frames to a request", f"{len(stack)} ({request})")
    show("frames from the press to HTTP", str(len(profile.press_to_http)))
    for code in profile.press_to_http:
        sys.stdout.write(f"    {code.co_filename.removeprefix(f'{root}/')} {code.co_qualname}\n")
    return True


@dataclass(slots=True)
class PressProfile:
    """A pytest plugin that profiles a session's first confirmed approval, then ends it.

    Attributes:
        functions: Code of the functions that ran.
        on_loop: Those of them that ran on the event loop's thread.
        stacks: Each request and the project's functions on its stack, the outermost first.
    """

    root: Path
    functions: set[CodeType] = field(default_factory=set)
    on_loop: set[CodeType] = field(default_factory=set)
    stacks: list[tuple[str, list[CodeType]]] = field(default_factory=list)
    _seen: set[int] = field(default_factory=set)
    _is_done: bool = False

    @property
    def press_to_http(self) -> list[CodeType]:
        """The longest stack of a request that writes: that one is the press's own."""
        return max((stack for request, stack in self.stacks if not request.startswith("GET ")), key=len, default=[])

    def pytest_sessionstart(self) -> None:
        """Route simcord's clicks through the profiler."""
        from simcord.actors import MemberActor  # noqa: PLC0415 - pytest rewrites simcord's asserts, so must import it first

        click = MemberActor.click

        async def profiled(member: "MemberActor", *arguments: Any, label: str | None = None, **options: Any) -> Any:
            if self._is_done or not CONFIRMATION.fullmatch(label or ""):
                return await click(member, *arguments, label=label, **options)
            self._is_done = True
            threading.setprofile_all_threads(self._on_event)
            try:
                return await click(member, *arguments, label=label, **options)
            finally:
                threading.setprofile_all_threads(None)

        MemberActor.click = profiled  # type: ignore[method-assign, assignment]  # the seam of the profiler

    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """End the session once the press is profiled."""
        if self._is_done:
            item.session.shouldstop = "the press is profiled"

    def _on_event(self, frame: FrameType, event: str, _argument: object) -> None:
        if event != "call":
            return
        code = frame.f_code
        if self._is_product(code):
            self.functions.add(code)
            if threading.current_thread() is threading.main_thread():
                self.on_loop.add(code)
        caller = frame.f_back
        if code.co_name == "handle_async_request" and caller and caller.f_code.co_filename.endswith("httpx/_client.py"):
            request = frame.f_locals["request"]
            if id(request) not in self._seen:  # a coroutine is "called" each time it goes on
                self._seen.add(id(request))
                stack = [each for each in _codes_above(frame) if self._is_product(each)]
                self.stacks.append((f"{request.method} {request.url.path}", stack[::-1]))

    def _is_product(self, code: CodeType) -> bool:
        if code.co_name.startswith("<"):
            return False
        path = code.co_filename.removeprefix(f"{self.root}/")
        return path.startswith(tuple(f"{package}/" for package in PACKAGES)) and not path.startswith(SIMULATION)


def _codes_above(frame: FrameType) -> Iterator[CodeType]:
    above = frame.f_back
    while above:
        yield above.f_code
        above = above.f_back


if __name__ == "__main__":
    sys.exit(main())
