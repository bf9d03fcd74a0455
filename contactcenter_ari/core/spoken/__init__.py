"""Values as words a caller hears: grammar and phrases per language."""
