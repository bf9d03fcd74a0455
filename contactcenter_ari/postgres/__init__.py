"""Postgres: migrations, journal (events to rows), people, look-ups and reports.

SQL lives in `sql/`; values travel only as parameters. Nothing here is on the path of a call.
"""
