"""Where passages are kept and searched: SQLite or Postgres, behind one interface."""
