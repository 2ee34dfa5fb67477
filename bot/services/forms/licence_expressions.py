"""SPDX licence expressions (``MIT OR Apache-2.0``): parsing and spelling; pure."""

import re
from collections.abc import Iterable

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:_-]*")
_BETWEEN = frozenset({"AND", "OR", "WITH"})


def read_expression(text: str) -> str | None:
    """Return the expression with operators in capitals; ``None`` if it is invalid."""
    said: list[str] = []
    depth, is_name_due = 0, True
    for word in _words(text):
        operator = word.upper() if word.upper() in _BETWEEN else None
        if not is_name_due:
            depth -= word == ")"
            is_name_due = operator is not None
            is_fitting = depth >= 0 and (word == ")" or is_name_due)
        elif word == "(":
            depth += 1
            is_fitting = said[-1:] != ["WITH"]
        else:
            is_name_due = False
            is_fitting = operator is None and _NAME.fullmatch(word) is not None
        if not is_fitting:
            return None
        said.append(operator or word)
    if is_name_due or depth:
        return None
    return " ".join(said).replace("( ", "(").replace(" )", ")")


def licence_ids(expression: str) -> list[str]:
    """Return the licence ids of an expression, each once.

    A licence with an exception is an id of its own (8.6.2).
    """
    names: list[str] = []
    is_exception = False
    for word in _words(expression):
        if word == "WITH":
            is_exception = bool(names)
        elif word not in ("(", ")", "AND", "OR"):
            names[len(names) - is_exception :] = [f"{names[-1]} WITH {word}" if is_exception else word]
            is_exception = False
    return list(dict.fromkeys(names))


def spelt(expression: str, known: Iterable[str]) -> str:
    """Return the expression with known licences in the service's spelling: ``mit`` as ``MIT``."""
    as_known = {name.casefold(): name for name in known}
    return _NAME.sub(lambda word: as_known.get(word[0].casefold(), word[0]), expression)


def _words(text: str) -> list[str]:
    return text.replace("(", " ( ").replace(")", " ) ").split()
