"""How a running system is seen from outside: health, logs, metrics, error reports."""
