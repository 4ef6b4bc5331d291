"""The configuration file: mistakes named all at once, the first file, single keys."""

from __future__ import annotations

import os
import re
import runpy
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.base.errors import ConfigError, UsageError
from posturewatch.base.settings import PostureSettings, Settings, clear_for
from posturewatch.config.keys import keys
from posturewatch.config.read import check, load, load_settings, show
from posturewatch.config.write import ValueRefusedError, init_config, set_value, set_values, template, value_from_words
from posturewatch.disk.files import SMALL_BYTES


def write(path: Path, text: str) -> Path:
    """A config file with this content."""
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the configuration would be."""
    return tmp_path / "config.toml"


def test_no_file_means_the_defaults(path: Path) -> None:
    """A missing file is no error."""
    assert load_settings(path) == Settings()


def test_lengths_may_be_centimetres(path: Path) -> None:
    """A text with a unit is converted to inches: 2.54 cm is an inch by definition."""
    write(path, '[posture]\nthreshold = "2.54 cm"\nclear = "12.7 mm"\n')
    settings = load_settings(path)
    assert settings.posture.threshold == pytest.approx(1.0)
    assert settings.posture.clear == pytest.approx(0.5)


def test_every_mistake_is_named_at_once_with_its_line(path: Path) -> None:
    """Unknown key, wrong section, value out of range, wrong type: one error says them all, in the file's order."""
    write(
        path,
        "[posture]\n"
        "treshold = 1.0\n"
        "hold_s = 5\n"
        "sound = 1\n"
        "[brakes]\n"
        "[hours]\n"
        'days = ["mon", "tus"]\n'
        'start = "25:00"\n'
        "every_min = 30\n",
    )
    said = [(problem.line, problem.text()) for problem in check(path)[0]]
    assert [line for line, _text in said] == [2, 3, 4, 5, 7, 8, 9]
    for (_line, text), wanted in zip(
        said,
        [
            'posture.treshold: there is no such key; did you mean "threshold"?',
            "posture.hold_s: 5 is not allowed (a number from 10 to 3600; unit: seconds; default 180)",
            "posture.sound: 1 is not allowed (true or false; default false)",
            "brakes: there is no such section; did you mean [breaks]?",
            'hours.days.1: "tus" is not allowed (a list of one or more of "mon"',
            'hours.start: "25:00" is not allowed (a time of day',
            "hours.every_min: this key belongs into the section [breaks]",
        ],
        strict=True,
    ):
        assert wanted in text
        assert str(path) in text
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert len(caught.value.message.splitlines()) == len(said)
    assert caught.value.exit_code == 3


def test_a_mistake_below_a_list_of_many_lines_has_its_own_line(path: Path) -> None:
    """Lists within lists, over several lines: what follows is still found where it stands."""
    write(path, "[hours]\ndays = [\n  [1, 2],\n  [3],\n]\nstart = 7\n")
    assert [problem.line for problem in check(path)[0]][-1] == 6


def test_keys_that_do_not_fit_together_are_named_at_their_line(path: Path) -> None:
    """clear above threshold is said at the line of clear."""
    write(path, "[posture]\nthreshold = 0.5\nclear = 0.6\n")
    (problem,) = check(path)[0]
    assert problem.line == 3
    assert "clear (0.6 in, 1.52 cm) must be smaller than threshold (0.5 in, 1.27 cm)" in problem.says


def test_a_value_is_named_as_it_was_written(path: Path) -> None:
    """With the unit that stands in the file, not as the number that was made of it."""
    write(path, '[posture]\nthreshold = "30 cm"\n[user]\nbody_weight_lb = "900 kg"\n')
    assert [problem.says for problem in check(path)[0]] == ['"30 cm" is not allowed', '"900 kg" is not allowed']


