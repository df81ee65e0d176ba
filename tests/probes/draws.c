/*
 * Every direct way to draw, and the arguments at the edges.
 */
#include "probe.h"

#ifdef HAS_LIB_CTX
static void draw_with_contexts(void)
{
    OSSL_LIB_CTX *context = OSSL_LIB_CTX_new();
    unsigned char bytes[32];

    NEED(RAND_bytes_ex(NULL, bytes, sizeof(bytes), 0) == 1);
    print_hex("RAND_bytes_ex", bytes, sizeof(bytes));
    NEED(RAND_priv_bytes_ex(NULL, bytes, sizeof(bytes), 256) == 1);
    print_hex("RAND_priv_bytes_ex", bytes, sizeof(bytes));
    NEED(RAND_bytes_ex(context, bytes, sizeof(bytes), 0) == 1);
    print_hex("RAND_bytes_ex of another library context", bytes, sizeof(bytes));
    print_number("RAND_bytes_ex(NULL, 0)", RAND_bytes_ex(NULL, NULL, 0, 0));
    OSSL_LIB_CTX_free(context);
}
#endif

int main(void)
{
    unsigned char bytes[32];

    NEED(RAND_bytes(bytes, sizeof(bytes)) == 1);
    print_hex("RAND_bytes", bytes, sizeof(bytes));
#ifdef HAS_PRIV_BYTES
    NEED(RAND_priv_bytes(bytes, sizeof(bytes)) == 1);
    print_hex("RAND_priv_bytes", bytes, sizeof(bytes));
#endif
    NEED(RAND_pseudo_bytes(bytes, sizeof(bytes)) == 1);
    print_hex("RAND_pseudo_bytes", bytes, sizeof(bytes));
    print_bn_rand();
#ifdef HAS_LIB_CTX
    draw_with_contexts();
#endif
    print_number("RAND_bytes(NULL, 0)", RAND_bytes(NULL, 0));
    print_number("RAND_status", RAND_status());
    print_number("RAND_poll", RAND_poll());
    RAND_seed("seed", 4);
    RAND_add("seed", 4, 4.0);
    print_number("RAND_load_file", RAND_load_file("/dev/urandom", 32));
    print_number("errors", (long)ERR_peek_error());
    return 0;
}
