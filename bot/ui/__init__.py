"""How it looks: service values in, Discord components and sentences out."""
