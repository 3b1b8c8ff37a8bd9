#include "cmd/confirm.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "cmd/cmd.h"

enum { ANSWER_MAX = 16 };

static bool
is_yes(char *answer)
{
	answer[strcspn(answer, "\r\n")] = '\0';
	return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}

/* The terminal itself: standard input may be the data of a pipe. */
enum confirm
confirm(const struct common *c, const char *what, struct err *e)
{
	char answer[ANSWER_MAX] = "";
	FILE *tty;
	bool yes;

	if (c->yes)
		return CONFIRM_YES;
	tty = fopen("/dev/tty", "r+");
	if (tty == NULL) {
		err_set(e, ERR_USAGE,
		    "would %s: there is no terminal to ask on; --yes does it "
		    "unasked, -n only says what would run",
		    what);
		return CONFIRM_FAILED;
	}
	fprintf(tty, "%s? [y/N] ", what);
	fflush(tty);
	yes = fgets(answer, sizeof(answer), tty) != NULL && is_yes(answer);
	fclose(tty);
	return yes ? CONFIRM_YES : CONFIRM_NO;
}
