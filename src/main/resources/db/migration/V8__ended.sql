-- A list may lag, and show a credential that has been ended through Rekey and that the inventory does
-- not know.
create index credential_change_ended on credential_change (subject, upstream_id)
  where kind in ('DELETE', 'REVOKE') and state = 'SUCCEEDED';
