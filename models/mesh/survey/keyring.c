#include "models/mesh/survey/keyring.h"
#include "engine/random.h"
#include "models/kind.h"
#include "models/mesh/survey/channel_plan.h"
#include "models/world.h"

#include <stdlib.h>
#include <string.h>

static void draw_key(uint8_t key[static DD_CIPHER_KEY], const dd_world *world, uint32_t segment) {
    uint64_t stable = dd_world_stable(world, dd_world_entity(world, DD_ENTITY_SEGMENT, segment));
    dd_random4 words = dd_random(world->def.seed, stable, DD_DRAW_KEY, 0);
    for (int i = 0; i < DD_CIPHER_KEY; i++)
        key[i] = (uint8_t)(words.v[i / 4] >> 8 * (i % 4));
}

static bool is_given(const dd_world *world, uint32_t segment) {
    static const uint8_t none[DD_CIPHER_KEY];
    const dd_given_radio *radios = world->def.radios;
    return radios && memcmp(radios[segment].key, none, sizeof none) != 0;
}

bool dd_keyring_make(dd_keyring *keyring, const dd_world *world) {
    uint32_t n = world->city->segment_n;
    *keyring = (dd_keyring){.segment_n = n};
    if (!world->def.settings.mesh_security) return true;
    keyring->keys = calloc(n, sizeof *keyring->keys);
    keyring->ciphers = calloc(n, sizeof *keyring->ciphers);
    if (!keyring->keys || !keyring->ciphers) return false;
    for (uint32_t i = 1; i < n; i++) {
        uint8_t *key = keyring->keys[i];
        if (is_given(world, i))
            memcpy(key, world->def.radios[i].key, DD_CIPHER_KEY);
        else
            draw_key(key, world, i);
        keyring->ciphers[i] = dd_cipher_open(key);
    }
    return true;
}

void dd_keyring_fini(dd_keyring *keyring) {
    for (uint32_t i = 1; keyring->ciphers && i < keyring->segment_n; i++)
        dd_cipher_close(keyring->ciphers[i]);
    free(keyring->ciphers);
    free(keyring->keys);
    *keyring = (dd_keyring){0};
}

dd_security_port dd_keyring_port(const dd_keyring *keyring, uint32_t segment) {
    if (!keyring->ciphers) return (dd_security_port){0};
    return dd_cipher_port(keyring->ciphers[segment]);
}
