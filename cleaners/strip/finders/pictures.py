"""Frames, captions and credits of pictures and videos, known by their wording."""

import re
import unicodedata
from collections.abc import Iterator

from cleaners.records import CJK, Article, Removal, RuleName
from cleaners.strip.cues import cues
from cleaners.strip.lines import line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.text import Line, ends_sentence, fold_line, remembered

# Words. A longer paragraph is not claimed as a whole because of its opening or its end.
_FRAME_WORDS, _CAPTION_WORDS = 90, 90
# Characters at the end of a line in which a credit is looked for, and words at most after its label.
_TAIL_CHARS, _CREDIT_WORDS = 170, 12
# Parts at least and words at most of a list of photographers behind a label.
_LISTED, _LISTED_WORDS = 3, 40
# Words of a name with its agency, before a label.
_NAME_WORDS = 6
# Characters. A longer line with a full stop after its last word ends in a sentence.
_STOPPED_CHARS = 100
# Words. Shorter adjacent copies may be a refrain or a chant.
_DOUBLED_WORDS = 8
# Words at least of a video's title that stands twice.
_TITLE_WORDS = 5
# The fewest captions that make a gallery.
_GALLERY = 3
# Captions that make up more than this share of a text are the article themselves.
_MOST = 0.9

_AGENCY_COLON = re.compile(r"([^:]{2,20}): ([^:/|,]+)")
_PARTS = re.compile(r"\s*[/|]\s*|\s*—\s*|,?\s+via\s+|,\s+")
_TRAILING = re.compile(r"(?:,?\s+for\s+[^/|]{2,40}|,\s+(?:file|pool))$", re.IGNORECASE)
# The seller in "Bloomberg via Getty Images", which stands after the agency.
_VIA = re.compile(r"\s+via\s+[^/|]{2,40}$", re.IGNORECASE)
_SPEECH = re.compile(r"[,.?!][\"”’'»]\s+(?:\S+\s){0,4}?(?:said|says|told|wrote|added|tweeted|asked)\b")
_NAMED = re.compile(
    r"(?:^|[.!?)\"”’\d]\s+)((?:[^\W\d_a-z][\w.'’-]*\s){1,3}[^\W\d_a-z][\w.'’-]*)\s?/\s?((?:[\w.&'’-]+ ?){1,5})$"
)
# "(e.g., Netflix, YouTube)" names no house that sold a picture.
_EXAMPLES = ("e.g", "i.e", "eg,", "ie,", "such as", "including", "z.b", "z. b", "p. ex", "por ej")
# Captions of Chinese, Japanese and Korean pages: by the credit that closes them, or by "the picture shows".
_HAN_CREDIT = "摄影|攝影|撮影|写真|图片来源|圖片來源|图源|圖源|供图|供圖|사진(?: ?제공)?"
_HAN_CAPTION = re.compile(
    r"(?:图为|圖為|图片说明|圖片說明|资料图|資料照|[图圖][注註说說]\s*[:：]|▲|▼|△).*|写真はイメージ.*"
    r"|(?:封面|题|題|头|頭|配|文中|文内)?[图圖]片?均?(?:来自|來自|来源|來源|源于|源自)[^。！？]{1,40}"
    rf"|.*(?:{_HAN_CREDIT})\s*[:：=＝/／・]\s*[^\s。，、]{{2,16}}[)）\]】。]?"
    r"|.*[。！？\s（(][^\s。，、！？（()]{2,8}\s*[摄攝][)）。]?"
    r"|.*[（(](?:新华社|中新社|[^\s（()]{2,8}记者)?[^\s（()]{0,6}(?:发|摄|图)[)）]"
    r"|.*＝\d{1,2}日、[^。]{2,24}"
)
_HAN_LINE = re.compile(f"[{CJK}]")
_HAN_CHARS = 90
_HIDE = re.compile(r"\bhide caption \d+ of \d+", re.IGNORECASE)
_PHOTOS = re.compile(r"\bPhotos: ")
_WATCHED = re.compile(r"JUST WATCHED (.{1,200}?) Replay More Videos ?\.{3} ?MUST WATCH(?: \1)?(?: \d{0,2}:\d\d)?")
_TOGGLED = re.compile(r"(?:enlarge this image )?toggle caption (.{3,100}?) \1(?= |$)", re.IGNORECASE)
_CREDITED = re.compile(r"(?:Image|Video|Photo|Slideshow|Audio) [^\W\d_a-z].*\sCredit(?:\.{3}|…)?\s?[^\W\d_a-z].{2,80}$")
_CLOSE = re.compile(r"CLOSE(?:$| (?=[^\W\d_a-z][^\W\d_A-Z]|[\"“A-Z0-9]))")


