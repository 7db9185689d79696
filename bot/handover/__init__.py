"""Being away and who stands in; handing over the shift, and that it was read."""
