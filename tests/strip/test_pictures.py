# ruff: noqa: E501
"""Frames, captions and credits of pictures and videos, and boxes in sentences; and what resembles them."""

import pytest

from tests.strip.samples import article, cleaned
from tests.strip.stories import HARBOUR
from tests.strip.wording import LAYOUTS, MIDDLE, PARAGRAPHS, TOP, left, placed

FRAMES = [
    "Enlarge this image toggle caption Ola Quist/Nordline Ola Quist/Nordline",
    "toggle caption Ola Quist/Nordline",
    "Image copyright Nordline Image caption The bridge has stood since the reign of the third duke",
    "Media playback is unsupported on your device Media caption Ada Brandt: 'The girders are tired'",
    "Facebook Twitter Pinterest A ferry crosses the harbour at noon. Photograph: Ola Quist/Nordline",
    "FILE PHOTO: The swing bridge of Velmora is seen from the eastern quay, March 3, 2031. Ola Quist/File Photo",
    "Image Lorries queue before the bridge. Credit Ola Quist for The Velmora Post",
    "CLOSE Engineers explain what is wrong with the girders. (March 3) AP",
    "JUST WATCHED Why the bridge had to close Replay More Videos ... MUST WATCH Why the bridge had to close 01:49",
    "Pie de foto, El puente giratorio de Velmora",
    "Légende image, Le pont tournant de Velmora",
    "Bildunterschrift: Die Drehbrücke von Velmora",
    "Legenda da foto, A ponte giratória de Velmora",
    "CLOSE",
    "Photo",
    "Bild:",
]
CAPTIONS = [
    "Lorries queue before the swing bridge on Monday, March 3, 2031, in Velmora. (AP Photo/Ola Quist)",
    "Ada Brandt on the quay. (Photo: Ola Quist, The Velmora Post)",
    "Ada Brandt on the eastern quay (Ola Quist/Reuters)",
    "The bridge from the air, in a picture that the port gave out. (Velmora Port Authority via AP)",
    "The bridge at dawn. | Getty",
    "A ferry leaves the western quay in March. Photograph: Ola Quist/AFP/Getty Images",
    "Engineers look at the second girder from a boat. Ola Quist/Getty Images",
    "Cyclists wait for the first ferry of the day. Photo by Ola Quist / Getty Images",
    "Walkers on the eastern quay [Ola Quist/Nordline]",
    "(AP/Ola Quist)",
    "Die Drehbrücke am Morgen. Foto: Ola Quist/dpa",
    "Photographer: Ola Quist/Bloomberg Photographer: Ola Quist/Bloomberg",
    "港口清晨的旋转桥。林美 摄",
    "图为韦尔莫拉港的旋转桥。",
    "图注：韦尔莫拉港的旋转桥",
    "题图来自韦尔莫拉港务局",
    "Photos by Ola Quist (Nordline), Mia Lind (Nordline), J T Ask, seagull7, Jo O'Hara, Tom Abel, Ines Falk and Per Dahl",
    "Images: Nordline; Ola Quist, Mia Lind, Jo Ask, Tom Abel, Ines Falk, Per Dahl, Rhea Stroud/Velmora Post",
    "港口的旋转桥。摄影：通讯社",
    "旋转桥（资料图）",
    "아침의 항구 다리 / 사진: 통신사",
    "朝の旋回橋（撮影・林美）",
    "開いた橋＝3日、ベルモラ市",
    "Tiltas per Velmorą šį rytą. Jono Kalvaičio / BNS nuotr.",
    "A híd ma reggel. Kovács Ida felvétele",
    "สะพานหมุนเมื่อเช้านี้ ภาพ: อาดา บรันดท์",
]


