"""The numbers of the migrations, which need no database to be looked at."""

from contactcenter_ari.postgres.migration import shipped_migrations


def test_each_number_stands_for_one_migration() -> None:
    """From 1 on without a gap: of two with one number a database would take one."""
    numbers = [migration.number for migration in shipped_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
