"""What a plan says of orders as shops have them, and how much of it means something."""
