/* log: what espy has to say besides its answer, on stderr. */
#ifndef ESPY_IO_LOG_H
#define ESPY_IO_LOG_H

enum log_level { LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Everything above this level is dropped; LOG_LEVEL_WARN at first. */
void log_set_level(int verbose);

/*
 * One line each, "espy: " or "espy: HOST: " before it; host may be NULL.  What
 * a terminal would obey is spelled out.
 */
void log_line(enum log_level level, const char *host, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
