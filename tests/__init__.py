"""Tests at four levels: rules (pure), store (one engine at a time), flows (through the simulator), web (in a browser); and house rules."""
