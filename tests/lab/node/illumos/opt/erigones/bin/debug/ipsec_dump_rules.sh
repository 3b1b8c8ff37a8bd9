#!/bin/sh
exec /usr/sbin/ikeadm -n dump rule
