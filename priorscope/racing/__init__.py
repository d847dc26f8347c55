"""What is run next, from the rows there are: pure functions without torch and without a clock."""
