#!/bin/sh
exec /usr/sbin/ipseckey -n flush
