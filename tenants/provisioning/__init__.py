"""Makes, migrates, suspends and resumes companies' schemas. Always as a task or a command."""
