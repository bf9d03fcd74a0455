"""Call flows as data (questions and prompts for callers), and the interpreter that runs them."""
