-- What needs attention in the inventory, and what people decided about it. One row for each kind and
-- credential, or subject: a finding that comes back opens its row again.
create table finding (
  id            uuid        primary key,
  kind          text        not null,
  -- the credential's id, or upstream and subject
  identity      text        not null,
  upstream      text        not null,
  subject       text        not null,
  -- null if it is about the whole subject
  credential_id uuid        references credential (id),
  upstream_id   text,
  state         text        not null check (state in ('open', 'accepted', 'snoozed', 'resolved')),
  -- when the condition began to hold
  since         timestamptz not null,
  evidence      jsonb       not null,
  opened_at     timestamptz not null,
  resolved_at   timestamptz,
  -- the decision that applies, or applied when it was resolved
  decision      text        check (decision in ('accepted', 'snoozed')),
  decided_by    text,
  decided_at    timestamptz,
  until         timestamptz,
  reason        text,
  unique (kind, identity),
  check ((state = 'resolved') = (resolved_at is not null)),
  check (state not in ('accepted', 'snoozed') or until is not null)
);

create index finding_opened on finding (state, opened_at, id);
create index finding_subject on finding (subject text_pattern_ops);
create index finding_credential on finding (credential_id) where credential_id is not null;
create index finding_until on finding (until) where state in ('accepted', 'snoozed');

grant select, insert, update on finding to "${serviceRole}";
