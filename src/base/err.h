/* err: what failed, in one line, and of which kind it was. */
#ifndef ESPY_BASE_ERR_H
#define ESPY_BASE_ERR_H

enum {
	ERR_TEXT_MAX = 1024 /* bytes of text, the NUL included */
};

/* The kind, never the text, decides what the program does next. */
enum err_kind {
	ERR_NONE,
	ERR_USAGE, /* the command line */
	ERR_INPUT, /* a file or an answer that makes no sense */
	ERR_HOST,  /* one host failed; the others go on */
	ERR_LIMIT, /* a cap or a deadline of ours was reached */
	ERR_SYS	   /* the local system refused */
};

struct err {
	enum err_kind kind;
	char text[ERR_TEXT_MAX];
};

/* Sets kind and text; longer text is cut.  Always returns -1. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same as ERR_SYS with ": " and strerror(errno) behind.  Returns -1. */
int err_sys(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Puts where it was, and ": ", before the text.  Returns -1. */
int err_wrap(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
