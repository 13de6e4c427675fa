"""The web inbox of the local sandbox: server-rendered pages, a little JavaScript, no external resources."""
