"""Every sentence of a failure: what happened, whether anything was changed, what to do now."""
