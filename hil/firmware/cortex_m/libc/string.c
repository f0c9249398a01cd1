// Compiled with -fno-tree-loop-distribute-patterns, or GCC makes calls of themselves out of these.
#include <string.h>

#include <stdint.h>

enum { WORD = sizeof(uint32_t) };

typedef uint32_t __attribute__((may_alias)) word;

static int aligned(const void *a, const void *b) {
    return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

void *memcpy(void *to, const void *from, size_t n) {
    uint8_t *t = to;
    const uint8_t *f = from;
    if (aligned(t, f))
        for (; n >= WORD; t += WORD, f += WORD, n -= WORD)
            *(word *)t = *(const word *)f;
    while (n-- > 0)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t n) {
    uint8_t *t = to;
    const uint8_t *f = from;
    if (t <= f) return memcpy(to, from, n); // which goes upwards
    while (n-- > 0)
        t[n] = f[n];
    return to;
}

void *memset(void *to, int octet, size_t n) {
    uint8_t *t = to;
    uint32_t octets = (uint8_t)octet * UINT32_C(0x01010101);
    if (aligned(t, t))
        for (; n >= WORD; t += WORD, n -= WORD)
            *(word *)t = octets;
    while (n-- > 0)
        *t++ = (uint8_t)octet;
    return to;
}

int memcmp(const void *a, const void *b, size_t n) {
    const uint8_t *x = a, *y = b;
    for (; n > 0; n--, x++, y++)
        if (*x != *y) return *x - *y;
    return 0;
}

size_t strlen(const char *text) {
    size_t n = 0;
    while (text[n])
        n++;
    return n;
}
