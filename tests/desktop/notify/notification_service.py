"""A notification service for tests that writes down what it is told and does what the test says."""
# ruff: noqa: F722, F821, PLR0917  (annotations are D-Bus signatures here, arguments the specification's)

import asyncio
import threading
from typing import Any

from dbus_fast import Variant
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

NAME = "org.freedesktop.Notifications"


class _Service(ServiceInterface):
    def __init__(self, capabilities: list[str]) -> None:
        super().__init__(NAME)
        self.capabilities = capabilities
        self.notes: list[dict[str, Any]] = []
        self.closed: list[int] = []
        self.hangs = False

    @dbus_method(name="Notify")
    async def notify(
        self, app: "s", replaces: "u", icon: "s", title: "s", body: "s", actions: "as", hints: "a{sv}", expire: "i"
    ) -> "u":
        if self.hangs:
            await asyncio.sleep(3600)
        plain = {name: value.value for name, value in hints.items() if isinstance(value, Variant)}
        note = {"app": app, "icon": icon, "title": title, "body": body, "actions": actions}
        self.notes.append(note | {"hints": plain, "expire": expire})
        return len(self.notes)

    @dbus_method(name="CloseNotification")
    def close_notification(self, number: "u"):  # type: ignore[no-untyped-def]
        self.closed.append(number)

    @dbus_method(name="GetCapabilities")
    def get_capabilities(self) -> "as":
        return self.capabilities

    @dbus_method(name="GetServerInformation")
    def get_server_information(self) -> "ssss":
        return ["test", "posturewatch", "1", "1.2"]

    @dbus_signal(name="ActionInvoked")
    def action_invoked(self, number: int, action: str) -> "us":
        return [number, action]

    @dbus_signal(name="NotificationClosed")
    def notification_closed(self, number: int, reason: int) -> "uu":
        return [number, reason]


class NotificationService:
    """The service in a thread of its own."""

    def __init__(self, capabilities: tuple[str, ...] = ("actions", "body")) -> None:
        self.service = _Service(list(capabilities))
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(60)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._bus = await MessageBus().connect()
        self._bus.export("/org/freedesktop/Notifications", self.service)
        await self._bus.request_name(NAME)
        self._stop = asyncio.Event()
        self._ready.set()
        await self._stop.wait()
        self._bus.disconnect()

    def press(self, number: int, action: str) -> None:
        """The user presses a button."""
        self._loop.call_soon_threadsafe(self.service.action_invoked, number, action)

    def dismiss(self, number: int) -> None:
        """The user closes the note (reason 2 of the specification)."""
        self._loop.call_soon_threadsafe(self.service.notification_closed, number, 2)

    def stop(self) -> None:
        """Leave the bus; once is enough."""
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
