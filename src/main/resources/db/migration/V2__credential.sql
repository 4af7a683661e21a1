-- What is known of every credential; never the credential itself.

create table credential (
  id           uuid        primary key,
  upstream     text        not null,
  subject      text        not null,
  upstream_id  text        not null,
  client_id    text,
  display_name text,
  description  text,
  status       text        not null
    check (status in ('ACTIVE', 'RETIRING', 'RETIRED', 'EXPIRED', 'MISSING')),
  origin       text        not null check (origin in ('MINTED', 'DISCOVERED', 'ADOPTED')),
  -- as the upstream gave them
  created_at   timestamptz,
  updated_at   timestamptz,
  expires_at   timestamptz,
  last_used_at timestamptz,
  deleted_at   timestamptz,
  -- ours
  recorded_at  timestamptz not null,
  observed_at  timestamptz not null,
  rotation_id  uuid,
  replaced_by  uuid        references credential (id),
  version      int         not null,
  unique (upstream, subject, upstream_id)
);

create index credential_newest on credential (recorded_at, id);
create index credential_subject on credential (subject text_pattern_ops, recorded_at, id);

grant select, insert, update on credential to "${serviceRole}";
