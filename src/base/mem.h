/*
 * mem: allocation that ends the program when there is no memory left.  Every
 * size that comes from outside has a cap before it gets here.
 */
#ifndef ESPY_BASE_MEM_H
#define ESPY_BASE_MEM_H
#include <stddef.h>

/* Zeroed; the caller's to free(3), like all below.  Never NULL. */
void *xcalloc(size_t n, size_t size);
/* Resizes to n elements; ends the program when n * size overflows. */
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
/* At most n bytes of s, which need not be terminated within them. */
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Zeroes what held a secret, also when nobody reads it afterwards. */
void mem_wipe(void *p, size_t n);

/*
 * Room for one element more: grows *p, an array of *cap elements of which n
 * are used, by doubling.  Returns the (perhaps moved) array.
 */
void *mem_grow(void *p, size_t n, size_t *cap, size_t size);

#endif
