"""What a source is called, and which is refused where it is given: no password is ever repeated."""

from __future__ import annotations

import pytest

from posturewatch.base.outside import OutsideError
from posturewatch.base.source_names import checked_source, shown_source

BROKEN = [
    "http://me:hun#ter2@cam/video",
    "http://me:hun/ter2@cam/video",
    "http://me:hun?ter2@cam/video",
    "http://me:hun@ter2@cam/video",
    "http://me:hunter2@cam/video#x",
    "http://me:hun ter2@cam/video",
    "http://me:hun\\ter2@cam/video",
    "http://me:hunter2@/video",
    "http://me:hunter2@cam:port/video",
    "me:hunter2@cam/video",
    "//me:hunter2@cam/video",
    "http:/me:hunter2@cam/video",
    "http:me:hunter2@cam/video",
    "rtsp://me:hunter2@cam/video",
    "cam:8080/video?user=me&pwd=hunter2",
    "cam/video?user=me&pwd=hunter2",
]


@pytest.mark.parametrize("source", BROKEN)
def test_a_source_whose_password_cannot_be_told_is_refused_unrepeated(source: str) -> None:
    """The message says what is allowed and repeats nothing; what it is called where others may read it neither."""
    with pytest.raises(OutsideError) as refused:
        checked_source(source)
    for said in (str(refused.value), shown_source(source)):
        assert "ter2" not in said
        assert "hun" not in said


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("0", "camera 0"),
        ("http://me:hunter2@cam.local:8080/video?pw=hunter2", "the stream of http://cam.local"),
        ("https://me:hun%23ter%2F2@cam.local/", "the stream of https://cam.local"),
        ("http://[::1]:8080/", "the stream of http://[::1]"),
        ("/dev/video0", "/dev/video0"),
        ("/home/me@work/film 1.mp4", "/home/me@work/film 1.mp4"),
        ("./me@home.mp4", "./me@home.mp4"),
        ("films/day 2.mp4", "films/day 2.mp4"),
        ("C:\\films\\day.mp4", "C:\\films\\day.mp4"),
    ],
)
def test_a_source_is_told_by_its_kind_and_host(source: str, shown: str) -> None:
    """Of an address the host alone; a path is no secret."""
    assert checked_source(source) == source
    assert shown_source(source) == shown
