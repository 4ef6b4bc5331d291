"""The loop: one thread that looks, thinks, writes and shows.

Each turn: commands → what the desktop says → camera open or given back → a look, if one is due → the policies →
journal → snapshot. Between two turns it waits, while the sensor looks by itself, for a command, for news of the desktop
or of the sensor, or until something is due. A turn takes no longer than a look's deadline, so that a pause, a lock or a
quit is obeyed within two seconds. Durations are monotonic; wall time is for what is written down and for "until
tomorrow".
"""

from __future__ import annotations

import logging
from typing import Final

from posturewatch.base.errors import PosturewatchError
from posturewatch.base.i18n import _
from posturewatch.base.loop_commands import FROM_WITHIN, Command, CommandKind
from posturewatch.base.observation import Look, Observation
from posturewatch.base.records import (
    Action,
    Courtesy,
    DiaryEntry,
    Event,
    EventKind,
    Reason,
    Reminder,
    ReminderKind,
    Response,
    Snapshot,
    State,
    Step,
)
from posturewatch.base.settings import Settings
from posturewatch.core.posture.cadence import Plan
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibration_run import EVERY_S, LOOK
from posturewatch.core.reminding.breaks.words import break_reminder
from posturewatch.core.reminding.passage import Timekeeper
from posturewatch.core.reminding.quiet import camera_given_back, muted_words, why_muted
from posturewatch.core.reminding.sitting import present_of
from posturewatch.loop.announcer import Announcer
from posturewatch.loop.calibration_in_force import CalibrationInForce
from posturewatch.loop.camera import CameraWatch
from posturewatch.loop.camera_lent import LENT, CameraLent
from posturewatch.loop.day_log import DayLog
from posturewatch.loop.deciders import Deciders
from posturewatch.loop.pause import Pause
from posturewatch.loop.ports import Consumer, Ports
from posturewatch.loop.profile_in_force import ProfileInForce
from posturewatch.loop.rest import REST_S, SOON_S, TURN_S, Rest, busy
from posturewatch.loop.settings_in_force import SettingsInForce

EARLY_S: Final = 0.01
"""A turn that comes so much before a look is due is the look's: many waits add up to a hair less than one."""

CHECKPOINT_S: Final = 10.0
"""The minute in progress is written this often: a kill loses no more."""

_log = logging.getLogger("posturewatch.loop")


