// What a controller keeps in its store: the check, judged by zlib's, and states in two copies.
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <zlib.h>

#include "engine/random.h"
#include "models/controller/core/store.h"

enum { SIZE = 256, N = 40 };

typedef struct memory {
    uint8_t octets[SIZE];
    int left; // octets that it still takes; below 0: any number
} memory;

static bool read_it(void *context, uint32_t at, void *octets, uint32_t n) {
    memory *it = context;
    cr_assert(at + n <= SIZE);
    memcpy(octets, it->octets + at, n);
    return true;
}

static bool write_it(void *context, uint32_t at, const void *octets, uint32_t n) {
    memory *it = context;
    cr_assert(at + n <= SIZE);
    uint32_t done = it->left >= 0 && (uint32_t)it->left < n ? (uint32_t)it->left : n;
    memcpy(it->octets + at, octets, done);
    if (it->left >= 0) it->left -= (int)done;
    return done == n;
}

static dd_store store_of(memory *it) {
    return (dd_store){.context = it, .size = SIZE, .read = read_it, .write = write_it};
}

// What a restart finds: the number that fills the state, or -1 for nothing.
static int found(memory *it) {
    dd_store store = store_of(it);
    dd_store_pair pair = {.at = 16, .n = N};
    uint8_t state[N];
    if (!dd_store_load(&store, &pair, state)) return -1;
    for (int i = 1; i < N; i++)
        cr_assert(eq(u8, state[i], state[0]), "half of one, half of another");
    return state[0];
}

static bool save(memory *it, dd_store_pair *pair, uint8_t number) {
    dd_store store = store_of(it);
    uint8_t state[N];
    memset(state, number, N);
    return dd_store_save(&store, pair, state);
}

Test(store, the_check_is_that_of_ieee_802_3) {
    cr_expect(eq(u32, dd_store_check(0, "123456789", 9), 0xcbf43926));
    for (uint32_t i = 0; i < 200; i++) {
        uint8_t octets[300];
        for (uint32_t j = 0; j < sizeof octets; j++)
            octets[j] = (uint8_t)dd_random(3, i, j, 0).v[0];
        uint32_t n = dd_random(4, i, 0, 0).v[0] % sizeof octets, cut = n / 3;
        uint32_t check = dd_store_check(dd_store_check(0, octets, cut), octets + cut, n - cut);
        cr_expect(eq(u32, check, (uint32_t)crc32(0, octets, n)));
    }
}

Test(store, the_newest_state_is_found_again) {
    memory it = {.left = -1};
    cr_expect(eq(int, found(&it), -1), "of nothing");
    dd_store_pair pair = {.at = 16, .n = N};
    for (uint8_t i = 1; i < 20; i++) {
        cr_expect(save(&it, &pair, i));
        cr_expect(eq(int, found(&it), i));
    }
}

// Cut at every octet of a write: the state before it stands, or the new one does.
Test(store, a_cut_leaves_the_state_before) {
    for (int cut = 0; cut <= N + DD_STORE_COPY_HEAD; cut++) {
        memory it = {.left = -1};
        dd_store_pair pair = {.at = 16, .n = N};
        save(&it, &pair, 1);
        save(&it, &pair, 2);
        it.left = cut;
        bool done = save(&it, &pair, 3);
        cr_expect(eq(int, done, cut == N + DD_STORE_COPY_HEAD));
        cr_expect(eq(int, found(&it), done ? 3 : 2), "cut after %d", cut);
        it.left = -1;
        cr_expect(save(&it, &pair, 4), "and the copy that was spoilt is written again");
        cr_expect(eq(int, found(&it), 4));
    }
}

// Whichever bit flips: never a state that nobody saved.
Test(store, a_flipped_bit_falls_back) {
    memory good = {.left = -1};
    dd_store_pair pair = {.at = 16, .n = N};
    save(&good, &pair, 1);
    save(&good, &pair, 2);
    int fell_n = 0;
    for (int bit = 0; bit < SIZE * 8; bit++) {
        memory it = good;
        it.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
        int state = found(&it);
        cr_expect(state == 1 || state == 2);
        fell_n += state == 1;
    }
    cr_expect(eq(int, fell_n, 8 * (N + DD_STORE_COPY_HEAD)));
}
