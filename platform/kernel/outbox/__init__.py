"""Events for other systems, delivered by signed webhooks."""
