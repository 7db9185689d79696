"""Tests at four levels: rules (pure), store (one engine), flows (through the simulator), web (in a browser); house
rules.
"""