class Loop:
    """Runs until QUIT. Everything that it holds belongs to its own thread."""

    def __init__(self, ports: Ports, settings: Settings, *, recording: bool = False) -> None:
        self._ports = ports
        self._time = Timekeeper(ports.clock.monotonic_s(), ports.clock.now(), TURN_S)
        self._since_think, self._since_look = self._time.follow(), self._time.follow()
        self._now_s, self._now = self._time.last.now_s, self._time.last.now
        self._camera = CameraWatch(ports.sensor, recording=recording)
        self._day_log = DayLog(ports.journal, ports.keeper, self._now)
        self._announcer = Announcer(ports.notifier, ports.launcher)
        self._deciders = Deciders(settings, self._day_log.today, asked_to_tie=self._day_log.asked_to_tie)
        profiles = ProfileInForce(ports.journal, ports.keeper)
        self._in_force = CalibrationInForce(profiles, self._deciders, self._day_log, self._announcer)
        self._lent = CameraLent(ports.launcher)
        self._pause = Pause()
        using = (
            *self._deciders.consumers(),
            Consumer(("camera",), lambda new: self._camera.change(new.camera)),
            *ports.consumers,
        )
        self._settings = SettingsInForce(settings, ports.keeper, self._day_log, self._announcer, using)
        self._courtesy = Courtesy()
        self._muted: str | None = None
        self._off: str | None = None  # why the camera is given back
        self._step: Step | None = None  # what holds now
        self._plan, self._look_at_s = Plan(Look(whole=True), 0.0), self._now_s
        self._rest = Rest(ports.inbox, ports.desktop, self._camera)
        self._spoken_s = float("-inf")  # when a reminder was sent last
        self._checkpoint_s = self._now_s
        self._calibrating = ""  # the profile for which the calibration's window is open

    def run(self) -> None:
        """Watch until QUIT; gives the camera back and writes the day on every way out.

        Raises SourceEndedError at the end of a recording and SourceUnreadableError for one without pictures.
        """
        self._in_force.take_up(self._now)
        self._note(EventKind.START)
        self.reload()  # also tells what the day brings of a plan
        try:
            while self._obey_all(self._turn()):
                pass
        finally:
            self._end()

    # ------------------------------------------------------------------ a turn

    def _turn(self) -> float:
        """One round; returns how many seconds to wait for a command."""
        self._take_time()
        wait_s = self._round()
        self._time.expect(wait_s)
        return wait_s

    def _round(self) -> float:
        self._courtesy = self._ports.desktop.courtesy()
        self._mind_the_camera()
        step = self._look() if self._off is None else None
        self._think(step)
        self._ports.display.show(self.snapshot())
        if self._off is not None:
            return TURN_S
        soon = busy(self._deciders) or self._in_force.run or self._now_s - self._spoken_s <= SOON_S
        longest_s = TURN_S if soon else REST_S
        return max(0.0, min(longest_s, self._look_at_s - self._ports.clock.monotonic_s()))

    def _take_time(self) -> None:
        """Read the clock, and do what follows from the time that has passed."""
        passage = self._time.read(self._ports.clock.monotonic_s(), self._ports.clock.now())
        self._now_s, self._now = passage.now_s, passage.now
        if passage.gap_s:
            self._note(EventKind.SUSPEND, value=passage.gap_s)
            self._begin_anew()
        if passage.set_back_s:
            self._note(EventKind.CLOCK, "set_back", value=passage.set_back_s)
        if passage.zone:
            self._note(EventKind.CLOCK, "zone", passage.zone)
        if self._pause.passed(passage):
            self._note(EventKind.RESUME, "by_itself")
        self._lent.passed(self._now_s)
        if passage.new_day:
            self._day_log.turn_day(self._now)
            self.reload()  # a plan may have another phase, or other exercises, on this day

    def _mind_the_camera(self) -> None:
        """Close the camera where it must be closed; look at once where it may be open again."""
        own = self._settings.current
        why = camera_given_back(self._courtesy, own.courtesy, own.hours, self._now, paused=self._pause.on)
        muted = why_muted(self._courtesy, own.courtesy, own.hours, self._now, paused=self._pause.on)
        if muted is not None and self._muted is None:
            if not self._deciders.breaks.on_break:
                self._announcer.hush_break()  # a prompt that was there first must not stand in the meeting either
            elif own.breaks.cover != "window":
                self._announcer.uncover(self._deciders.breaks.break_left_s, muted)
        self._muted = muted
        why = why or (LENT if self._lent.out else None)
        if why is None and self._off is not None:
            self._begin_anew()
        elif why is not None:
            if self._courtesy.locked or self._courtesy.suspended:
                self._lent.shut_window()
            self._step = None
            self._in_force.stop()
            if self._camera.close():
                _log.info("camera given back: %s", why)
        self._off = why

    def _begin_anew(self) -> None:
        """After time that nobody saw, what was filtered before says nothing about now."""
        self._camera.close()
        self._deciders.begin_anew()
        self._in_force.begin_anew(self._now)
        self._step, self._plan, self._look_at_s = None, Plan(Look(whole=True), 0.0), self._now_s

    def _look(self) -> Step | None:
        """One look, its step, and the plan for the next; ``None`` where none is due and nothing has stirred."""
        if self._now_s < self._look_at_s - EARLY_S:
            seen = self._rest.noticed()
            return None if seen is None or self._in_force.run else self._take_in(seen)
        self._rest.forget()
        asked = LOOK if self._in_force.run else self._deciders.monitor.asking(self._plan.look)
        return self._take_in(self._camera.look(asked))

    def _take_in(self, seen: Observation | Reason) -> Step:
        """The step that follows from a look, and the plan for the next."""
        self._in_force.see(seen, self._now_s, self._now)
        if isinstance(seen, Reason):
            step = Step(self._now_s, State.UNRELIABLE, seen, present=False)
            if self._announcer.camera(seen, self._camera.trouble):
                self._note(EventKind.CAMERA, seen.value)
        else:
            step = self._deciders.monitor.feed(seen)
            if step.state is State.AWAY:
                self._in_force.sit_down(self._now)
            if self._camera.trouble is None and self._announcer.camera(None, None):
                self._note(EventKind.CAMERA, "back")
        plan = self._deciders.cadence.next(step, self._now_s, self._settings.current.posture.threshold)
        if plan.close_camera and not self._in_force.run:
            self._camera.close()
        self._step, self._plan = step, plan
        self._look_at_s = self._now_s + (EVERY_S if self._in_force.run else plan.wait_s)
        if plan.peek is not None and not self._in_force.run:
            self._camera.watch(plan.peek, plan.peek_s, plan.wait_s)
        return step

    def _think(self, step: Step | None) -> None:
        """What follows from a step (None: no look was due, or the camera is given back)."""
        deciders, now_s, now, passage = self._deciders, self._now_s, self._now, self._since_think.take()
        if step is not None and self._settings.current.journal.raw_samples:
            self._day_log.sample(now, step)
        for said in deciders.breaks.feed(present_of(self._step), self._courtesy.idle_s, passage, self._muted):
            if isinstance(said, Event):
                self._break_event(said)
            else:
                self._remind(said, window=self._settings.current.breaks.window)
        if step is not None or self._off is not None:
            on_break, since = deciders.breaks.on_break, self._since_look.take()
            for reminder in deciders.posture.feed(step, since, self._courtesy, self._muted, on_break=on_break):
                self._remind(reminder)
            busy = on_break or self._in_force.run is not None
            for reminder in deciders.tie.feed(step, since, self._muted, busy=busy):
                self._remind(reminder)
        self._announcer.follow(deciders.posture.level if self._muted is None else None)
        for response in (*self._ports.notifier.responses(), *deciders.posture.responses()):
            self._answer(response)
        paused = self._pause.on
        off, wait_s = self._off is not None, self._plan.wait_s
        for row in deciders.minutes.feed(self._step, passage, paused=paused, off=off, wait_s=wait_s):
            self._day_log.minute(row)
        next_s = max(now_s, min(self._look_at_s, now_s + REST_S))
        if next_s - self._checkpoint_s > CHECKPOINT_S:
            self._checkpoint_s = now_s
            if (partial := deciders.minutes.partial(now)) is not None:
                self._day_log.minute(partial)
        self._announcer.trouble(self._day_log.trouble or self._settings.trouble)
        for words in self._day_log.notices():
            self._announcer.tell(ReminderKind.TROUBLE, "journal", _("About your log"), words)

    def _remind(self, reminder: Reminder, *, window: bool = False) -> None:
        self._announcer.remind(reminder, window=window)
        self._spoken_s = self._now_s

    def _break_event(self, event: Event) -> None:
        self._day_log.event(event)
        if event.kind in (EventKind.BREAK_TAKEN, EventKind.BREAK_NATURAL):
            self._deciders.posture.break_taken(self._time.last.t_s)
            self._deciders.tie.break_taken(self._time.last.t_s)
        if event.kind not in (EventKind.BREAK_DUE, EventKind.EXERCISE):
            self._announcer.hush_break()

    def _answer(self, response: Response) -> None:
        """A reminder was shown, answered, or timed out."""
        self._deciders.posture.answer(response, self._time.last.t_s)
        self._deciders.tie.answer(response, self._time.last.t_s)
        written = {ReminderKind.POSTURE: EventKind.NUDGE, ReminderKind.RECALIBRATE: EventKind.RECALIBRATE_ASKED}
        if response.kind in written:
            self._note(written[response.kind], response.outcome.value, response.action or "")
        commands = {
            Action.TAKE_BREAK: CommandKind.BREAK_NOW,
            Action.POSTPONE: CommandKind.BREAK_POSTPONE,
            Action.SKIP: CommandKind.BREAK_SKIP,
            Action.TIE: CommandKind.CALIBRATE_QUICK,
        }
        if response.action in commands:
            self._obey(Command(commands[response.action]))

    def _note(self, kind: EventKind, outcome: str = "", detail: str = "", value: float | None = None) -> None:
        self._day_log.event(Event(self._now, kind, outcome, detail, value))

    # ------------------------------------------------------------------ commands

    def _obey_all(self, wait_s: float) -> bool:
        """Wait for a command or news, and obey all commands that are there; False after QUIT."""
        command = self._rest.wait(wait_s, self._courtesy)
        while command is not None:
            if command.kind is CommandKind.QUIT:
                return False
            self._take_time()
            self._obey(command)
            command = self._ports.inbox.get(0.0)
        return True

    def _obey(self, command: Command) -> None:
        match command.kind:
            case CommandKind.PAUSE:
                self._pause.begin(command.value, self._now, command.text)
                self._note(EventKind.PAUSE, "asked")
            case CommandKind.RESUME if self._pause.on:
                self._pause.end()
                self._note(EventKind.RESUME, "asked")
            case CommandKind.RELEASE_CAMERA:
                self._lent.to_process(self._now_s, command.value)
            case CommandKind.TAKE_CAMERA:
                self._lent.from_process()
            case CommandKind.CALIBRATE:
                self._calibrate(command)
            case CommandKind.PROFILE:
                self._in_force.change(command.text, self._now)
                self._look_at_s = self._now_s
            case CommandKind.RELOAD:
                self.reload()
            case CommandKind.DIARY:
                entry = DiaryEntry(self._now, self._now, "none" if command.text == "none" else "headache")
                self._announcer.tell(ReminderKind.TROUBLE, "diary", _("Headache diary"), self._day_log.diary(entry))
            case CommandKind.NOTICED:
                pass  # the turn that follows takes it in
            case _ if command.kind in FROM_WITHIN:
                self._hear(command)
            case _:
                self._obey_simply(command.kind)

    def _hear(self, news: Command) -> None:
        """What the app's own windows and its icon have to tell."""
        match news.kind:
            case CommandKind.CALIBRATED:
                self._keep_calibration(news.text)
            case CommandKind.CAMERA_RETURNED:
                self._lent.from_window(news.text)
            case CommandKind.WINDOW_FAILED:
                self._do_without_window(news.text)
            case CommandKind.TRAY_UNSEEN:
                self._announcer.tell(ReminderKind.TROUBLE, "tray", _("posturewatch is watching"), news.text)

    def _obey_simply(self, kind: CommandKind) -> None:
        breaks = self._deciders.breaks
        match kind:
            case CommandKind.BREAK_NOW if not breaks.on_break:
                breaks.take()
                if (left_s := breaks.break_left_s) is not None:
                    words = break_reminder(
                        left_s, long=breaks.next_is_long, actions=(), exercise=breaks.exercise, muted=self._muted
                    )
                    self._announcer.break_begins(words, window=self._settings.current.breaks.window)
            case CommandKind.BREAK_POSTPONE:
                breaks.postpone()
            case CommandKind.BREAK_SKIP:
                breaks.skip()
            case CommandKind.EXERCISE_WORSE:
                breaks.worse()
            case CommandKind.SNOOZE:
                self._deciders.posture.snooze(self._time.last.t_s)
            case CommandKind.CALIBRATE_QUICK:
                self._tie()
            case CommandKind.LIVE_VIEW:
                self._lend("live", self._in_force.body, of_today=self._in_force.of_today)
            case CommandKind.WRITE_DAY:
                self._day_log.write_day()

    def _calibrate(self, command: Command) -> None:
        """With a window that shows the picture where there can be one; a ``value`` asks to do without."""
        profile = command.text or self._in_force.profile
        if command.value is None and self._lend("calibrate", profile):
            self._calibrating = profile
            return
        self._in_force.start(profile, self._settings.current, self._now_s)
        self._look_at_s = self._now_s

    def _tie(self) -> None:
        """Five seconds of sitting upright, in the loop itself; a whole calibration where there is none to tie."""
        if self._off is not None or self._pause.on:
            words = self._quiet_words() or _("The camera is given back for now.")
            self._announcer.tell(ReminderKind.TROUBLE, "calibration", _("Calibration"), words)
        elif self._in_force.start_tie(self._settings.current, self._now_s):
            self._look_at_s = self._now_s
        else:
            self._calibrate(Command(CommandKind.CALIBRATE))

    def _lend(self, window: str, text: str, *, of_today: bool = True) -> bool:
        """Leave the camera to a window that shows its picture; False where there can be none."""
        if not self._lent.to_window(window, text, of_today=of_today):
            return False
        self._camera.close()
        return True

    def _keep_calibration(self, body: str) -> None:
        """What was made in the window, from now on."""
        try:
            self._in_force.keep(Calibration.from_json(body), self._calibrating, self._settings.current.user, self._now)
        except PosturewatchError as err:
            self._announcer.tell(ReminderKind.TROUBLE, "calibration", _("Calibration"), err)

    def _do_without_window(self, window: str) -> None:
        """A window was to open and nobody sees it: what it was for goes another way."""
        self._lent.from_window(window)
        if window == "calibrate":
            self._calibrate(Command(CommandKind.CALIBRATE, 1.0, self._calibrating))
        else:
            self._announcer.without_window(window)

    def reload(self) -> None:
        """Take the settings file up as it is now, and look at once where it has changed."""
        if self._settings.reload(self._now):
            self._look_at_s = self._now_s

    # ------------------------------------------------------------------ showing and ending

    def snapshot(self) -> Snapshot:
        """All that tray and ``status`` show now."""
        step, deciders = self._step, self._deciders
        waiting = Reason.PAUSED if self._pause.on else Reason.STARTING if self._off is None else None
        return Snapshot(
            at=self._now,
            state=step.state if step else (State.UNRELIABLE if deciders.calibrated else State.UNCALIBRATED),
            reason=step.reason if step else waiting,
            fht_in=step.fht_in if step else None,
            fht_se_in=step.fht_se_in if step else None,
            load=step.load if step else None,
            profile=self._in_force.profile,
            profiles=self._in_force.profiles,
            calibrated_at=self._in_force.made_at,
            paused_until=self._pause.until,
            paused=self._pause.on,
            watching=self._camera.running,
            next_break_s=deciders.breaks.next_break_s,
            next_break_long=deciders.breaks.next_is_long,
            today=self._day_log.today,
            threshold_in=self._settings.current.posture.threshold,
            alert=deciders.posture.alert,
            trouble=self._day_log.trouble or self._settings.trouble or self._camera.lasting,
            break_now=deciders.breaks.due,
            on_break=deciders.breaks.on_break,
            exercise=deciders.breaks.exercise or "",
            last_exercise=deciders.breaks.last_exercise,
            can_postpone=deciders.breaks.can_postpone,
            can_skip=deciders.breaks.can_skip,
            tied=deciders.monitor.tied,
            recalibrate=deciders.tie.wanted is not None,
            calibrating=self._in_force.run.share if self._in_force.run else None,
            advice=self._in_force.advice,
            quiet=self._quiet_words(),
        )

    def _quiet_words(self) -> str:
        """Why nothing is said, or why the camera is given back; empty while neither holds."""
        if self._off == LENT:
            return _("Another window of posturewatch has the camera.")
        return muted_words(self._muted) if self._muted else ""

    def _end(self) -> None:
        """The camera first: whatever the disk does, it is given back."""
        self._camera.close()
        self._take_time()
        for row in self._deciders.minutes.finish(self._since_think.take()):
            self._day_log.minute(row)
        self._note(EventKind.STOP)
        self._day_log.write_day()
        _log.info("the loop has ended")
