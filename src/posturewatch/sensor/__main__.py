"""``python -m posturewatch.sensor``: started by the app, which holds the other end of its pipes."""

from posturewatch.sensor.process import main

if __name__ == "__main__":
    main()
