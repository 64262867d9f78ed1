"""Great Expectations suites for the two doors of the warehouse; knows no dlt or Dagster."""