@LAYOUTS
@pytest.mark.parametrize("line", [*FRAMES, *CAPTIONS])
def test_a_caption_with_its_credit_goes_whole(line: str, gap: str) -> None:
    """Captions and credits of known forms are claimed, at the top as between paragraphs."""
    assert left(placed(line, MIDDLE), gap) == PARAGRAPHS
    assert left(placed(line, TOP), gap) == PARAGRAPHS


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "The photo by an unknown sailor shows the bridge in 1902, and it hangs in the harbour office to this day.",
        "Ms Brandt held up a photograph: a crack as long as an arm.",
        "Photos: of the first bridge there are two, of the second, which stood for a year, there is one, and none since",
        "Nobody would say who had taken the image, Reuters reported.",
        "A spokesman for the fund (which the town and the port share) declined to comment.",
        "He was born in the port town across the bay (Velmora, PA).",
        "Die Hafenbehörde will im Herbst neu planen. (dpa/AFP)",
        "The tender went to two firms, Quist/Brandt and Ostrel Steel.",
        "“Nobody walks across for the view,” said Mr Quist, who runs a cafe on the quay. “They want lunch.”",
        "The statement was put out by the works council of the port, by the unions of crane drivers, and by Quist / Lusa",
        "Most of the letters were against the bridge (see the review of the plan, AP)",
        "By Monday, the traffic on Ostrel road",
        "They met at the old customs house, now a cafe (Shutterstock Hall, as people call it)",
        "The tender of the county lists three firms: Brandt/Lind, Ask/Quist, and one that it only calls the north/AP.",
        "Close to the eastern quay three cafes have shut already",
        "Image and reputation matter to a port",
        "他喜欢摄影，常在码头上拍照。",
        "사진을 찍는 사람들이 다리 위에 모였다.",
        "写真が好きな人が岸壁に集まった。",
        "Muziejuje kabo viena sena nuotrauka",
        "Elkészült a hídról szóló első felvétele",
        "The old keepers rang both bells, and the tide answered in the second age. [BK1 SP / BK2 SP]",
    ],
)
def test_prose_that_speaks_of_pictures_and_agencies_stays(line: str, gap: str) -> None:
    """A sentence that mentions a photograph, an agency or a place in brackets is the article's."""
    text = placed(line, MIDDLE)
    assert left(text, gap) == text


@LAYOUTS
def test_where_somebody_speaks_only_the_credit_goes(gap: str) -> None:
    """A paragraph with speech in it may be the article's: the credit behind it is claimed alone."""
    said = "“We had no choice,” she said on the quay, before the divers went down to the second girder."
    assert left(placed(f"{said} (AP Photo/Ola Quist)", MIDDLE), gap) == placed(said, MIDDLE)


@LAYOUTS
def test_a_gallery_goes_from_its_title_to_its_last_caption(gap: str) -> None:
    """Captions closed by "Hide Caption 1 of 3" go, in one line or over several, and the paragraphs around stay."""
    gallery = [
        "Photos: The old bridge Photos: The old bridge Lorries cross in 1961. Hide Caption 1 of 3 Photos: The old bridge "
        "The bridge is painted green.",
        "Hide Caption 2 of 3 Photos: The old bridge Divers look for cracks. Hide Caption 3 of 3",
    ]
    assert left(placed(gallery, MIDDLE), gap) == PARAGRAPHS


@LAYOUTS
def test_three_captions_with_unknown_houses_are_a_gallery_and_one_is_not(gap: str) -> None:
    """A name and a house that no list has say little alone, and in three lines of one article enough."""
    lines = [f"The {nth} girder from below. Ola Quist / Velmora Pictures" for nth in ("first", "second", "third")]
    assert left(placed(lines, MIDDLE), gap) == PARAGRAPHS
    assert left(placed(lines[0], MIDDLE), gap) == placed(lines[0], MIDDLE)


@LAYOUTS
def test_a_line_said_twice_in_a_row_is_left_once(gap: str) -> None:
    """The second of two equal lines goes, and so does the second half of a line that says the same twice."""
    line = "Divers looked at all four girders before the engineers came"
    assert left(placed([line, line], MIDDLE), gap) == placed(line, MIDDLE)
    assert left(placed(f"{line} {line}", MIDDLE), gap) == placed(line, MIDDLE)


@LAYOUTS
def test_a_refrain_stays(gap: str) -> None:
    """A short line may stand twice."""
    text = placed(["Row, row, to the quay", "Row, row, to the quay"], MIDDLE)
    assert left(text, gap) == text


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "The bridge is beyond repair, says the port. | AP Photo Velmora bridge to close",
        f"The bridge is beyond repair, says the port. {HARBOUR[0]}",
    ],
)
def test_a_caption_with_the_headline_behind_it_goes_at_the_top_alone(line: str, gap: str) -> None:
    """Caption, credit and headline run into one first line are claimed where each end is known."""
    assert left(placed(line, TOP), gap) == PARAGRAPHS


