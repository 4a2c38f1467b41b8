"""The services of a company, one package per capability."""
