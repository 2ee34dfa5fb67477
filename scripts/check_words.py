"""Check of the plain-language rule: words, docstrings, log events in snake_case.

It reads whole files: code, docstrings, comments, log events and the texts that people see.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCOPE = ("bot", "cogs", "storage", "scripts", "tests", "docs", "deploy", ".github")
PROGRAM = ("bot", "cogs", "storage", "scripts")
SUFFIXES = {".py", ".md", ".example", ".html", ".js", ".yml", ".yaml", ".toml", ".service"}
BANNED = (
    "somebody",
    "nobody",
    "whoever",
    "anybody",
    "whatever",
    "anew",
    "thereof",
    "of which",
    "is so",
    "as it stands",
    "is told",
    "in hand",
    "comes of it",
    "what became of",
)
DOCSTRING_MAX = 90
"""Characters of a docstring's first line."""

_BANNED = re.compile(rf"(?<![a-z])(?:{'|'.join(word.replace(' ', ' +') for word in BANNED)})(?![a-z])", re.IGNORECASE)
_OPENING = re.compile(r'"""(?:What|Which|Who|How|Whether)\b')
_LOG_EVENT = re.compile(r'\b_?log\.(?:debug|info|warning|error|exception|critical)\(\s*f?"([^"]*)"')
_SNAKE_CASE = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")
_LINE_BREAK = re.compile(r'["\'(]?\n *(?:(?:# ?|f?["\'])?)')


def findings_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield the offset and the text of each finding."""
    # A phrase may be broken over two lines of a comment or of a literal: each break becomes spaces.
    joined = _LINE_BREAK.sub(lambda found: " " * len(found[0]), text)
    for found in _BANNED.finditer(joined):
        yield found.start(), f"banned: {found[0]}"
    for found in _OPENING.finditer(text):
        yield found.start(), f"opening of a docstring: {found[0][3:]}"
    for found in _LOG_EVENT.finditer(text):
        if not _SNAKE_CASE.fullmatch(found[1]):
            yield found.start(), f"log event is not snake_case: {found[1]}"


def long_docstrings(code: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of a finding for each docstring with a long first line."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = (ast.get_docstring(node, clean=False) or "").partition("\n")[0]
            if len(first) > DOCSTRING_MAX:
                yield node.body[0].lineno, f"first line of a docstring: {len(first)} characters, not {DOCSTRING_MAX}"


def findings() -> Iterator[str]:
    """Yield each finding as ``path:line: text``."""
    pages = (path for path in ROOT.iterdir() if path.is_file())
    for path in sorted([*pages, *(path for folder in SCOPE for path in (ROOT / folder).rglob("*"))]):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix not in SUFFIXES or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        for offset, finding in findings_in(text):
            yield f"{name}:{text.count('\n', 0, offset) + 1}: {finding}"
        if path.suffix == ".py" and name.startswith(PROGRAM):
            yield from (f"{name}:{line}: {finding}" for line, finding in long_docstrings(text))


if __name__ == "__main__":
    found = list(findings())
    print(*found, sep="\n")  # noqa: T201 - the command's output
    sys.exit(bool(found))
