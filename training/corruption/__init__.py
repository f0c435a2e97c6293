"""Articles spoiled on purpose: what is inserted, form by form, whose it is, and where it goes."""
