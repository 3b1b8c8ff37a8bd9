/* IPsec's services on SmartOS, through SMF (svcs(1), svcadm(8)). */
#include "platform/illumos.h"
#include "platform/services.h"

/*
 * Danube Cloud's own scripts where they are: restarting is more than svcadm's
 * restart (off, flush, on again), and refreshing first brings back what is
 * persistent.  No SA may survive a restart: its peer would go on using it.
 */
const char illumos_services[] =
    "fmris='svc:/network/ipsec/ipsecalgs:default\n"
    "svc:/network/ipsec/policy:default svc:/network/ipsec/ike:default'\n"
    "op() {\n"
    "	say services /usr/bin/svcs -Ho state,fmri $fmris\n"
    "}\n";

const char illumos_services_do[] =
    "fmris='svc:/network/ipsec/ipsecalgs:default\n"
    "svc:/network/ipsec/policy:default svc:/network/ipsec/ike:default'\n"
    "daemons='svc:/network/ipsec/policy:default\n"
    "svc:/network/ipsec/ike:default'\n"
    "restart() {\n"
    "	script=/opt/erigones/bin/debug/ipsec_restart.sh\n"
    "	if [ -x $script ]; then\n"
    "		$script\n"
    "		return\n"
    "	fi\n"
    "	/usr/sbin/svcadm disable -s $daemons &&\n"
    "	    /usr/sbin/ipseckey -n flush &&\n"
    "	    /usr/sbin/svcadm enable -s $daemons\n"
    "}\n"
    "refresh() {\n"
    "	script=/opt/custom/etc/rc-pre-network.d/020-ipsec-restore.sh\n"
    "	if [ -x $script ]; then\n"
    "		$script refresh\n"
    "		return\n"
    "	fi\n"
    "	/usr/sbin/svcadm refresh $fmris\n"
    "}\n"
    /* svcadm clear refuses a service that is in no trouble. */
    "clear() {\n"
    "	st=0\n"
    "	for f in $(/usr/bin/svcs -Ho state,fmri $fmris 2>/dev/null |\n"
    "	    /usr/bin/awk '$1 ~ /^(maintenance|degraded)/ { print $2 }'); do\n"
    "		/usr/sbin/svcadm clear \"$f\" || st=$?\n"
    "	done\n"
    "	return $st\n"
    "}\n"
    /* svcadm returns before the service has arrived. */
    "settle() {\n"
    "	for i in 1 2 3 4 5 6 7 8 9 10; do\n"
    "		case $(/usr/bin/svcs -Ho state $fmris 2>/dev/null) in\n"
    "		*\\**) sleep 1 ;;\n"
    "		*) return ;;\n"
    "		esac\n"
    "	done\n"
    "}\n"
    "op() {\n"
    "	say do \"$1\"\n"
    "	settle\n"
    "	say services /usr/bin/svcs -Ho state,fmri $fmris\n"
    "}\n";

int
illumos_read_services(struct span text, struct services *ret, struct err *e)
{
	static const struct service_word words[] = {
		{ "online", SERVICE_RUNS },
		{ "legacy_run", SERVICE_RUNS },
		{ "disabled", SERVICE_STOPPED },
		{ "uninitialized", SERVICE_CHANGING },
		/* It waits for something that is not there. */
		{ "offline", SERVICE_BROKEN },
		{ "degraded", SERVICE_BROKEN },
		{ "maintenance", SERVICE_BROKEN },
		{ "-", SERVICE_BROKEN },
	};

	return services_parse(text, words, sizeof(words) / sizeof(words[0]),
	    ret, e);
}
