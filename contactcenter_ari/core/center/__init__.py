"""The center: it connects flows, distribution and the switch."""
