"""What policy rests on: the line below which candidates leave, rules of standing, their errors."""
