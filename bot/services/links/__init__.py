"""Facts of file hosts: records filled from a link, and checks of one file with Hugging Face or Civitai."""
