"""Drives the core in real time: clock, input log, driver, replay."""
