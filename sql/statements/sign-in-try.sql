-- Count a try to sign in as failed, unless too many did within 15 minutes. $1 address text, $2 failures of one address, $3 of all. A row if it may be
-- made. In one minute the count itself is the fence, so that tries side by side cannot slip past it. What is older is deleted.
with kept as (
  select s.address, s.failures from mayfly.sign_in s where s.minute > now() - interval '15 minutes'
), past as (
  select s.address, s.minute from mayfly.sign_in s where s.minute < now() - interval '1 hour' limit 1000 for update skip locked
), deleted as (
  delete from mayfly.sign_in s using past p where s.address = p.address and s.minute = p.minute
)
insert into mayfly.sign_in as s (address, minute, failures)
select $1::text, date_trunc('minute', now()), 1
where (select coalesce(sum(k.failures), 0) from kept k where k.address = $1::text) < $2::integer
  and (select coalesce(sum(k.failures), 0) from kept k) < $3::integer
on conflict on constraint sign_in_pkey do update set failures = s.failures + 1 where s.failures < $2::integer
returning s.address
