#!/bin/sh
# Calls that the style forbids, and calls that POSIX.1-2008 does not have.
set -u
cd "$(dirname "$0")/../.." || exit 1
banned='strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|alloca|gets|system'
banned="$banned|epoll_create1?|signalfd|eventfd|vasprintf|asprintf|strlcpy"
banned="$banned|accept4|pipe2|ppoll|secure_getenv|get_current_dir_name"
if grep -nE "(^|[^a-zA-Z0-9_])($banned) *\(" src/*.c src/*/*.[ch]; then
	echo "banned calls, see above"
	exit 1
fi
if grep -n '"/proc' src/io/*.c src/cmd/*.c src/base/*.c 2>/dev/null; then
	echo "/proc is not for the head node's code"
	exit 1
fi
exit 0
