"""The domain, pure: no clock, no I/O, no threads. Time is an argument."""
