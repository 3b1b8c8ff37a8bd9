/*
 * Why a SmartOS node drops packets: dtrace(8) at ip_drop_packet(), which IPsec
 * calls with its counter and the dropper's name, at ip_drop_input() and
 * ip_drop_output(), whose first argument is the reason, and at the overlay's
 * probe for frames that it frees.  uts/common/inet/ip/ipdrop.c, ip_input.c,
 * io/overlay/overlay_mux.c, overlay_target.c.
 */
#include "base/buf.h"
#include "base/err.h"
#include "model/facts.h"
#include "platform/illumos.h"
#include "platform/reasons.h"
#include "platform/script.h"
#include "platform/section.h"
#include "platform/watch.h"

/* What dtrace prints first, once its probes are in place: no drop, but a line
 * as of one. */
#define BEGUN "begun"

/*
 * Shells start what is in the background without SIGINT, and dtrace leaves it
 * so.  At TERM it prints what it has, and takes its probes away.
 */
static const char dtrace_signals[] =
    "1) sig=TERM ;; 2 | 3 | 4 | 5) sig= ;; *) sig=KILL ;;";

/*
 * ip_drop_packet() itself calls the other two: those do not count.  Probes that
 * a release lacks are passed over (-Z).  It ends by itself.
 */
static const char program[] =
    "program='\n"
    "BEGIN { printf(\"0\\t" BEGUN "\\t-\\t-\\n\"); }\n"
    "fbt::ip_drop_packet:entry {\n"
    "	self->ipsec = 1;\n"
    "	@ipsec[arg3 ? stringof(((kstat_named_t *)arg3)->name) : \"-\",\n"
    "	    arg1 ? \"in\" : \"out\",\n"
    "	    arg4 ? stringof(((ipdropper_t *)arg4)->ipd_name) : \"-\"] = "
    "count();\n"
    "}\n"
    "fbt::ip_drop_packet:return { self->ipsec = 0; }\n"
    "fbt::ip_drop_input:entry /!self->ipsec/ {\n"
    "	@in[stringof((char *)arg0)] = count();\n"
    "}\n"
    "fbt::ip_drop_output:entry /!self->ipsec/ {\n"
    "	@out[stringof((char *)arg0)] = count();\n"
    "}\n"
    "sdt:overlay::overlay-fremsg\n"
    "/stringof((char *)arg1) != \"freed a fmp block\"/ {\n"
    "	@overlay[stringof((char *)arg1)] = count();\n"
    "}\n"
    "fbt::overlay_target_lookup:return /arg1 == 1/ {\n"
    "	@target = count();\n"
    "}\n"
    "tick-1s /++seconds >= $1/ { exit(0); }\n"
    "END {\n"
    "	printa(\"%@d\\t%s\\t%s\\t%s\\n\", @ipsec);\n"
    "	printa(\"%@d\\t%s\\tin\\tIP\\n\", @in);\n"
    "	printa(\"%@d\\t%s\\tout\\tIP\\n\", @out);\n"
    "	printa(\"%@d\\t%s\\tin\\toverlay\\n\", @overlay);\n"
    "	printa(\"%@d\\tno target\\tout\\toverlay\\n\", @target);\n"
    "}'\n";

static const char tools[] = "main() {\n"
			    "	begin reasons\n"
			    "	/usr/sbin/dtrace -qZ -x bufsize=256k "
			    "-x aggsize=256k -n \"$program\" $span "
			    "2>&1 3<&- &\n"
			    "	kids=\" $!\"\n"
			    "	begin_watch\n"
			    "	reap ${kids# }\n"
			    "	end reasons $st\n"
			    "	finish 0\n"
			    "}\n"
			    "main\n";

int
illumos_parse_drops(const struct section *s, struct facts *f, struct err *e)
{
	struct reasons r = { 0 };

	if (!span_starts(s->text, "0\t" BEGUN "\t"))
		return err_set(e, ERR_INPUT,
		    "DTrace had not begun when the probes were sent");
	if (reasons_read(s->text, &r, e) < 0)
		return -1;
	reasons_fini(&f->drops);
	f->drops = r;
	return 0;
}

int
illumos_reasons_script(const struct reasons_ask *ask, struct buf *ret,
    struct err *e)
{
	if (reasons_head(ask, dtrace_signals, ret, e) < 0)
		return -1;
	buf_puts(ret, program);
	buf_puts(ret, tools);
	return script_done(ret, "reasons", e);
}
