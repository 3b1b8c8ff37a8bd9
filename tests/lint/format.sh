#!/bin/sh
# The formatter must have nothing to say.
set -u
cd "$(dirname "$0")/../.." || exit 1
clang-format --dry-run -Werror src/*.c src/*/*.[ch] tests/*/*.c
