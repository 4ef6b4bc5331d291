"""What every window of ours is made of: the palette, the toolkit, and where on which monitor a window goes.

Knows neither the sensor nor what a window is about; the windows themselves stand with those who open them.
"""

from posturewatch.ui.palette import DARK, LIGHT, Colours

__all__ = ["DARK", "LIGHT", "Colours"]