@LAYOUTS
def test_only_the_caption_goes_where_a_standfirst_follows_the_headline(gap: str) -> None:
    """What is glued behind the headline is the article's."""
    line = f"The bridge is old. | Getty {HARBOUR[0]} The port says that the girders were never built for lorries."
    kept = "The port says that the girders were never built for lorries."
    assert left(placed(line, TOP), gap) == placed(kept, TOP)


@LAYOUTS
@pytest.mark.parametrize(
    ("name", "box"),
    [
        ("Ada Brandt", " Ada Maria BrandtPort funds run dry Harbour fund: who pays? MORE"),
        ("Ada Brandt", " Adelheid (Ada) Maria Brandt2031 budget leaves a hole Ferry crews call for a rise MORE"),
        ("Ada Brandt", " Ada Brandt Port funds run dry Harbour fund: who pays? MORE"),
        ("Ada Brandt", "Ada BrandtPort funds run dry MORE"),
        ("Tomas Quist Jr.", " Tomas Olaf Quist Jr.Port funds run dry MORE"),
    ],
)
def test_a_box_behind_a_name_goes_and_the_sentence_stays_whole(name: str, box: str, gap: str) -> None:
    """The name as the article has it and what follows the box are kept."""
    boxed = f"Critics of {name}{box} (Velmora East), who heads the port, want the books opened."
    plain = f"Critics of {name} (Velmora East), who heads the port, want the books opened."
    assert left(placed(boxed, MIDDLE), gap) == placed(plain, MIDDLE)


@LAYOUTS
@pytest.mark.parametrize(
    "line",
    [
        "Brandt asked for MORE, in capitals, and John A. Brandt, her brother, for less.",
        "Ms Brandt met Brandt and Sons, the builders. The crowd shouted ONE MORE year.",
        "Jeff Jefferson said that Jefferson Steel wants MORE time.",
    ],
)
def test_a_sentence_with_the_word_more_in_capitals_stays(line: str, gap: str) -> None:
    """Without a name run into a headline there is no box."""
    text = placed(line, MIDDLE)
    assert left(text, gap) == text


@LAYOUTS
@pytest.mark.parametrize(
    ("line", "goes"),
    [
        ("window._taboola = window._taboola || []; _taboola.push({ mode: 'thumbs' });", True),
        ("googletag.cmd.push(function() { googletag.display('ad-1'); });", True),
        ("var harbour = new Harbour(); harbour.open('ad-1');", False),
        ("The port bought the googletag of a firm in Osk; nobody knows why.", False),
    ],
)
def test_the_script_of_an_advertiser_goes(line: str, gap: str, *, goes: bool) -> None:
    """Scrapers take it for text; another program may be what the article is about."""
    text = placed(line, MIDDLE)
    assert left(text, gap) == (PARAGRAPHS if goes else text)


@LAYOUTS
def test_a_videos_title_run_into_the_paragraph_above_goes(gap: str) -> None:
    """A title behind a finished sentence, which stands again as the next line, is a video's; the sentence stays."""
    title = "Port authority pleads for calm between the quays"
    paragraphs = HARBOUR[1].split("\n\n")
    text = gap.join([f"{paragraphs[0]} {title}", title, *paragraphs[1:]])
    assert cleaned(article((HARBOUR[0], text))) == gap.join(paragraphs)


@LAYOUTS
def test_a_paragraph_that_ends_in_its_next_heading_stays(gap: str) -> None:
    """Words that close a sentence and come up again as a heading are the article's."""
    paragraphs = HARBOUR[1].split("\n\n")
    heading = "the girders of the old bridge over the harbour"
    text = gap.join([*paragraphs[:2], f"Nobody had looked at {heading}", heading, *paragraphs[2:]])
    assert cleaned(article((HARBOUR[0], text))) == text


@LAYOUTS
def test_a_gallery_that_is_all_there_is_stays(gap: str) -> None:
    """A page that has nothing but the captions of a gallery keeps them: they are its text."""
    text = gap.join([f"Photos: The quay {n} boats lie at anchor. Hide Caption {n} of 4" for n in range(1, 5)])
    assert cleaned(article(("The quay in pictures", text))) == text
