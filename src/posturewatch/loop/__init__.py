"""The loop and what it is made of. It sees the world as Protocols (``posturewatch.ports``) and nothing behind them."""

from posturewatch.loop.doors import Consumer, Doors
from posturewatch.loop.turns import Loop

__all__ = ["Consumer", "Doors", "Loop"]
