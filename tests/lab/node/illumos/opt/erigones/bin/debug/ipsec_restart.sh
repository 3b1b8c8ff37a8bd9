#!/bin/sh
/usr/sbin/svcadm disable ike policy
/usr/sbin/ipseckey flush
/usr/sbin/svcadm enable ike policy
