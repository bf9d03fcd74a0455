"""The command line: one module a command. Exit status 0 fine, 1 problems, 2 bad usage."""
