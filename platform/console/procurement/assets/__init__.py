"""The register of fixed assets."""
