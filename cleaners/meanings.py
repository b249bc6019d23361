"""What the words of the audit mean: reasons and rules of claims, verdicts on pairs, fates of records.

The reference in `docs/` is made of this.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cleaners.dedup.pairs.verdicts import Verdict
from cleaners.records import FateName, Reason, RuleName


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule claims and for which reasons, and what looks like it and is left alone.

    Where a rule is not sure, its reason is `unsure` instead; `reasons` names only those by which text is cut.
    """

    reasons: tuple[Reason, ...]
    claims: str
    spares: str = ""


FATES: Mapping[FateName, str] = {
    "kept": "published in `articles`",
    "duplicate": "published in `duplicates`; `kept_id` names the article kept in its place",
    "too_short": "stripping left fewer words than `publish.min_words`",
    "no_text": "there was no text, or nothing of it was left",
    "unreadable": "the file or record could not be read or decoded; `message` says why",
    "unsupported": "Winnow reads no file of this kind; `message` says how to convert it",
    "too_large": "the record is larger than `read.max_bytes` or has more lines than `extract.max_lines`",
    "too_slow": "a step took longer than `run.page_seconds`, or reading the file took longer than `read.seconds`, in "
    "which case the rest of the file was not read",
    "failed": "a library or a rule raised an error; `message` names the stage, the error and where it was raised",
    "taken_down": "never to be published (`winnow takedown`); `message` has the reason. This row is the only trace of "
    "the record: no table holds any text of it",
}

REASONS: Mapping[Reason, str] = {
    "furniture": "part of the page around the article, known by its form or wording",
    "repeated": "a line that many pages of the site carry, or a second copy of the text or of a line",
    "appended": "other matter after the end of the article",
    "promo": "a link to another story inside the article",
    "ad": "an advertisement, a form to sign up or a call to give",
    "caption": "the caption or credit of a picture or video",
    "credit": "who made the article: reporters' credits, notes on the author, on opinions and on updates",
    "edge": "white space or separators that other claims leave at the ends",
    "too_short": "what was left of a record too short to publish",
    "failed": "the whole text of a record on which a rule failed or took too long",
    "unsure": "suspected and not cut; also what a rule claims of an article that is exempt from its cuts (`winnow "
    "restore`, `winnow review`)",
}

