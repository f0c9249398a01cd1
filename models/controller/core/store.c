#include "models/controller/core/store.h"

// By four bits at a time: 64 octets of table instead of a thousand.
uint32_t dd_store_check(uint32_t check, const void *octets, uint32_t n) {
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                       0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                       0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    const uint8_t *at = octets;
    check = ~check;
    for (uint32_t i = 0; i < n; i++) {
        check ^= at[i];
        check = check >> 4 ^ table[check & 15];
        check = check >> 4 ^ table[check & 15];
    }
    return ~check;
}

typedef struct copy_head {
    uint32_t check; // of turn and state
    uint32_t turn;
} copy_head;

_Static_assert(sizeof(copy_head) == DD_STORE_COPY_HEAD, "as said");

static uint32_t place_of(const dd_store_pair *pair, uint32_t turn) {
    return pair->at + (turn & 1) * (DD_STORE_COPY_HEAD + pair->n);
}

static uint32_t check_of(uint32_t turn, const void *state, uint32_t n) {
    return dd_store_check(dd_store_check(0, &turn, sizeof turn), state, n);
}

// The turn of the copy for odd or even turns, or 0 when it is not good.
static uint32_t read_copy(const dd_store *store, const dd_store_pair *pair, uint32_t odd,
                          void *state) {
    copy_head head;
    uint32_t at = place_of(pair, odd);
    if (!store->read(store->context, at, &head, sizeof head)) return 0;
    if (head.turn == 0 || (head.turn & 1) != odd) return 0;
    if (!store->read(store->context, at + DD_STORE_COPY_HEAD, state, pair->n)) return 0;
    return head.check == check_of(head.turn, state, pair->n) ? head.turn : 0;
}

bool dd_store_load(const dd_store *store, dd_store_pair *pair, void *state) {
    uint32_t even = read_copy(store, pair, 0, state), odd = read_copy(store, pair, 1, state);
    pair->turn = odd > even ? odd : even;
    if (even > odd) return read_copy(store, pair, 0, state) == even;
    return odd != 0;
}

bool dd_store_save(const dd_store *store, dd_store_pair *pair, const void *state) {
    copy_head head = {.turn = pair->turn + 1};
    head.check = check_of(head.turn, state, pair->n);
    uint32_t at = place_of(pair, head.turn);
    if (!store->write(store->context, at, &head, sizeof head) ||
        !store->write(store->context, at + DD_STORE_COPY_HEAD, state, pair->n))
        return false;
    pair->turn = head.turn;
    return true;
}
