"""The service as the system starts it with a person's session, and as it is ended from outside."""
