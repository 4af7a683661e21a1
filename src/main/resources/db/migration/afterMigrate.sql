-- Lets the service log the schema's version at its start.
grant select on flyway_schema_history to "${serviceRole}";
