/*
 * A library that is no OpenSSL and has some of its names, as libgnutls-openssl does. It counts the
 * calls that reach it.
 */
#include <stddef.h>

#include "other_rand.h"

int other_calls;

static int reached(void)
{
    return ++other_calls;
}

int RAND_status(void)
{
    reached();
    return 1;
}

int RAND_poll(void)
{
    reached();
    return 1;
}

void RAND_seed(const void *buffer, int length)
{
    (void)buffer;
    (void)length;
    reached();
}

void RAND_add(const void *buffer, int length, double entropy)
{
    (void)buffer;
    (void)length;
    (void)entropy;
    reached();
}

int RAND_set_rand_method(const void *method)
{
    (void)method;
    reached();
    return 1;
}

const void *RAND_get_rand_method(void)
{
    reached();
    return &other_calls;
}

void *ENGINE_by_id(const char *id)
{
    (void)id;
    reached();
    return &other_calls;
}

void *ENGINE_get_first(void)
{
    reached();
    return &other_calls;
}

void ENGINE_cleanup(void)
{
    reached();
}

int CRYPTO_set_mem_functions(void *a, void *b, void *c)
{
    (void)a;
    (void)b;
    (void)c;
    reached();
    return 1;
}
