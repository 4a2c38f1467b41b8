"""Second factors, sessions and the leaving of people."""
