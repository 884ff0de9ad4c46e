"""Chromium: found, started, kept warm for a while, and cleaned up after."""
