"""Track lists that are wrong, or meant to do harm, are refused with a sentence that says where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderer.tracklists.entries import MOST_BYTES
from renderer.tracklists.lists import read_track_list
from renderer.values.errors import FormatError

quick = settings(max_examples=80)


def save(tmp_path: Path, text: str, name: str = "list") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("track a\nbigDataUrl a.bw\nmaxHeightPixels tall\n", 3, "maxHeightPixels is 'tall'"),
        ("track a\nbigDataUrl a.bw\nparent b\n", 3, "the parent b is not in the hub"),
        ("track a\nbigDataUrl a.bw\nviewLimits 9:2\n", 3, "the range is 9 to 2"),
        ("track a\nbigDataUrl a.bw\ncolor mud\n", 3, "color is 'mud'"),
        ("track a\nparent b\nbigDataUrl a\n\ntrack b\nparent a\n", 0, "more than 5 parents"),
        ("track a\nbigDataUrl\n", 2, "'bigDataUrl' has no value"),
        ("[a]\nfile = a.bw\nheight = tall\n", 3, "height is 'tall'"),
        ("[a]\nfile = a.bw\nmin_value = 3\nmax_value = 2\n", 3, "the range is 3 to 2"),
        ("[a]\nfile = a.bw\nfile = b.bw\n", 3, "already exists"),
        ("[a]\nno value\n", 2, "cannot be read"),
        ("[a]\ntitle = x\n", 1, "names no file"),
        ('[{"type": "bigwig", "url": "a.bw"},\n {"type": }]', 2, "the JSON ends or breaks here"),
        ('["a.bw"]', 0, "item 1 is a text"),
        ("<Session>\n<Resources>\n</Session>", 3, "mismatched tag"),
        ("<html>\n</html>", 1, "the document is a <html>"),
        ("just words\n", 0, "this is no list of tracks"),
        ("", 0, "this is no list of tracks"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, line, said):
    with pytest.raises(FormatError, match=said) as error:
        read_track_list(save(tmp_path, text, "mine.txt"))
    assert ("mine.txt", line) == (error.value.file, line and error.value.line)


BESIDE = '{"type": "bigwig", "url": "a.bw", "name": "a"}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("track a\nbigDataUrl a.bw\n\ntrack a\nbigDataUrl b.bw\n", "mine.txt, line 4: there is a track a already"),
        ("track a\nbigDataUrl b.bw\nbigDataUrl a.bw\n", "line 3: 'bigDataUrl' is said twice; the last one counts"),
        ("track a\nvisibility hide\nvisibility full\nbigDataUrl a.bw\n", "'visibility' is said twice"),
        (f'[{{"type": "bigwig", "name": "x"}}, {BESIDE}]', "track 1 ('x') has no url and was left out"),
        (f'[{{"type": "native_track", "list": []}}, {BESIDE}]', "track 1: 'native_track' comes with the browser"),
        (f'[{{"type": "bigwig", "url": "x", "name": "x", "mode": "hide"}}, {BESIDE}]', "track 1 ('x') is hidden"),
        (f'{{"tracks": [{{"type": "wig", "name": "x"}}, {BESIDE}]}}', "track 1 ('x') has no url and was left out"),
    ],
)
def test_one_bad_track_costs_that_track_and_not_the_list(tmp_path, text, said):
    listing = read_track_list(save(tmp_path, text, "mine.txt"))
    assert [str(tmp_path / "a.bw")] == [track.location for track in listing.tracks]
    assert any(said in one for one in listing.warnings), listing.warnings


@pytest.mark.parametrize(
    "place",
    [
        "../secret.bw",
        "/etc/passwd",
        "link/passwd",
        "a/../../b.bw",
        "file:///etc/passwd",
        "data:text/plain,x",
        "gopher://x/y",
    ],
)
def test_a_list_names_no_file_outside_its_folder(tmp_path, place):
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "link").symlink_to("/etc")
    for text in (
        f"[a]\nfile = {place}\n",
        f"track a\nbigDataUrl {place}\n",
        json.dumps([{"url": place}]),
        f'<Session><Resource path="{place}"/></Session>',
    ):
        with pytest.raises(FormatError, match=r"lies outside the folder|is no place of a file"):
            read_track_list(save(folder, text))


def test_an_included_file_cannot_lead_out_either(tmp_path):
    (tmp_path / "lists" / "hg19").mkdir(parents=True)
    save(tmp_path / "lists" / "hg19", "track a\nbigDataUrl ../../x.bw\n", "t.txt")
    listing = save(tmp_path / "lists", "include hg19/t.txt\n")
    with pytest.raises(FormatError, match=r"t\.txt, line 2: '\.\./\.\./x\.bw' lies outside"):
        read_track_list(listing)
    assert str(tmp_path / "x.bw") == read_track_list(listing, anywhere=True).tracks[0].location


def test_files_that_include_one_another_end(tmp_path):
    with pytest.raises(FormatError, match="include one another"):
        read_track_list(save(tmp_path, "include list\n"))


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>\n<Session genome="&b;"/>'
THIEF = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<Session><Track>&a;</Track></Session>'


@pytest.mark.parametrize("text", [BOMB, THIEF])
def test_xml_with_entities_is_refused(tmp_path, text):
    with pytest.raises(FormatError, match="there is a document type"):
        read_track_list(save(tmp_path, text))


@pytest.mark.parametrize("text", ["[" * 100_000, '[{"options":' + '{"a":' * 100_000, "<Session>" + "<a>" * 100_000])
def test_deep_nesting_is_refused(tmp_path, text):
    with pytest.raises(FormatError, match="nested too deeply"):
        read_track_list(save(tmp_path, text))


def test_a_file_too_large_for_a_list_is_refused_unread(tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as out:
        out.write(b"[")
        out.truncate(100 * 2**20)
    with pytest.raises(FormatError, match=rf"large\.json: the file has 104,857,600 bytes\. .*{MOST_BYTES:,}"):
        read_track_list(path)


@quick
@given(st.sampled_from(["", "[", "<Session>", "track a\n", "[a]\n", '[{"url":']), st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_sentence(tmp_path, head, text):
    try:
        listing = read_track_list(save(tmp_path, head + text.replace("\r", "\n").encode("utf-8", "ignore").decode()))
    except FormatError as error:
        assert str(error).startswith("list")
    else:
        assert all(Path(one.location).is_relative_to(tmp_path) or one.remote for one in listing.tracks)
