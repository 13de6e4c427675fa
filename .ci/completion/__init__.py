"""The generators of the completion scripts in `completions/`, from the command tree."""
