"""What a user might pick instead, written as its own documentation teaches."""