def _names(words: list[str]) -> bool:
    """Say whether words read like names: most of those that are not particles have a capital."""
    weighty = [word for word in words if len(word) > 3]
    return bool(words) and not words[0][0].islower() and 2 * sum(not w[0].islower() for w in weighty) >= len(weighty)


def _full_name(words: list[str]) -> bool:
    return 2 <= len(words) <= 4 and all(word[0].isupper() for word in words)


def _agency(part: str) -> str:
    """Return a part of a credit in the form in which the lists have agencies."""
    return part.strip(" .)(]©").casefold()


def _is_credit(inside: str) -> bool:
    """Say whether words are only a credit: a labelled one, or a name and an agency of the lists."""
    label = cues().picture_labels.match(inside)
    if label is not None:
        rest = inside[label.end() :].split()
        return len(rest) <= _CREDIT_WORDS and _names(rest)
    if inside.casefold().startswith(_EXAMPLES):
        return False
    known = cues()
    trimmed = _TRAILING.sub("", inside)
    stated = _AGENCY_COLON.fullmatch(trimmed)
    if stated is not None and _agency(stated.group(1)) in known.agencies and _full_name(stated.group(2).split()):
        # "(Reuters: Jane Doe)".
        return True
    parts = [part for part in _PARTS.split(trimmed) if part]
    if len(parts) < 2:
        return _agency(trimmed) in known.houses or trimmed.casefold().endswith(" file photo")
    last = _agency(parts[-1])
    first = parts[0].split()
    if last not in known.agencies:
        # "(AP/Jane Doe)": the agency comes first.
        return (
            _agency(parts[0]) in known.agencies and "/" in trimmed and len(parts) == 2 and _full_name(parts[1].split())
        )
    if len(first) > 8:
        return False
    # "(dpa/AFP)" and "(jdl/dpa)" say who wrote the report; "(Scranton, PA)" is a place.
    sold = any(_agency(part) in known.houses for part in parts[1:])
    if len(first) == 1 and not sold and not (first[0].isupper() and len(first[0]) > 3 and "/" in trimmed):
        return False
    return _names(first) or sold


def _bare_credit(line: str) -> int | None:
    """Return the offset of a credit without brackets at the end of a line, or None."""
    known = cues()
    tail = line[-_TAIL_CHARS:]
    offset = len(line) - len(tail)
    trimmed = _TRAILING.sub("", tail)
    sold = _VIA.search(trimmed)
    if sold is not None:
        trimmed = trimmed[: sold.start()]
    sign = max(trimmed.rfind("/"), trimmed.rfind("|"), trimmed.rfind("—"))
    if sign < 0 or (not trimmed[-1].isalnum()):
        return None
    last = _agency(trimmed[sign + 1 :])
    if last not in known.agencies and (sold is None or _agency(sold.group().split(None, 1)[1]) not in known.agencies):
        return None
    if trimmed[sign] == "|":
        return offset + sign
    if trimmed[sign] == "—" and trimmed[sign - 1 : sign].isspace():
        return None
    before = trimmed[:sign].rstrip()
    # A chain of agencies, with one to five words of a name before it.
    while (cut := before.rfind("/")) > 0 and len(before) - cut <= 40 and " " not in before[cut + 1 :].strip():
        before = before[:cut].rstrip()
    words = before.split()
    name = 0
    while name < 5 and name < len(words):
        word = words[-1 - name]
        if word[0].islower() and word not in ("de", "da", "van", "von", "der", "la", "del", "al"):
            break
        if name and word[-1] in '.!?”"’)' and len(word) > 2 and not re.fullmatch(r"(?:[A-Z]\.)+|[JS]r\.", word):
            break
        name += 1
    if name < 2 and last not in known.houses and not (name == 1 and words[-1].isupper()):
        return None
    return offset + len(before) - len(" ".join(words[len(words) - name :]))


