"""Files that people sent: stored by the hash of their content, pictures made anew so that nothing hidden travels with them."""
