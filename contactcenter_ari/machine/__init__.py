"""What runs on this machine: native tools, the Asterisk and Postgres processes, their set-up."""
