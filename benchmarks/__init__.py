"""What derivatives cost: one file a question, each a command. README.md says how to run them."""