WRONG = {  # the line in the file -> the key and what is said of it
    "threshold = 1\nthreshold = 2": ("posture.threshold", "this key stands twice (keep one of them)"),
    "threshold = 1,2": ("posture.threshold", "numbers with a decimal point"),
    "threshold: 1": ("posture.threshold", "not TOML"),
    "daily_cap = 8.0": ("posture.daily_cap", "8.0 is not allowed (a whole number from 0 to 100"),
    "gap_min = { a = 1 }": ("posture.gap_min", "{ a = 1 } is not allowed (a number from 1 to 240; unit: minutes"),
    "[camera]\nturn = 45": ("camera.turn", "45 is not allowed (one of 0, 90, 180, 270;"),
    '[user]\nbody_weight_lb = "75 stone"': ("user.body_weight_lb", "a number of pounds from 60 to 700"),
    "[user]\nstature_cm = 1.72": ("user.stature_cm", "a number from 120 to 230, or left out; unit: centimetres"),
    '[hours]\ndays = ["monday"]': ("hours.days.0", '"monday" is not allowed (a list of one or more of "mon"'),
    '[[breaks.own_exercise]]\nname = ""\ntext = "x"': ("breaks.own_exercise.0.name", "a text of 1 to 60 characters"),
    "[breaks]\n[posture]": ("", "this section stands twice (put its keys together"),
}


@pytest.mark.parametrize(("lines", "wanted"), WRONG.items(), ids=list(WRONG))
def test_a_mistake_names_its_key_once_and_what_may_be_written(path: Path, lines: str, wanted: tuple[str, str]) -> None:
    """Where the file is no TOML as well; the value as it was written, and what is allowed with its unit."""
    write(path, f"[posture]\n{lines}\n")
    (problem,) = check(path)[0]
    assert problem.key == wanted[0]
    assert wanted[1] in problem.text()
    assert problem.line is not None


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32", "cp1252"])
def test_a_file_in_another_encoding_is_said_to_be_none_in_utf8(path: Path, encoding: str) -> None:
    """With or without the mark at its beginning, and with the line; not as a mistake in what was written."""
    path.write_bytes('[report]\nname = "Jörg"\n'.encode(encoding))
    (problem,) = check(path)[0]
    assert problem.says == "not UTF-8 text"
    assert problem.line in (1, 2)


def test_a_zero_byte_in_text_is_told_as_one(path: Path) -> None:
    """The text around it is UTF-8; whoever looks for another encoding finds nothing."""
    path.write_bytes(b'[report]\nname = "J\0rg"\n')
    (problem,) = check(path)[0]
    assert (problem.line, problem.says) == (2, "a zero byte, which no text has")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_place_of_the_file_is_refused_and_not_waited_for(path: Path) -> None:
    """Opening one would wait until somebody writes into it."""
    os.mkfifo(path)
    with pytest.raises(ConfigError, match="it is not an ordinary file"):
        check(path)


OLD_DIM = {  # what stands in the file -> the feedback in force, and what is said of the line
    "dim = true": ("dim", 'read as feedback = "dim"'),
    "dim = false": ("off", "it may go"),
    'dim = true\nfeedback = "border"': ("border", 'read as feedback = "dim"'),
}


@pytest.mark.parametrize(("lines", "wanted"), OLD_DIM.items(), ids=list(OLD_DIM))
def test_an_old_switch_is_read_as_what_has_taken_its_place(path: Path, lines: str, wanted: tuple[str, str]) -> None:
    """The file stays good, the new key wins where it is written, and the old line is named with what to write."""
    write(path, f"[posture]\n{lines}\n")
    problems, (note,) = check(path)
    assert problems == ()
    assert (note.line, note.key) == (2, "posture.dim")
    assert wanted[1] in note.says
    assert load_settings(path).posture.feedback == wanted[0]


@pytest.mark.parametrize("value", ["off", "border", None])
def test_setting_the_new_key_takes_the_old_line_away(path: Path, value: str | None) -> None:
    """Otherwise what was switched off, or taken out, would be on again; comments stay."""
    write(path, "[posture]\n# gently\ndim = true\n")
    set_value(path, "posture.feedback", value)
    assert load_settings(path).posture.feedback == (value or "off")
    assert check(path) == ((), ())
    assert "# gently" in path.read_text()


