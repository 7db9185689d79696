"""Pure rules: tables of cases, no database, no clock."""
