/*
 * rights no-atexit|no-config|config|drawn: what a program may decide in main() before it uses
 * OpenSSL, printed so that stock and shim can be compared.
 */
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rand.h>

#include "probe.h"

/* The configuration file that OPENSSL_CONF names in main() defines this object. */
static void print_config(void)
{
    print_number("object of the configuration", OBJ_txt2nid("osrandomProbe") != NID_undef);
}

/* OpenSSL 4.0 has neither OPENSSL_atexit() nor a handler of its own at exit. */
#if OPENSSL_VERSION_NUMBER < 0x40000000L
static void at_cleanup(void)
{
    printf("OPENSSL_cleanup ran\n");
    fflush(stdout);
}
#endif

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    unsigned char bytes[16];

    if (argc > 2)
        setenv("OPENSSL_CONF", argv[2], 1);
#ifdef OPENSSL_INIT_NO_ATEXIT
    if (strcmp(what, "no-atexit") == 0)
        NEED(OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) == 1);
#endif
    if (strcmp(what, "no-config") == 0)
        NEED(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
    if (strcmp(what, "config") == 0)
        NEED(OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) == 1);
#if OPENSSL_VERSION_NUMBER < 0x40000000L
    NEED(OPENSSL_atexit(at_cleanup) == 1);
#endif
    NEED(RAND_bytes(bytes, sizeof(bytes)) == 1);
    NEED(EVP_Digest(bytes, sizeof(bytes), bytes, NULL, EVP_md5(), NULL) == 1);
    print_config();
    print_number("errors", (long)ERR_peek_error());
    return 0;
}