def test_an_old_key_cannot_be_set_and_says_which_can(path: Path) -> None:
    """The command that does what was meant; in a file, a value that it never had is named with the new key."""
    with pytest.raises(UsageError) as caught:
        set_value(path, "posture.dim", value=True)
    assert caught.value.hint == "posturewatch config set posture.feedback dim"
    write(path, "[posture]\ndim = 3\n")
    assert 'this key has become feedback = "dim"' in check(path)[0][0].says


def test_an_exercise_of_ones_own_is_checked_too(path: Path) -> None:
    """A mistake within an array of tables has the line of its own key."""
    write(path, '[[breaks.own_exercise]]\nname = "A"\ntext = "B"\n\n[[breaks.own_exercise]]\nname = ""\ntexts = "C"\n')
    assert [(problem.line, problem.key) for problem in check(path)[0]] == [
        (5, "breaks.own_exercise.1.text"),
        (6, "breaks.own_exercise.1.name"),
        (7, "breaks.own_exercise.1.texts"),
    ]


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b"[posture]\nthreshold 1.0\n", 2, 11),
        (b"[posture\n", 1, 9),
        (b"[posture]\nthreshold = 1\nthreshold = 2\n", 3, None),
        (b"a = [1,\n", 2, None),
        (b"[posture]\n# \xff\n", 2, None),
    ],
)
def test_what_is_not_toml_is_named_with_its_place(path: Path, content: bytes, line: int, column: int | None) -> None:
    """A slip in the syntax is named with line and, where tomllib knows it, column."""
    path.write_bytes(content)
    (problem,) = check(path)[0]
    assert problem.line == line
    assert column is None or problem.column == column


def test_of_very_many_problems_the_first_hundred_are_told(path: Path) -> None:
    """A file of twenty thousand unknown keys is answered at once: a hundred with their lines, and how many more."""
    path.write_text("[user]\n" + "".join(f"key_{number} = 1\n" for number in range(20_000)))
    problems = check(path)[0]
    assert len(problems) == 101
    assert problems[0].line == 2
    assert "19900" in problems[-1].text()


@pytest.mark.parametrize(
    "content",
    [
        b"#" * (SMALL_BYTES + 1),
        b"a = " + b"[" * 20_000,
        b".".join([b"a"] * 200_000) + b" = 1",
        b"[" + b" . ".join([b"'a'"] * 100_000) + b"]",
        b"a = " + b"9" * 10_000,
        b"[posture]\nthreshold = nan\n",
    ],
    ids=["huge", "deep", "deep key", "deep table", "long number", "not a number"],
)
def test_hostile_files_are_refused_quietly(path: Path, content: bytes) -> None:
    """A huge file, brackets and keys without end, a number of ten thousand digits: an error, no crash."""
    path.write_bytes(content)
    with pytest.raises(ConfigError):
        load_settings(path)


def test_a_folder_in_place_of_the_file_is_an_error(path: Path) -> None:
    """What cannot be read is said, not taken for the defaults."""
    path.mkdir()
    with pytest.raises(ConfigError, match=re.escape(str(path))):
        load_settings(path)


def test_a_byte_order_mark_is_no_mistake(path: Path) -> None:
    """Editors on Windows put one in front."""
    path.write_bytes(b"\xef\xbb\xbf[user]\r\nunits = 'cm'\r\n")
    assert load_settings(path).user.units == "cm"


def test_a_camera_number_may_be_bare(path: Path) -> None:
    """``source = 0`` is what people write."""
    assert load_settings(write(path, "[camera]\nsource = 1\n")).camera.source == "1"


