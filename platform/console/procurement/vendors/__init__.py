"""The register of vendors."""
