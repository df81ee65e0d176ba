/*
 * A module with what looks like an OpenSSL inside: it takes a method, keeps it, and does not draw
 * by it, as link-time optimisation may leave one behind. Says what method it was left with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rand_method;

static const struct rand_method *volatile method;

/* By these two texts a copy is told from others that ask for the variable. */
__attribute__((used)) static const char texts[] = "OPENSSL_CONF\0OpenSSL NIST SP 800-90A DRBG";

#define OPENSSL(type) __attribute__((used, noinline)) static type

OPENSSL(int) RAND_set_rand_method(const struct rand_method *theirs)
{
    method = theirs;
    return 1;
}

OPENSSL(const struct rand_method *) RAND_get_rand_method(void)
{
    return method;
}

OPENSSL(int) RAND_bytes(unsigned char *buffer, int length)
{
    memset(buffer, 7, (size_t)length);
    return 1;
}

OPENSSL(unsigned long) OpenSSL_version_num(void)
{
    return 0x30000000;
}

__attribute__((constructor)) static void OPENSSL_cpuid_setup(void)
{
    getenv("OPENSSL_ia32cap");
}

int main(void)
{
    printf("method=%d\n", method != NULL);
    return 0;
}
