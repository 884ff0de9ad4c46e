"""Questions and their answers, and what is made of them."""
