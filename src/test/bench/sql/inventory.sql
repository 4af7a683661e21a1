select c.* from (
  (select * from credential where upstream = 'conductorone' and status = 'ACTIVE'
    order by recorded_at desc, id desc limit 51)
  union all
  (select * from credential where upstream = 'conductorone' and status = 'RETIRING'
    order by recorded_at desc, id desc limit 51)
  union all
  (select * from credential where upstream = 'conductorone' and status = 'RETIRED'
    order by recorded_at desc, id desc limit 51)
  union all
  (select * from credential where upstream = 'conductorone' and status = 'EXPIRED'
    order by recorded_at desc, id desc limit 51)
  union all
  (select * from credential where upstream = 'conductorone' and status = 'MISSING'
    order by recorded_at desc, id desc limit 51)
  union all
  (select * from credential where upstream = 'keycard' and status = 'ACTIVE'
    order by recorded_at desc, id desc limit 51)
  union all
  (select * from credential where upstream = 'keycard' and status = 'RETIRING'
    order by recorded_at desc, id desc limit 51)
  union all
  (select * from credential where upstream = 'keycard' and status = 'RETIRED'
    order by recorded_at desc, id desc limit 51)
  union all
  (select * from credential where upstream = 'keycard' and status = 'EXPIRED'
    order by recorded_at desc, id desc limit 51)
  union all
  (select * from credential where upstream = 'keycard' and status = 'MISSING'
    order by recorded_at desc, id desc limit 51)) c
order by recorded_at desc, id desc limit 51
