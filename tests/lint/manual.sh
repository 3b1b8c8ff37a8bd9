#!/bin/sh
# The manual pages are clean mdoc.
set -u
cd "$(dirname "$0")/../.." || exit 1
for m in src/man/*.[15]; do
	[ -f "$m" ] || continue
	mandoc -T lint -W warning "$m" || exit 1
done
