"""A real VS Code (code-server), a real browser and the real service, for the tests of the extension."""
