"""Call flows shown: as a graph in Mermaid or SVG, and what differs between two of them.

Works on the data of the core alone: nothing here reads files or runs a flow.
"""
