"""Django's SQLite, in which the writers of one process take turns: an ENGINE of DATABASES."""
