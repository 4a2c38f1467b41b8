"""The import of a room-and-owner ledger: buildings, rooms, owners, parking spaces, vehicles."""
