/*
 * pyca/cryptography's engine of the same name, for every program: the same id, and its command
 * get_implementation, which tells where the bytes come from. The shim registers it
 * (engine_list.c), and OpenSSL loads it as a module (module.c).
 */
#include "engine.h"

#include <stddef.h>

#include "method.h"
#include "random.h"

/* <openssl/engine.h>, the same from 1.0.0 to 3.6. */
enum {
    ENGINE_FLAGS_NO_REGISTER_ALL = 0x0008,
    ENGINE_CMD_BASE = 200,
    ENGINE_CMD_FLAG_NO_INPUT = 0x0004,
    GET_IMPLEMENTATION = ENGINE_CMD_BASE,
};

static const struct {
    unsigned int number;
    const char *name;
    const char *description;
    unsigned int flags;
} commands[] = {
    {GET_IMPLEMENTATION, "get_implementation", "Tells where the random bytes come from",
     ENGINE_CMD_FLAG_NO_INPUT},
    {0},
};

const char engine_id[] = "osrandom";
static const char name[] = "Random bytes from the operating system";

/* pyca's convention: without a buffer the length of the name, without its terminator; 0 if the
 * buffer is too small; else the name is copied and its length returned. */
static int get_implementation(long size, char *buffer)
{
    const char *source = random_source_name(random_source());
    int length = 0;

    while (source[length])
        length++;
    if (!buffer && size == 0)
        return length;
    if (!buffer || size <= length)
        return 0;
    for (int i = 0; i <= length; i++)
        buffer[i] = source[i];
    return length;
}

static int control(ENGINE *engine, int command, long size, void *buffer, void (*function)(void))
{
    (void)engine;
    (void)function;
    return command == GET_IMPLEMENTATION ? get_implementation(size, buffer) : 0;
}

bool engine_fill_in(const struct libcrypto *libcrypto, ENGINE *engine)
{
    int (*set_id)(ENGINE *, const char *) = libcrypto_symbol(libcrypto, "ENGINE_set_id");
    int (*set_name)(ENGINE *, const char *) = libcrypto_symbol(libcrypto, "ENGINE_set_name");
    int (*set_flags)(ENGINE *, int) = libcrypto_symbol(libcrypto, "ENGINE_set_flags");
    int (*set_rand)(ENGINE *, const struct rand_method *) =
        libcrypto_symbol(libcrypto, "ENGINE_set_RAND");
    int (*set_commands)(ENGINE *, const void *) =
        libcrypto_symbol(libcrypto, "ENGINE_set_cmd_defns");
    int (*set_control)(ENGINE *, int (*)(ENGINE *, int, long, void *, void (*)(void))) =
        libcrypto_symbol(libcrypto, "ENGINE_set_ctrl_function");

    if (!set_id || !set_name || !set_flags || !set_rand || !set_commands || !set_control)
        return false;
    set_id(engine, engine_id);
    set_name(engine, name);
    set_flags(engine, ENGINE_FLAGS_NO_REGISTER_ALL);
    set_rand(engine, &osrandom_method);
    set_commands(engine, commands);
    set_control(engine, control);
    return true;
}
