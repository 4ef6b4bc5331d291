"""One short question on D-Bus, with a deadline, asked with dbus-fast. Used by presence and tray (Linux).

A question opens a connection of its own and closes it: the questions are rare, a service that hangs then costs
one deadline and holds nothing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from posturewatch.base.errors import DesktopError
from posturewatch.base.i18n import _


@dataclass(frozen=True, slots=True)
class Call:
    """A method of a service. ``arguments`` fit ``signature`` (D-Bus type letters)."""

    service: str
    path: str
    interface: str
    member: str
    signature: str = ""
    arguments: tuple[Any, ...] = ()


def get_property(service: str, path: str, interface: str, name: str) -> Call:
    """The call that reads one property."""
    return Call(service, path, "org.freedesktop.DBus.Properties", "Get", "ss", (interface, name))


async def ask_on(bus: Any, call: Call) -> Any:
    """First value of the answer on an open connection; variants are unwrapped. Raises DesktopError."""
    from dbus_fast import Message, MessageFlag, MessageType, Variant

    reply = await bus.call(
        Message(
            destination=call.service,
            path=call.path,
            interface=call.interface,
            member=call.member,
            signature=call.signature,
            body=list(call.arguments),
            # A question must not start a service that the user does not run.
            flags=MessageFlag.NO_AUTOSTART,
        )
    )
    if reply is None or reply.message_type is not MessageType.METHOD_RETURN:
        raise DesktopError(_("The desktop service {name} does not answer.").format(name=call.service))
    value = reply.body[0] if reply.body else None
    return value.value if isinstance(value, Variant) else value


def ask(call: Call, deadline_s: float = 1.0, *, system: bool = False) -> Any:
    """Connect, ask, close. Raises DesktopError when there is no bus, no service or no answer in time."""

    async def whole() -> Any:
        from dbus_fast import BusType
        from dbus_fast.aio import MessageBus

        bus = await MessageBus(bus_type=BusType.SYSTEM if system else BusType.SESSION).connect()
        try:
            return await ask_on(bus, call)
        finally:
            bus.disconnect()

    async def in_time() -> Any:
        return await asyncio.wait_for(whole(), deadline_s)

    try:
        return asyncio.run(in_time())
    except DesktopError:
        raise
    except Exception as err:
        raise DesktopError(_("The desktop's message bus cannot be reached.")) from err
