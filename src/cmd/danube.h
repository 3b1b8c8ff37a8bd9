/* danube: Danube Cloud's own program on its head node. */
#ifndef ESPY_CMD_DANUBE_H
#define ESPY_CMD_DANUBE_H

#define DANUBE_OVERLAY "esdc-overlay"
#define DANUBE_BIN "/opt/erigones/bin"

/*
 * The path of esdc-overlay: the first in $PATH, else in Danube Cloud's place;
 * the caller's to free(3).  NULL when there is none: only Danube Cloud's head
 * node has it.
 */
char *danube_overlay(void);

#endif
