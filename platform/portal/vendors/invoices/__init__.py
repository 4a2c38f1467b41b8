"""A vendor's invoices: what can be billed, entering them with their scan, what became of them."""
