"""Flags, files, rows and MIME to the API's payload. Pure."""
