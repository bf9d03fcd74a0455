"""The parts that run on this machine: native tools, Asterisk, Postgres, their set-up."""
