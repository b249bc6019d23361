"""Numbers that decide something: every one in the code of the cleaners says what it is, as those in the settings do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import cleaners

FOLDER = Path(cleaners.__file__).parent


def is_number(value: ast.expr | None) -> bool:
    """Say whether a value is a number, a range of numbers, or several of them."""
    match value:
        case ast.Tuple(elts=parts):
            return all(map(is_number, parts))
        case ast.Constant(value=constant):
            return isinstance(constant, int | float) and not isinstance(constant, bool)
        case ast.UnaryOp(operand=operand):
            return is_number(operand)
        case ast.Call(args=[_, *_] as arguments):
            return all(map(is_number, arguments))
    return False


def unexplained(source: str) -> Iterator[str]:
    """Yield the names of a module's numbers over which no comment stands, nor over the lines that they continue."""
    lines = source.splitlines()
    explained, last = False, 0
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            above = lines[node.lineno - 2].startswith("#")
            explained = above or "  # " in lines[node.lineno - 1] or (explained and node.lineno == last + 1)
            last = node.end_lineno or node.lineno
            if is_number(node.value) and not explained:
                yield lines[node.lineno - 1].partition(" =")[0]


def test_a_number_without_a_comment_is_found() -> None:
    """A comment holds for the lines right under it, and for no others."""
    source = (
        "import re\n# Words.\nA = 1\nB = 2\n\nC = 3\nD = range(1, 4)  # Lines.\nE = ('x', 1)\n\n_F, _G = 0.5, -1.0\n"
    )
    assert list(unexplained(source)) == ["C", "_F, _G"]


def test_every_number_says_what_it_is() -> None:
    """Each module-level number has a comment: its unit and meaning, or why it is what it is."""
    found = {
        str(path.relative_to(FOLDER)): names
        for path in sorted(FOLDER.rglob("*.py"))
        if (names := list(unexplained(path.read_text("utf-8"))))
    }
    assert found == {}
