// A controller's flash in the twin, taken from its domain's arena piece by piece as it is written.
#pragma once

#include "engine/arena.h"
#include "models/controller/core/store.h"

enum { DD_FLASH_PIECE = 16 * 1024, DD_FLASH_PIECES = DD_STORE_SIZE / DD_FLASH_PIECE };

typedef struct dd_flash_memory {
    dd_arena *arena;
    bool worn;                        // DD_FAULT_STORE: takes no more writes
    uint8_t *pieces[DD_FLASH_PIECES]; // NULL: never written
} dd_flash_memory;

// As a controller sees it; holds as long as the flash stays where it is.
dd_store dd_flash_memory_store(dd_flash_memory *flash);

void dd_flash_memory_erase(dd_flash_memory *flash);

// Makes `to`, which may have held anything before, hold what `from` does.
void dd_flash_memory_copy(dd_flash_memory *to, const dd_flash_memory *from);

// Each gets what the other holds.
void dd_flash_memory_swap(dd_flash_memory *a, dd_flash_memory *b);
