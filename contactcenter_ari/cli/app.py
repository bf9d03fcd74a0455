"""The program and the overview of its commands.

Light to import, for `--help` waits for it: a command and what it needs come when it is asked for.
"""

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from contactcenter_ari.cli.command_table import TABLE


class CommandGroup(TyperGroup):
    """The commands of the table; the one that is asked for is imported."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401  # what Typer gives
        super().__init__(**attributes)
        known = {name: TyperCommand(name, help=entry.help) for name, entry in TABLE.items()}
        self.commands = {**known, **self.commands}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  # as Typer's
        """The command that the words ask for."""
        if args and args[0] in TABLE:
            TABLE[args[0]].load(args[1:])
            self.commands = get_group(app).commands
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="contactcenter",
    cls=CommandGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def contact_center() -> None:
    """A contact center on Asterisk."""
