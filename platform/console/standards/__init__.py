"""Fee items and fee standards in the console: the list, the editor, who is charged."""
