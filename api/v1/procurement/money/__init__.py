"""What vendors bill, what is owed and paid to them, and buyers' advances and claims."""
