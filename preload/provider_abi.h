/*
 * The little of the interface between OpenSSL's core and its providers that ours uses, the same
 * from 3.0 to 4.0: <openssl/core.h>, <openssl/core_dispatch.h>, <openssl/core_names.h>,
 * provider(7).
 */
#ifndef OSRANDOM_PROVIDER_ABI_H
#define OSRANDOM_PROVIDER_ABI_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ossl_core_handle_st OSSL_CORE_HANDLE;

/* A table ends with a number of 0. */
struct dispatch {
    int number;
    void (*function)(void);
};

struct algorithm {
    const char *names;
    const char *properties;
    const struct dispatch *functions;
    const char *description;
};

/* A list ends without a key. */
struct parameter {
    const char *key;
    unsigned int type; /* enum parameter_type */
    void *value;       /* NULL: only its size is asked for */
    size_t size;
    size_t returned; /* PARAMETER_UNMODIFIED until it is answered */
};

enum parameter_type {
    PARAMETER_INTEGER = 1, /* of any size, in the machine's byte order */
    PARAMETER_UNSIGNED = 2,
    PARAMETER_TEXT_POINTER = 6,
};

#define PARAMETER_UNMODIFIED ((size_t)-1)

struct reason {
    unsigned int number;
    const char *text;
};

/* What the core offers a provider. */
enum core_function {
    CORE_NEW_ERROR = 5,
    CORE_SET_ERROR_DEBUG = 6,
    CORE_VSET_ERROR = 7,
    CORE_ZALLOC = 21,
    CORE_FREE = 22,
    CORE_SECURE_MALLOC = 26,
    CORE_SECURE_CLEAR_FREE = 29,
};

/* What a provider offers the core. */
enum provider_function {
    PROVIDER_TEARDOWN = 1024,
    PROVIDER_GETTABLE_PARAMETERS,
    PROVIDER_GET_PARAMETERS,
    PROVIDER_QUERY_OPERATION,
    PROVIDER_REASONS = 1029,
    PROVIDER_RANDOM_BYTES = 1032, /* since 3.5 */
};

enum { OPERATION_RAND = 5 };

/* What a generator offers: provider-rand(7). */
enum rand_function {
    RAND_NEW = 1,
    RAND_FREE,
    RAND_INSTANTIATE,
    RAND_UNINSTANTIATE,
    RAND_GENERATE,
    RAND_RESEED,
    RAND_NONCE,
    RAND_ENABLE_LOCKING,
    RAND_LOCK,
    RAND_UNLOCK,
    RAND_GETTABLE_PARAMETERS = 12,
    RAND_GET_PARAMETERS = 15,
    RAND_VERIFY_ZEROIZATION = 17,
    RAND_GET_SEED = 18,
    RAND_CLEAR_SEED = 19,
};

/* <openssl/evp.h>: EVP_RAND_STATE_... */
enum rand_state { RAND_UNINITIALISED, RAND_READY, RAND_ERROR };

#endif
