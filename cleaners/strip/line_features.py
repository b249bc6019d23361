"""The feature table of the line model: one row per line of an article, each line seen among its neighbours.

The words below are evidence, never a verdict: a class of cue words is one column of many, and the model weighs it
against form and place. All other columns hold for any language.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaners.records import WORD

Table = npt.NDArray[np.float32]

_FUNCTION_WORDS = """
the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which you
were her all she there would their we him been has when who will more no if out so said what up its about into than
them can only other could our my
le la les des du de et un une est que qui dans pour pas sur au aux par plus ce cette il elle ils avec son sa ses sont
ne se en nous vous leur mais ou où été être comme a fait on
der die das und den dem des ein eine einer eines einem einen ist im in zu von mit auf für nicht sich auch es an als er
sie dass wird aus bei nach um am sind noch wie über hat war haben werden oder aber vor zum zur
el los las una y del que en por con para no es su al lo como más pero sus le ya o este sí porque esta entre cuando muy
sin sobre también me hasta hay donde fue ha han ser
o os as um uma e do da dos das no na nos nas em por com para não que se mais como mas ao aos foi ele ela são ser tem
pelo pela sua seu já também
il lo gli di che è e non per una un in con si da come sono del della dei delle nel al alla più ma ha anche
het een en van de dat die te zijn op met voor niet aan er om ook als maar bij dan was naar uit door over
och att det som en på är av för med den till inte han var sig om ett men har
i w z na do się nie jest to że o jak ale po co za od przez
и в не на что с по это как а то он она они но из у за от для был его так же к о все мы вы
і та що у з на не до як за від це він
ve bir bu için de da ile çok olarak daha olan gibi
و في من على إلى أن عن مع هذا هذه التي الذي كان ما لا که از به در این را با است
का के की है में से को और पर ने यह हैं
的 了 是 在 和 不 有 这 為 我 他 也 就 の は を に が と で も し た て
και το η ο να του της με για από που την τα
""".split()
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS)

_CUES: dict[str, str] = {
    "share": """facebook twitter whatsapp linkedin pinterest instagram telegram reddit tumblr flipboard youtube tiktok
        messenger threads bluesky mastodon xing vk snapchat share shares sharing tweet email e-mail print follow followers
        partager partagez imprimer suivez teilen drucken folgen compartir comparte imprimir síguenos compartilhar
        compartilhe siga condividi seguici delen udostępnij поделиться""",
    "subscribe": """subscribe subscribed subscribing subscriber subscribers subscription newsletter newsletters signup
        inbox unsubscribe abonnez abonner abonnement inscrivez inscription infolettre abonnieren abonniere anmelden
        registrieren suscríbete suscribirse suscripción boletín boletines assine assinatura inscreva iscriviti
        nieuwsbrief rss feed podcast""",
    "related": """related trending popular recommended recommends latest recent similar stories story posts articles
        headlines also next previous prev more similaires lié liés recommandé populaires ähnliche verwandte weitere
        mehr beliebt meistgelesen relacionados relacionadas recientes recomendados populares leídas más mais lidas
        recentes anterior siguiente próximo correlati gerelateerd précédent suivant nächster vorheriger articoli
        artículos artigos noticias notícias""",
    "comment": """comment comments reply replies leave discussion conversation commenting commentaire commentaires
        répondre réagir kommentar kommentare kommentieren antworten antwort comentario comentarios responder respuesta response responses réponses says said
        comentário comentários resposta commenti rispondi reacties moderated moderation""",
    "menu": """home menu search login log sign account register navigation skip content toggle close open back top
        contact about faq sitemap archive archives categories category tags tag topics topic section sections jobs
        careers advertise help support accueil rechercher connexion compte catégories startseite suche einloggen konto
        kategorien kontakt über inicio buscar iniciar sesión contacto categorías etiquetas pesquisar entrar conta
        categorias cerca accedi zoeken edition editions video videos photos gallery galleries""",
    "legal": """cookie cookies privacy terms rights reserved copyright policy policies disclaimer gdpr consent
        preferences datenschutz impressum agb rechte vorbehalten confidentialité mentions légales droits réservés
        conditions politique aviso privacidad derechos reservados términos condiciones política privacidade direitos
        termos inc llc ltd gmbh trademark registered powered accept""",
    "byline": """by par von por written writer author authors editor reporter correspondent staff contributor updated
        published posted reviewed auteur rédaction publié autor autorin redaktion veröffentlicht aktualisiert
        redacción publicado actualizado redação atualizado reporting editing edited text texte""",
    "time": """jan feb mar apr jun jul aug sep sept oct nov dec january february march april june july august september
        october november december monday tuesday wednesday thursday friday saturday sunday janvier février mars avril
        mai juin juillet août septembre octobre novembre décembre januar februar märz juni juli oktober dezember enero
        febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre janeiro fevereiro março maio
        junho julho setembro outubro novembro dezembro ago hours hour minutes minute mins min am pm est gmt utc uhr
        heures vor hace há il""",
    "ad": """advertisement advertisements advertising sponsored sponsor promoted ad ads affiliate commission publicité
        sponsorisé anzeige werbung gesponsert publicidad anuncio patrocinado publicidade anúncio pubblicità""",
    "caption": """photo photos photograph photographer image images picture credit courtesy getty reuters afp ap epa
        shutterstock unsplash istock file caption crédit légende foto fotos bild bilder quelle imagen imagem fuente
        fonte source via""",
    "shop": """buy shop shopping cart price prices sale add order shipping delivery checkout discount coupon deal deals
        free trial demo download acheter panier prix kaufen warenkorb preis comprar carrito precio carrinho preço book
        booking quote""",
    "action": """read watch listen click here learn view see explore discover join get start browse load show try
        download lire voir regarder découvrez lesen sehen ansehen leer ver escuchar descubre ler veja ouça clique saiba
        leggi guarda bekijk""",
}
CUE_CLASSES = tuple(_CUES)
_CUE_OF: dict[str, tuple[int, ...]] = {}
for _number, _words in enumerate(_CUES.values()):
    for _word in _words.split():
        _CUE_OF[_word] = (*_CUE_OF.get(_word, ()), _number)

_ENDS = {
    ".": 1,
    "!": 1,
    "?": 1,
    "…": 1,
    "。": 1,
    "！": 1,
    "？": 1,
    "؟": 1,
    "۔": 1,
    "।": 1,
    ":": 2,
    "：": 2,
    ",": 3,
    ";": 3,
}
_CLOSERS = "\"'”’»)]）」』“*"
_BULLETS = frozenset("•·-–—*▪●◦►▶→✓✔■□+»›>")
_OPENERS = frozenset("\"'“‘«„「『")
_INNER = re.compile(r"[.!?;:,。，、][\s\"”’»]|[。，、；]")
_LINK = re.compile(r"https?:|www\.|@|\.(?:com|org|net|html?)\b|#\w")
_SEPARATORS = re.compile(r"[|»›→←»•·/\\▸▾✕×+]")
_CLOCK = re.compile(r"\b\d{1,2}[:h.]\d\d\b|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b(?:19|20)\d\d\b")
_DIGITS = re.compile(r"\d+")
_NUMBERED = re.compile(r"\W{0,2}\d{1,2}[.)\s]")

BASE = (
    "chars", "words", "word_length", "function_share", "common_share", "end_stop", "end_colon", "end_comma", "inner",
    "capitalised", "upper", "digits", "link", "separators", "clock", "bullet", "numbered", "lower_start", "quote_start",
    "copyright", "credit", "repeats", "repeats_before", "blank_before", "blank_after", "core_likeness", "title_share", "title_cover",
    "dense", *(f"cue_{name}" for name in CUE_CLASSES),
)  # fmt: skip
_COLUMN = {name: number for number, name in enumerate(BASE)}
_NEIGHBOURED = (
    "chars", "function_share", "end_stop", "capitalised", "blank_after", "dense", "core_likeness", "title_cover",
    "digits", "cues",
)  # fmt: skip
# A short line of one of these classes marks a place: where comments, links or the text begin.
_MARKERS = ("share", "subscribe", "related", "comment", "legal", "byline", "time")
_OFFSETS = (-2, -1, 1, 2)
_WINDOWS = (3, 8, 20)
CONTEXT = (
    *(f"{name}{offset:+d}" for name in _NEIGHBOURED for offset in _OFFSETS),
    *(f"{name}_{side}_{width}" for name in ("dense", "short", "cues", "function") for width in _WINDOWS for side in ("before", "after")),
    "dense_gap_before", "dense_gap_after", "short_run", "run_place", "lines_before", "lines_after", "place",
    "dense_before", "dense_after", "dense_total", "lines_total", "short_total", "cues_total",
    "title_lines", "after_title", "title_ahead", "core_start", "core_end", "in_core",
    "tight_run", "similar_length", "colon_lead",
    *(f"{side}_{name}" for name in _MARKERS for side in ("since", "until")),
)  # fmt: skip
FEATURES = (*BASE, *CONTEXT)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: `start:end` takes in its line break and the blank lines after it."""

    start: int
    end: int
    text: str
    blank_before: bool


