/* load: find and read the inventory, and pick hosts from it. */
#ifndef ESPY_CMD_LOAD_H
#define ESPY_CMD_LOAD_H

struct args;
struct common;
struct err;
struct host;
struct inv;
struct inv_pick;

/*
 * The inventory that path, or the search order when it is NULL, leads to.
 * NULL when there is none.
 */
const char *load_find(const char *path);

/*
 * Reads the inventory at path: a file, a directory, a program, or a list of
 * hosts with a comma in it.  NULL: $ESPY_INVENTORY, ./inventory or Danube
 * Cloud's hosts.cfg, whichever is there first.  *ret is the caller's.
 */
int load_inventory(const char *path, struct inv **ret, struct err *e);

/*
 * The same for a command's options, and the hosts of pattern ("all" when NULL)
 * within --limit.  Words "@FILE" stand for the lines of a file.  Both results
 * are the caller's; the pick is borrowed from the inventory.
 */
int load_hosts(const struct common *c, const char *pattern, struct inv **ret,
    struct inv_pick *ret_pick, struct err *e);
/* The hosts of a pattern in an inventory that is already there. */
int load_pick(const struct inv *inv, const char *pattern, const char *limit,
    struct inv_pick *ret, struct err *e);
/*
 * The two hosts that a command's two words name, one each, with an address and
 * not the same.  Borrowed from the inventory.
 */
int load_pair(const struct inv *inv, const char *command, const struct args *a,
    const struct host *ret[2], struct err *e);

#endif
