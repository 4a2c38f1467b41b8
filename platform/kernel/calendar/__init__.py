"""Working days: China's public holidays and the company's own exceptions."""
