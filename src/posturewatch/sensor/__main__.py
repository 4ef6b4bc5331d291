"""``python -m posturewatch.sensor``: started by the app, which holds the other end of its pipes."""

from posturewatch import native_threads

if __name__ == "__main__":
    native_threads.hold()
    from posturewatch.sensor.process import main

    main()
