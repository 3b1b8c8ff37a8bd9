/* table: rows of cells in aligned columns, made harmless to a terminal. */
#ifndef ESPY_CMD_TABLE_H
#define ESPY_CMD_TABLE_H
#include <stddef.h>

struct buf;
struct table;

/* titles are borrowed as long as the table lives. */
struct table *table_new(const char *const *titles, size_t columns);
/* Accepts NULL. */
void table_free(struct table *t);

/*
 * Appends the next cell, row by row; "-" stands for NULL and for "".  The
 * caller fills rows whole.
 */
void table_cell(struct table *t, const char *text);
void table_cellf(struct table *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends a line of titles and a line a row; the last column is not padded. */
void table_print(const struct table *t, struct buf *ret);

#endif
