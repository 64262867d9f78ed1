"""The dbt project, and the plain Python functions its Python models stand on."""