def test_show_says_where_each_value_comes_from(path: Path) -> None:
    """Every key is shown, with its line or as a default."""
    write(path, "[posture]\n\nthreshold = 1.5\n")
    shown = {entry.key: entry for entry in show(load(path))}
    assert len(shown) == len(keys())
    assert (shown["posture.threshold"].value, shown["posture.threshold"].line) == ("1.5", 3)
    assert shown["posture.hold_s"].line is None
    assert shown["posture.hold_s"].origin == "default"


# --------------------------------------------------------------------------- the first file


def test_the_first_file_changes_nothing(path: Path) -> None:
    """As written, every key is commented out: the settings are the defaults, the file private."""
    init_config(path)
    assert load_settings(path) == Settings()
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_first_file_is_right_when_uncommented() -> None:
    """Each sample line is TOML that the settings accept, and a plain key's sample is its default."""
    lines = [line[1:] if re.match(r"#\[?\[?[a-z]", line) else line for line in template().splitlines()]
    whole = "\n".join(lines)
    import tomllib

    given = tomllib.loads(whole)
    settings = Settings.model_validate(
        given | {"breaks": {k: v for k, v in given["breaks"].items() if k != "own_exercise"}}
    )
    for key in keys():
        assert key.name in given[key.section], key.dotted
        if key.default is not None and key.tables is None:
            assert getattr(getattr(settings, key.section), key.name) == key.default, key.dotted


def test_each_key_has_its_reason_unit_and_range() -> None:
    """Nothing in the file is without words: description, what is allowed, and a unit where the name implies one."""
    for key in keys():
        assert len(key.description) > 15, key.dotted
        assert key.description.endswith((".", "?")), key.dotted
        assert key.allowed, key.dotted
        assert key.unit or not re.search(r"_(s|min|cm|mm|lb|px|days)$", key.name), key.dotted


def test_the_first_file_is_not_written_over(path: Path) -> None:
    """An existing file stays unless the user insists."""
    write(path, "[user]\n")
    with pytest.raises(ConfigError, match="already"):
        init_config(path)
    assert path.read_text() == "[user]\n"
    init_config(path, force=True)
    assert path.read_text() == template()


def test_the_page_of_keys_is_up_to_date() -> None:
    """docs/configuration.md is what docs/write_configuration.py writes."""
    docs = Path(__file__).parents[2] / "docs"
    made = runpy.run_path(str(docs / "write_configuration.py"))["page"]()
    assert (docs / "configuration.md").read_text(encoding="utf-8") == made


# --------------------------------------------------------------------------- single keys


def test_a_value_is_set_beneath_its_comment(path: Path) -> None:
    """In the first file the new line stands under the commented-out default, the rest stays as it was."""
    init_config(path)
    before = path.read_text().splitlines()
    set_value(path, "posture.threshold", "2.5 cm")
    after = path.read_text().splitlines()
    place = after.index('threshold = "2.5 cm"')
    assert after[place - 1] == "#threshold = 1"
    assert after[:place] + after[place + 1 :] == before


def test_a_value_is_changed_and_taken_out_with_comments_kept(path: Path) -> None:
    """tomlkit leaves the user's comments where they are."""
    write(path, "# mine\n[user]\nunits = 'in'  # for now\n\n[posture]\nthreshold = 1.5 # doctor said\n")
    set_value(path, "user.units", "cm")
    set_value(path, "posture.threshold", None)
    text = path.read_text()
    assert "# mine" in text
    assert "# for now" in text
    assert load_settings(path).user.units == "cm"
    assert load_settings(path).posture.threshold == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[user]\n",
        "user.units = 'in'\n",
        "user = {units = 'in'}\n",
        "[posture]\nsound = true\n",
        "[user]\r\nunits='in'\r\n",
    ],
)
def test_a_value_finds_its_place_in_any_file(path: Path, text: str) -> None:
    """However the file is written, the key is set and the rest keeps its meaning."""
    path.write_bytes(text.encode())
    sound = load_settings(path).posture.sound
    set_value(path, "user.ipd_mm", 63.5)
    set_value(path, "user.units", "cm")
    settings = load_settings(path)
    assert (settings.user.ipd_mm, settings.user.units, settings.posture.sound) == (63.5, "cm", sound)


