"""The Bot API methods that the simulator plays, one function a method."""
