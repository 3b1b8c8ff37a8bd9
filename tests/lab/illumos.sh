#!/bin/sh
# The table for SmartOS nodes, illumos.table, against a lab that has three.
#
#   illumos.sh [ID...]    only these rows
#
# RECORD and KEEP as in faults.sh, which does the work.  SmartOS's ping sends
# once a second; few of them are enough to see who drops all.
set -eu
cd "$(dirname "$0")/../.."
NAME=lab-illumos TABLE=tests/lab/illumos.table ILLUMOS="node1 node2 node3" \
    COUNT=${COUNT:-20} exec sh tests/lab/faults.sh "$@"
