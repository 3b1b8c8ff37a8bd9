/*
 * mend: what an operator types on a node to mend it, in the platform's words.
 * espy prints these commands and never runs them.
 */
#ifndef ESPY_PLATFORM_MEND_H
#define ESPY_PLATFORM_MEND_H

struct buf;
struct ip;
struct sa;

/* Each appends one command and returns what it does, for a reader. */
struct mend {
	/* A few packets to dst, so that SAs are negotiated. */
	const char *(*ping)(const struct ip *dst, struct buf *ret);
	/*
	 * Replaces the SA, which the node holds, or deletes it so that the next
	 * packet negotiates another; ike_daemon is struct facts' word.
	 */
	const char *(*renew_sa)(const struct sa *sa, const char *ike_daemon,
	    struct buf *ret);
	/*
	 * Deletes the SA, of which the peer has nothing any more.  NULL, and
	 * nothing appended, when the daemon does so by itself once the peer
	 * negotiates anew.
	 */
	const char *(*drop_sa)(const struct sa *sa, const char *ike_daemon,
	    struct buf *ret);
};

#endif
