#include "correlate/espflow.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "correlate/espflow_store.h"
#include "model/packet.h"

enum { INDEX_START = 1024 };

/* Further apart, an old number is a new packet's: see restarts. */
enum { RESTART_DISTANCE = 65536 };
#define RESTART_NS NS_PER_S

static const struct espflow_opts defaults = {
	.max_bytes = (size_t)1 << 30,
	.max_flows = 65536,
};

/* The finalizer of MurmurHash3: every bit of x reaches every bit. */
static uint64_t
mix(uint64_t x)
{
	x ^= x >> 33;
	x *= UINT64_C(0xff51afd7ed558ccd);
	x ^= x >> 33;
	x *= UINT64_C(0xc4ceb9fe1a85ec53);
	return x ^ x >> 33;
}

static uint64_t
hash_key(const struct espflow *x, const struct espflow_key *k)
{
	uint64_t words[sizeof(*k) / sizeof(uint64_t)];
	uint64_t h = x->o.seed;

	memcpy(words, k, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		h = (h ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15) + (h >> 29);
	return mix(h);
}

static uint64_t
hash_number(const struct espflow *x, uint32_t flow, uint32_t number)
{
	return mix(x->o.seed ^ ((uint64_t)flow << 32 | number));
}

static void
index_init(struct espflow_index *ix)
{
	ix->slots = xcalloc(INDEX_START, sizeof(*ix->slots));
	ix->mask = INDEX_START - 1;
	ix->n = 0;
}

static void
index_put(struct espflow_index *ix, uint64_t hash, uint32_t id)
{
	size_t i = hash & ix->mask;

	while (ix->slots[i] != 0)
		i = (i + 1) & ix->mask;
	ix->slots[i] = id + 1;
	ix->n++;
}

static uint64_t
hash_of_track(const struct espflow *x, uint32_t id)
{
	return x->tracks[id].hash;
}

static uint64_t
hash_of_block(const struct espflow *x, uint32_t id)
{
	const struct espflow_block *b = espflow_block(x, id);

	return hash_number(x, b->flow, b->number);
}

/* Keeps half of the slots free. */
static void
index_add(struct espflow *x, struct espflow_index *ix, uint32_t id,
    uint64_t (*hash_of)(const struct espflow *x, uint32_t id))
{
	struct espflow_index old = *ix;

	if ((old.n + 1) * 2 > old.mask + 1) {
		ix->mask = old.mask * 2 + 1;
		ix->slots = xcalloc(ix->mask + 1, sizeof(*ix->slots));
		ix->n = 0;
		for (size_t i = 0; i <= old.mask; i++)
			if (old.slots[i] != 0)
				index_put(ix, hash_of(x, old.slots[i] - 1),
				    old.slots[i] - 1);
		free(old.slots);
	}
	index_put(ix, hash_of(x, id), id);
}

struct espflow *
espflow_new(const struct espflow_opts *o)
{
	struct espflow *x = xcalloc(1, sizeof(*x));

	x->o = *o;
	if (x->o.max_bytes == 0)
		x->o.max_bytes = defaults.max_bytes;
	if (x->o.max_flows == 0)
		x->o.max_flows = defaults.max_flows;
	index_init(&x->by_key);
	index_init(&x->by_number);
	return x;
}

void
espflow_free(struct espflow *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i * SLAB_BLOCKS < x->n_blocks; i++)
		free(x->slabs[i]);
	free(x->slabs);
	free(x->tracks);
	free(x->by_key.slots);
	free(x->by_number.slots);
	free(x);
}

/* What identifies a packet: the flow's key and a number within it. */
struct identity {
	struct espflow_key key;
	const struct ip_hdr *ip;
	uint32_t seq;
};

