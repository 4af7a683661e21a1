select e.*, s.seq
from (
  select * from audit_event
  where occurred_at >= now() - interval '24 hours'
  order by occurred_at desc, id desc limit 51) e
left join audit_seal s on s.event_id = e.id and s.occurred_at = e.occurred_at
order by e.occurred_at desc, e.id desc
