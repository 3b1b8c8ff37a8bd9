/*
 * watch: the part of a script that ends commands which outlast a moment,
 * whatever became of us: at a line "stop" on standard input, at its end, and
 * after a limit.
 */
#ifndef ESPY_PLATFORM_WATCH_H
#define ESPY_PLATFORM_WATCH_H

struct buf;
struct err;

/* What most tools understand; the last pattern must be one that kills. */
#define WATCH_INT_TERM_KILL "1) sig=INT ;; 2) sig=TERM ;; *) sig=KILL ;;"

/*
 * Appends it.  signals: patterns of `case`: which signal the children get at
 * the first second after the end has come, the second, ...; none when empty.
 * The script then starts children with "3<&- &", lists their ids in $kids, each
 * behind a blank, calls begin_watch, then reap for each, and last finish
 * STATUS.  $ticks is above 0 once the end has come.  A function undo that the
 * script then defines is called when the script itself was killed.  -1 when
 * limit_s is not 1 to 86400.
 */
int watch_put(struct buf *b, const char *signals, unsigned limit_s,
    struct err *e);

#endif