static void
identity_init(struct identity *id, enum espflow_kind kind,
    const struct ip_hdr *ip, uint32_t spi)
{
	memset(&id->key, 0, sizeof(id->key));
	id->key.kind = (uint8_t)kind;
	id->key.family = ip->src.family;
	id->key.spi = spi;
	id->ip = ip;
	if (kind == ESPFLOW_NATT)
		return;
	memcpy(id->key.src, ip->src.b, sizeof(id->key.src));
	memcpy(id->key.dst, ip->dst.b, sizeof(id->key.dst));
}

/* ICMP echo request and reply, RFC 792 and RFC 4443. */
static bool
identify_ping(const struct packet *p, struct identity *ret)
{
	const struct layer *l = &p->inner;
	bool request = l->icmp.type == 8 || l->icmp.type == 128;
	bool reply = l->icmp.type == 0 || l->icmp.type == 129;

	if (!request && !reply)
		return false;
	identity_init(ret, request ? ESPFLOW_PING : ESPFLOW_PONG, &l->ip,
	    p->vni);
	ret->seq = (uint32_t)l->icmp.id << 16 | l->icmp.seq;
	return true;
}

static bool
identify(const struct packet *p, struct identity *ret)
{
	const struct layer *l = &p->outer;

	if (l->kind == PACKET_ESP) {
		identity_init(ret, l->esp.natt ? ESPFLOW_NATT : ESPFLOW_ESP,
		    &l->ip, l->esp.spi);
		ret->seq = l->esp.seq;
		return true;
	}
	if (l->kind == PACKET_VXLAN && p->inner.kind == PACKET_ICMP)
		return identify_ping(p, ret);
	return false;
}

static struct espflow_track *
add_track(struct espflow *x, const struct espflow_key *k, uint64_t hash,
    struct err *e)
{
	struct espflow_track *t;

	if (x->n_tracks >= x->o.max_flows) {
		err_set(e, ERR_LIMIT, "more than %zu flows", x->o.max_flows);
		return NULL;
	}
	x->tracks = mem_grow(x->tracks, x->n_tracks, &x->tracks_cap,
	    sizeof(*x->tracks));
	t = &x->tracks[x->n_tracks];
	*t = (struct espflow_track){ .key = *k, .hash = hash };
	index_add(x, &x->by_key, (uint32_t)x->n_tracks++, hash_of_track);
	return t;
}

static struct espflow_track *
find_track(struct espflow *x, const struct espflow_key *k, struct err *e)
{
	const struct espflow_index *ix = &x->by_key;
	uint64_t hash = hash_key(x, k);

	for (size_t i = hash & ix->mask; ix->slots[i] != 0;
	     i = (i + 1) & ix->mask) {
		struct espflow_track *t = &x->tracks[ix->slots[i] - 1];

		if (t->hash == hash && memcmp(&t->key, k, sizeof(*k)) == 0)
			return t;
	}
	return add_track(x, k, hash, e);
}

static struct espflow_block *
add_block(struct espflow *x, uint32_t flow, uint32_t number, struct err *e)
{
	size_t slab = x->n_blocks / SLAB_BLOCKS;
	struct espflow_block *b;

	if (x->n_blocks >= x->o.max_bytes / sizeof(*b)) {
		err_set(e, ERR_LIMIT,
		    "more packets than %zu MiB of memory hold; "
		    "analyze shorter captures",
		    x->o.max_bytes >> 20);
		return NULL;
	}
	if (x->n_blocks % SLAB_BLOCKS == 0) {
		x->slabs =
		    mem_grow(x->slabs, slab, &x->slabs_cap, sizeof(*x->slabs));
		x->slabs[slab] = xreallocarray(NULL, SLAB_BLOCKS, sizeof(*b));
	}
	b = espflow_block(x, x->n_blocks);
	b->flow = flow;
	b->number = number;
	b->seen[0] = b->seen[1] = 0; /* times mean nothing without their bit */
	index_add(x, &x->by_number, (uint32_t)x->n_blocks++, hash_of_block);
	return b;
}

