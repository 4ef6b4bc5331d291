"""A StatusNotifier host for tests that takes words as LXQt's does: with the icon, and when a new tooltip is told."""
# ruff: noqa: F821  (annotations are D-Bus signatures here)

import asyncio
import threading
from typing import Any

from dbus_fast import Message, MessageType, PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

NAME = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"


class _Watcher(ServiceInterface):
    def __init__(self, host: "StatusNotifierHost") -> None:
        super().__init__(NAME)
        self._host = host

    @dbus_method(name="RegisterStatusNotifierItem")
    def register_item(self, path: "s"):  # type: ignore[no-untyped-def]
        self._host.path = path
        self._host.ask()

    @dbus_property(access=PropertyAccess.READ, name="IsStatusNotifierHostRegistered")
    def is_host_registered(self) -> "b":  # type: ignore[name-defined]
        return True


class StatusNotifierHost:
    """The host in a thread of its own; ``words`` are what a pointer on the icon would see, one after the other."""

    def __init__(self) -> None:
        self.path = ""
        self.words: list[str] = []
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._asked: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._bus = await MessageBus().connect()
        self._bus.export("/StatusNotifierWatcher", _Watcher(self))
        self._bus.add_message_handler(self._heard)
        rule = Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member="AddMatch",
            signature="s",
            body=[f"type='signal',interface='{ITEM}',member='NewToolTip'"],
        )
        await self._bus.call(rule)
        await self._bus.request_name(NAME)
        self._stop = asyncio.Event()
        self._ready.set()
        await self._stop.wait()
        self._bus.disconnect()

    def _heard(self, message: Message) -> Any:
        if message.message_type is MessageType.METHOD_CALL and message.member == "RegisterStatusNotifierItem":
            self._owner = message.sender
        if message.member == "NewToolTip":
            self.ask()

    def ask(self) -> None:
        """Ask the icon for its title."""
        asked = self._loop.create_task(self._ask())
        self._asked.add(asked)
        asked.add_done_callback(self._asked.discard)

    async def _ask(self) -> None:
        reply = await self._bus.call(
            Message(
                destination=self._owner,
                path=self.path,
                interface="org.freedesktop.DBus.Properties",
                member="Get",
                signature="ss",
                body=[ITEM, "Title"],
            )
        )
        if reply is not None and reply.message_type is MessageType.METHOD_RETURN:
            self.words.append(reply.body[0].value)

    def stop(self) -> None:
        """Leave the bus."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
