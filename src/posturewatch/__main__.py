"""``python -m posturewatch`` is the command line."""

from posturewatch.cli import main

if __name__ == "__main__":
    main()
