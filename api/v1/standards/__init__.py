"""Fee items, fee standards, their versions, and to whom they apply."""
