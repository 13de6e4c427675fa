"""One place for each command: `mailtrap messages wait` is `messages/wait.py`."""
