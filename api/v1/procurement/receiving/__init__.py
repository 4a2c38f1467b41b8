"""Goods at the door: taken in, objected to, sent back, compared with sealed samples."""
