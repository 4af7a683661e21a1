#!/bin/sh
# Gives the roles of roles.sql their passwords, once, when the database is made.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" \
  -v owner="$REKEY_OWNER_PASSWORD" -v service="$REKEY_SERVICE_PASSWORD" <<'SQL'
alter role rekey_owner password :'owner';
alter role rekey_service password :'service';
SQL
