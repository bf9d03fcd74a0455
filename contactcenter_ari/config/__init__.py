"""What engineers write: settings, site, queues and call flows, read, checked, made core data."""
