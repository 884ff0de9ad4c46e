"""How much of what clients do not read is held for them."""

MOST_UNREAD = 8 * 1024 * 1024
"""How many bytes of answers may wait for their clients, all together."""
SYSTEM_BUFFER = 256 * 1024
"""What the system may hold besides for one client. By itself it would take some megabytes for each."""
