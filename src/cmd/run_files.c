#include "cmd/run_files.h"

#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "io/fanout.h"
#include "io/file.h"
#include "model/run_path.h"

int
run_files_create(const char *dir, struct err *e)
{
	if (mkdir(dir, 0700) < 0)
		return err_sys(e, "make directory %s", dir);
	return 0;
}

static int
write_one(const char *dir, const char *host, const char *suffix,
    const char *text, size_t len, struct err *e)
{
	char *path = xasprintf("%s/%s.%s", dir, host, suffix);
	int r = file_write(path, text, len, 0600, e);

	free(path);
	return r;
}

int
run_files_write(const char *dir, const char *host, const struct task_result *r,
    struct err *e)
{
	char *end;
	int result;

	if (!run_path_node_ok(host))
		return err_set(e, ERR_INPUT,
		    "the host's name cannot be that of a file");
	end = xasprintf("%s: %s\n", task_end_name(r->end), r->why);
	result = write_one(dir, host, "out", r->out, r->out_len, e);
	if (result == 0)
		result = write_one(dir, host, "err", r->err, r->err_len, e);
	if (result == 0)
		result = write_one(dir, host, "end", end, strlen(end), e);
	free(end);
	return result;
}
