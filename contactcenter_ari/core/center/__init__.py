"""The center: the hinge between flows, distribution and the switch."""
