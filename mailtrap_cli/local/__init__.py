"""The local sandbox: rules, store, answers, and the ways in (in-process transport, loopback server)."""
