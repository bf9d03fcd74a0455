"""Entry point of the `contactcenter` command."""


def main() -> None:
    """Run the command line."""
