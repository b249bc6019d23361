"""How right the rules are, on articles that people marked."""
