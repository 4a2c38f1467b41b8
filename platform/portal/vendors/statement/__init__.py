"""The vendor's account with the company, and what he is asked to agree on."""
