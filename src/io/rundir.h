/*
 * rundir: the run directory on disk (espy-run(5)).
 *
 *	DIR/run.json			what was asked, of whom, how it ended
 *	DIR/nodes/NODE/NAME.txt		what a command printed there
 *	DIR/nodes/NODE/overlay.pcap	what was captured there
 *
 * The directory is made once, mode 0700, and never over another; its files
 * have mode 0600.  run.json is replaced as a whole, so that a run cut short at
 * any moment is readable as it was when it was last saved.  A directory that
 * came from somewhere else is not trusted: symbolic links in it are refused.
 */
#ifndef ESPY_IO_RUNDIR_H
#define ESPY_IO_RUNDIR_H
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "model/point.h"

struct err;
struct run;
struct run_node;
struct rundir_file;

enum { RUNDIR_CAPTURE_MAX = 256 << 20 /* bytes of one capture */ };

/* "espy-run-20261123T145841Z-a-b"; the caller's to free(3). */
char *rundir_name(struct wall started, const char *a, const char *b);

/*
 * Makes the directory at path, which must not be there yet; with path NULL it
 * is name in the current directory, or name-2, name-3, ... when that is taken.
 * *ret is the path, the caller's to free(3).
 */
int rundir_create(const char *path, const char *name, char **ret,
    struct err *e);

/*
 * Writes what a command printed, and adds it to n.  name is new for the node
 * and as run_path_text_ok() wants it; len is at most RUN_TEXT_MAX.  On failure
 * neither the file nor n has it.
 */
int rundir_write_text(const char *dir, struct run_node *n, const char *name,
    const char *text, size_t len, int status, struct err *e);

/* "DIR/nodes/NODE/underlay.pcap"; the caller's to free(3). */
char *rundir_capture_path(const char *dir, const struct run_node *n,
    enum point p);

/* Makes the capture's file, which must not be there yet. */
int rundir_capture_open(const char *dir, const struct run_node *n, enum point p,
    struct rundir_file **ret, struct err *e);
/*
 * Appends.  -1 when the disk or RUNDIR_CAPTURE_MAX says no: what is already in
 * the file stays, and each later call fails alike.
 */
int rundir_file_write(struct rundir_file *f, const void *data, size_t len,
    struct err *e);
/*
 * Closes and frees f (NULL is accepted); *bytes, unless NULL, is what the file
 * holds.  -1 when a write that was still under way failed.
 */
int rundir_file_close(struct rundir_file *f, uint64_t *bytes, struct err *e);

/*
 * Replaces run.json.  Called once before anything is asked of a node, with
 * complete false, and again whenever there is more worth keeping.
 */
int rundir_save(const char *dir, const struct run *r, struct err *e);

/*
 * Reads run.json and all texts that it lists; each must have the size that it
 * says.  Captures are not read, but one that is there must be a regular file,
 * and in a complete run of the size that run.json says.  *ret is set only on
 * success and is then the caller's, for run_free().
 */
int rundir_load(const char *dir, struct run *ret, struct err *e);

#endif
