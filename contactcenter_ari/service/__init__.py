"""The running service: publishing, health, phones, and what it keeps in memory."""
