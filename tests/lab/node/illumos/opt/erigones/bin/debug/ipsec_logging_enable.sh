#!/bin/sh
/usr/sbin/ndd -set ip ipsec_policy_log_interval 1
/usr/sbin/ikeadm -n set debug all
echo "IPsec debugging is on: /var/log/in.iked.log, /var/adm/messages"
