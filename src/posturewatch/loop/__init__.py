"""The loop and what it is made of. It sees the world as Protocols (``posturewatch.base.ports``) and nothing behind them."""

from posturewatch.loop.doors import Consumer, Doors
from posturewatch.loop.loop import Loop

__all__ = ["Consumer", "Doors", "Loop"]
