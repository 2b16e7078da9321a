"""What the kinds of block share: their fields, what they name, and what is wrong with them."""
