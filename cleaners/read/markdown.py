"""Markdown: the text without the marks of links, pictures and emphasis."""

import re

# Bounded, since the expressions would search the rest of the line from every bracket that is never closed.
_PICTURE = re.compile(rb"!\[[^\[\]\n]{0,1000}\]\([^)\n]{0,2000}\)")
_LINK = re.compile(rb"\[([^\[\]\n]{1,1000})\]\((?:https?:|/|#|mailto:)[^)\n]{0,2000}\)")
_DEFINITION = re.compile(rb"^ {0,3}\[([^\[\]\n]{1,100})\]:[ \t]+<?(?:https?:|/|#|mailto:)[^\n]*\n?", re.MULTILINE)
_REFERENCE = re.compile(rb"\[([^\[\]]{1,300})\]\[([^\[\]\n]{0,100})\]")
_BOLD = re.compile(rb"(\*\*|__)(?=\S)([^\n]{1,2000}?)(?<=\S)\1")
_ITALIC = re.compile(
    rb"(?<![\w*])\*(?=[^\s*])([^*\n]+)(?<=\S)\*(?![\w*])|(?<![\w_])_(?=[^\s_])([^_\n]+)(?<=\S)_(?![\w_])"
)
_TAG = re.compile(
    rb"</?(?:a|b|br|center|div|em|figure|figcaption|i|iframe|img|p|section|span|strong)(?:\s[^<>]*)?/?>", re.IGNORECASE
)


def plain_markdown(content: bytes) -> bytes:
    """Return the text without tags and the marks of links, pictures and emphasis; marks of headings stay.

    The first heading is the headline, which the extraction looks for.
    """
    content = _LINK.sub(rb"\1", _PICTURE.sub(b"", content))
    names = {found[1].lower() for found in _DEFINITION.finditer(content)}
    if names:
        content = _REFERENCE.sub(
            lambda link: link[1] if (link[2] or link[1]).lower() in names else link[0], _DEFINITION.sub(b"", content)
        )
    return _ITALIC.sub(rb"\1\2", _TAG.sub(b"", _BOLD.sub(rb"\2", content)))
