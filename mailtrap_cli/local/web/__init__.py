"""The web inbox of the local sandbox: server-rendered pages, a little JavaScript, and nothing from elsewhere."""
