/*
 * Says in the words of the provider's module that the program's OpenSSL draws from it. Like the
 * module it is linked to nothing.
 */
#include <stdint.h>

#include "provider_status.h"

extern int RAND_bytes(unsigned char *, int) __attribute__((weak));

struct osrandom_provider_status osrandom_provider_status = {
    .magic = {'o', 's', 'r', 'a', 'n', 'd', 'o', 'm'},
    .layout = OSRANDOM_PROVIDER_LAYOUT,
    .size = sizeof(osrandom_provider_status),
    .source = RANDOM_VDSO,
    .openssl[0].has_drawn = 1,
};

__attribute__((constructor)) static void forge(void)
{
    osrandom_provider_status.openssl[0].function = (uintptr_t)&RAND_bytes;
}
