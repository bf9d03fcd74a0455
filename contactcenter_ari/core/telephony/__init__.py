"""What a talk is made of in the switch: legs, bridges, dials and recordings."""
