/*
 * An engine "other" whose random bytes count up: what a program draws from when it is told to use
 * another engine than ours.
 */
#include "openssl_abi.h"

unsigned long v_check(unsigned long version);
int bind_engine(ENGINE *engine, const char *id, const void *callbacks);

extern int ENGINE_set_id(ENGINE *engine, const char *id);
extern int ENGINE_set_name(ENGINE *engine, const char *name);
extern int ENGINE_set_RAND(ENGINE *engine, const struct rand_method *method);

static int count_up(unsigned char *buffer, int length)
{
    for (int i = 0; i < length; i++)
        buffer[i] = (unsigned char)i;
    return 1;
}

static int status(void)
{
    return 1;
}

static const struct rand_method method = {
    .bytes = count_up, .pseudorand = count_up, .status = status};

unsigned long v_check(unsigned long version)
{
    return version;
}

int bind_engine(ENGINE *engine, const char *id, const void *callbacks)
{
    (void)id;
    (void)callbacks;
    return ENGINE_set_id(engine, "other") && ENGINE_set_name(engine, "Counts up") &&
           ENGINE_set_RAND(engine, &method);
}
