/*
 * BoringSSL, which takes no other method and whose RAND_bytes() takes a size_t.
 */
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static int last_is_zero(const unsigned char *bytes, size_t length)
{
    static const unsigned char zero[16];

    return memcmp(bytes + length - sizeof(zero), zero, sizeof(zero)) == 0;
}

int main(void)
{
    const size_t length = ((size_t)1 << 31) + 64;
    unsigned char bytes[32];
    unsigned char *large = mmap(NULL, length, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    printf("RAND_bytes=");
    if (RAND_bytes(bytes, sizeof(bytes)) != 1 || large == MAP_FAILED)
        return 1;
    for (size_t i = 0; i < sizeof(bytes); i++)
        printf("%02x", bytes[i]);
    printf("\nlarge=%d\n", RAND_bytes(large, length));
    printf("tail is zero=%d\n", last_is_zero(large, length));
    printf("set=%d\n", RAND_set_rand_method(RAND_SSLeay()));
    printf("status=%d\n", RAND_status());
    return 0;
}
