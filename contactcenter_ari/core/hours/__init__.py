"""Opening hours: calendars with a zone, evaluated at a given instant."""
