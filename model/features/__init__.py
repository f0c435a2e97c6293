"""What is measured of a paragraph in its article, as numbers."""
