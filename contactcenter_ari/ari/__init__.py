"""The switch: Asterisk spoken to over ARI.

Events come in over one WebSocket and become signals; commands become REST operations. All
knowledge of channels, bridges and Asterisk's JSON ends here.
"""
