#include "cmd/run_files.h"

#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/run_steps.h"
#include "io/fanout.h"
#include "io/file.h"
#include "model/run_path.h"

static int
make_directory(const char *path, struct err *e)
{
	return mkdir(path, 0700) < 0 ? err_sys(e, "make directory %s", path)
				     : 0;
}

static int
create_step(const char *dir, size_t step, const char *command, struct err *e)
{
	char *sub = xasprintf("%s/%zu", dir, step);
	char *path = xasprintf("%s/command", sub);
	char *text = xasprintf("%s\n", command);
	int r = make_directory(sub, e);

	if (r == 0)
		r = file_create(path, text, strlen(text), 0600, e);
	free(text);
	free(path);
	free(sub);
	return r;
}

int
run_files_create(const char *dir, const struct run_steps *steps, struct err *e)
{
	int r = make_directory(dir, e);

	for (size_t i = 0; steps != NULL && r == 0 && i < steps->n; i++)
		r = create_step(dir, i + 1, steps->v[i], e);
	return r;
}

static int
write_one(const char *dir, const char *host, const char *suffix,
    const char *text, size_t len, struct err *e)
{
	char *path = xasprintf("%s/%s.%s", dir, host, suffix);
	int r = file_create(path, text, len, 0600, e);

	free(path);
	return r;
}

int
run_files_write(const char *dir, size_t step, const char *host,
    const struct task_result *r, struct err *e)
{
	char *where, *end;
	int result;

	if (!run_path_node_ok(host))
		return err_set(e, ERR_INPUT,
		    "the host's name cannot be that of a file");
	where = step > 0 ? xasprintf("%s/%zu", dir, step) : xstrdup(dir);
	end = xasprintf("%s: %s\n", task_end_name(r->end), r->why);
	result = write_one(where, host, "out", r->out, r->out_len, e);
	if (result == 0)
		result = write_one(where, host, "err", r->err, r->err_len, e);
	if (result == 0)
		result = write_one(where, host, "end", end, strlen(end), e);
	free(end);
	free(where);
	return result;
}
