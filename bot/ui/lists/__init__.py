"""Lists of the queue, of models and of the past; what is chosen from them."""
