"""Meter readings: recorded, judged, and decided about where something is wrong."""
