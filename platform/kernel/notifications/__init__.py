"""Notices to people: in the console, by mail and by the company's channels."""
