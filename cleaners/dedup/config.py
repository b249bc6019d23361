"""Settings of the dedup stage."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class DedupConfig(BaseModel):
    """Settings of the dedup stage.

    The settings named in `FINGERPRINT_SETTINGS` shape what is computed for one article alone; changing any of them
    makes stored fingerprints useless. All others are applied to pairs and clusters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shingle_words: int = Field(
        3,
        ge=1,
        le=10,
        description="words: length of a shingle. At 3 a copy with 2 % of its letters wrong keeps 70 % of its "
        "shingles, at 5 only 52 %; look-alikes stay at or under 50 % at both.",
    )
    permutations: int = Field(
        128, ge=16, le=512, description="count: MinHash values in a signature, a multiple of `band_rows`."
    )
    seed: int = Field(1, ge=0, le=2**32 - 1, description="number: seed of the MinHash permutations.")
    band_rows: int = Field(
        4,
        ge=1,
        le=16,
        description="count: signature values in one band. 32 bands of 4 make a pair of Jaccard 0.5 a candidate with "
        "probability 0.87, of 0.6 with 0.99.",
    )
    passage_words: int = Field(
        8,
        ge=4,
        le=32,
        description="words: length of the runs that the passage lane looks up. Runs of 8 are seldom shared by chance.",
    )
    passage_window: int = Field(
        16,
        ge=1,
        le=256,
        description="runs: at least one of this many consecutive runs is looked up, so a shared passage of "
        "`passage_words + passage_window - 1` words (23) is always found.",
    )
    hot_bucket: int = Field(
        24,
        ge=2,
        le=1000,
        description="articles: in a larger bucket each article is paired only with `hot_representatives` and its "
        "neighbour, not with all others. This keeps the cost linear; such buckets are reported.",
    )
    hot_representatives: int = Field(
        2,
        ge=1,
        le=100,
        description="articles: the most complete ones of a hot bucket, which are paired with all others in it.",
    )
    row_pairs: int = Field(
        4,
        ge=1,
        le=1000,
        description="pairs: in each lane an article is paired with at most this many earlier articles that come first "
        "in the order of keeping, and as many that share most buckets with it. Articles with more are reported. Of "
        "5,000 copies hidden among 16,000 reports of one form, 8 finds one more than 4 does, but 200,000 such reports "
        "take half as long again.",
    )
    common_share: float = Field(
        0.0025,
        gt=0,
        le=1,
        description="share of all stories: text that more of them carry word for word is no article's own. At "
        "0.01, 18 more wrong pairs are accepted among 3,000 posts made from a few forms, and one in ten other "
        "collections.",
    )
    common_articles: int = Field(
        8, ge=2, le=10_000, description="stories: text that fewer of them carry is not common in the corpus."
    )
    carried_stories: int = Field(
        3,
        ge=2,
        le=1000,
        description="stories of one site: text that this many carry word for word is no article's own, and no "
        "evidence.",
    )
    own_words: int = Field(
        30,
        ge=0,
        le=1000,
        description="words: an article with fewer of its own, and more that others carry, is no duplicate.",
    )
    headline_min: float = Field(
        0.2,
        ge=0,
        le=1,
        description="share of the stems of the shorter headline that the other has: below it the headlines tell two "
        "stories, and so do the texts if the smaller one has `own_run` words in a row of its own.",
    )
    own_run: int = Field(
        20,
        ge=1,
        le=1000,
        description="words in a row: what the smaller of two texts under headlines of two stories must have alone "
        "to be a story of its own.",
    )
    notice_words: int = Field(
        100,
        ge=0,
        le=1000,
        description="words: an article with fewer is no duplicate of one of the same site if the headlines tell two "
        "stories; what they share is a notice.",
    )
    lead_words: int = Field(
        40,
        ge=5,
        le=1000,
        description="words: two texts that each open with as many of their own tell two stories over one background, "
        "unless their headlines agree. Of 7,200 Portuguese reports without headlines 116 were merged, and 43 of these "
        "pairs are told apart so; 38 of them by reading rightly.",
    )
    lead_share: float = Field(
        0.35,
        ge=0,
        le=1,
        description="share of the shingles of these first words that the other text has: up to here they are the "
        "text's own. Of 1,197 labelled copies none has less on both sides.",
    )
    lead_jaccard: float = Field(
        0.8,
        gt=0,
        le=1,
        description="Jaccard: from here on two texts are copies, whatever they open with.",
    )
    one_headline: float = Field(
        0.6,
        gt=0,
        le=1,
        description="share of the stems of the shorter headline that the other has: from here on, and within "
        "`story_days`, a pair is accepted at `headed_min`.",
    )
    headed_min: float = Field(
        0.65,
        gt=0,
        le=1,
        description="share of the smaller article's shingles: takes the place of `contained_min` for a pair whose "
        "headlines agree.",
    )
    story_days: int = Field(
        3,
        ge=0,
        le=366,
        description="days: longest time between two dates of publication for headlines to tell of one story.",
    )
    version_min: float = Field(
        0.2,
        gt=0,
        le=1,
        description="share of the smaller article's shingles that the other has: from here on two texts of one "
        "address are versions of one article.",
    )
    version_size: float = Field(
        0.7,
        ge=0,
        le=1,
        description="share of the words of the longest version of an address: the newest version with at least this "
        "many is kept.",
    )
    likely_jaccard: float = Field(
        0.2,
        ge=0,
        le=1,
        description="Jaccard, estimated from signatures: candidate pairs from here on are read and judged.",
    )
    likely_share: float = Field(
        0.1,
        ge=0,
        le=1,
        description="share of the passages of the article that has fewer: candidate pairs that share this many are "
        "read and judged. 4,343 of 47,304 pairs pass this or `likely_jaccard`, including all 1,287 accepted ones.",
    )
    all_pairs: bool = Field(
        False,
        description="Whether to read and judge all candidate pairs, for an audit of the passages that articles "
        "share. It takes two to three times as long and finds no further duplicate.",
    )
    contained_min: float = Field(
        0.7,
        gt=0,
        le=1,
        description="share of the smaller article's shingles that the other has: from here on a pair is accepted if "
        "its facts agree.",
    )
    grey_min: float = Field(
        0.35,
        gt=0,
        le=1,
        description="share of the smaller article's shingles that the other has: from here up to `contained_min` "
        "the ratio decides, below it the pair is rejected.",
    )
    ratio_min: float = Field(
        0.85,
        gt=0,
        le=1,
        description="share of the smaller article that the other has, by letters in any order of sentences or by "
        "words in one order: from here on a pair in the grey band is accepted.",
    )
    order_words: int = Field(
        100, ge=0, le=10_000, description="words: in shorter articles the order of words proves nothing."
    )
    sentence_ratio_min: float = Field(
        0.7,
        gt=0,
        le=1,
        description="rapidfuzz ratio: a sentence without a counterpart this similar counts as missing from the "
        "other text.",
    )
    size_min: float = Field(
        0.8,
        gt=0,
        le=1,
        description="share of the larger article's shingles: if the smaller article has fewer, the verdict is "
        "contained, else near.",
    )
    piece_size: float = Field(
        0.15,
        ge=0,
        le=1,
        description="share of the larger article's shingles: an article with fewer is an excerpt only if it stands at "
        "the beginning of the other; else it is a piece with a story of its own (captions, an item of a round-up). A "
        "quarter of an article that was made half as long again has 0.17. A few of 1,197 labelled copies have less, "
        "down to 0.07, and all of those are beginnings.",
    )
    conflict_share: float = Field(
        0.13,
        gt=0,
        le=1,
        description="share of the compared facts (numbers, names) that differ: from here on a pair is two articles "
        "of one template. 1,793 pairs of copies stay at or under 0.105, and 198 pairs of one template begin at 0.5. "
        "The pairs of Reuters over 0.12 that were read were market reports of different days.",
    )
    conflict_facts: int = Field(
        1, ge=1, le=100, description="facts: a pair with fewer in conflict is never called a template."
    )
    form_min: float = Field(
        0.6,
        gt=0,
        le=1,
        description="share of the shorter article's words that the other has in the same order: a pair with fewer "
        "has no common form and so no template.",
    )
    quoted_min: float = Field(
        0.5,
        gt=0,
        le=1,
        description="share of what a rejected pair shares that stands in quotation marks in one of the texts: from "
        "here on the verdict is quote, below it background.",
    )
    short_words: int = Field(
        30, ge=0, le=500, description="words: a shorter article is a duplicate only if it is the same or nearly so."
    )
    short_ratio: float = Field(
        0.95, gt=0, le=1, description="rapidfuzz ratio of two whole texts: from here on short articles are duplicates."
    )
    passage_min: int = Field(
        25, ge=8, le=1000, description="words: shorter passages that two different articles share are not reported."
    )
    completeness_step: float = Field(
        0.05,
        gt=0,
        le=1,
        description="share: copies whose lengths differ by less count as equally complete.",
    )
    loose_max: float = Field(
        0.05,
        ge=0,
        le=1,
        description="share of a text's letters in short lines that do not end like a sentence: up to here they are "
        "taken for captions and add nothing to its completeness, above it for lists and tables.",
    )
    preferred_sources: tuple[str, ...] = Field(
        (),
        description="Sites, or beginnings of `source`, best first. They decide which of equally complete copies is "
        "kept.",
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.permutations % self.band_rows:
            raise ValueError(f"permutations ({self.permutations}) must be a multiple of band_rows ({self.band_rows})")
        if self.grey_min > self.contained_min:
            raise ValueError(f"grey_min ({self.grey_min}) must not be above contained_min ({self.contained_min})")
        return self


FINGERPRINT_SETTINGS = ("shingle_words", "permutations", "seed", "passage_words", "passage_window")
