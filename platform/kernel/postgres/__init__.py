"""django-tenants' backend with a database role per company.

The search path alone is a convention: any statement may name another schema. Here the role that
may read a company's tables is set in the same round trip as the search path, and the login role
owns nothing and may read no company's table by itself.
"""
