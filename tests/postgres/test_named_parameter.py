"""`:name` parameters become the driver's; everything that only looks like one stays."""

import pytest

from contactcenter_ari.postgres.named_parameter import driver_query


@pytest.mark.parametrize(
    ("sql", "text", "names"),
    [
        ("select a where b = :b", "select a where b = %(b)s", {"b"}),
        ("select :a, :a,:b_2", "select %(a)s, %(a)s,%(b_2)s", {"a", "b_2"}),
        ("select x::text, :n::int", "select x::text, %(n)s::int", {"n"}),
        ("select ':no', 'it''s :no', :yes", "select ':no', 'it''s :no', %(yes)s", {"yes"}),
        (r"select E'\':no', :yes", r"select E'\':no', %(yes)s", {"yes"}),
        ('select ":no" = :yes', 'select ":no" = %(yes)s', {"yes"}),
        ("select $$ :no $$, $t$ :no $$ $t$", "select $$ :no $$, $t$ :no $$ $t$", set()),
        ("select 1 -- :no\n, :yes", "select 1 -- :no\n, %(yes)s", {"yes"}),
        ("select 1 /* :no */, :yes", "select 1 /* :no */, %(yes)s", {"yes"}),
        ("where a like 'x%' and b % 2 = :c", "where a like 'x%%' and b %% 2 = %(c)s", {"c"}),
        ("select '12:30', a[1:2]", "select '12:30', a[1:2]", set()),
    ],
)
def test_only_parameters_are_replaced(sql: str, text: str, names: set[str]) -> None:
    """Literals, quoted names, dollar quotes, comments, casts and slices are left alone."""
    query = driver_query(sql)
    assert query.text.decode() == text
    assert query.names == frozenset(names)
