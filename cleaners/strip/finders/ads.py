"""Advertisements: whole lines, and fragments between the sentences of a paragraph."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from itertools import islice, pairwise

from cleaners.records import Article, Removal
from cleaners.strip.cues import Cues, cues
from cleaners.strip.lines import fragments_of, line_span
from cleaners.strip.sight import Sight, one_by_one
from cleaners.strip.topic import weigh_alone
from cleaners.text import CLOSERS, STOPS, Line, fold_line, remembered, words_of

_TOKEN = re.compile(r"\S+")
_SENTENCE = re.compile(r"(?:^|(?<=[.!?…])[\"”’')\]]*\s+)(?=[^\W\d_])")
# A place where a sentence may begin; the group is what closes the sentence before.
_BEGINS = re.compile(rf"(?:\A|[{STOPS}])([{re.escape(CLOSERS)}]*)\s*")
# Characters of the line above by which a heading in a copy of the text is known.
_JOINED_CHARS = 40
# Characters of the longest phrase that is compared between places.
_LONGEST = 300
# Advertising words that ask for a noun, so that no advertisement ends with them.
_OPEN_ENDED = frozenset(
    {"free", "unlimited", "sponsored", "gratis", "grátis", "kostenlos", "gratuit", "daily", "weekly", "paid"}
    | {"download", "install"}
)
_SEPARATORS = frozenset("-–—:|")
# Words. A longer line is a paragraph, perhaps with an advertisement in it.
_LINE_WORDS = 16
# A line of fewer words is a label. A phrase that starts after more characters is inside its line and does not open it.
_LEAST_WORDS = 3
_HEADING_CHARS = 12
# A call has at least this many words, and the article has this share of them, by weight, nowhere else.
_LEAST_CALL = 4
_MOSTLY = 0.6
_UNSEEN = 0.75
# A form: its distinct phrases at least, the words of its paragraph at most, its words for each phrase at most. A menu:
# the share of its words that have a capital.
_FORM_PHRASES, _FORM_WORDS, _FORM_SPREAD, _MENU_SHARE = 4, 120, 17, 0.65
_OPENING = re.compile(r"[\"“‘«'(\[]*[^\W\d_]")


def _word(token: str) -> str:
    return token.strip("\"“”‘’«»'()[].,!?…:;—–-|").casefold().replace("’", "'")


def _kind(word: str, lists: Cues) -> str:
    if word in lists.ad_strong:
        return "strong"
    if word in lists.ad_content:
        return "content"
    if word in lists.ad_function or not word or word.isdigit():
        return "function"
    return ""


def _kind_between(word: str, lists: Cues) -> str:
    """Return the kind of a word between two sentences; there, more words are signs of advertising than on a line."""
    if word in lists.ad_between:
        return "content"
    return _kind(word, lists) or ("function" if word in lists.ad_joining else "")


def _opens(token: str) -> bool:
    match = _OPENING.match(token)
    return match is not None and match.group()[-1].isupper()


def _fragment(text: str, start: int, lists: Cues) -> tuple[int, float] | None:
    """Return the end and the score of the advertisement that begins at offset `start` of a paragraph, or None."""
    tokens: list[re.Match[str]] = []
    kinds: list[str] = []
    closes: list[bool] = []
    before = ""
    for token in _TOKEN.finditer(text, start, min(len(text), start + 200)):
        tokens.append(token)
        word = _word(token.group())
        kind = _kind_between(word, lists)
        if not kind or (token.group().endswith(":") and (kinds or word not in lists.ad_labels)):
            break
        kinds.append(kind)
        closing = word in lists.ad_closing or f"{before} {word}" in lists.ad_closing
        closes.append((kind != "function" and word not in _OPEN_ENDED) or closing)
        before = word
    best: tuple[int, float] | None = None
    previous = 0
    for index in range(len(kinds)):
        following = tokens[index + 1].group() if index + 1 < len(tokens) else None
        if not closes[index] or (following is not None and not _opens(following)):
            continue
        chunk = kinds[previous : index + 1]
        so_far = kinds[: index + 1]
        stopped = tokens[index].group().rstrip("\"”’')]")[-1:] in ".…"
        if (
            "strong" in so_far
            and len(so_far) >= 2
            and (best is None or "strong" in chunk or (len(chunk) >= 2 and "content" in chunk))
        ):
            content = sum(kind != "function" for kind in so_far)
            # "Subscribe now": short, but it opens with the call.
            # "Remove the app I use": the English pronoun has its capital anywhere.
            doubtful = stopped or (following is not None and _word(following) == "i")
            called = kinds[0] == "strong" and not doubtful and len(so_far) <= 3
            # "Mobile app UX": a term.
            doubtful = doubtful or (following is not None and following.isupper())
            if called or (content >= 2 and not (doubtful and content < 3)):
                best = (tokens[index].end(), 0.9 if content >= 3 else 0.75)
        previous = index + 1
    return best


@lru_cache(maxsize=1)
def _strong() -> frozenset[str]:
    """Return the strong words in the form they have in folded lines, where a hyphen ends a word."""
    return frozenset(fold_line(word).split()[0] for word in cues().ad_strong)


@remembered
def _may_advertise(text: str) -> bool:
    """Say whether a line has a strong word; every advertisement has one, and most lines have none."""
    return not _strong().isdisjoint(words_of(text))


def _put_in(line: Line, language: str | None) -> dict[int, int]:
    """Return the fragments of a paragraph that run into the next sentence: the end of each by its start."""
    found = {}
    for start, end in fragments_of(line, language, glued=True):
        following = [token.group() for token in islice(_TOKEN.finditer(line.text, end), 2)]
        # "told The Lamp", "an app I use": a name, or a word that always has a capital, does not open a sentence. Words
        # before a quotation introduce it.
        opens = following[0][0].isalpha() and len(following) > 1 and following[1][0].islower()
        if opens and _word(following[0]) != "i":
            # If several begin at one place, the longest counts.
            found[start] = end
    return found


def _fragments(line: Line, put_in: dict[int, int]) -> Iterator[tuple[int, int, float]]:
    """Yield the spans and scores of the advertisements in a paragraph."""
    lists = cues()
    text = line.text
    glued = {start: end for start, end in put_in.items() if _is_advert(text, start, end, lists)}
    if not glued and not _may_advertise(text):
        return
    done = 0
    for sentence in _SENTENCE.finditer(text):
        start = sentence.end()
        if start < done:
            continue
        known = _fragment(text, start, lists)
        longer = (glued[start], 0.75) if start in glued else None
        advert = max(filter(None, (known, longer)), default=None)
        if advert is not None:
            done, score = advert
            yield start, done, score


def _is_advert(text: str, start: int, end: int, lists: Cues) -> bool:
    """Say whether a fragment that runs into the next sentence is an advertisement: by a label, or by most words."""
    tokens = text[start:end].split()
    label = _word(tokens[0])
    if label in lists.ad_strong and (tokens[0].endswith(":") or tokens[1] in _SEPARATORS):
        following = tokens[2 if tokens[1] in _SEPARATORS else 1]
        return label in lists.ad_labels or following[0].islower()
    return _advertises(tokens, lists)


def _advertises(tokens: list[str], lists: Cues) -> bool:
    """Say whether most words are those of advertisements, and at least one names it or speaks to the reader."""
    words = [_word(token) for token in tokens]
    kinds = [_kind_between(word, lists) for word in words]
    content = sum(kind in ("strong", "content") for kind in kinds)
    addressed = words[0] in lists.ad_calls or not lists.ad_address.isdisjoint(words)
    known = sum(map(bool, kinds)) >= _MOSTLY * len(kinds)
    # "Sign up for Harbour | Watch ...", cut in the middle of a name.
    named = tokens[-1][0].isupper() and not kinds[-1]
    return known and not named and content + addressed >= 2 and (content > 2 or "strong" in kinds or addressed)


def _is_call(article: Article, lines: tuple[Line, ...], index: int, lists: Cues) -> bool:
    """Say whether a line between two paragraphs calls on the reader to subscribe, though some words are unknown.

    A guide may have such a line as a subheading, but then its words recur in the guide.
    """
    line = lines[index]
    if not line.brief or not all(lines[i].prose for i in (index - 1, index + 1) if 0 <= i < len(lines)):
        return False
    tokens = line.text.split()
    item = line.open or not line.text[0].isalpha()
    if item or len(tokens) < _LEAST_CALL or not _advertises(tokens, lists):
        return False
    _, alone = weigh_alone(line.text, article, index)
    return alone >= _UNSEEN


def _is_form(text: str, words: int, lists: Cues) -> bool:
    """Say whether a paragraph is a flattened sign-up form: it has several phrases of such forms in few words.

    An article on newsletters has one or two of them in a paragraph of that length.
    """
    if words > _FORM_WORDS and not _is_menu(text, words):
        return False
    folded = text.casefold().replace("’", "'")
    # This is ten times faster than one pattern of all phrases.
    phrases = sum(phrase in folded for phrase in lists.form)
    return phrases >= _FORM_PHRASES and (words > _FORM_WORDS or phrases * _FORM_SPREAD >= words)


def _is_menu(text: str, words: int) -> bool:
    """Say whether a text is a menu to choose from, such as the countries in a form: names without a sentence."""
    capitals = sum(token[0].isupper() for token in text.split())
    return capitals >= _MENU_SHARE * words


def _line_score(line: Line, lists: Cues) -> float:
    kinds = [_kind(_word(token), lists) for token in line.text.split()]
    strong = kinds.count("strong")
    known = sum(1 for kind in kinds if kind)
    content = strong + kinds.count("content")
    if not strong or known < len(kinds) * 0.8 or (len(kinds) > 1 and content < 2) or (line.stopped and content < 3):
        return 0.0
    return 0.95 if known == len(kinds) else 0.8


def _is_small(line: str) -> bool:
    """Say whether a line is a phrase, not a name, heading or item: it begins with a letter, most words are small."""
    words = line.split()
    return line[0].isalpha() and 2 * sum(word[0].islower() for word in words) >= len(words)


def _places(text: str, phrases: Set[str], lengths: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """Yield the phrases, with their spans, that stand in a paragraph between two sentences, or at one of its ends.

    Each place where a sentence may begin is looked at once, however many phrases there are.
    """
    for begins in _BEGINS.finditer(text):
        start = begins.end()
        # "3." precedes a heading.
        if not begins.group(1) and text[max(0, begins.start() - 1) : begins.start()].isdigit():
            continue
        for length in lengths:
            phrase = text[start : start + length]
            if phrase in phrases:
                after = _TOKEN.search(text, start + length)
                if after is None or _opens(after.group()):
                    yield phrase, start, start + length


def _put_in_twice(lines: tuple[Line, ...], put_in: list[dict[int, int]]) -> set[str]:
    """Return the phrases that an article has in several places, each between two sentences or paragraphs.

    They are not sentences. In at least one place, each runs into a sentence or stands between two, because phrases that
    are only lines may be recurring subheadings. One that is never a line by itself has such wording.
    """
    counts = Counter[str]()
    for line, spans in zip(lines, put_in, strict=True):
        counts.update(line.text[start:end] for start, end in spans.items())
    alone = Counter(
        line.text
        for before, line, after in zip(lines, lines[1:], lines[2:], strict=False)
        if line.brief and not line.open and line.words >= _LEAST_WORDS and before.prose and after.prose
    )
    phrases = {text for text in {*counts, *alone} if len(text) <= _LONGEST and _is_small(text)}
    lengths = sorted({*map(len, phrases)})
    starts = Counter[str]()
    inside = Counter[str]()
    for line in lines if phrases else ():
        if line.prose:
            for phrase, start, _ in _places(line.text, phrases, lengths):
                starts[phrase] += 1
                # A paragraph may open with the words of its heading, after a number.
                inside[phrase] += start > _HEADING_CHARS
    return {
        phrase
        for phrase, within in inside.items()
        if within
        and (starts[phrase] if phrase in counts else within) + alone[phrase] > 1
        and (_is_worded(phrase) if not alone[phrase] else not _is_copied(phrase, lines))
    }


def _is_worded(phrase: str) -> bool:
    """Say whether a phrase has a strong word of advertisements or a verb of links.

    In a text without line breaks a heading, an answer or a label stands between sentences too, and may recur.
    """
    lists = cues()
    return not (lists.ad_strong | lists.label_verbs).isdisjoint(map(_word, phrase.split()))


def _is_copied(phrase: str, lines: tuple[Line, ...]) -> bool:
    """Say whether a line stands in another together with the end of the line above it, as a heading does in a copy."""
    wholes = [
        "".join(f"{before.text[-_JOINED_CHARS:]}{line.text}".split())
        for before, line in pairwise(lines)
        if line.text == phrase
    ]
    return any(whole in "".join(line.text.split()) for line in lines if phrase in line.text for whole in wholes)


@one_by_one
def find_ads(sight: Sight) -> Iterator[Removal]:
    """Claim advertising lines as a whole, and fragments between two sentences with their exact span.

    A fragment must begin where a sentence may, consist of advertising words, and end before a capital, so that the
    sentences on both sides stay as they are. A fragment that occurs twice may consist of any words.
    """
    article, lines, lists = sight.article, sight.lines, cues()
    put_in = [_put_in(line, article.language) if line.prose else {} for line in lines]
    twice = _put_in_twice(lines, put_in)
    lengths = sorted({*map(len, twice)})
    for index, line in enumerate(lines):
        if line.words <= _LINE_WORDS:
            # One or two words are a cell or a heading ("Unlimited", "Paid advertising") if none is a label.
            named = line.words >= _LEAST_WORDS or not lists.ad_labels.isdisjoint(words_of(line.text))
            score = _line_score(line, lists) if named and _may_advertise(line.text) else 0.0
            score = score or (0.75 if line.text in twice or _is_call(article, lines, index, lists) else 0.0)
            if score:
                start, end = line_span(article.text, lines, index)
                yield Removal(start, end, "ad", "ad_line", score)
                continue
        if _may_advertise(line.text) and _is_form(line.text, line.words, lists):
            yield Removal(*line_span(article.text, lines, index), "ad", "sign_up_form", 0.8)
            continue
        found = [(start, end, 0.8) for _, start, end in _places(line.text, twice, lengths)] if twice else []
        if line.words > _LINE_WORDS:
            found += _fragments(line, put_in[index])
        for first, last, score in found:
            start, end = line.start + first, line.start + last
            while end < line.end and article.text[end] == " ":
                end += 1
            if end == line.end and start > line.start:
                start -= 1
            yield Removal(start, end, "ad", "ad_fragment", score)
