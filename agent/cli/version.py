"""Says which version this is; loaded by name, for reading what is installed takes as long as all else in `--help`."""

from importlib.metadata import version

from agent.cli.console import show


def say_version() -> None:
    show(f"conspectus {version('conspectus')}")
