"""One file for each command: `mailtrap messages wait` is `messages/wait.py`."""
