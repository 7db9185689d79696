"""Points that can be explained, rewards for them, and penalties only after the person was heard."""
