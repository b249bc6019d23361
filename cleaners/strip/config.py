"""Settings of the strip stage."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

# The reasons that a user may switch off, so that their text stays.
Keepable = Literal["furniture", "repeated", "appended", "promo", "ad", "caption", "credit"]


class FurnitureConfig(BaseModel):
    """Settings of the furniture finder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(
        0.6,
        ge=0.01,
        le=0.99,
        description="probability: a line this likely to be furniture is claimed if the text looks like a whole "
        "page. The less sure the model is of where the article stands, the closer to 1 this bar moves.",
    )
    expected_wrong: float = Field(
        0.2,
        ge=0.0,
        le=1.0,
        description="share: on pages of which extraction expects less to be wrong than this, nothing goes on the "
        "model's word. On 1,350 pages that no one here marked, such cuts took lists of jokes and sources, verses, "
        "tables and contents.",
    )
    clean_threshold: float = Field(
        0.97,
        ge=0.01,
        le=0.99,
        description="probability: what a line needs if the text looks like an article alone. At 0.9, one of 609 "
        "clean articles loses over 2 % (cross-validated).",
    )
    switch_cost: float = Field(
        1.25,
        ge=0.0,
        description="log odds: the cost of going from lines that stay to lines that go, or back. On 399 whole pages "
        "(cross-validated) F1 is 0.930 and 0.378 of the articles lose over 2 % without this and `prose_bonus`, 0.937 "
        "and 0.321 with them.",
    )
    prose_bonus: float = Field(
        1.5,
        ge=0.0,
        description="log odds: added in favour of a line that ends like a sentence, since losing one costs more "
        "than leaving one in.",
    )
    least_f1: float = Field(
        0.2,
        ge=0.0,
        le=1.0,
        description="F1: expected quality of what is kept. Below it nothing is cut and the claims are `unsure`. On "
        "412 whole pages of unseen sites F1 was 0.915 with 0.6 and 0.918 with 0.2, before `prose_likeness`.",
    )
    page_lines: int = Field(
        3,
        ge=1,
        description="lines: a text is a whole page if it has this many lines made of the words of menus, share bars, "
        "comment boxes and footers, of at least `page_classes` kinds. This makes 0.90 of 1,248 page dumps whole pages, "
        "but none of 3,000 newspaper texts and 314 article bodies.",
    )
    page_classes: int = Field(
        2, ge=1, description="kinds: how many kinds of such lines a whole page has; see `page_lines`."
    )
    backed_lines: int = Field(
        5,
        ge=1,
        description="lines: a text with one line of known wording is a whole page if this many lines, which are also "
        "`backed_share` of all, are over `threshold`. Two of 3,000 newspaper texts are, and rightly.",
    )
    backed_share: float = Field(0.2, ge=0.0, le=1.0, description="share of all lines: see `backed_lines`.")
    menu_lines: int = Field(
        4,
        ge=2,
        description="lines: at least this many short lines that open a text are a menu, whatever their wording, if "
        "the model is sure of them (0.9 on average).",
    )
    strange_lines: int = Field(
        6,
        ge=1,
        description="lines: in a language without word lists for furniture, a text is a whole page if the model is "
        "sure (0.9) of this many lines, which are also `strange_share` of all. By this, 3 of 3,000 newspaper texts are "
        "whole pages, and 13 of 2,063 marked bodies, 10 of them from the general web.",
    )
    strange_share: float = Field(0.25, ge=0.0, le=1.0, description="share of all lines: see `strange_lines`.")
    prose_words: int = Field(
        20,
        ge=1,
        description="words: length of the finished sentence that a run of lines may hold only on a whole page.",
    )
    prose_likeness: float = Field(
        0.2,
        ge=0.0,
        le=1.0,
        description="share: on a whole page, a line with such a sentence stays if the article has this share of its "
        "words, by weight, unless a closing line stands above it. On 412 pages of unseen sites F1 is 0.923 with this "
        "and 0.922 without. If known wording alone does not make the page, every paragraph stays.",
    )
    most: float = Field(
        0.25,
        ge=0.0,
        le=1.0,
        description="share of the characters: in a text that is no whole page, a run that takes more is `unsure`.",
    )


class StripConfig(BaseModel):
    """Settings of the strip stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    furniture: FurnitureConfig = Field(default_factory=FurnitureConfig, description="Settings of the furniture finder.")

    keep: tuple[Keepable, ...] = Field(
        default=(),
        description="Reasons whose claims are not made, so that their text stays: `credit` keeps reporters' credits "
        "and notes on the author, `caption` keeps captions.",
    )
    prose_words: int = Field(
        default=20,
        ge=1,
        description="words: length of the finished sentence that no claim takes on a model's word alone. In newspaper "
        "texts, 49 of the 56 supposed runs of furniture with such a sentence were the article's.",
    )
    end_cued: float = Field(
        default=0.4,
        ge=0.0,
        le=1.0,
        description="probability: from here on what follows is cut as appended, if known closing lines, times like "
        "'5 hours ago' or repeated source lines open it and it holds no sentence of `prose_words`.",
    )
    end_told: float = Field(
        default=0.95,
        ge=0.0,
        le=1.0,
        description="probability: the same if such sentences follow, or nearly all of the text, and one line bears "
        "witness. Two of 3,275 newspaper texts have such a place over 0.6, both within the article; the higher one "
        "scores 0.90.",
    )
    end_told_twice: float = Field(
        default=0.3,
        ge=0.0,
        le=1.0,
        description="probability: the same if several lines bear witness. One of the 3,275 newspaper texts has such a "
        "place over 0.2, and rightly.",
    )
    end_listing: float = Field(
        default=0.85,
        ge=0.0,
        le=1.0,
        description="probability: from here on three or more lines that end the text are cut as appended without a "
        "witness, if nearly all of them have the form of a headline. Five of the 3,275 newspaper texts have such "
        "lines, and none of these is the article's.",
    )
    end_unsure: float = Field(
        default=0.4,
        ge=0.0,
        le=1.0,
        description="probability: from here on an end that is not cut is reported with the reason `unsure`.",
    )
    repeated_pages: int = Field(
        default=3,
        ge=2,
        description="pages: how many pages of a site must carry a line before it is cut as repeated. With this and "
        "the factor below, none of 100 clean articles among 600 of one pool lost a line.",
    )
    repeated_factor: float = Field(
        default=3.0,
        ge=1.0,
        description="times: how many times more pages must carry the line than carry the article's own paragraphs, "
        "since copies of an article repeat every line of it.",
    )
    repeated_share: float = Field(
        default=0.1,
        ge=0.0,
        le=1.0,
        description="share of the articles without a site, counted together: how many must carry a line. What fewer "
        "carry may be a heading that many sites use. Without this 0.248 instead of 0.206 of 399 pages of 382 sites "
        "lose over 2 %.",
    )
    split_first: float = Field(
        default=0.2,
        ge=0.0,
        le=1.0,
        description="probability: a file is split if one of its lines is the headline of a further article with at "
        "least this probability. Cross-validated, 86 of 100 headlines are found at 0.2, and 4 of 3,171 single articles "
        "with captions, links and subheadings are split; at 0.1 it is 92 and 14.",
    )
    split_more: float = Field(
        default=0.1,
        ge=0.0,
        le=1.0,
        description="probability: a file that is split is also split at every other line that is such a headline "
        "with at least this probability.",
    )
    split_words: int = Field(
        default=120,
        ge=0,
        description="words: length that each part of a compilation must have. Most sections under a subheading have "
        "fewer.",
    )
