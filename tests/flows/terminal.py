"""A command at a real terminal: what it shows is read, and keys are pressed."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 60.0


class Terminal:
    """A terminal at which one command works."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self._master = master
        self._process = process
        self._read = 0
        self.shown = ""

    def _take(self, seconds: float) -> bool:
        """Read what has come; return whether more can."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return True
        try:
            content = os.read(self._master, 65536)
        except OSError:  # the last process at this terminal has ended
            return False
        self.shown += content.decode(errors="replace")
        return bool(content)

    def until(self, text: str) -> str:
        """Wait until a text is shown, and return what was shown since the last one that was waited for."""
        deadline = time.monotonic() + SECONDS
        while (found := self.shown.find(text, self._read)) < 0:
            assert self._take(0.2), f"{text!r} was not shown: {self.shown[self._read :]}"
            assert time.monotonic() < deadline, f"{text!r} was not shown: {self.shown[self._read :]}"
        new = self.shown[self._read : found + len(text)]
        self._read = found + len(text)
        return new

    def press(self, keys: str) -> None:
        """Press some keys."""
        os.write(self._master, keys.encode())

    def end(self) -> int:
        """Wait for the command's end and return its exit status."""
        deadline = time.monotonic() + SECONDS
        while self._take(0.1) and time.monotonic() < deadline:
            pass
        return self._process.wait(timeout=SECONDS)


@contextmanager
def at_terminal(
    command: list[str], *, folder: Path, lines: int = 40, columns: int = 100, **env: str
) -> Iterator[Terminal]:
    """Have a command work at a terminal of this size, in a folder and with some variables besides those there are."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")} | env
    # Without a session that this terminal controls, a pager would find none.
    process = subprocess.Popen(
        ["setsid", "--ctty", *command],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=folder,
        env=environment,
    )
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        process.kill()
        process.wait(timeout=SECONDS)
        os.close(master)