def _agency_first(line: str) -> int | None:
    """Return the offset of a line's closing credit that names the agency first ("REUTERS/Jane Doe"), or None."""
    sign = line.rfind("/")
    before = line[:sign].split()
    if not _full_name(line[sign + 1 :].split()) or len(line) - sign > _TAIL_CHARS or not before:
        return None
    for words in range(min(2, len(before)), 0, -1):
        agency = " ".join(before[-words:])
        if agency[0].isupper() and _agency(agency) in cues().agencies:
            start = line[:sign].rfind(before[-words])
            closed = line[:start].rstrip()
            return start if not closed or closed[-1] in '.!?…)”"' else None
    return None


def _is_list_of_names(text: str) -> bool:
    """Say whether a text is a list of photographers: three parts or more between commas, and mostly capitals."""
    words = text.split()
    weighty = [word for word in words if len(word) > 3]
    named = sum(not word[0].islower() for word in weighty)
    return len(words) <= _LISTED_WORDS and text.count(",") >= _LISTED - 1 and 4 * named >= 3 * len(weighty) > 0


def _labelled_credit(line: str) -> int | None:
    """Return the offset of a labelled credit at the end of a line ("... in May. Photo: Name"), or None."""
    opened = cues().picture_labels.match(line)
    if opened is not None and _is_list_of_names(line[opened.end() :]):
        return 0
    tail = line[-_TAIL_CHARS:]
    offset = len(line) - len(tail)
    for match in cues().picture_labels.finditer(tail):
        start = match.start()
        # In small letters a word may be part of the sentence, but not where it opens a line.
        small = tail[start : start + 1].islower() and offset + start > 0
        if small or (start and not tail[start - 1].isspace()):
            continue
        rest = tail[match.end() :].split()
        if not rest or len(rest) > _CREDIT_WORDS or not _names(rest):
            continue
        before = tail[:start].rstrip()
        if not before or before[-1] in ".!?…)”\"’'»]|–—-" or before[-1].isdigit() or match.group().rstrip()[-1] in ":/":
            return offset + start
    return None


def _named_before(line: str) -> int | None:
    """Return the offset of the name before a label that closes a line ("Jonas Kalvaitis / BNS nuotr."), or None."""
    label = next((label for label in cues().picture_behind if line.endswith(label)), None)
    words = line.removesuffix(label).split() if label else []
    name = 0
    while name < min(len(words), _NAME_WORDS) and not words[-1 - name][0].islower():
        name += 1
        if words[-name][0].isupper() and len(words) > name and words[-1 - name][-1] in ".!?":
            break
    return line.rfind(words[-name]) if name else None


