"""One file a hand-made command: `mailtrap domains check` is `domains_check.py`."""
