"""The bundled fast model: data files, no code."""
