"""Text, tones and music to sound files the switch can play, and proof of what was heard.

Everything is 8 kHz mono, 16-bit in memory: what a telephone line carries. Nothing here
knows calls, flows or Asterisk's API.
"""
