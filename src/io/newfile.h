/*
 * newfile: a file that is written as its bytes come, and takes its place only
 * when it is whole.
 */
#ifndef ESPY_IO_NEWFILE_H
#define ESPY_IO_NEWFILE_H
#include <stdbool.h>
#include <stddef.h>

struct err;
struct newfile;

enum { NEWFILE_MAX = 1 << 30 /* bytes of one file */ };

/*
 * Makes a temporary beside path, mode 0600, and the directories that path needs
 * and lacks.  *ret is the caller's, for one of the last two functions.
 */
int newfile_open(const char *path, struct newfile **ret, struct err *e);
/* -1 when the disk or NEWFILE_MAX says no; each later call fails alike. */
int newfile_write(struct newfile *s, const void *data, size_t n, struct err *e);
/*
 * Puts it where it belongs, unless the same content is there already: *changed
 * tells.  Frees s, also on failure, when nothing is left behind.
 */
int newfile_keep(struct newfile *s, bool *changed, struct err *e);
/* Removes what was written and frees s.  Accepts NULL. */
void newfile_drop(struct newfile *s);

#endif
