"""Work that outlives a request: kept in the database, sent to Celery after the commit.

A job row is the outbox and the progress bar in one: a lost message costs a delay (the sweeper
sends it again), a killed worker costs a restart of the last chunk.
"""
