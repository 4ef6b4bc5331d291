"""A tagged PDF (ISO 32000-1, 14.8): what is a heading, a paragraph, a table, a figure, for those who have it read out.

reportlab draws without tags. Its canvas is told here, before and after each flowable draws, which element of the
document's structure the marks belong to; what belongs to none (lines, grounds, the foot of the page) is an artifact.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from reportlab.lib.utils import TimeStamp
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, Table

from posturewatch.base.zones import offset_min

HEADINGS: Final = {"title": "H1", "head": "H2"}
"""Elements by the names of paragraph styles; all others are paragraphs."""


class TaggedCanvas(Canvas):  # type: ignore[misc]
    """A canvas with a tree of elements, made at the moment that the report was made and not when it is written."""

    def __init__(self, *words: Any, made_at: datetime, **named: Any) -> None:
        super().__init__(*words, **named)
        self._doc._timeStamp = _stamp(made_at)
        self._root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        self._top = self._element("Document", self._root)
        self._open = [self._top]
        self._marks: list[list[Any]] = []  # of each page, the element that each of its marked contents belongs to
        self._on_page: list[Any] = []
        self._within = False

    @contextmanager
    def element(self, role: str) -> Iterator[None]:
        """What is marked meanwhile belongs to a new element of this role."""
        self._open.append(self._element(role, self._open[-1]))
        yield
        self._open.pop()

    @contextmanager
    def marked(self, role: str, alt: str = "") -> Iterator[None]:
        """What is drawn meanwhile is the content of a new element of this role; nothing within it is marked again."""
        if self._within:
            yield
            return
        made = self._element(role, self._open[-1], alt)
        self._code.append(f"/{role} <</MCID {len(self._on_page)}>> BDC")
        made.dict["Pg"] = self._doc.thisPageRef()
        made.dict["K"] = len(self._on_page)
        self._on_page.append(made)
        self._within = True
        yield
        self._within = False
        self._code.append("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn meanwhile is not read out."""
        if self._within:
            yield
            return
        self._code.append("/Artifact BMC")
        self._within = True
        yield
        self._within = False
        self._code.append("EMC")

    def showPage(self) -> None:  # noqa: N802  (the library's name)
        """End the page, and keep what was marked on it."""
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = len(self._marks), PDFName("S")
        self._marks.append(self._on_page)
        self._on_page = []

    def save(self) -> None:
        """Write the file with its tree."""
        if self._code:
            self.showPage()
        numbers: list[Any] = []
        for page, elements in enumerate(self._marks):
            numbers += [page, PDFArray([self._doc.Reference(one) for one in elements])]
        self._root.dict["ParentTree"] = PDFDictionary({"Nums": PDFArray(numbers)})
        self._root.dict["ParentTreeNextKey"] = len(self._marks)
        self._doc.Catalog.StructTreeRoot = self._root
        self._doc.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        super().save()

    def _element(self, role: str, parent: Any, alt: str = "") -> Any:
        """A new element, the last of its parent's."""
        made = PDFDictionary({"Type": PDFName("StructElem"), "S": PDFName(role)})
        made.dict["P"] = self._doc.Reference(parent)
        if alt:
            made.dict["Alt"] = PDFString(alt)
        children = parent.dict.setdefault("K", PDFArray([]))
        children.sequence.append(self._doc.Reference(made))
        return made


def _stamp(at: datetime) -> Any:
    """The moment as reportlab keeps it."""
    made = TimeStamp(invariant=1)
    made.t, made.lt, made.YMDhms = at.timestamp(), at.timetuple(), at.timetuple()[:6]
    minutes = offset_min(at)
    made.dhh, made.dmm = int(minutes / 60), abs(minutes) % 60
    made.tzname = at.strftime("%z")
    return made


class TaggedParagraph(Paragraph):  # type: ignore[misc]
    """A heading or a paragraph, by its style's name."""

    def draw(self) -> None:
        """Draw it within its element."""
        with self.canv.marked(HEADINGS.get(self.style.name, "P")):
            super().draw()


class TaggedTable(Table):  # type: ignore[misc]
    """A table whose first row holds the heads, if ``heads``; a part of it on another page is a table again."""

    heads = True

    def draw(self) -> None:
        """Draw it, a row and a cell at a time, each within its element."""
        self._renderCB = self._told
        with self.canv.element("Table"):
            super().draw()

    def _told(self, _table: Any, what: str, *place: Any) -> None:
        """The library says where it is."""
        match what:
            case "startRow" | "startCell":
                role = "TR" if what == "startRow" else "TH" if place[0] == 0 and self.heads else "TD"
                entered = self.canv.element("TR") if role == "TR" else self.canv.marked(role)
                entered.__enter__()
                self._stack.append(entered)
            case "endRow" | "endCell":
                self._stack.pop().__exit__(None, None, None)
            case "startBG" | "startLines":
                entered = self.canv.artifact()
                entered.__enter__()
                self._stack.append(entered)
            case "endBG" | "endLines":
                self._stack.pop().__exit__(None, None, None)

    @property
    def _stack(self) -> list[Any]:
        return self.__dict__.setdefault("_entered", [])  # type: ignore[no-any-return]


class Figure(Flowable):  # type: ignore[misc]
    """A drawing with the words that stand for it."""

    def __init__(self, drawing: Any, alt: str) -> None:
        super().__init__()
        self._drawing, self._alt = drawing, alt

    def wrap(self, _wide: float, _high: float) -> tuple[float, float]:
        """Its size."""
        return self._drawing.width, self._drawing.height

    def draw(self) -> None:
        """Draw it within its element."""
        from reportlab.graphics import renderPDF

        with self.canv.marked("Figure", self._alt):
            renderPDF.draw(self._drawing, self.canv, 0, 0)


class PlainTable(TaggedTable):
    """A table without heads."""

    heads = False
