"""Pure rules of approvals: facts, definitions, paths, who has to sign. No Django, no clock."""
