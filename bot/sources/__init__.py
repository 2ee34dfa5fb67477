"""File hosts Hugging Face and Civitai as sources. Requests go to constant hosts only."""
