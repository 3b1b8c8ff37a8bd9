/*
 * pair: from what two nodes say of themselves to what will be measured on
 * them: which device carries the overlay, which the underlay, at what
 * addresses.
 */
#ifndef ESPY_PLAN_PAIR_H
#define ESPY_PLAN_PAIR_H

struct err;
struct facts;
struct host;
struct ip;
struct run;
struct run_node;

/*
 * Fills overlay and underlay of both nodes of r from their facts.  Variables of
 * the inventory override every guess: espy_overlay_link, espy_overlay_ip,
 * espy_underlay_link, espy_underlay_ip.  ERR_HOST, and nothing filled, when
 * there is no overlay device, more than one that fits, no address for it, or
 * one address that both claim: the text names the node and the variable that
 * would settle it.
 */
int plan_pair(const struct facts *const facts[2],
    const struct host *const hosts[2], struct run *r, struct err *e);

/*
 * Once the node has been asked: does it send to the peer by the device that was
 * planned?  ERR_HOST when it says that it does not.
 */
int plan_check_route(const struct facts *f, const struct run_node *me,
    const struct run_node *peer, struct err *e);

/*
 * What can be measured on one node when its peer says nothing: fills overlay
 * and underlay of ret, and the peer's underlay address from the inventory.
 * ERR_HOST, and nothing filled, when that does not do.
 */
int plan_half(const struct facts *facts, const struct host *host,
    const struct host *peer, struct run_node *ret, struct ip *ret_peer,
    struct err *e);

#endif
