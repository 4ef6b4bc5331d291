"""The page: whole, small enough, closed to the network, and deaf to what the user typed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from posturewatch.base.i18n import LANGUAGES, set_language
from posturewatch.base.quantities import LOWEST_IN
from posturewatch.base.wording import call_for_help, footer, see_a_doctor_soon, seek_help
from posturewatch.report.html.markup import SHOWN_ROWS, script_json, table, tag
from posturewatch.report.html.page import MAX_BYTES, render_html
from posturewatch.report.html.page_data import LETTERS, STEP_IN, TIMELINE_DAYS, page_data
from posturewatch.report.material import Material
from posturewatch.report.tables import Table
from report.journals import DAY, HOSTILE, at, diary, hours, minute, nudge, report

_VOID = {"meta", "link", "br", "img", "hr", "input"}


class _Reader(HTMLParser):
    """Collects elements, and text outside scripts and styles; notes a tag that closes what is not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif not self.open or self.open[-1] != "style":
            self.text.append(data)


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def _policy(page: str) -> str:
    metas = [attributes for name, attributes in _read(page).tags if name == "meta"]
    return next(str(meta["content"]) for meta in metas if meta.get("http-equiv") == "Content-Security-Policy")


@pytest.fixture(scope="module")
def page(material: Material) -> str:
    """The page of twelve generated weeks."""
    return render_html(material)


def test_twelve_weeks_fit_in_six_megabytes(page: str) -> None:
    """A page goes by mail and opens on a phone."""
    assert len(page.encode()) <= MAX_BYTES


def test_every_element_is_closed(page: str) -> None:
    """The markup nests."""
    reader = _read(page)
    assert reader.wrong == []
    assert reader.open == []


def test_the_page_loads_nothing(page: str) -> None:
    """No element points outside the page, and the policy forbids what is not named by hash."""
    for name, attributes in _read(page).tags:
        assert "src" not in attributes, name
        assert not any(key.startswith("on") for key in attributes), name
        if "href" in attributes:
            assert str(attributes["href"]).startswith("#")
    assert _policy(page).startswith("default-src 'none'; script-src 'sha256-")


