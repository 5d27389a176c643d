-- Take back the latest try of an address: it was right. $1 address text.
update mayfly.sign_in s set failures = s.failures - 1
where s.address = $1::text and s.failures > 0
  and s.minute = (select max(m.minute) from mayfly.sign_in m where m.address = $1::text)
