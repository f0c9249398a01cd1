#include "models/controller/flash_memory.h"

#include <string.h>

static bool fits(uint32_t at, uint32_t n) {
    return at <= DD_STORE_SIZE && n <= DD_STORE_SIZE - at;
}

static uint32_t up_to_piece_end(uint32_t at, uint32_t n) {
    uint32_t left = DD_FLASH_PIECE - at % DD_FLASH_PIECE;
    return n < left ? n : left;
}

static bool read_flash(void *context, uint32_t at, void *octets, uint32_t n) {
    const dd_flash_memory *flash = context;
    if (!fits(at, n)) return false;
    for (uint8_t *to = octets; n > 0;) {
        const uint8_t *piece = flash->pieces[at / DD_FLASH_PIECE];
        uint32_t m = up_to_piece_end(at, n);
        if (piece)
            memcpy(to, piece + at % DD_FLASH_PIECE, m);
        else
            memset(to, 0, m);
        to += m;
        at += m;
        n -= m;
    }
    return true;
}

static uint8_t *piece_at(dd_flash_memory *flash, uint32_t number) {
    uint8_t **piece = &flash->pieces[number];
    if (!*piece) *piece = dd_arena_take(flash->arena, DD_FLASH_PIECE);
    return *piece;
}

static bool write_flash(void *context, uint32_t at, const void *octets, uint32_t n) {
    dd_flash_memory *flash = context;
    if (flash->worn || !fits(at, n)) return false;
    for (const uint8_t *from = octets; n > 0;) {
        uint32_t m = up_to_piece_end(at, n);
        memcpy(piece_at(flash, at / DD_FLASH_PIECE) + at % DD_FLASH_PIECE, from, m);
        from += m;
        at += m;
        n -= m;
    }
    return true;
}

dd_store dd_flash_memory_store(dd_flash_memory *flash) {
    return (dd_store){
        .context = flash, .size = DD_STORE_SIZE, .read = read_flash, .write = write_flash};
}

void dd_flash_memory_erase(dd_flash_memory *flash) {
    for (int i = 0; i < DD_FLASH_PIECES; i++)
        if (flash->pieces[i]) memset(flash->pieces[i], 0, DD_FLASH_PIECE);
}

void dd_flash_memory_copy(dd_flash_memory *to, const dd_flash_memory *from) {
    to->arena = from->arena;
    to->worn = from->worn;
    for (uint32_t i = 0; i < DD_FLASH_PIECES; i++) {
        if (from->pieces[i])
            memcpy(piece_at(to, i), from->pieces[i], DD_FLASH_PIECE);
        else if (to->pieces[i])
            memset(to->pieces[i], 0, DD_FLASH_PIECE);
    }
}

void dd_flash_memory_swap(dd_flash_memory *a, dd_flash_memory *b) {
    dd_flash_memory it = *a;
    *a = *b;
    *b = it;
}
