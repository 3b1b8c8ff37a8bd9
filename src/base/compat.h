/*
 * compat: every step outside POSIX.1-2008, named once.
 *
 * The sources are compiled with _POSIX_C_SOURCE=200809L and nothing more.  A
 * file that needs one of the exceptions below defines its name and includes
 * this header before anything else.
 *
 * ESPY_BSD_TYPES	<pcap/pcap.h> speaks of u_int and u_char, which POSIX
 *			does not have.
 */
#ifndef ESPY_BASE_COMPAT_H
#define ESPY_BASE_COMPAT_H

#ifdef ESPY_BSD_TYPES
#define _DEFAULT_SOURCE 1 /* glibc, musl */
#define __EXTENSIONS__ 1  /* illumos */
#define _DARWIN_C_SOURCE 1
#endif

#endif
