"""What stands above a text and is about it: front matter, and lines such as "Title: ..." and "Date: ..."."""

import json
import re
import tomllib
from collections.abc import Mapping

from cleaners.encoding import decode
from cleaners.read.config import ReadConfig
from cleaners.read.markdown import plain_markdown
from cleaners.read.rows import squash

# In this many bytes; a longer head is none.
_HEAD = 8_192
_MARK = b"\xef\xbb\xbf"
_YAML = re.compile(rb"---[ \t]*\r?\n(.{0,8192}?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(rb"\+\+\+[ \t]*\r?\n(.{0,8192}?)^\+\+\+[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_JSON = re.compile(rb"\{\s*\n.{0,8192}?^\}[ \t]*\r?\n(?=\s*[^\s{\[,\]}])", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"([A-Za-z][\w -]{0,40}):[ \t]*(.*)$")
_ITEM = re.compile(r"\s*-\s+(.+)$")
# A line with a label; where a reader for language models puts blank lines between them, the text has a label too.
_LABELLED = re.compile(r"([^\W\d_][\w .-]{0,30}?)\s*[:：]\s*(\S.*)$")
_COLONS = (b":", "：".encode(), "：".encode("gb18030"), "：".encode("big5"), "：".encode("cp932"))
_CONTENT = re.compile(r"\s*Markdown Content:\s*\n")
# Fields that such a head has at least.
_FIELDS = 2
# A line that is only an address or a date, as collectors write them above a text, or below its headline.
_ADDRESS = re.compile(r"https?://[^\s<>\"]+$", re.IGNORECASE)
_DAY = re.compile(r"\d{4}([-/.])\d{2}\1\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?[+-]\d{2}:?\d{2})?)?$")
# One of them may be there: most texts need not be decoded to see that none is.
_BARE = re.compile(
    rb"^[ \t]*(?:https?:|\d{4}[-/.]\d{2}[-/.])\S*(?: [\d:.Z+ -]{4,20})?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
# Such lines stand among the first four, and those around them are no longer than a headline: characters.
_BARE_LINES = 4
_BARE_CHARS = 300
# Labels of lines that such a head may hold besides those of the fields.
_OTHERS = frozenset(
    {"source", "quelle", "fuente", "fonte", "bron", "zrodlo", "źródło", "источник", "来源", "來源", "出典"}
    | {"section", "ressort", "category", "rubrik", "tags", "keywords", "language", "sprache", "publication", "site"}
    | {"wordcount", "length", "id", "warning"}
)
_TITLES = frozenset({"title", "题目", "題目", "제목"})
_DATES = frozenset({"publishedtime", "时间", "時間", "发布日期", "日時"})
_URLS = frozenset({"urlsource", "sourceurl", "weblink", "原文链接", "网址"})


def without_head(content: bytes, config: ReadConfig) -> tuple[dict[str, object], bytes | str] | None:
    """Return the fields that stand above a text, by their columns, and the text below; None if it has no such head."""
    content = content.removeprefix(_MARK)
    for form, fields in ((_YAML, _of_yaml), (_TOML, _of_toml), (_JSON, _of_json)):
        found = form.match(content)
        if found is not None and (named := fields(found)) is not None:
            return named, content[found.end() :]
    head = content[:_HEAD]
    is_labelled = any(colon in head.lstrip().partition(b"\n")[0] for colon in _COLONS)
    is_bare = _BARE.search(head) is not None
    if not is_labelled and not is_bare:
        return None
    text = decode(content, form="text")
    if text is None:
        return None
    return (_labelled(text.lstrip(), config) if is_labelled else None) or (_bare(text, config) if is_bare else None)


def has_json_head(content: bytes) -> bool:
    """Tell whether a text begins with front matter in JSON, and is no JSON itself."""
    return _JSON.match(content.removeprefix(_MARK)) is not None


def _of_yaml(found: re.Match[bytes]) -> dict[str, object]:
    """Return the names and values of front matter in the simple part of YAML that it uses: values and lists."""
    fields: dict[str, object] = {}
    last = ""
    for line in found[1].decode(errors="replace").splitlines():
        if field := _FIELD.match(line):
            last = field[1]
            fields[last] = field[2].strip().strip("\"'")
        elif last and (item := _ITEM.match(line)):
            before = fields[last]
            fields[last] = [*(before if isinstance(before, list) else []), item[1].strip().strip("\"'")]
    return fields


def _of_toml(found: re.Match[bytes]) -> dict[str, object] | None:
    try:
        return tomllib.loads(found[1].decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None


def _of_json(found: re.Match[bytes]) -> dict[str, object] | None:
    try:
        fields = json.loads(found[0])
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _labelled(text: str, config: ReadConfig) -> tuple[dict[str, object], bytes | str] | None:
    """Return the fields and the text below lines with labels: a title, and an author, a date or an address.

    Every line up to the first blank one must have a label that is known.
    """
    columns = _columns(config)
    marked = _CONTENT.search(text[:_HEAD])
    lines = text[: marked.start() if marked else _HEAD].splitlines(keepends=True)
    fields: dict[str, object] = {}
    count = 0
    for line in lines:
        found = _LABELLED.match(line.strip())
        name = squash(found[1]) if found else ""
        if found and name in columns:
            fields.setdefault(columns[name], found[2].strip())
        elif name not in _OTHERS and not marked:
            break
        count += 1
    if len(fields) < _FIELDS or not {*config.title_columns[:1]} & fields.keys():
        return None
    if marked:
        return fields, plain_markdown(text[marked.end() :].encode())
    has_text = count < len(lines) and not lines[count].strip()
    return (fields, text[sum(map(len, lines[:count])) :]) if has_text else None


def _bare(text: str, config: ReadConfig) -> tuple[dict[str, object], bytes | str] | None:
    """Return an address and a date that stand in lines of their own at the top, and the text without these lines."""
    lines = text.splitlines(keepends=True)
    fields: dict[str, object] = {}
    rest: list[str] = []
    seen = 0
    for index, line in enumerate(lines):
        bare = line.strip()
        kinds = ((_ADDRESS, config.url_columns), (_DAY, config.date_columns))
        names = next((names for form, names in kinds if names and form.match(bare)), None)
        if names and names[0] not in fields:
            fields[names[0]] = bare
        else:
            rest.append(line)
        seen += bool(bare)
        if seen == _BARE_LINES or len(bare) > _BARE_CHARS:
            rest += lines[index + 1 :]
            break
    return (fields, "".join(rest)) if fields and any(map(str.strip, rest)) else None


def _columns(config: ReadConfig) -> Mapping[str, str]:
    """Return the first column of each kind by the names that its label may have."""
    kinds = (
        (config.title_columns, _TITLES),
        (config.author_columns, frozenset[str]()),
        (config.date_columns, _DATES),
        (config.url_columns, _URLS),
    )
    return {name: names[0] for names, others in kinds if names for name in (*map(squash, names), *others)}
