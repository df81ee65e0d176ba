/*
 * A program that replaces OpenSSL's generator with its own, a bad one, as some do.
 *
 * Exit status: 0 if its random bytes are still random, 1 if they are its own.
 */
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

static int bad_bytes(unsigned char *buffer, int length)
{
    memset(buffer, 0x42, (size_t)length);
    return 1;
}

static int ready(void)
{
    return 1;
}

int main(void)
{
    static RAND_METHOD bad = {.bytes = bad_bytes, .pseudorand = bad_bytes, .status = ready};
    unsigned char bytes[16];
    int same = 1;

    printf("  RAND_set_rand_method() answers %d\n", RAND_set_rand_method(&bad));
    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return 2;
    printf("  RAND_bytes() gives ");
    for (size_t i = 0; i < sizeof(bytes); i++) {
        printf("%02x", bytes[i]);
        same &= bytes[i] == 0x42;
    }
    printf("\n");
    return same;
}
