"""A review in the terminal: each answer is saved, it goes on where it was left, and nothing in it moves the cursor."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from flows.review.verdicts import (
    read_verdicts,
)
from tests.flows.conftest import Published
from tests.flows.review.conftest import items
from tests.flows.terminal import Terminal, at_terminal

COMMAND = [sys.executable, "-c", "from flows.cli import main; main()", "review", "--sample", "12"]


def judged_so_far(folder: Path) -> list[str]:
    """Return the answers in the file of verdicts in a folder."""
    (path,) = folder.glob("winnow-verdicts-*.json")
    return [verdict.verdict for verdict in read_verdicts(path).verdicts]


def answer(terminal: Terminal, keys: str, place: str) -> None:
    """Press keys and wait until the item at a place is shown with the keys below it."""
    terminal.press(keys)
    terminal.until(place)
    terminal.until("q quit")


@pytest.fixture(scope="module")
def asked(corpus: Published, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, list[str]]:
    """A review in a terminal that was quit and taken up again: its folder, what was shown, the answers at each quit."""
    folder = tmp_path_factory.mktemp("asked")
    shutil.copytree(corpus.clean, folder / "clean", symlinks=True)
    shown, answers = "", []
    with at_terminal(COMMAND, folder=folder, TERM="dumb") as terminal:
        terminal.until("1 of 12, 0 judged")
        terminal.until("q quit")
        for keys, place in (("r", "2 of 12"), ("xw", "3 of 12"), ("s", "4 of 12"), ("u", "5 of 12")):
            answer(terminal, keys, place)
        answers.append(" ".join(judged_so_far(folder)))
        terminal.press("q")
        terminal.until("Write 1 exemption to ")
        terminal.press("n\n")
        assert terminal.end() == 0
        shown += terminal.shown
    with at_terminal(COMMAND, folder=folder, TERM="dumb") as terminal:
        terminal.until("3 of 12, 3 judged")  # the one that was skipped
        terminal.until("q quit")
        answer(terminal, "r", "4 of 12, 4 judged")
        answer(terminal, "b", "3 of 12, 4 judged")
        answer(terminal, "b", "2 of 12, 4 judged")
        answer(terminal, "r", "3 of 12, 4 judged")  # the wrong one is right after all
        terminal.press("\x03")
        terminal.until("95 %")
        assert terminal.end() == 0
        shown += terminal.shown
        answers.append(" ".join(judged_so_far(folder)))
    return folder, shown, answers


def test_terminal_saves_each_answer_and_resumes(asked: tuple[Path, str, list[str]]) -> None:
    """Answers are in the file before the review ends; taken up again it asks what is left, and one can be changed."""
    _, shown, answers = asked
    assert answers == ["right wrong unsure", "right right unsure right"]
    assert "(judged wrong)" in shown
    assert "Nothing was written." in shown


def test_terminal_shows_nothing_that_moves_it(asked: tuple[Path, str, list[str]], corpus: Published) -> None:
    """Control characters and marks of direction of raw files are shown as their codes."""
    _, shown, _ = asked
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    folder = asked[0]
    items_shown = items(corpus, most=12)
    assert items_shown
    with at_terminal([*COMMAND[:-1], "500", "--out", "all.json"], folder=folder, TERM="dumb") as terminal:
        terminal.until("1 of ")
        terminal.until("q quit")
        for _ in range(40):
            terminal.press("s")
            terminal.until(" judged")
            if "\\u001b[31mred\\u202e.txt" in terminal.until("q quit"):
                break
        terminal.press("q")
        assert terminal.end() == 0
    assert "\\u001b[31mred\\u202e.txt" in terminal.shown
    assert "\x1b" not in terminal.shown


def test_file_of_another_snapshot_is_not_mixed_with(asked: tuple[Path, str, list[str]], corpus: Published) -> None:
    """Answers are not added to a file that has verdicts on another snapshot."""
    folder, _, _ = asked
    (path,) = folder.glob("winnow-verdicts-*.json")
    other = json.loads(path.read_text()) | {"run_id": "20200101T000000"}
    (folder / "other.json").write_text(json.dumps(other))
    with at_terminal([*COMMAND, "--out", "other.json"], folder=folder, TERM="dumb") as terminal:
        assert terminal.end() == 2
    assert "other.json holds verdicts on 20200101T000000, not on " in terminal.shown
