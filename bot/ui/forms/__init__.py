"""The forms: a fresh modal for each press, which reads what was typed and hands it on."""