def split_lines(text: str) -> list[Line]:
    """Split a text into its lines, which tile it from the first one that is not blank to the end of the text."""
    lines: list[Line] = []
    start, stripped, blank, lead = -1, "", False, False
    position = 0
    for piece in text.split("\n"):
        bare = piece.strip()
        if bare:
            if stripped:
                lines.append(Line(start, position, stripped, lead))
            start, stripped, lead, blank = position, bare, blank, False
        else:
            blank = True
        position += len(piece) + 1
    if stripped:
        lines.append(Line(start, len(text), stripped, lead))
    return lines


def _core_words(words: Sequence[Sequence[str]], dense: Sequence[float]) -> tuple[frozenset[str], Counter[str]]:
    """Return the words common to the dense lines (the language's own function words) and the lines per other word."""
    counts: Counter[str] = Counter()
    long = 0
    for row, weight in zip(words, dense, strict=True):
        if weight:
            long += 1
            counts.update(set(row))
    floor = max(3.0, 0.25 * long)
    return frozenset(word for word, count in counts.items() if count >= floor), counts


def _base(lines: Sequence[Line], title: str | None) -> Table:
    count = len(lines)
    table = np.zeros((count, len(BASE)), dtype=np.float32)
    words = [WORD.findall(line.text.lower()) for line in lines]
    # The page's own heading is the headline; where none is known, the first line is the best guess.
    heading = [word for word in WORD.findall((title or "").lower())] or (words[0] if words else [])
    headset = frozenset(heading)
    keys = [_DIGITS.sub("0", line.text.casefold()) for line in lines]
    totals, seen = Counter(keys), Counter[str]()
    rows: list[list[float]] = []
    dense: list[float] = []
    for line, row, key in zip(lines, words, keys, strict=True):
        text = line.text
        size = len(row) or 1
        function = sum(1 for word in row if word in FUNCTION_WORDS)
        tail = text.rstrip(_CLOSERS)
        end = _ENDS.get(tail[-1:], 0)
        inner = len(_INNER.findall(text))
        long = len(row) >= 12 or (len(row) >= 7 and end == 1 and (function or inner))
        dense.append(float(len(row)) if long else 0.0)
        tokens = text.split()
        capitals = sum(1 for token in tokens[1:] if token[0].isupper())
        letters = sum(map(str.isalpha, text)) or 1
        cues = [0] * len(CUE_CLASSES)
        for word in row:
            for number in _CUE_OF.get(word, ()):
                cues[number] += 1
        first = text[0]
        rows.append([
            np.log1p(len(text)) if False else 0.0,
            float(len(row)),
            letters / size,
            function / size,
            0.0,
            float(end == 1), float(end == 2), float(end == 3),
            inner / size,
            capitals / max(1, len(tokens) - 1),
            sum(map(str.isupper, text)) / letters,
            sum(map(str.isdigit, text)) / len(text),
            float(_LINK.search(text) is not None),
            len(_SEPARATORS.findall(text)) / len(tokens),
            float(_CLOCK.search(text) is not None),
            float(first in _BULLETS),
            float(_NUMBERED.match(text) is not None),
            float(first.islower()),
            float(first in _OPENERS),
            float("©" in text or "®" in text or "™" in text),
            float(first in "([" and text[-1] in ")]"),
            float(min(totals[key] - 1, 5)),
            float(seen[key] > 0),
            float(line.blank_before), 0.0,
            0.0,
            sum(1 for word in row if word in headset) / size,
            len(headset.intersection(row)) / max(1, len(headset)),
            0.0,
            *(count / size for count in cues),
        ])  # fmt: skip
        rows[-1][0] = float(len(text))
        seen[key] += 1
    common, spread = _core_words(words, dense)
    for number, (row, cells) in enumerate(zip(words, rows, strict=True)):
        size = len(row) or 1
        cells[_COLUMN["common_share"]] = sum(1 for word in row if word in common) / size
        own = 1 if dense[number] else 0
        content = [word for word in row if word not in common and word not in FUNCTION_WORDS]
        shared = sum(1 for word in content if spread[word] > own)
        cells[_COLUMN["core_likeness"]] = shared / max(1, len(content))
        cells[_COLUMN["dense"]] = dense[number]
        if number + 1 < count:
            cells[_COLUMN["blank_after"]] = float(lines[number + 1].blank_before)
    table[:] = rows
    table[:, 0] = np.log1p(table[:, 0])
    table[:, 1] = np.log1p(table[:, 1])
    return table