@remembered
def _credit_at(line: str) -> tuple[int, bool] | None:
    """Return the offset of the credit at the end of a line and whether it is in brackets, or None."""
    if (start := _named_before(line)) is not None:
        return start, False
    if line[-1] in ".!?" and len(line) > _STOPPED_CHARS and line[-2] not in ")]":
        return None
    last = line.rstrip(" .")
    if last and last[-1] in ")]":
        opened = max(last.rfind("("), last.rfind("["))
        if opened >= 0 and len(last) - opened <= _TAIL_CHARS:
            inside = last[opened + 1 : -1].strip()
            name, slash, house = inside.partition("/")
            # "[Jane Doe/Any House]": articles have nothing like this in square brackets at the end of a line, but for
            # abbreviations ("[MK2 SP / MK3 SP]").
            is_name = _full_name(name.split()) and not name.isupper()
            squared = last[opened] == "[" and slash and is_name and _names(house.split())
            if squared or (inside and _is_credit(inside)):
                return opened, True
    # A credit without brackets ends with a name, of which the last letter may have a mark.
    if not last or unicodedata.category(last[-1])[0] not in "LMN":
        return None
    tail = line[-_TAIL_CHARS:]
    start = _bare_credit(line) if "/" in tail or "|" in tail or "—" in tail else None
    if start is None and "/" in tail:
        start = _agency_first(line)
    if start is None:
        low = tail.lower()
        start = _labelled_credit(line) if any(hint in low for hint in cues().picture_hints) else None
    return None if start is None else (start, False)


def _doubled(line: str) -> int:
    """Return the offset of the second half of a line that says the same thing twice, else 0."""
    middle = len(line) // 2
    if len(line) % 2 and line[middle] == " " and line.startswith(line[middle + 1 :]):
        return middle
    return 0


@remembered
def _framed(line: str, words: int, stopped: bool) -> tuple[int, RuleName] | None:
    """Return the length of a picture's or video's frame at the start of a line, and its rule, or None."""
    toggled = _TOGGLED.match(line)
    if toggled is not None:
        return toggled.end(), "picture_frame"
    if len(line) <= _HAN_CHARS and _HAN_LINE.search(line) and _HAN_CAPTION.fullmatch(line):
        return len(line), "credited_caption"
    if words <= _FRAME_WORDS and (
        cues().picture.opens(line)
        or line.startswith(cues().picture_glued)
        or line.rstrip(":").casefold() in cues().picture_alone
        or _CREDITED.match(line) is not None
        or (_CLOSE.match(line) is not None and (not stopped or "ideo provided by" in line))
    ):
        return len(line), "picture_frame"
    return None


def _is_glued(paragraph: str, title: str) -> bool:
    """Say whether a paragraph ends in a title that follows a finished sentence."""
    before = paragraph[: -len(title)]
    return before != before.rstrip() and ends_sentence(before.rstrip())


def _find_gallery(article: Article, lines: tuple[Line, ...]) -> Iterator[Removal]:
    """Claim the captions of a gallery, each closed by "Hide Caption 2 of 6", on one line or over several."""
    held = [_HIDE.search(line.text) is not None for line in lines]
    for index, line in enumerate(lines):
        if not held[index]:
            continue
        text = line.text
        start, end = 0, len(text)
        continued = index > 0 and held[index - 1]
        first = _HIDE.search(text)
        assert first is not None
        if not continued and not text.startswith("Photos: ") and first.start() > 0 and line.words > _FRAME_WORDS:
            opening = _PHOTOS.search(text, 0, first.start())
            if opening is None:
                continue
            start = opening.start()
        if not (index + 1 < len(lines) and held[index + 1]):
            *_, last = _HIDE.finditer(text)
            rest = text[last.end() :].strip()
            if rest and not (rest.startswith("Photos: ") and len(rest.split()) <= 20):
                end = last.end()
        whole = line_span(article.text, lines, index)
        yield Removal(
            whole[0] if start == 0 else line.start + start,
            whole[1] if end == len(text) else line.start + end,
            "caption",
            "gallery",
            0.97,
        )


