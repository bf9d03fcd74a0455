"""Entry point of the `contactcenter` command."""

from contactcenter_ari.cli.app import app


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
