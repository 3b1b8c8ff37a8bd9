/* nft_text: a rule of nft's JSON in words, close to nft's own. */
#ifndef ESPY_PLATFORM_NFT_TEXT_H
#define ESPY_PLATFORM_NFT_TEXT_H
#include <jansson.h>
#include <stddef.h>

/* comment may be NULL; what does not fit into size bytes is cut. */
void nft_text(const json_t *expr, const char *comment, char *dst, size_t size);

#endif
