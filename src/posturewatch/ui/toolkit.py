"""How our windows look and behave: styles, sizes on dense screens, places, keys. tkinter with its theme clam.

Every window closes with Escape unless it says otherwise, and every button answers to Tab, Space and Return.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import io
import math
import os
import sys
import tkinter as tk
from collections.abc import Callable
from tkinter import font as tkfont
from tkinter import ttk
from typing import TYPE_CHECKING, Any, Final, TypeVar

from posturewatch.base.child import HUNG_UP, RAISE, SHOWN, App, Said, take_pipes
from posturewatch.base.errors import DesktopError
from posturewatch.base.i18n import _
from posturewatch.base.pictures import IconName, icon, movement
from posturewatch.ui.palette import DARK, Colours, colours
from posturewatch.ui.payload import record_of
from posturewatch.ui.screens import dots_per_inch_of_x11, letters_per_inch_of_x11, monitor_of_pointer
from posturewatch.ui.widgets import WrappedLabel, switch_mark

if TYPE_CHECKING:
    from PIL.Image import Image

V = TypeVar("V")

POLL_MS: Final = 80
"""How often a window listens for the app; short enough that it closes without being seen to wait."""

TALLEST_PX: Final = 768.0
"""Height of our tallest window (a break with its suggestion) with frame and panel, in ordinary pixels."""

FRAME_PX: Final = 64
"""Room for a window's title and for a panel, in ordinary pixels."""


def show(build: Callable[[App, V], Window], view: type[V]) -> None:
    """The process of a window: hear from the app what to show, a ``view``, and show it until it is closed."""
    app = App(*take_pipes())
    payload = app.task().get("payload")
    if not isinstance(payload, dict):
        raise SystemExit(2)
    try:
        window = build(app, record_of(view, payload))
    except DesktopError as err:
        raise SystemExit(1) from err  # the app sees that the window has not come up
    window.closing = app.say_no_more
    window.run()


