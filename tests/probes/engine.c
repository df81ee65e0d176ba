/*
 * engine list|pyca|draw: the ENGINE "osrandom" as programs use it.
 */
#include <openssl/bn.h>
#include <openssl/rand.h>

#include "probe.h"

#ifdef HAS_ENGINE

static void print_draws(void)
{
    BIGNUM *number = BN_new();
    unsigned char bytes[32];

    NEED(RAND_bytes(bytes, sizeof(bytes)) == 1);
    print_hex("RAND_bytes", bytes, sizeof(bytes));
    NEED(BN_rand(number, 256, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_bn2binpad(number, bytes, sizeof(bytes)) == sizeof(bytes));
    print_hex("BN_rand", bytes, sizeof(bytes));
    BN_free(number);
}

static void list(void)
{
    int seen = 0;

    for (ENGINE *engine = ENGINE_get_first(); engine; engine = ENGINE_get_next(engine))
        seen += strcmp(ENGINE_get_id(engine), "osrandom") == 0;
    print_number("engines called osrandom", seen);
}

/* ENGINE_ctrl_cmd() makes a 1 of every success; ENGINE_ctrl() hands on the length. */
static void ask_implementation(ENGINE *engine)
{
    char name[64] = "";
    int command =
        ENGINE_ctrl(engine, ENGINE_CTRL_GET_CMD_FROM_NAME, 0, (void *)"get_implementation", NULL);
    int length = ENGINE_ctrl(engine, command, 0, NULL, NULL);

    print_number("length", length);
    print_number("too small", ENGINE_ctrl(engine, command, length, name, NULL));
    print_number("copied", ENGINE_ctrl(engine, command, sizeof(name), name, NULL));
    print_number("by name",
                 ENGINE_ctrl_cmd(engine, "get_implementation", sizeof(name), name, NULL, 0));
    printf("implementation=%s\n", name);
    ERR_clear_error();
}

/* What pyca/cryptography did up to version 37: activate, deactivate, activate again. */
static void pyca(void)
{
    ENGINE *engine = ENGINE_by_id("osrandom");

    NEED(engine);
    print_number("has RAND", ENGINE_get_RAND(engine) != NULL);
    ask_implementation(engine);
    for (int round = 0; round < 2; round++) {
        NEED(ENGINE_init(engine) == 1 && ENGINE_set_default_RAND(engine) == 1);
        NEED(ENGINE_finish(engine) == 1);
        NEED(RAND_set_rand_method(NULL) == 1);
        print_number("default is osrandom", ENGINE_get_default_RAND() == engine);
        print_draws();
        if (round == 0) {
            ENGINE_unregister_RAND(engine);
            NEED(RAND_set_rand_method(NULL) == 1);
            print_draws();
        }
    }
    NEED(ENGINE_free(engine) == 1);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "list";

    if (strcmp(what, "list") == 0)
        list();
    else if (strcmp(what, "pyca") == 0)
        pyca();
    else if (strcmp(what, "register-all") == 0) {
        ENGINE_get_first();
        ENGINE_register_all_RAND();
        ENGINE_register_all_complete();
        print_draws();
    } else
        print_draws();
    print_number("errors", (long)ERR_peek_error());
    return 0;
}

#else

int main(void)
{
    printf("no engines\n");
    return 0;
}

#endif