RULES: Mapping[RuleName, Rule] = {
    "cued_end": Rule(
        ("appended",),
        "Everything from the first of several short lines that open other matter: lines with closing words "
        '("Related", "Kommentare"), ages ("5 hours ago"), a source named twice, lines that other pages carry. If prose '
        "follows, one such line needs a score of 0.95 and several need 0.3.",
        "A short last sentence of the article above these lines; a box inside an article that continues after it.",
    ),
    "headed_story": Rule(
        (),
        "Everything from a headline, source or label on, if the paragraphs after it share few words with the headline, "
        "the lead and the text before, and no other evidence supports a cut. Always `unsure`.",
        "Subheadings; the headline of a further article on the same event.",
    ),
    "listing": Rule(
        ("appended",),
        "Three or more headlines that end the text. Any other list that ends it is `unsure`.",
        "Line-ups, fixtures, ingredients, names, contacts; what a line with a colon announces.",
    ),
    "topic_break": Rule(
        (),
        "A story glued on without any marker, from its first paragraph, that stands nowhere else in the corpus. Always "
        "`unsure`.",
    ),
    "known_story": Rule(
        ("appended",),
        "Everything from a paragraph that opens another article of the corpus, if the models see an end there too.",
        "Background that an update takes from an earlier report.",
    ),
    "link_label": Rule(
        ("promo",),
        'A line "<link words>: headline" in English, French, German, Spanish, Portuguese, Italian, Dutch, Polish '
        "or Russian.",
        "Prose after a colon; labels that hold any other word.",
    ),
    "foreign_line": Rule(
        ("promo",),
        'A line "<any label> | headline" between two paragraphs that shares hardly a word with the article; also '
        '"<label>: headline" if the label is in brackets, in capitals, glued to its colon or holds a link word.',
        'Series of headings ("Tip 2: ...", "Pro: ..."), list items, notes on the topic, quotations and posts.',
    ),
    "bare_link": Rule(("promo",), 'A line of link words alone ("Read more").', 'Headings such as "Video".'),
    "headline_echo": Rule(
        ("furniture",),
        "The headline again, with at most five more words, at the top, at the bottom or in a notice "
        '("Comments off on ...").',
        "A subheading that repeats the headline.",
    ),
    "ad_line": Rule(
        ("ad",),
        "A line of advertising words; between two paragraphs also a call to subscribe with a few unknown words.",
        "List items about advertising.",
    ),
    "ad_fragment": Rule(
        ("ad",),
        "Advertising words between two sentences of a paragraph: from a point where a sentence may begin to the last "
        'word before a capital that does not ask for a noun ("our", "free"). If a sentence breaks off before a very '
        'common word, a label ("Werbung – ...") or a majority of such words is enough.',
        "Sentences about advertising, downloads or newsletters; headings, labels and answers that recur.",
    ),
    "sign_up_form": Rule(
        ("ad",),
        "A paragraph that is a flattened sign-up form and nothing else: at least four phrases of such forms in at most "
        "120 words, one in every 17.",
        "Paragraphs about newsletters or addresses.",
    ),
    "running_time": Rule(
        ("caption",),
        "A line that ends in a running time after a finished sentence or a headline.",
        'Times of day ("at 19:30"), scales; programmes and results, where such lines follow each other.',
    ),
    "picture_frame": Rule(
        ("caption",),
        'A line that opens with the frame of a picture or video ("Enlarge this image toggle caption", "Image '
        'copyright", "FILE PHOTO:", "Pie de foto"), is "Image ... Credit ...", is nothing but "Photo" or "CLOSE", or '
        'is the headline with the number of a picture ("... - Photo 1").',
        "Sentences about images and photographs; lines of more than 90 words.",
    ),
    "video_frame": Rule(
        ("caption",),
        '"JUST WATCHED ... Replay More Videos ... MUST WATCH ... 01:49", as a line or inside one.',
        "The text around it.",
    ),
    "gallery": Rule(
        ("caption",),
        'The captions of a gallery, closed by "Hide Caption 2 of 6"; three or more lines of one article that close in '
        "a name and an unknown agency.",
        'A single such line; the paragraph before "Photos: ...".',
    ),
    "credited_caption": Rule(
        ("caption",),
        'A paragraph of at most 90 words that closes in a credit: with a label ("Photo: Jane Doe"), in brackets '
        '("(Jane Doe/Reuters)") or bare ("Jane Doe/Getty Images", "| Getty"); a '
        'Chinese, Japanese or Korean line of at most 90 letters with such an end or "图为" before it.',
        'Places and reporters\' signs in brackets ("(Scranton, PA)", "(dpa/AFP)"); paragraphs in which somebody '
        "speaks.",
    ),
    "picture_credit": Rule(
        ("caption",),
        "Only the credit in brackets, where the paragraph is longer than a caption or somebody speaks in it.",
        "The paragraph.",
    ),
    "glued_title": Rule(
        ("caption",),
        "A video's title that runs into the end of a paragraph behind a finished sentence, and again as the next line.",
        "Words that close a sentence and head what follows.",
    ),
    "top_caption": Rule(
        ("caption",),
        "In the first line, a caption, its credit and the repeated headline, as far as the end of each is known.",
        "Text that is glued on behind the headline.",
    ),
    "doubled_line": Rule(
        ("repeated",),
        "The second of two equal lines in a row, of at least eight words; the second half of a line that says the same "
        "thing twice.",
        "Refrains, chants.",
    ),
    "name_box": Rule(
        ("promo",),
        "A box of links behind a person's name in a sentence, from the repeated full name to the word MORE.",
        "The name as the article has it; the sentence after the box.",
    ),
    "reporter_credit": Rule(
        ("credit",),
        'Among the last six lines, "... contributed to this report", "Reporting by ...", "Mitarbeit: ...", "Con '
        'información de ...": the whole line, or the sentences that close one. What stands before the wording must be '
        'names. Also a source behind the last sentence ("... said Brandt./The Lamp/").',
        "Sentences that hold these words.",
    ),
    "author_note": Rule(
        ("credit",),
        "Among the last four lines, a full name with what its bearer does, if the surname stands nowhere else in the "
        "text; above the text, only if it is a writer's role.",
        "People whom the text names.",
    ),
    "byline": Rule(
        ("credit",),
        '"By Jane Doe" above a paragraph; the name alone, if an `author_note` introduces that person; a name above a '
        "line that says for whom he or she writes above the first paragraph, or alone under the last one, if the text "
        "has no word of it elsewhere.",
        '"By Monday ..."; names above verses; a name alone above the text; the name under a quotation.',
    ),
    "publication_line": Rule(
        ("credit",),
        "Above the first paragraph or under the last one, a line that says only when, by whom and where the article "
        'was published ("18. Mai 2024, 09:26 Uhr | Von Jane Doe", "Источник: site.example", "記者王明／台北報導").',
        "Days that head the parts of a chronicle; a year alone; datelines before the first sentence.",
    ),
    "contact_note": Rule(("credit",), "Near an end: how to reach the writer, with an address in it."),
    "opinion_note": Rule(
        ("credit",), "Near an end: whose opinions the article expresses.", "Opinions that the article reports."
    ),
    "update_note": Rule(("credit",), "Near an end: when the article was updated.", "Corrections."),
    "licence_notice": Rule(
        ("furniture",),
        "Copyright, who may reprint, where the article first appeared.",
        "Paragraphs of more than 60 words that open in the same way.",
    ),
    "newsletter_notice": Rule(("ad",), "Calls to sign up for a newsletter.", "Sentences about newsletters."),
    "support_notice": Rule(("ad",), "Calls to give or to subscribe.", "Sentences about donations."),
    "tip_notice": Rule(("ad",), "Calls to write to the paper."),
    "embed_notice": Rule(
        ("furniture",),
        "What stands in place of a post, video or map of another site until the reader agrees to load it.",
        "Sentences about such content.",
    ),
    "reader_call": Rule(
        ("ad",),
        "A paragraph of at most 50 words in which the paper calls on its reader to subscribe, give, follow, download "
        "or write, in 27 languages: a sentence opens with such a verb, and the paragraph names what is the paper's or "
        'the reader\'s own ("our newsletter", "your inbox"), or two of such things as "free trial" and "per month". '
        'Also one of at most 90 words that closes in the words of a button for sales ("Buy now").',
        "Paragraphs with quotation marks; sentences about newsletters, apps and gifts; calls in somebody else's name.",
    ),
    "affiliate_notice": Rule(
        ("furniture",),
        "What the paper earns from links to shops, what prices were when, and that a text is paid for.",
        "Sentences about such links in the middle of the text.",
    ),
    "interface_line": Rule(
        ("furniture", "ad"),
        "A whole line of a page's interface: buttons, counters, players, paywalls, announcements of advertisements "
        '("Share this article", "5 min read", "For subscribers only"). Near the ends also a menu of three or more '
        'sections, and the way to the page ("Home > Local > News"). Up to ten words with "ADVERTISEMENT" before them. '
        'A bar of networks to share on with counts ("1.2k SHARES Facebook Twitter"); an archive\'s list of months.',
        "Lines with anything else in them; headlines in capitals.",
    ),
    "link_mark": Rule(
        ("furniture",),
        'What a page tells a screen reader of a link: ", opens new tab", "(opens in a new window)".',
        "The words without a comma or brackets.",
    ),
    "link_line": Rule(
        ("promo",),
        'A line of at most 16 words that opens as a link ("Read the full story", "Don\'t see the graphic", "Click '
        'here"), points to what a text cannot hold ("Listen to the speech below"), or stands behind arrows ("&gt;>").',
        '"Read the full statement:", which announces what follows; what somebody typed at a prompt.',
    ),
    "related_list": Rule(
        ("promo",),
        "A label of link words with up to eight headlines under it.",
        "The first paragraph; a short line right above the label; digests.",
    ),
    "related_line": Rule(("promo",), 'A headline and its link word in one line ("Related ...", "... Read more").', ""),
    "related_bracket": Rule(
        ("promo",),
        '"(RELATED: ...)" inside a paragraph; "[Read more about ...]" as a line of its own.',
        "Round brackets without a label in capitals; what an editor adds in square ones.",
    ),
    "summary_label": Rule(
        ("furniture",), 'The label "Story highlights" and the like above a summary at the top.', "The summary."
    ),
    "repeated_line": Rule(
        ("repeated",),
        "A line of at most 20 words that at least 3 pages of the site carry, and 3 times as many as carry the "
        "article's own paragraphs; if no site is known, a tenth of all articles without a site. Between the article's "
        "paragraphs it must also have the wording of a site (links, captions, notices, the site's name); "
        "otherwise it is `unsure`.",
        "Headings of a series, speakers, questions, attributions; lines of an article of which there are copies; "
        "numbers and times; lines with two or more numbers.",
    ),
    "repeated_label": Rule(("repeated",), 'A short line whose label ("<label>: ...") many pages carry.'),
    "repeated_fragment": Rule(
        ("repeated",),
        "At least three words between two sentences, on at least 5 pages, followed by a common word with a capital.",
        'Phrases that open many sentences ("In a statement to the ...").',
    ),
    "second_copy": Rule(
        ("repeated",),
        "Three or more paragraphs in a row, of 100 or more words, that the text already had in the same order.",
        "A pull quote, a question asked again, a refrain.",
    ),
    "shortcode": Rule(
        ("furniture",),
        'Marks of a publishing system ("[caption id=...]", `poster="..."`), as a line or inside one; a '
        "line that calls an advertiser's script (`window._taboola = ...`).",
        "Words in brackets; lines of other programs.",
    ),
    "age_line": Rule(("furniture",), '"6 years ago" as the first or the last line.', "Ages in a sentence."),
    "last_separator": Rule(
        ("edge",), "Lines without a letter or digit that end the text.", "Separators inside the text."
    ),
    "outer_space": Rule(("edge",), "White space that other claims leave at the ends.", "Everything else."),
    "before_body": Rule(
        ("furniture",),
        "Lines above the article that the line model takes for page furniture.",
        "Lists, verses, times and short lines of the article.",
    ),
    "after_body": Rule(
        ("furniture",),
        "Lines under the article that the line model takes for page furniture.",
        "Lists, verses, times and short lines of the article.",
    ),
    "inside_body": Rule(
        ("furniture",),
        "Lines between the article's lines that the line model takes for page furniture.",
        "Lists, verses, times and short lines of the article; the items of a list that a sentence announces.",
    ),
    "min_words": Rule(("too_short",), "What is left of an article with fewer words than `publish.min_words`."),
    "error": Rule(("failed",), "The whole text of an article on which a rule raised an error."),
    "time": Rule(("failed",), "The whole text of an article that took longer than `run.page_seconds` to strip."),
}

VERDICTS: Mapping[Verdict, str] = {
    "exact": "the same words in the same order: one is a duplicate",
    "version": "the same address at another time, and a fifth of the text shared: one is a duplicate",
    "near": "nearly the same text: one is a duplicate",
    "contained": "one is an excerpt or an abridgement of the other: it is a duplicate",
    "template": "one form with other facts, such as two match reports: both stay",
    "headline": "the headlines tell two stories and the smaller text has enough of its own: both stay",
    "boilerplate": "one of the two has hardly any text of its own: both stay",
    "quote": "what they share is mostly a quotation: both stay",
    "background": "they share a part that is no quotation: both stay",
    "below": "they share too little, and no long passage: both stay",
}
