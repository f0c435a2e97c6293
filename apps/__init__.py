"""The doors: command line, reporters, and the parts of other programs."""
