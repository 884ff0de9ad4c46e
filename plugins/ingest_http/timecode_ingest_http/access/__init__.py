"""Who may: the token, keys and browsers' sessions, what each may do, and how a browser signs in."""
