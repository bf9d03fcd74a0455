"""The parts of a talk in the switch: legs, bridges, dials and recordings."""
