"""What the user reads says what we know and no more: docs/wording.md, held over every text in every language."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import posturewatch
from posturewatch.base import wording
from posturewatch.core.reminding.exercises import builtin

ROOT = Path(posturewatch.__file__).parent
CALLS = {"_", "gettext", "ngettext"}

FORBIDDEN = {
    "en": (
        r"cervical", r"clinical", r"medical[- ]grade", r"\bspin(e|al)\b", r"abnormal", r"diagnos", r"\brisk",
        r"\bprevent(s|ed|ing)?\b.*(pain|headache|injur|strain)", r"\btreat(s|ed|ing|ment)?\b", r"\b(cure|heal)s?\b",
        r"(reduce|relieve|ease|lessen)s?\b.*\b(pain|headache|strain)", r"remote patient", r"\bHIPAA\b", r"\bFDA\b",
        r"\bapproved\b", r"\bcertified\b", r"\bbad posture\b", r"\b(poor|wrong) posture\b", r"slouch", r"\byou must\b",
    ),
    "de": (
        r"zervikal", r"klinisch", r"medizinisch genau", r"Wirbelsäule", r"abnorm", r"Diagnos", r"Risik",
        r"\bheil(t|en)\b", r"behandel", r"(lindert|verringert|verhindert)\b.*(Schmerz|Kopfschmerz)", r"HIPAA",
        r"zugelassen", r"zertifiziert", r"schlechte Haltung", r"Fehlhaltung",
    ),
    "es": (
        r"cervical", r"clínic", r"grado médico", r"columna vertebral", r"anormal", r"diagn[óo]s", r"\briesgo",
        r"\bcura\b", r"\btrata(miento|r)?\b", r"(alivia|reduce|previene)\b.*(dolor|cefalea)", r"HIPAA", r"aprobad",
        r"certificad", r"mala postura",
    ),
    "ja": (
        r"頸椎", r"臨床", r"医療グレード", r"脊椎", r"異常", r"診断", r"リスク", r"治療", r"予防", r"痛みを(減|和|軽)",
        r"HIPAA", r"承認", r"認定", r"悪い姿勢",
    ),
}  # fmt: skip
"""By language, what docs/wording.md does not let us say. The footer, which denies such things, is exempt."""


def exempt() -> set[str]:
    """Texts that may name what we are not."""
    return {wording.footer()}


def literal(node: ast.expr) -> str | None:
    """The text of a string constant."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def user_texts() -> list[tuple[str, str]]:
    """(where, text) of every text that goes through gettext, and of every description in the settings."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            texts = node.args if name in CALLS else [key.value for key in node.keywords if key.arg == "description"]
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            found += [(where, text) for text in map(literal, texts) if text]
    return found


def catalogue(path: Path) -> list[tuple[str, str]]:
    """(msgid, text) of each translation in a .po file, plural forms each by itself."""
    pairs, key, texts = [], "", {}
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        head = re.match(r"(msgid|msgid_plural|msgstr(?:\[\d+\])?|msgctxt) (\".*\")$", line)
        if head:
            key = head[1]
            texts[key] = ast.literal_eval(head[2])
        elif line.startswith('"') and key:
            texts[key] += ast.literal_eval(line)
        elif not line.strip():
            pairs += [(texts.get("msgid", ""), text) for name, text in texts.items() if name.startswith("msgstr")]
            key, texts = "", {}
    return [(msgid, text) for msgid, text in pairs if msgid]


def offences(language: str, text: str) -> list[str]:
    """The patterns that a text runs into."""
    return [pattern for pattern in FORBIDDEN[language] if re.search(pattern, text, re.IGNORECASE)]


def test_no_text_of_ours_says_more_than_we_know() -> None:
    """No claim of diagnosis, treatment, accuracy or approval, and no scolding, in anything that the user reads."""
    texts = user_texts()
    assert len(texts) > 100
    bad = [(where, text, offences("en", text)) for where, text in texts if text not in exempt()]
    assert [one for one in bad if one[2]] == []


@pytest.mark.parametrize("language", ["de", "es", "ja"])
def test_no_translation_says_more_than_the_original(language: str) -> None:
    """The same rules hold in each language, for as many catalogues as there are."""
    for path in ROOT.glob(f"locale/{language}/LC_MESSAGES/*.po"):
        entries = catalogue(path)
        assert entries
        bad = [(msgid, text, offences(language, text)) for msgid, text in entries if msgid not in exempt()]
        assert [one for one in bad if one[2]] == []


@pytest.mark.parametrize(
    "claim",
    [
        "Reduces headache and neck pain", "Clinically accurate", "Measures cervical load", "A diagnosis",
        "Your posture is abnormal", "HIPAA compliant", "Sit up, you are slouching!", "Treats neck pain",
        "prevents headaches", "High risk",
    ],
)  # fmt: skip
def test_the_rules_find_what_must_not_be_said(claim: str) -> None:
    """Each kind of forbidden claim is caught."""
    assert offences("en", claim)


def test_the_fixed_sentences_are_whole() -> None:
    """Footer, safety and the list of when to seek help are the agreed ones, word by word where it matters."""
    assert "not a medical device" in wording.footer()
    assert "does not diagnose, treat or monitor any condition" in wording.footer()
    assert "Your therapist's instructions come first." in wording.exercise_safety()
    assert "Stop if you get sharp or spreading pain" in wording.exercise_safety()
    assert len(wording.seek_help()) == 8
    assert any("thunderclap" in phrase for phrase in wording.seek_help())
    assert wording.call_for_help() == "Call the emergency number."
    assert "pregnancy" in wording.see_a_doctor_soon()
    assert "weakened immune system" in wording.see_a_doctor_soon()
    assert builtin()[0].name == "Gentle chin nod"
