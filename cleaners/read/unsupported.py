"""What to do with files of kinds that are not read."""

from cleaners.read.forms import magic

_TEXT = "save it as text (.txt) or HTML"
_ROWS = "write it as Parquet, CSV or JSON Lines"
_UNPACK = "unpack it into the raw folder"
# By suffix: the kind of the file, and what makes it readable.
_KINDS = {
    ".pdf": ("PDF documents", "extract their text first (pdftotext a.pdf a.txt)"),
    ".docx": ("Word documents", _TEXT),
    ".doc": ("Word documents", _TEXT),
    ".odt": ("OpenDocument texts", _TEXT),
    ".rtf": ("RTF documents", _TEXT),
    ".epub": ("EPUB books", "unpack the HTML files in it (unzip a.epub)"),
    ".eml": ("mails", _TEXT),
    ".mbox": ("folders of mails", "write each mail as text (.txt) or HTML"),
    ".msg": ("mails", _TEXT),
    ".xlsx": ("spreadsheets", "save the sheet as CSV"),
    ".xls": ("spreadsheets", "save the sheet as CSV"),
    ".ods": ("spreadsheets", "save the sheet as CSV"),
    ".sqlite": ("SQLite databases", _ROWS),
    ".db": ("databases", _ROWS),
    ".avro": ("Avro files", _ROWS),
    ".arrow": ("Arrow files", _ROWS),
    ".feather": ("Feather files", _ROWS),
    ".orc": ("ORC files", _ROWS),
    ".pkl": ("pickled objects", _ROWS),
    ".arc": ("ARC files", "convert them to WARC (warcio recompress)"),
    ".webarchive": ("Safari's web archives", "save the page as HTML"),
    ".7z": ("7z archives", _UNPACK),
    ".rar": ("RAR archives", _UNPACK),
    ".z": ("files packed by compress", "unpack them (uncompress)"),
    ".lz4": ("lz4 data", "unpack them (lz4 -d)"),
}


def known_kind(suffix: str) -> str | None:
    """Say why files with this suffix are not read and what makes them readable; None if their kind is not known."""
    kind, remedy = _KINDS.get(suffix, (None, ""))
    return f"{kind} are not read: {remedy}" if kind else None


def unknown_kind(suffix: str, head: bytes) -> str:
    """Say why a file whose name does not show its kind is not read."""
    found = magic(head)
    named = f"files named {suffix} are not read" if suffix else "a file without a suffix is read where it is a text"
    return f"{named} (this is {found})" if found else named
