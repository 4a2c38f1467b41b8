"""Asks a running site, over HTTP as its users do, whether it does what it should."""
