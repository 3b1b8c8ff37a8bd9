#!/bin/sh
/usr/sbin/ndd -set ip ipsec_policy_log_interval 0
/usr/sbin/ikeadm -n set debug 0x0004
