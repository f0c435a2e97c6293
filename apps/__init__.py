"""The doors: command line and reporters."""
