/*
 * As much of OpenSSL as the shim looks for. Whoever sets a method is made to stand still in the
 * midst of it, by the program that has loaded it.
 */
#include "slow_openssl.h"

#include <stdlib.h>
#include <string.h>

static int bad_bytes(unsigned char *buffer, int length)
{
    memset(buffer, BAD_BYTE, (size_t)length);
    return 1;
}

static const struct rand_method bad_method = {.bytes = bad_bytes};
static const struct rand_method *now = &bad_method;

static int key(unsigned char *buffer, int length)
{
    return now->bytes(buffer, length);
}

int RAND_set_rand_method(const struct rand_method *method)
{
    stand_still();
    now = method ? method : &bad_method;
    return 1;
}

const struct rand_method *RAND_get_rand_method(void)
{
    return now;
}

int RAND_bytes(unsigned char *buffer, int length)
{
    return key(buffer, length);
}

unsigned long OpenSSL_version_num(void)
{
    return 0x30000000UL;
}

const char *OpenSSL_version(int what)
{
    (void)what;
    return "OpenSSL 3.0.0, the slow one of the tests";
}

__attribute__((constructor)) static void ask_for_capabilities(void)
{
    slow_key = key;
    slow_cap = getenv("OPENSSL_ia32cap");
}
