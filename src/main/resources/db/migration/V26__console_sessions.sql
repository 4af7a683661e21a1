-- The sessions of people at the console, as Spring Session JDBC keeps them. A cookie has an HMAC of
-- the session's id, too, so nobody can use the rows of these tables.
create table console_session (
  primary_id            char(36) primary key,
  session_id            char(36) not null unique,
  -- milliseconds since 1970
  creation_time         bigint   not null,
  last_access_time      bigint   not null,
  -- seconds
  max_inactive_interval integer  not null,
  expiry_time           bigint   not null,
  principal_name        text
);

create index console_session_expiry on console_session (expiry_time);
create index console_session_principal on console_session (principal_name);

create table console_session_attributes (
  session_primary_id char(36)     not null references console_session (primary_id) on delete cascade,
  attribute_name     varchar(200) not null,
  attribute_bytes    bytea        not null,
  primary key (session_primary_id, attribute_name)
);

grant select, insert, update, delete on console_session, console_session_attributes
  to "${serviceRole}";
