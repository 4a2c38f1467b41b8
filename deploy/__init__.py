"""How Guanjia is run: the local command, containers, runbooks."""
