"""The catalogue of goods: categories and articles."""
