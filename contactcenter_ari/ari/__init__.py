"""The switch: the connection to Asterisk over ARI.

Events come in over one WebSocket and become signals; commands become REST operations. Only this
package knows channels, bridges and Asterisk's JSON.
"""
