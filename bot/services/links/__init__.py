"""Facts of file hosts: records filled from a link, and checks of files with Hugging Face and Civitai."""
