"""The files of engineers: settings, site, queues and call flows, read, checked, made core data."""
