"""Reads tables out of uploaded files, safely. Pure: no Django."""
