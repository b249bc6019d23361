"""Files that several may write are whole whenever they are seen."""

from pathlib import Path

import pytest

from flows.folders.files import written_whole


def test_file_is_seen_once_it_is_whole(tmp_path: Path) -> None:
    """While two write one file, readers see that which was written before; of two that fail, nothing is left."""
    file = tmp_path / "part.parquet"
    with written_whole(file) as unfinished:
        unfinished.write_text("whole")
    with pytest.raises(RuntimeError), written_whole(file) as first, written_whole(file) as second:
        first.write_text("ha")
        second.write_text("ot")
        assert first != second
        assert file.read_text() == "whole"
        raise RuntimeError("as if stopped")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["whole"]
