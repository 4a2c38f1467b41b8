"""The record of what was done: written once by each operation, never changed."""