def _top_caption(article: Article, line: Line) -> int | None:
    """Return how many characters a caption, its credit and the repeated headline take at the start of the first line.

    None if their end is not known for certain.
    """
    title = article.title or ""
    bar = line.text.find(" | ")
    if bar < 0:
        # "The bill has few friends. Bill in peril": a caption and the repeated headline.
        before = line.text.removesuffix(title).rstrip()
        echoed = len(title.split()) >= 3 and before != line.text.rstrip() and before.endswith((".", "?", "!"))
        return len(line.text) if echoed and len(before.split()) <= 30 else None
    credit = re.match(r"(?:AP Photos?|AP|REUTERS|Reuters|Getty(?: Images)?|AFP|Bloomberg)\b ?", line.text[bar + 3 :])
    if credit is None:
        return None
    stop = bar + 3 + credit.end()
    rest = line.text[stop:].strip()
    short = line.brief or len(rest.split()) <= 14
    if not rest or fold_line(rest) == fold_line(title) or (short and rest[-1] != "."):
        return len(line.text)
    if title and rest.startswith(title):
        return stop + len(title) + 1
    return stop


@one_by_one
def find_pictures(sight: Sight) -> Iterator[Removal]:
    """Claim captions and credits of pictures and videos that their wording reveals.

    A paragraph that ends in a credit is a caption and goes as a whole. If it is long, or if somebody speaks in it, it
    may be the article's, so only the credit goes.
    """
    article, lines = sight.article, sight.lines
    text = article.text
    folded = text.casefold()
    gallery = [*_find_gallery(article, lines)] if "hide caption" in folded else []
    # A page that consists of captions is an article itself.
    if sum(claim.end - claim.start for claim in gallery) <= _MOST * len(article.text):
        yield from gallery
    watched = "JUST WATCHED" in text
    unknown: list[int] = []
    for index, line in enumerate(lines):
        wording = line.text
        if watched and (match := _WATCHED.search(wording)) is not None:
            if match.end() - match.start() == len(wording):
                yield Removal(*line_span(text, lines, index), "caption", "video_frame", 0.99)
            else:
                end = match.end() + (wording[match.end() : match.end() + 1] == " ")
                yield Removal(line.start + match.start(), line.start + end, "caption", "video_frame", 0.98)
            continue
        framed = _framed(wording, line.words, line.stopped)
        if framed is not None:
            if framed[0] == len(wording):
                yield Removal(*line_span(text, lines, index), "caption", framed[1], 0.98)
            else:
                yield Removal(line.start, line.start + framed[0] + 1, "caption", framed[1], 0.97)
            continue
        top = _top_caption(article, line) if index == 0 else None
        if top is not None:
            if top == len(wording):
                yield Removal(*line_span(text, lines, index), "caption", "top_caption", 0.95)
            else:
                yield Removal(line.start, line.start + top, "caption", "top_caption", 0.9)
            continue
        credit = _credit_at(wording)
        if credit is not None:
            start, bracketed = credit
            if line.words <= _CAPTION_WORDS and _SPEECH.search(wording, 0, start) is None:
                yield Removal(
                    *line_span(text, lines, index), "caption", "credited_caption", 0.97 if bracketed else 0.95
                )
            elif bracketed:
                stop = len(wording[:start].rstrip())
                yield Removal(line.start + stop, line.end, "caption", "picture_credit", 0.95)
            continue
        if not line.stopped and "/" in wording[-60:] and _NAMED.search(wording[-_TAIL_CHARS:]) is not None:
            unknown.append(index)
        above = lines[index - 1].text if index else ""
        if line.brief and line.words >= _TITLE_WORDS and above.endswith(wording) and _is_glued(above, wording):
            # A video's title that runs into the paragraph above it, and follows again as its caption.
            before = lines[index - 1]
            stop = before.start + len(above[: -len(wording)].rstrip())
            yield Removal(stop, before.end, "caption", "glued_title", 0.95)
            yield Removal(*line_span(text, lines, index), "caption", "glued_title", 0.95)
        elif line.words >= _DOUBLED_WORDS and index and wording == above:
            yield Removal(*line_span(text, lines, index), "repeated", "doubled_line", 0.95)
        elif line.words >= 10 and (middle := _doubled(wording)):
            yield Removal(line.start + middle, line.end, "repeated", "doubled_line", 0.95)
    if len(unknown) >= _GALLERY:
        for index in unknown:
            yield Removal(*line_span(text, lines, index), "caption", "gallery", 0.9)
