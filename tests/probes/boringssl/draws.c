/*
 * draws [large]: BoringSSL, which takes no other method and whose RAND_bytes() takes a size_t.
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

static int draw_large(void)
{
    const size_t length = ((size_t)1 << 31) + 64;
    unsigned char *large = mmap(NULL, length, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (large == MAP_FAILED)
        return 1;
    printf("large=%d\n", RAND_bytes(large, length));
    printf("tail is zero=%d\n", last_is_zero(large, length));
    return 0;
}

int main(int argc, char **argv)
{
    unsigned char bytes[32];

    if (argc > 1 && strcmp(argv[1], "large") == 0)
        return draw_large();
    printf("RAND_bytes=");
    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return 1;
    for (size_t i = 0; i < sizeof(bytes); i++)
        printf("%02x", bytes[i]);
    printf("\nset=%d\n", RAND_set_rand_method(RAND_SSLeay()));
    printf("status=%d\n", RAND_status());
    return 0;
}
