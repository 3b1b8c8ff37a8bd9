#!/bin/sh
# Shell scripts are POSIX and shellcheck has nothing to say.
set -u
cd "$(dirname "$0")/../.." || exit 1
git ls-files -co --exclude-standard |
    while read -r f; do
	case $(head -n 1 "$f" 2>/dev/null | tr -d '\000') in
	'#!/bin/sh'*) printf '%s\n' "$f" ;;
	esac
    done | xargs shellcheck -x
