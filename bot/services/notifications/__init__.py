"""Cards, posts and direct messages: contents, subscriptions, delivery."""
