"""Named SQL: reads a statement from its file below `sql/`, once."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable


def sql_folder() -> Traversable:
    """The folder that all SQL of this package is in."""
    return files("contactcenter_ari.postgres").joinpath("sql")


@cache
def statement(name: str) -> bytes:
    """The text of `sql/NAME.sql`, for example `report/queue`."""
    return sql_folder().joinpath(f"{name}.sql").read_bytes()