def _shift(column: Table, offset: int, fill: float) -> Table:
    out = np.full_like(column, fill)
    if abs(offset) < len(column):
        if offset > 0:
            out[:-offset] = column[offset:]
        else:
            out[-offset:] = column[:offset]
    return out


def _window_sums(column: Table, width: int) -> tuple[Table, Table]:
    """Return, for each line, the sums over up to `width` lines before it and after it."""
    total = np.concatenate(([0.0], np.cumsum(column, dtype=np.float64)))
    index = np.arange(len(column))
    before = total[index] - total[np.maximum(index - width, 0)]
    after = total[np.minimum(index + 1 + width, len(column))] - total[index + 1]
    return before.astype(np.float32), after.astype(np.float32)


def _best_run(weights: Table) -> tuple[int, int]:
    """Return the run `first:last` (inclusive) of lines with the greatest sum."""
    best, total, first, bounds = -np.inf, 0.0, 0, (0, 0)
    for number, weight in enumerate(weights.tolist()):
        if total <= 0:
            total, first = 0.0, number
        total += weight
        if total > best:
            best, bounds = total, (first, number)
    return bounds


def _runs(flags: npt.NDArray[np.bool_]) -> tuple[Table, Table]:
    """Return, for each line, the length of the run of true flags it stands in and its place in that run."""
    length = np.zeros(len(flags), dtype=np.float32)
    place = np.zeros(len(flags), dtype=np.float32)
    start = 0
    values = flags.tolist()
    for number in range(len(values) + 1):
        if number == len(values) or not values[number]:
            if number > start:
                length[start:number] = number - start
                place[start:number] = np.arange(1, number - start + 1)
            start = number + 1
    return length, place