class Window:
    """A window in the house's look. Subclasses fill ``body`` and may answer the app in ``hear``."""

    WIDEST_PX: float = 820.0
    """Width of the window with its frame, in ordinary pixels: no dense screen makes it wider than its monitor."""

    def __init__(
        self, app: App, title: str, *, on_top: bool = False, at_pointer: bool = False, dark: bool | None = None
    ) -> None:
        if sys.platform == "win32":
            with contextlib.suppress(Exception):  # before the first window, or Windows scales us by blurring
                getattr(ctypes, "windll").shcore.SetProcessDpiAwareness(1)  # noqa: B009
        self.app = app
        self.closing: Callable[[], None] = lambda: None
        """Done before the window goes from the screen. Where it is all that its process is for, the app is told that no
        more will come, so that one asked for from then on is opened anew; the sensor has its result to say yet."""
        self._at_pointer = at_pointer
        try:
            self.root = tk.Tk(className="posturewatch")
        except tk.TclError as err:
            raise DesktopError(
                _("There is no screen for the window."),
                _("In the terminal: posturewatch status, calibrate --no-window, check --no-window."),
            ) from err
        self.root.withdraw()
        self.root.title(title)
        self.monitor = monitor_of_pointer(self.root)
        self.scale = self._scale()
        self.colours = colours(dark=dark)
        self._pictures: list[tk.PhotoImage] = []
        self._style()
        self.root.resizable(width=False, height=False)
        if on_top:
            self.root.attributes("-topmost", True)
        self.root.iconphoto(True, self.photo(icon(IconName.UPRIGHT, self.px(64))))
        self.body = ttk.Frame(self.root, padding=self.px(24))
        self.body.grid(sticky="nsew")
        self.root.protocol("WM_DELETE_WINDOW", self.leave)
        self.root.bind("<Escape>", lambda _event: self.escape())
        for key in ("<Return>", "<KP_Enter>"):
            self.root.bind_class("TButton", key, _press)
        self.root.bind_class("TEntry", "<Control-a>", _select_all)  # elsewhere than on X11 it is so already

    # ---- what subclasses may change

    def leave(self) -> None:
        """Escape, or the window's own close button."""
        self.close()

    def escape(self) -> None:
        """The Escape key."""
        self.leave()

    def hear(self, said: Said) -> None:
        """A message of the app; that it has gone, or wants the window closed, is seen to elsewhere."""

    def hung_up(self) -> None:
        """The app has gone or wants the window closed; it says and hears nothing any more."""
        self.close()

    # ---- life

    def run(self) -> None:
        """Show the window, in the middle of the screen or by the pointer, and stay until it is closed."""
        self.place()
        self.tell_when_seen(self.root)
        self.root.deiconify()
        self.root.lift()
        self.root.after(POLL_MS, self._listen)
        self.root.mainloop()

    def tell_when_seen(self, widget: tk.Misc) -> None:
        """Let the app know once this widget is on the screen."""

        def seen(event: tk.Event[tk.Misc]) -> None:
            if event.widget is widget:  # what lies in a window is mapped before it is, and is heard of here too
                widget.unbind("<Map>", handler)
                self.app.say(SHOWN)

        handler = widget.bind("<Map>", seen)

    def place(self) -> None:
        """Put the window in the middle of the monitor with the pointer, or by the pointer, and all of it inside."""
        self.root.update_idletasks()
        width, height = self.root.winfo_reqwidth(), self.root.winfo_reqheight()
        if self._at_pointer:
            x, y = self.root.winfo_pointerxy()
            left, top = self.monitor.within(x - width // 2, y, width, height, self.px(FRAME_PX))
        else:
            left, top = self.monitor.centred(width, height, self.px(FRAME_PX))
        self.root.geometry(f"+{left}+{top}")

    @property
    def room_px(self) -> int:
        """How many pixels high a window may be on its monitor."""
        return self.monitor.height - self.px(FRAME_PX)

    def close(self) -> None:
        """End the window."""
        self.closing()
        self.root.quit()
        with contextlib.suppress(tk.TclError):
            self.root.destroy()
        self._pictures.clear()  # by this thread: Tk takes a picture back from no other

    def _listen(self) -> None:
        while (message := self.app.waiting()) is not None:
            said = Said.of(message)
            if said is not None and said.kind == HUNG_UP:
                self.hung_up()
                return
            if said is not None and said.kind == RAISE:
                self.root.lift()
                self.root.focus_force()
            elif said is not None:
                self.hear(said)
        with contextlib.suppress(tk.TclError):
            self.root.after(POLL_MS, self._listen)

    # ---- pieces

    def px(self, size: float) -> int:
        """So many pixels of an ordinary screen (96 to the inch) on this one."""
        return round(size * self.scale)

    def movement(self, name: str, height: float) -> tk.PhotoImage:
        """The picture of a movement as Tk shows it, ``height`` ordinary pixels high."""
        return self.photo(movement(name, self.px(height), dark=self.colours is DARK))

    def photo(self, image: Image) -> tk.PhotoImage:
        """A picture as Tk shows it."""
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        photo = tk.PhotoImage(data=base64.b64encode(buffer.getvalue()))
        self._pictures.append(photo)  # Tk forgets a picture that nobody else holds
        return photo

    def label(self, parent: tk.Misc, text: str, style: str = "TLabel", width: float = 420) -> WrappedLabel:
        """A text that wraps at ``width`` ordinary pixels."""
        return WrappedLabel(parent, text=text, style=style, wraplength=self.px(width))

    def buttons(self, parent: tk.Misc, *buttons: tuple[str, Callable[[], None], bool]) -> ttk.Frame:
        """A row of buttons (text, what it does, whether it is the main one) at the right end; the main one has
        the focus."""
        row = ttk.Frame(parent)
        for column, (text, command, main) in enumerate(buttons):
            style = "Accent.TButton" if main else "TButton"
            button = ttk.Button(row, text=text, command=command, style=style)
            button.grid(row=0, column=column, padx=(self.px(8) if column else 0, 0))
            if main:
                button.focus_set()
        return row

    def digits_wide(self, text: str) -> int:
        """How many digits take the width of this text: what Tk calls a field's width; a sign of Japanese takes two."""
        base = tkfont.nametofont("TkDefaultFont")
        return math.ceil(base.measure(text) / base.measure("0"))

    def font(self, size: int, *, bold: bool = False) -> tuple[str, int, str]:
        """The desktop's own typeface in a size, for what is drawn."""
        return (tkfont.nametofont("TkDefaultFont").actual("family"), self._letters(size), "bold" if bold else "normal")

    def _letters(self, points: int) -> int:
        """A size of letters as Tk takes it in pixels (see ``_scale``)."""
        return -self.px(points * 96 / 72)

    def _scale(self) -> float:
        """Of this screen against 96 pixels to the inch. Linux desktops say it in GDK_SCALE or by Xft.dpi."""
        dense = [1.0]
        for name in ("GDK_SCALE", "POSTUREWATCH_SCALE"):
            with contextlib.suppress(ValueError):
                dense.append(float(os.environ.get(name, "")))
        if sys.platform == "win32":
            dense.append(self.root.winfo_fpixels("1i") / 96)
        elif sys.platform != "darwin":
            dense.append((dots_per_inch_of_x11(self.root) or 96) / 96)
        # A window that is larger than the screen hides its buttons.
        fits = max(1.0, min(self.monitor.height / TALLEST_PX, self.monitor.width / self.WIDEST_PX))
        scale = min(4.0, fits, max(dense))
        # Tk makes points of our pixels by its scaling, and Xft pixels of the points by its own measure: letters are as
        # large as they are wished only where both are one.
        letters = (
            letters_per_inch_of_x11(self.root) if self.root.tk.call("tk", "windowingsystem") == "x11" else 96 * scale
        )
        self.root.tk.call("tk", "scaling", letters / 72)
        return scale

    def _style(self) -> None:
        c, px, letters = self.colours, self.px, self._letters
        self.root.configure(background=c.paper)
        base = tkfont.nametofont("TkDefaultFont")
        family = base.actual("family")
        base.configure(size=self._letters(11))
        for name in ("TkTextFont", "TkMenuFont"):
            tkfont.nametofont(name).configure(family=family, size=self._letters(11))
        style = ttk.Style(self.root)
        style.theme_use("clam")
        style.configure(
            ".",
            background=c.paper,
            foreground=c.ink,
            font=base,
            bordercolor=c.line,
            darkcolor=c.paper,
            lightcolor=c.paper,
            troughcolor=c.field,
            focuscolor=c.accent,
            fieldbackground=c.field,
            insertcolor=c.ink,
            selectbackground=c.accent,
            selectforeground=c.accent_ink,
        )
        style.configure("Title.TLabel", font=(family, letters(16), "bold"))
        style.configure("Head.TLabel", font=(family, letters(12), "bold"))
        style.configure("Guide.TLabel", font=(family, letters(13)))
        style.configure("Big.TLabel", font=(family, letters(30), "bold"), foreground=c.accent)
        style.configure("Error.TLabel", foreground=c.error, font=(family, letters(10)))
        style.configure("Doubt.TLabel", foreground=c.forward, font=(family, letters(10)))
        style.configure("Muted.TLabel", foreground=c.muted, font=(family, letters(10)))
        _style_controls(style, c, (family, letters(11), "bold"), px)
        self._style_switches(style)

    def _style_switches(self, style: ttk.Style) -> None:
        """A switch that is on shows a tick."""
        size = self.px(17)
        off, on, dim_off, dim_on = (
            self.photo(switch_mark(size, self.colours, on=on, dim=dim)) for dim in (False, True) for on in (False, True)
        )
        marks = (("disabled", "selected", dim_on), ("disabled", dim_off), ("selected", on))
        style.element_create("Switch.mark", "image", off, *marks, width=size + self.px(8), sticky="w")
        label: Any = ("Checkbutton.focus", {"side": "left", "sticky": "w", "children": [("Checkbutton.label", {})]})
        inside: Any = [("Switch.mark", {"side": "left", "sticky": ""}), label]
        style.layout("TCheckbutton", [("Checkbutton.padding", {"sticky": "nswe", "children": inside})])


def _press(event: tk.Event[tk.Misc]) -> None:
    if isinstance(event.widget, ttk.Button):
        event.widget.invoke()


def _select_all(event: tk.Event[tk.Misc]) -> str:
    if isinstance(event.widget, ttk.Entry):
        event.widget.select_range(0, "end")
        event.widget.icursor("end")
    return "break"


def _style_controls(style: ttk.Style, c: Colours, bold: tuple[str, int, str], px: Callable[[float], int]) -> None:
    padding = (px(16), px(8))
    flat: dict[str, Any] = {"relief": "flat", "borderwidth": 1, "padding": padding}
    style.configure("TButton", background=c.button, bordercolor=c.line, lightcolor=c.button, darkcolor=c.button, **flat)
    style.map(
        "TButton",
        background=[("disabled", c.paper), ("active", c.button_over)],
        foreground=[("disabled", c.muted)],
        bordercolor=[("disabled", c.line), ("focus", c.accent)],
        focuscolor=[("disabled", c.paper)],
    )
    style.configure(
        "Accent.TButton",
        background=c.accent,
        foreground=c.accent_ink,
        font=bold,
        bordercolor=c.accent,
        lightcolor=c.accent,
        darkcolor=c.accent,
        focuscolor=c.accent_ink,
        **flat,
    )
    style.map(
        "Accent.TButton",
        background=[("disabled", c.line), ("active", c.accent_over)],
        foreground=[("disabled", c.muted)],
        bordercolor=[("disabled", c.line)],
        lightcolor=[("disabled", c.line)],
        darkcolor=[("disabled", c.line)],
        focuscolor=[("disabled", c.line)],
    )
    style.configure(
        "Menu.TButton",
        anchor="w",
        background=c.paper,
        bordercolor=c.paper,
        lightcolor=c.paper,
        padding=(px(16), px(4)),
    )
    slim = {"padding": (px(8), px(4))}
    for name, more in (
        ("Menu.TButton", {}),
        ("Day.Menu.TButton", slim),
        ("Chosen.Menu.TButton", slim | {"font": bold, "foreground": c.accent}),
    ):
        style.configure(name, **more)
        style.map(name, background=[("active", c.button), ("focus", c.button)])
    for kind in ("TRadiobutton", "TCheckbutton"):
        style.configure(kind, background=c.paper, foreground=c.ink, padding=px(5))
        style.map(kind, background=[("active", c.paper)], foreground=[("disabled", c.muted)])
    style.configure(
        "TRadiobutton",
        indicatorsize=px(15),
        indicatormargin=(px(1), px(1), px(6), px(1)),
        indicatorbackground=c.field,
        upperbordercolor=c.muted,
        lowerbordercolor=c.muted,
    )
    # clam fills nearly all of a chosen circle with its foreground: a light one would read as off.
    style.map(
        "TRadiobutton",
        indicatorbackground=[("selected", c.field)],
        indicatorforeground=[("selected", c.accent)],
        upperbordercolor=[("selected", c.accent)],
        lowerbordercolor=[("selected", c.accent)],
    )
    for kind in ("TEntry", "TSpinbox", "TCombobox"):
        style.configure(kind, padding=px(6), bordercolor=c.line, arrowcolor=c.ink, arrowsize=px(12))
        style.map(
            kind,
            bordercolor=[("focus", c.accent)],
            fieldbackground=[("readonly", c.field)],
            foreground=[("readonly", c.ink)],
            selectbackground=[("!focus", c.field)],  # what is selected in a field that one has left looks disabled
            selectforeground=[("!focus", c.ink)],
        )
    style.configure("TSeparator", background=c.line)
    style.configure(
        "Vertical.TScrollbar", background=c.button, lightcolor=c.button, darkcolor=c.button, arrowcolor=c.ink,
        gripcount=0, arrowsize=px(13),
    )  # fmt: skip
    style.map("Vertical.TScrollbar", background=[("active", c.button_over)], arrowcolor=[("disabled", c.line)])
    style.configure(
        "Horizontal.TProgressbar", background=c.accent, bordercolor=c.line, thickness=px(8), troughcolor=c.field
    )
    style.configure("Horizontal.TScale", background=c.accent, troughcolor=c.field)
