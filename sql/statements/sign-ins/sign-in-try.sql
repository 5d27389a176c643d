-- Count a wrong token, unless too many came from there within 15 minutes. $1 address text, $2 failures of one address.
-- A row if it was counted. In one minute the count itself is the fence, so that tries side by side cannot slip past it.
-- What is older is deleted.
with past as (
  select s.address, s.minute from mayfly.sign_in s where s.minute <= now() - interval '15 minutes' limit 1000
    for update skip locked
), deleted as (
  delete from mayfly.sign_in s using past p where s.address = p.address and s.minute = p.minute
)
insert into mayfly.sign_in as s (address, minute, failures)
select $1::text, date_trunc('minute', now()), 1
where (
  select coalesce(sum(k.failures), 0) from mayfly.sign_in k
  where k.address = $1::text and k.minute > now() - interval '15 minutes'
) < $2::integer
on conflict on constraint sign_in_pkey do update set failures = s.failures + 1 where s.failures < $2::integer
returning s.address
