"""Contacts and suppressions in bulk: check and send the rows of files, download exports."""
