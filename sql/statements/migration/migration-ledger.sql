-- The migrations applied so far.
select m.version, m.name, m.breaking from mayfly.migration m order by m.version