def test_only_our_two_scripts_may_run(page: str) -> None:
    """The policy names the hashes of exactly the two scripts that are in the page."""
    named = set(re.findall(r"sha256-[A-Za-z0-9+/=]+", _policy(page)))
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    made = {"sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts}
    assert len(scripts) == 2
    assert named == made


def test_what_the_user_typed_stays_text() -> None:
    """Tags, quotes and a closing script tag in every field that a user can type are shown, not obeyed."""
    entries = diary(note=HOSTILE, medication=HOSTILE, trigger=HOSTILE)
    made = report(
        [*hours(3, profile=HOSTILE)], [nudge(at(10), "acted")], entries, name=HOSTILE, first=DAY - timedelta(days=1)
    )
    page = render_html(made)
    reader = _read(page)
    assert sum(name == "script" for name, _attributes in reader.tags) == 3
    assert not any(name == "img" for name, _attributes in reader.tags)
    assert "".join(reader.text).count(HOSTILE) >= 4
    assert HOSTILE not in page


def test_json_in_a_script_cannot_end_it() -> None:
    """Whatever text the data hold, the script element stays whole and the JSON reads back the same."""
    value = {"a": "</script><!--\u2028&"}
    written = script_json(value)
    assert "<" not in written
    assert json.loads(written) == value


def test_a_forgotten_escape_shows_as_text() -> None:
    """Plain text given to a tag is escaped, in content and in attributes."""
    assert tag("p", "<b>", title='"x"') == '<p title="&quot;x&quot;">&lt;b&gt;</p>'


@pytest.mark.parametrize(("rows", "cut"), [(12, False), (SHOWN_ROWS, False), (SHOWN_ROWS + 1, True)])
def test_only_a_long_table_is_cut_to_the_screens_height(rows: int, cut: bool) -> None:
    """The dozen movements of a check are all seen at once; a hundred days scroll in a box of their own."""
    made = table(Table("Days", ("Day", "Minutes"), tuple((str(day), "1") for day in range(rows))))
    assert ('class="scroll long"' in made) is cut


def test_quality_comes_first(page: str) -> None:
    """The order of a review: quality, bands, median, breaks, hours, weeks, diary, movement checks, single days."""
    order = re.findall(r'<section id="(\w+)"', page)
    assert order == ["quality", "bands", "distribution", "breaks", "heat", "weeks", "diary", "checks", "day"]


def test_every_chart_has_words_and_a_table(page: str) -> None:
    """A chart stands in a figure with a caption, has a label, and its section holds a table."""
    for name, section in re.findall(r'<section id="(\w+)"(.*?)</section>', page, re.DOTALL):
        for figure in re.findall(r"<figure>(.*?)</figure>", section, re.DOTALL):
            assert re.search(r"<figcaption>\S", figure), name
            assert 'role="img"' in figure
            assert 'aria-label="' in figure
        assert "<table>" in section, name


def test_the_footer_and_the_help_list_are_there(page: str) -> None:
    """The wellness sentence and when to seek help, whole, beside the diary and not folded: folded is not printed."""
    text = "".join(_read(page).text)
    assert footer() in text
    for item in seek_help():
        assert item in text
    for sentence in (call_for_help(), see_a_doctor_soon()):
        assert sentence in text
    diary = page[page.index('<section id="diary"') :]
    diary = diary[: diary.index("</section>")]
    assert '<aside class="help"' in diary
    assert "seek-help" in page[: page.index("<section")]


def test_a_generated_journal_says_so(page: str) -> None:
    """Nobody takes made-up days for a person's."""
    assert "Generated data." in page
    assert "Generated data." not in render_html(report(hours(3)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_its_language(language: str, material: Material) -> None:
    """A screen reader picks its voice by it."""
    set_language(language)
    assert f'<html lang="{language}">' in render_html(material)[:200]


def test_a_day_has_the_same_page_without_weeks() -> None:
    """One day: quality, bands, median, the day itself, breaks, diary."""
    page = render_html(report(hours(4)))
    assert re.findall(r'<section id="(\w+)"', page) == ["quality", "bands", "distribution", "day", "breaks", "diary"]


def test_a_short_day_shows_its_numbers_and_its_warning() -> None:
    """Today's report in the morning: the hour there is, with the word that it should not be relied on."""
    text = "".join(_read(render_html(report(hours(1, 1.4)))).text).replace("\u00a0", " ")
    assert "should not be relied on: under 120 valid minutes" in text
    assert "1.4 ± 0.3 in" in text


def test_an_empty_period_still_gives_a_page() -> None:
    """Nothing recorded is said, not crashed over."""
    page = render_html(report([], first=DAY - timedelta(days=30)))
    assert "Nothing was recorded in this time." in page


def test_the_packed_timeline_says_what_the_rows_say() -> None:
    """Each minute's letter unpacks to its value within half a step; gaps are blank."""
    rows = [minute(at(9, 0), 0.8), minute(at(9, 1), -0.3), minute(at(9, 3), 1.55), minute(at(9, 4), None)]
    day = page_data(report([*rows, *hours(3, begin=12)]))["timeline"][DAY.isoformat()]
    values = [None if sign == " " else LETTERS.index(sign) * STEP_IN + LOWEST_IN for sign in day["v"][:5]]
    assert values[0] == pytest.approx(0.8, abs=STEP_IN / 2)
    assert values[1] == pytest.approx(-0.3, abs=STEP_IN / 2)
    assert values[2] is None
    assert values[3] == pytest.approx(1.55, abs=STEP_IN / 2)
    assert values[4] is None
    assert day["s"] == 9 * 60
    assert [run[2] for run in day["st"][:4]] == ["v", "o", "v", "a"]


def test_the_hour_that_comes_twice_is_drawn_twice() -> None:
    """On the day when summer time ends, minutes do not fall on one another."""
    zone = ZoneInfo("America/New_York")
    start = datetime(2026, 11, 1, 0, 30, tzinfo=zone).timestamp()
    rows = [minute(datetime.fromtimestamp(start + 60 * index, zone), 0.8) for index in range(180)]
    day = page_data(report(rows, first=date(2026, 11, 1), last=date(2026, 11, 1)))["timeline"]["2026-11-01"]
    assert len(day["v"]) == 180
    assert " " not in day["v"]
    assert day["z"] == [[0, 0], [120, -60]]


def test_only_the_newest_quarter_is_carried_by_the_minute() -> None:
    """A page of many days keeps the newest for the timeline and says so."""
    first = DAY - timedelta(days=TIMELINE_DAYS + 4)
    rows = [row for n in range(TIMELINE_DAYS + 5) for row in hours(2, day=first + timedelta(days=n))]
    page = render_html(report(rows, first=first))
    assert f"Only the newest {TIMELINE_DAYS} days fit in here" in page


def test_a_report_of_years_says_that_older_days_are_left_out_and_dates_weeks_with_their_year() -> None:
    """Charts of days hold a year and say so where there are more; within a year neither is said."""
    rows = [row for n in (800, 400, 0) for row in hours(3, day=DAY - timedelta(days=n))]
    years, year = (report(rows, first=DAY - timedelta(days=n)) for n in (800, 365))
    said = "Only the newest 366 days fit in here"
    assert said in render_html(years)
    assert said not in render_html(year)
    assert "%Y" in page_data(years)["weekFormat"]
    assert "%Y" not in page_data(year)["weekFormat"]


def test_what_belongs_together_is_not_broken_at_a_line_s_end() -> None:
    """Dates, ranges and errors in what is read in lines; not in a title, which holds no markup; what is typed stays
    escaped, and however long it is, it can be broken."""
    whole = '<span class="whole">{}</span>'.format
    assert tag("p", "from 2026-11-20, 0.5–1.0 in, ± 0.08") == (
        f"<p>from {whole('2026-11-20')}, 0.{whole('5–1')}.0 in, {whole('± 0.08')}</p>"
    )
    assert tag("title", "2026-11-20") == "<title>2026-11-20</title>"
    assert tag("td", "<b>2026-11-20") == f"<td>&lt;b&gt;{whole('2026-11-20')}</td>"
    assert all(len(part) < 30 for part in re.findall(r'"whole">([^<]*)', tag("td", "1" * 99 + "–" + "1" * 99)))
