"""The REST API. Same operations and queries as the console; other manners."""
