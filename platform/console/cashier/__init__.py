"""The counter's pages: the desk, the receipts, their prints."""
