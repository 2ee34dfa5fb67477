"""Records of models: formats, schemas, texts and differences; pure."""
