# ipsec-faults: what can be broken in a node's SADB, SPD and key daemon.
# Each takes the peer's number.
# shellcheck shell=sh disable=SC2154

sa_in_delete()
{
	describe "$1" its
	ip xfrm state deleteall src "$its_underlay" dst "$my_underlay" \
	    proto esp
}

sa_out_delete()
{
	describe "$1" its
	ip xfrm state deleteall src "$my_underlay" dst "$its_underlay" \
	    proto esp
}

# sa_again SRC DST [AUTH [ENC]]: delete the SAs and add them again, under the
# same SPIs, with counters at nought, and with AUTH or ENC for keys where these
# are not empty.  The keys stay on the node.
sa_again()
{
	ip xfrm state list src "$1" dst "$2" proto esp |
		awk -v akey="$3" -v ekey="$4" '
	function put() {
		if (spi == "")
			return
		id = "src " src " dst " dst " proto esp spi " spi
		print "xfrm state delete " id
		print "xfrm state add " id " reqid " reqid " mode " mode \
		    " replay-window " window " auth-trunc " auth " enc " enc
		spi = ""
	}
	$1 == "src" { put(); src = $2; dst = $4 }
	$1 == "proto" { spi = $4; reqid = $6; mode = $8 }
	$1 == "replay-window" { window = $2 }
	$1 == "auth-trunc" { auth = $2 " " (akey ? akey : $3) " " $4 }
	$1 == "enc" { enc = $2 " " (ekey ? ekey : $3) }
	END { put() }' | ip -batch -
}

# random_key BITS
random_key()
{
	echo "0x$(tr -dc 0-9a-f </dev/urandom | head -c $(($1 / 4)))"
}

sa_in_spoil()
{
	describe "$1" its
	sa_again "$its_underlay" "$my_underlay" "$(random_key 512)"
}

sa_in_garble()
{
	describe "$1" its
	sa_again "$its_underlay" "$my_underlay" "" "$(random_key 128)"
}

# The peer's window must be further on than any run of probes will get.
sa_out_restart()
{
	describe "$1" its
	ping -f -q -c 1500 -W 1 "$its_overlay" >/dev/null
	sa_again "$my_underlay" "$its_underlay"
}

policy_delete()
{
	describe "$1" its
	ip xfrm policy delete dir out src "$my_underlay/32" \
	    dst "$its_underlay/32" proto udp
}

policies_delete()
{
	policy_delete "$1"
	ip xfrm policy delete dir in src "$its_underlay/32" \
	    dst "$my_underlay/32" proto udp
}

# In place of the key daemon's own policy.
policy_block_out()
{
	describe "$1" its
	ip xfrm policy update dir out src "$my_underlay/32" \
	    dst "$its_underlay/32" proto udp action block priority 1
}

policy_block_in()
{
	describe "$1" its
	ip xfrm policy update dir in src "$its_underlay/32" \
	    dst "$my_underlay/32" proto udp action block priority 1
}

policy_mismatch_in()
{
	describe "$1" its
	ip xfrm policy update dir in src "$its_underlay/32" \
	    dst "$my_underlay/32" proto udp priority 1 \
	    tmpl proto esp mode transport reqid 4242
}

charon_lose()
{
	swan_stop
	sa_in_delete "$1"
	sa_out_delete "$1"
}

charon_forget()
{
	swan_stop
	ip xfrm state flush
	ip xfrm policy flush
	ip neigh flush dev ov0
	swan_start
}

# Deletes the IKE SA and its children at both ends.
ike_terminate()
{
	swanctl --terminate --ike "node$1" --timeout 5 >/dev/null
}

# Asked for an SA, the daemon repeats itself after 4, 11 and 24 seconds, and then
# not for another 23.
ike_wait()
{
	describe "$1" its
	ping -q -c 1 -W 1 "$its_overlay" </dev/null >/dev/null 2>&1 || true
	sleep 26
}

# Loaded, not written: the file stays good.
psk_change()
{
	swan_secret "$1" "not the pair's secret" >/etc/swanctl/wrong.conf
	swanctl --load-creds --file /etc/swanctl/wrong.conf >/dev/null
	! illumos_is || illumos_psk_write "$1" "not the pair's secret"
}

child_rekey()
{
	swanctl --rekey --child "node$1" >/dev/null
}
