#!/bin/sh
# With the keys, as Danube's own does.
exec /usr/sbin/ipseckey -n dump
