#include "hil/battery/lent_store.h"

#include <stdlib.h>
#include <string.h>

bool dd_lent_store_init(dd_lent_store *store) {
    *store = (dd_lent_store){.octets = calloc(1, DD_LENT_STORE_SIZE), .size = DD_LENT_STORE_USUAL};
    return store->octets != NULL;
}

void dd_lent_store_fini(dd_lent_store *store) {
    free(store->octets);
    store->octets = NULL;
}

static bool within(dd_lent_store *store, uint32_t at, uint32_t n) {
    bool fine = at <= store->size && n <= store->size - at;
    store->beyond += !fine;
    return fine;
}

bool dd_lent_store_read(dd_lent_store *store, uint32_t at, uint32_t n) {
    store->reads++;
    return within(store, at, n) && !store->reads_fail;
}

bool dd_lent_store_write(dd_lent_store *store, uint32_t at, const uint8_t *octets, uint32_t n) {
    store->writes++;
    if (!within(store, at, n) || store->writes_fail) return false;
    if (store->full_after && store->writes > store->full_after) return false;
    uint32_t room = store->cut_after ? store->cut_after - store->written : n;
    if (n > room) n = room; // it is cut in the midst, and nobody is left to be told
    memcpy(store->octets + at, octets, n);
    store->written += n;
    return true;
}
