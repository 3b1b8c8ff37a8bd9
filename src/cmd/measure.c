#include "cmd/measure.h"

#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/gather.h"
#include "io/rundir.h"
#include "model/host.h"
#include "model/run.h"

static struct wall
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (struct wall){ t.tv_sec * NS_PER_S + t.tv_nsec };
}

int
measure_pair(struct fanout *f, const struct host *const hosts[2],
    const struct gather_opts *o, const char *path, char **dir,
    bool *interrupted, struct err *e)
{
	struct run run;
	char *name;
	int r = -1;

	run_init(&run);
	run.tool = xstrdup("espy " ESPY_VERSION);
	run.kind = xstrdup("diagnose");
	run.started = now();
	name = rundir_name(run.started, hosts[0]->name, hosts[1]->name);
	*dir = NULL;
	if (rundir_create(path, name, dir, e) == 0)
		r = gather_pair(f, hosts, o, *dir, &run, interrupted, e);
	free(name);
	run_free(&run);
	return r;
}
