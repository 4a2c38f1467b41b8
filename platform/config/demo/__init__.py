"""Two demo companies, made by doing the main job through the operations. Nothing is loaded.

Every step asks first whether it is done, so that a demo killed half-way is finished by the next
start and one that is there is left as it is.
"""
