"""What is measured by hand. Each module says on which database, and sets Django up for it."""
