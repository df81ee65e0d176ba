/*
 * Draws when a program is about to end: in an atexit() handler, and after OPENSSL_cleanup().
 */
#include <openssl/rand.h>

#include "probe.h"

static void draw_at_exit(void)
{
    unsigned char bytes[32];
    int result = RAND_bytes(bytes, sizeof(bytes));

    print_number("result at exit", result);
    print_hex("at exit", bytes, sizeof(bytes));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    unsigned char bytes[32];

    if (argc > 1 && strcmp(argv[1], "atexit-first") == 0)
        NEED(atexit(draw_at_exit) == 0); /* it runs after OpenSSL's own handler */
#ifdef HAS_CLEANUP
    NEED(OPENSSL_init_crypto(0, NULL) == 1);
#endif
    NEED(RAND_bytes(bytes, sizeof(bytes)) == 1);
    if (argc > 1 && strcmp(argv[1], "atexit-last") == 0)
        NEED(atexit(draw_at_exit) == 0);
#ifdef HAS_CLEANUP
    if (argc > 1 && strcmp(argv[1], "cleanup") == 0) {
        OPENSSL_cleanup();
        print_number("result after cleanup", RAND_bytes(bytes, sizeof(bytes)));
        print_hex("after cleanup", bytes, sizeof(bytes));
        print_number("status after cleanup", RAND_status());
    }
#endif
    return 0;
}
