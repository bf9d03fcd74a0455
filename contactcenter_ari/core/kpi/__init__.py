"""Key figures of a contact center: one function and one sentence each."""
