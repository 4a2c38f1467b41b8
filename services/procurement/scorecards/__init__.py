"""What vendors did, counted from quotes, orders, receipts and objections."""
