/*
 * See small_openssl.h.
 */
#include "small_openssl.h"

#include <stdlib.h>
#include <string.h>

static int bad_bytes(unsigned char *buffer, int length)
{
    memset(buffer, SMALL_BAD_BYTE, (size_t)length);
    return 1;
}

static const RAND_METHOD bad_method = {.bytes = bad_bytes, .pseudorand = bad_bytes};
static const RAND_METHOD *method_set; /* none at first, as OpenSSL has it */
const char *small_openssl_cap;

/* OpenSSL's initialiser asks for this as well; the shim takes it for the sign of a new OpenSSL. */
__attribute__((constructor)) static void ask_for_capabilities(void)
{
    small_openssl_cap = getenv("OPENSSL_ia32cap");
}

int RAND_set_rand_method(const RAND_METHOD *method)
{
    method_set = method ? method : &bad_method;
    return 1;
}

const RAND_METHOD *RAND_get_rand_method(void)
{
    if (!method_set)
        method_set = &bad_method;
    return method_set;
}

int small_openssl_key(unsigned char *key, int length)
{
    return RAND_get_rand_method()->bytes(key, length);
}

int RAND_bytes(unsigned char *buffer, int length)
{
    return small_openssl_key(buffer, length);
}

unsigned long OpenSSL_version_num(void)
{
    return 0x30000000UL;
}

const char *OpenSSL_version(int what)
{
    (void)what;
    return "OpenSSL 3.0.0, the small one of the tests";
}