def line_features(lines: Sequence[Line], title: str | None) -> Table:
    """Return the feature table of the lines: one row per line, one column per name in `FEATURES`."""
    base = _base(lines, title)
    count = len(lines)
    index = np.arange(count, dtype=np.float32)
    dense = base[:, _COLUMN["dense"]].copy()
    base[:, _COLUMN["dense"]] = np.log1p(dense)
    cues = base[:, _COLUMN["cue_share"] :].sum(axis=1)
    function = base[:, _COLUMN["function_share"]]
    short = (dense == 0).astype(np.float32)
    source = {name: base[:, _COLUMN[name]] for name in _NEIGHBOURED if name != "cues"} | {"cues": cues}
    columns: list[Table] = []
    for name in _NEIGHBOURED:
        columns.extend(_shift(source[name], offset, -1.0) for offset in _OFFSETS)
    for values in (dense, short, cues, function):
        for width in _WINDOWS:
            columns.extend(_window_sums(values, width))
    long = np.flatnonzero(dense)
    previous = np.concatenate(([-1], long))[np.searchsorted(long, index, side="left")].astype(np.float32)
    following = np.concatenate((long, [count]))[np.searchsorted(long, index, side="right")].astype(np.float32)
    run, place = _runs(short > 0)
    running = np.cumsum(dense) - dense
    total = float(dense.sum())
    cover = base[:, _COLUMN["title_cover"]] * base[:, _COLUMN["title_share"]]
    titled = np.flatnonzero(cover >= 0.5)
    last_title = np.concatenate(([-1], titled))[np.searchsorted(titled, index, side="left")].astype(np.float32)
    next_title = np.concatenate((titled, [count]))[np.searchsorted(titled, index, side="right")].astype(np.float32)
    first, last = _best_run(np.where(dense > 0, np.minimum(dense, 60) + 5, -6).astype(np.float32))
    tight = base[:, _COLUMN["blank_before"]] == 0
    chars = base[:, 0]
    near = np.abs(_shift(chars, 1, 0.0) - chars) + np.abs(_shift(chars, -1, 0.0) - chars)
    ones = np.ones(count, dtype=np.float32)
    columns += [
        np.minimum(index - previous, 50), np.minimum(following - index, 50), np.minimum(run, 200), np.minimum(place, 200),
        np.minimum(index, 300), np.minimum(count - 1 - index, 300), index / max(1, count - 1),
        running / max(1.0, total), (total - running - dense) / max(1.0, total),
        ones * total, ones * count, ones * short.mean(), ones * cues.mean(),
        ones * len(titled), np.where(last_title >= 0, np.minimum(index - last_title, 100), -1),
        np.where(next_title < count, np.minimum(next_title - index, 100), -1),
        np.clip(index - first, -50, 50), np.clip(last - index, -50, 50), ((index >= first) & (index <= last)).astype(np.float32),
        np.minimum(_runs(tight)[0], 100), near,
    ]  # fmt: skip
    brief = base[:, 1] <= np.log1p(9)
    lead = _since(np.flatnonzero(base[:, _COLUMN["end_colon"]]), index)
    columns.append(np.where(lead <= np.minimum(index - previous, 50), lead, -1.0))
    for name in _MARKERS:
        marks = np.flatnonzero(brief & (base[:, _COLUMN[f"cue_{name}"]] >= 0.2))
        columns += [_since(marks, index), _until(marks, index)]
    return np.column_stack((base, *columns)).astype(np.float32)


def _since(marks: npt.NDArray[np.intp], index: Table) -> Table:
    """Return how many lines ago the last mark was, 60 at most."""
    before = np.concatenate(([-1000], marks))[np.searchsorted(marks, index, side="left")]
    return np.minimum(index - before, 60).astype(np.float32)


def _until(marks: npt.NDArray[np.intp], index: Table) -> Table:
    """Return how many lines ahead the next mark is, 60 at most."""
    after = np.concatenate((marks, [len(index) + 1000]))[np.searchsorted(marks, index, side="right")]
    return np.minimum(after - index, 60).astype(np.float32)
