// What the firmware needs of a C library; arm-none-eabi-gcc alone has none.
#pragma once

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int octet, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *text);
