"""What a vendor has announced, what of it was taken in, returned and objected to."""
