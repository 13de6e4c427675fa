"""The rows of a file: CSV in any dialect, or JSON; read piece by piece, with the line of each."""
