"""A vendor's orders: see and confirm them, announce deliveries, answer and propose changes."""
