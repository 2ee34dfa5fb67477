"""Hosts of model files as a source of facts: Hugging Face and Civitai. Requests go to constant hosts only."""
