/* file: whole files, read with a cap and written all or nothing. */
#ifndef ESPY_IO_FILE_H
#define ESPY_IO_FILE_H
#include <stddef.h>

struct buf;
struct err;

/*
 * Appends the file to ret, which is initialised and whose cap is the file's: a
 * longer one is an error.  ret is untouched on failure.
 */
int file_read(const char *path, struct buf *ret, struct err *e);

/*
 * Writes path through a temporary beside it, fsync(2) and rename(2): after a
 * crash there is the old file or the new one.  mode as for open(2).
 */
int file_write(const char *path, const void *data, size_t len, unsigned mode,
    struct err *e);

/*
 * Writes a file that must not be there yet, and does not wait for the disk: for
 * the many files of a directory that is of no use when it is cut short.
 */
int file_create(const char *path, const void *data, size_t len, unsigned mode,
    struct err *e);

/*
 * Makes a directory that is ours alone, for a socket: its path is short.  NULL
 * when that fails; else the caller's to free, and to rmdir(2).
 */
char *file_private_dir(struct err *e);

/*
 * Appends lines, on a new line when the file's last one has no end; makes the
 * file when needed.
 */
int file_append_lines(const char *path, const void *data, size_t len,
    unsigned mode, struct err *e);

#endif
