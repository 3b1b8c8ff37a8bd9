#!/bin/sh
exec /usr/sbin/ikeadm -n dump p1
