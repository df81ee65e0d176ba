/*
 * engine list|from-the-end|walk|pyca|register-all|chosen|errno|draw: the ENGINE "osrandom" as
 * programs use it.
 */

#include <dlfcn.h>
#include <errno.h>

#include "probe.h"

#ifdef HAS_ENGINE

static void list(void)
{
    int seen = 0;

    for (ENGINE *engine = ENGINE_get_first(); engine; engine = ENGINE_get_next(engine))
        seen += strcmp(ENGINE_get_id(engine), "osrandom") == 0;
    print_number("engines called osrandom", seen);
}

static void list_from_the_end(void)
{
    int seen = 0;

    for (ENGINE *engine = ENGINE_get_last(); engine; engine = ENGINE_get_prev(engine))
        seen += strcmp(ENGINE_get_id(engine), "osrandom") == 0;
    print_number("engines called osrandom", seen);
}

/* By OpenSSL's own function, which no shim sees. */
static int has_ours(void)
{
    ENGINE *(*first)(void);
    ENGINE *engine;
    Dl_info info;
    void *libcrypto;
    int found = 0;

    NEED(dladdr((void *)ENGINE_get_next, &info) != 0);
    libcrypto = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    NEED(libcrypto);
    *(void **)&first = dlsym(libcrypto, "ENGINE_get_first");
    NEED(first);
    for (engine = first(); engine; engine = ENGINE_get_next(engine))
        found |= strcmp(ENGINE_get_id(engine), "osrandom") == 0;
    dlclose(libcrypto);
    return found;
}

static void walk(void)
{
    ENGINE_register_all_complete();
    print_number("after OpenSSL's own walk", has_ours());
    ENGINE_free(ENGINE_get_first());
    print_number("after the program's", has_ours());
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

/* A program's choice of the engine stands when it has all engines registered afterwards. */
static void chosen(void)
{
    ENGINE *engine = ENGINE_by_id("osrandom");

    NEED(engine && ENGINE_set_default_RAND(engine) == 1);
    ENGINE_register_all_RAND();
    NEED(RAND_set_rand_method(NULL) == 1);
    print_draws();
    ENGINE_free(engine);
}

static void print_errno(void)
{
    errno = 4242;
    ENGINE_get_first();
    print_number("errno", errno);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "list";

    if (strcmp(what, "list") == 0)
        list();
    else if (strcmp(what, "from-the-end") == 0)
        list_from_the_end();
    else if (strcmp(what, "walk") == 0)
        walk();
    else if (strcmp(what, "pyca") == 0)
        pyca();
    else if (strcmp(what, "chosen") == 0)
        chosen();
    else if (strcmp(what, "errno") == 0)
        print_errno();
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