static struct espflow_block *
find_block(struct espflow *x, uint32_t flow, uint32_t number, struct err *e)
{
	const struct espflow_index *ix = &x->by_number;

	for (size_t i = hash_number(x, flow, number) & ix->mask;
	     ix->slots[i] != 0; i = (i + 1) & ix->mask) {
		struct espflow_block *b = espflow_block(x, ix->slots[i] - 1);

		if (b->flow == flow && b->number == number)
			return b;
	}
	return add_block(x, flow, number, e);
}

/* Pings have no order among them: several run at once. */
static bool
is_sequence(const struct espflow_track *t)
{
	return t->key.kind == ESPFLOW_ESP || t->key.kind == ESPFLOW_NATT;
}

/* RFC 4737: what comes behind a higher number was reordered. */
static void
note_order(struct espflow_track *t, unsigned capture, uint32_t seq)
{
	struct espflow_side *s = &t->side[capture];
	uint32_t behind = t->top[capture] - seq;

	if (s->seen == 0 || seq > t->top[capture]) {
		t->top[capture] = seq;
		return;
	}
	if (behind > RESTART_DISTANCE) {
		s->restarts++;
		t->top[capture] = seq;
		return;
	}
	s->reordered++;
	if (behind > s->distance)
		s->distance = behind;
}

static void
note_again(struct espflow_track *t, unsigned capture, uint32_t seq,
    int64_t apart)
{
	if (apart > -RESTART_NS && apart < RESTART_NS) {
		t->side[capture].duplicates++;
		return;
	}
	t->side[capture].restarts++;
	t->top[capture] = seq;
}

static void
note(struct espflow_track *t, struct espflow_block *b, unsigned capture,
    uint32_t seq, int64_t ns)
{
	uint64_t bit = UINT64_C(1) << seq % BLOCK_SEQS;
	int64_t *time = &b->time[capture][seq % BLOCK_SEQS];

	if ((b->seen[capture] & bit) != 0) {
		note_again(t, capture, seq, ns - *time);
		return;
	}
	if (is_sequence(t))
		note_order(t, capture, seq);
	b->seen[capture] |= bit;
	*time = ns;
	t->side[capture].seen++;
}

/* When the capture was live, for all that it proves. */
static void
note_live(struct espflow *x, unsigned capture, int64_t ns)
{
	if (x->frames[capture]++ == 0)
		x->first[capture] = x->last[capture] = ns;
	if (ns < x->first[capture])
		x->first[capture] = ns;
	if (ns > x->last[capture])
		x->last[capture] = ns;
}

static void
note_header(struct espflow_track *t, unsigned capture, const struct ip_hdr *ip)
{
	struct espflow_side *s = &t->side[capture];

	if (s->seen == 0) {
		t->src[capture] = ip->src;
		t->dst[capture] = ip->dst;
	}
	if (ip->ttl > s->ttl)
		s->ttl = ip->ttl;
}

/* Within 1970 and 2116, so that differences cannot overflow. */
static int64_t
sane_time(int64_t ns)
{
	if (ns < 0)
		return 0;
	return ns < INT64_MAX / 2 ? ns : INT64_MAX / 2;
}

int
espflow_add(struct espflow *x, unsigned capture, const struct packet *p,
    struct err *e)
{
	int64_t ns = sane_time(p->time.ns);
	struct identity id;
	struct espflow_track *t;
	struct espflow_block *b;

	note_live(x, capture, ns);
	if (!identify(p, &id))
		return 0;
	t = find_track(x, &id.key, e);
	if (t == NULL)
		return -1;
	b = t->recent[capture];
	if (b == NULL || b->number != id.seq / BLOCK_SEQS)
		b = find_block(x, (uint32_t)(t - x->tracks),
		    id.seq / BLOCK_SEQS, e);
	if (b == NULL)
		return -1;
	t->recent[capture] = b;
	note_header(t, capture, id.ip);
	note(t, b, capture, id.seq, ns);
	x->known[capture]++;
	return 0;
}
