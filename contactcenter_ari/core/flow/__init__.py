"""Call flows: what a caller is asked and told, as data, and the interpreter that runs it."""
