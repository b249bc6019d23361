"""How often the rules are right, on articles that people marked."""
