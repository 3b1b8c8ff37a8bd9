/*
 * INI inventories: any bytes give hosts or one error with its place.
 * links: inventory/inventory inventory/build inventory/vars inventory/merge
 * links: inventory/known inventory/ini inventory/word inventory/yaml
 * links: inventory/json inventory/value inventory/hostrange
 * links: base/arena base/buf base/err base/map base/mem base/str base/utf8
 * links: base/ytree model/addr model/host
 */
#include "inventory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_inventory(INV_INI, data, size);
	return 0;
}
