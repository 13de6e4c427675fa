"""Contacts and suppressions in bulk: rows of files checked and sent, exports downloaded."""
