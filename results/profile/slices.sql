-- Every slice on a track of a thread as one text, its fields and then its arguments apart by tabs.
select concat_ws(char(9), process.name, thread.name, slice.depth, slice.category, slice.name, slice.ts, slice.dur,
    (select group_concat(args.flat_key || '=' || ifnull(args.string_value, args.int_value), char(9))
     from args where args.arg_set_id = slice.arg_set_id)) as slice
from slice join thread_track on slice.track_id = thread_track.id join thread using (utid) join process using (upid)
order by slice.ts, slice.depth;
