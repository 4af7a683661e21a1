#!/bin/sh
# Sets the passwords of the roles in roles.sql, once, when the database is created.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" \
  -v owner="$REKEY_OWNER_PASSWORD" -v service="$REKEY_SERVICE_PASSWORD" <<'SQL'
alter role rekey_owner password :'owner';
alter role rekey_service password :'service';
SQL
