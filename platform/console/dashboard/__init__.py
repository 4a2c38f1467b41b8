"""工作台: a project's figures and what waits to be done."""
