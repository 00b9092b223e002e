"""The wire contract: every command, event and error that crosses a socket or an HTTP call."""