def test_a_value_that_is_not_allowed_changes_nothing(path: Path) -> None:
    """The file is judged as a whole before it is written."""
    write(path, "[posture]\nclear = 0.9\n")
    for key, value in (("posture.threshold", 0.5), ("posture.threshold", "far"), ("user.units", "ft")):
        with pytest.raises(ConfigError):
            set_value(path, key, value)
    assert path.read_text() == "[posture]\nclear = 0.9\n"
    with pytest.raises(UsageError, match=r"posture\.treshold"):
        set_value(path, "posture.treshold", 1.0)


def test_a_refused_value_says_that_it_was_refused_and_names_no_line_of_the_file(path: Path) -> None:
    """The file is in order: nothing in it is to be mended."""
    write(path, "[posture]\nclear = 0.9\n")
    for key, value in (("posture.hold_s", 5), ("user.units", "ft"), ("posture.threshold", "far")):
        with pytest.raises(ValueRefusedError) as caught:
            set_value(path, key, value)
        assert key in caught.value.message
        assert "line" not in caught.value.message
        assert "refused" in caught.value.hint
        assert "as it was" in caught.value.hint


def test_a_pair_that_does_not_fit_is_named_with_both_values(path: Path) -> None:
    """In the file and on the command line, whichever of the two was changed."""
    write(path, "[posture]\nclear = 0.9\n")
    with pytest.raises(ConfigError, match=r"clear \(0\.9 in, .*threshold \(0\.5 in, "):
        set_value(path, "posture.threshold", 0.5)
    write(path, "[posture]\nthreshold = 0.8\nclear = 0.8\n")
    (problem,) = check(path)[0]
    assert "clear (0.8 in, 2.03 cm)" in problem.says
    assert "threshold (0.8 in, 2.03 cm)" in problem.says
    assert problem.line in {2, 3}


def test_keys_that_belong_together_are_set_together(path: Path) -> None:
    """Neither order of the two would do by itself."""
    write(path, "[posture]\nclear = 0.9\nthreshold = 1.2\n")
    set_values(path, {"posture.threshold": 0.5, "posture.clear": clear_for(0.5)})
    assert (load_settings(path).posture.threshold, load_settings(path).posture.clear) == (0.5, 0.3)


@given(st.floats(0.3, 4.0))
def test_the_clear_of_a_threshold_always_fits(threshold: float) -> None:
    """Over the whole range that may be set."""
    PostureSettings(threshold=threshold, clear=clear_for(threshold))


@pytest.mark.parametrize("value", ['"a\\u001b[31m"', '"a\\nb"', '"a\\u202eb"'])
def test_of_a_text_that_may_not_enter_the_sign_is_named(path: Path, value: str) -> None:
    """Its length, which is allowed, is not what the person would have to look for; a name stands on one line."""
    path.write_text(f"[report]\nname = {value}\n", encoding="utf-8")
    (problem,), _notes = check(path)
    assert "a text without the sign" in problem.text()
    assert "at most" not in problem.text()


def test_a_list_of_tables_is_not_said_to_be_no_key(path: Path) -> None:
    """It is one, and stands in the file."""
    with pytest.raises(UsageError, match=r"breaks.own_exercise is a list of tables"):
        set_value(path, "breaks.own_exercise", "x")


def test_a_misspelt_key_is_guessed(path: Path) -> None:
    """As it is in the file."""
    with pytest.raises(UsageError, match=r"Did you mean posture\.threshold\?"):
        set_value(path, "posture.treshold", 1.0)


def test_what_a_user_types_becomes_a_value() -> None:
    """TOML where it is TOML, the bare text otherwise."""
    assert value_from_words("1.5") == 1.5
    assert value_from_words("true") is True
    assert value_from_words("2.5 cm") == "2.5 cm"
    assert value_from_words('["mon"]') == ["mon"]
    assert value_from_words("/dev/video0") == "/dev/video0"
