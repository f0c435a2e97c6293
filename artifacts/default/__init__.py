"""The bundled default model: data files, no code."""
