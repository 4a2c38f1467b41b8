"""Writes of second factors, sessions, company items and departures, each in its own module."""
