/*
 * only_draws [own]: draws inside OpenSSL and uses nothing else of it, after it has put in a method
 * of its own or without.
 */
#include <openssl/bn.h>
#include <openssl/rand.h>

#include "probe.h"

static int own_bytes(unsigned char *buffer, int length)
{
    memset(buffer, 0x42, (size_t)length);
    return 1;
}

int main(int argc, char **argv)
{
    static RAND_METHOD own_method = {.bytes = own_bytes};
    BIGNUM *number = BN_new();

    if (argc > 1 && strcmp(argv[1], "own") == 0)
        NEED(RAND_set_rand_method(&own_method) == 1);
    NEED(BN_rand(number, 256, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1);
    BN_free(number);
    print_number("errors", (long)ERR_peek_error());
    return 0;
}
