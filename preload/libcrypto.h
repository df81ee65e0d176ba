/*
 * The table of this process's OpenSSLs.
 *
 * It takes no lock: an entry belongs to the thread that has claimed it until it is ready. What is
 * needed to choose among the entries is copied into them, for an object may be on its way out in
 * another thread; the object itself is entered for a caller only that is linked to it.
 */
#ifndef OSRANDOM_LIBCRYPTO_H
#define OSRANDOM_LIBCRYPTO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "elf_image.h"
#include "loaded.h"
#include "openssl_abi.h"
#include "status.h"

enum { MOST_LIBCRYPTOS = 8, MOST_VERSIONS = 32 };

/* Of its versions, the first whose generators look at the number of the process. */
enum { FIRST_WITH_DRBGS = 0x10101000 };

/* Functions that are called often, and so looked up once. */
#define OFTEN_CALLED(X)                                                                            \
    X(RAND_bytes)                                                                                  \
    X(RAND_priv_bytes)                                                                             \
    X(RAND_pseudo_bytes)                                                                           \
    X(RAND_bytes_ex)                                                                               \
    X(RAND_priv_bytes_ex)                                                                          \
    X(RAND_poll)                                                                                   \
    X(RAND_status)                                                                                 \
    X(RAND_seed)                                                                                   \
    X(RAND_add)                                                                                    \
    X(RAND_OpenSSL)                                                                                \
    X(RAND_SSLeay)                                                                                 \
    X(RAND_get_rand_method)                                                                        \
    X(RAND_set_rand_method)                                                                        \
    X(RAND_set_rand_engine)                                                                        \
    X(RAND_cleanup)                                                                                \
    X(RAND_get0_primary)                                                                           \
    X(RAND_get0_public)                                                                            \
    X(RAND_get0_private)                                                                           \
    X(RAND_set0_public)                                                                            \
    X(RAND_set0_private)                                                                           \
    X(RAND_set_DRBG_type)                                                                          \
    X(RAND_set1_random_provider)                                                                   \
    X(EVP_RAND_generate)                                                                           \
    X(EVP_RAND_nonce)                                                                              \
    X(EVP_RAND_CTX_new)                                                                            \
    X(EVP_RAND_CTX_get0_rand)                                                                      \
    X(EVP_RAND_get0_provider)                                                                      \
    X(OSSL_PROVIDER_get0_name)                                                                     \
    X(OSSL_PROVIDER_do_all)                                                                        \
    X(OSSL_LIB_CTX_new)                                                                            \
    X(OSSL_LIB_CTX_set0_default)                                                                   \
    X(ENGINE_by_id)                                                                                \
    X(ENGINE_get_first)                                                                            \
    X(ENGINE_get_last)                                                                             \
    X(ENGINE_cleanup)                                                                              \
    X(ENGINE_get_RAND)                                                                             \
    X(ENGINE_set_default)                                                                          \
    X(ENGINE_set_default_RAND)                                                                     \
    X(ENGINE_set_default_string)                                                                   \
    X(ENGINE_register_all_RAND)

#define FUNCTION_NUMBER(name) FUNCTION_##name,
enum function { OFTEN_CALLED(FUNCTION_NUMBER) FUNCTIONS };
#undef FUNCTION_NUMBER

/* Functions that are called in a copy that exports none (hidden.h): all that its pin needs. */
#define CALLED_INSIDE(X)                                                                           \
    X(RAND_set_rand_method)                                                                        \
    X(RAND_get_rand_method)                                                                        \
    X(RAND_bytes)                                                                                  \
    X(OPENSSL_init_crypto)                                                                         \
    X(OpenSSL_version_num)                                                                         \
    X(OpenSSL_version)                                                                             \
    X(SSLeay)                                                                                      \
    X(SSLeay_version)                                                                              \
    X(CRYPTO_get_mem_functions)                                                                    \
    X(CRYPTO_set_mem_functions)                                                                    \
    X(CRYPTO_malloc)                                                                               \
    X(CRYPTO_realloc)                                                                              \
    X(CRYPTO_free)                                                                                 \
    X(OSSL_PROVIDER_do_all)                                                                        \
    X(ERR_set_mark)                                                                                \
    X(ERR_pop_to_mark)

#define INSIDE_NUMBER(name) INSIDE_##name,
enum inside { CALLED_INSIDE(INSIDE_NUMBER) INSIDE_FUNCTIONS };
#undef INSIDE_NUMBER

struct libcrypto {
    _Atomic uintptr_t start; /* of its segments; 0: empty */
    _Atomic uintptr_t end;
    _Atomic uint32_t claim; /* who fills it in: a life (status.h); who drops it: ~life; 0: nobody */
    _Atomic bool ready;     /* the rest holds */
    _Atomic int pin;        /* enum pin_state; negative: minus the life in which a pin has begun */
    _Atomic unsigned int number;     /* no other that was ever entered has it */
    _Atomic unsigned int awake;      /* enum wakefulness in wake.h, of its default context */
    _Atomic unsigned int has_engine; /* 1: ours has been registered */
    _Atomic unsigned long version;   /* as OpenSSL_version_num() answers; 0 until it was asked */
    const struct rand_method *_Atomic *method; /* where it keeps its method; NULL: not found */
    bool is_permanent;                         /* never unloaded: of the start, or marked so */
    unsigned int order;      /* its place in the look-up order of the start; 0: came later */
    uint32_t life;           /* of the process when it was entered */
    _Atomic bool is_closed;  /* by OPENSSL_cleanup() */
    _Atomic bool is_given;   /* it draws by the program's own method: for the status block */
    _Atomic bool is_entered; /* a pin is inside it, and may hold its locks */
    bool is_hidden;          /* a copy that exports nothing: no call from outside is for it */
    struct elf_image image;
    ElfW(Phdr) stand_in[STAND_INS]; /* see loaded.h */
    const void *mark;               /* see loaded.h */
    uint32_t names[3]; /* elf_hash_of() what it is needed by: its soname, its path and the last part
                        * of that; 0: it has none */
    uint32_t versions[MOST_VERSIONS];
    size_t version_count;
    const char *path; /* the loader's name of it, while it is mapped; "": the program's */
    void *_Atomic functions[FUNCTIONS];
    void *inside[INSIDE_FUNCTIONS]; /* of a hidden copy; NULL: not found */
};

/* An entry's index, and the entry whatever its state. */
size_t libcrypto_index(const struct libcrypto *libcrypto);
struct libcrypto *libcrypto_slot(size_t index);

/* Entry index, or NULL if it is empty or not ready, and where its object starts, or 0. It may be
 * dropped as soon as that is known. index < MOST_LIBCRYPTOS. */
struct libcrypto *libcrypto_at(size_t index);
uintptr_t libcrypto_start(size_t index);

/* The one that the address lies in, or NULL; nothing is read there. */
struct libcrypto *libcrypto_around(const void *address);

/* A function of it, or NULL; of a hidden copy, one of CALLED_INSIDE. */
void *libcrypto_symbol(const struct libcrypto *libcrypto, const char *symbol);
void *libcrypto_function(struct libcrypto *libcrypto, enum function function);
const char *libcrypto_function_name(enum function function);
const char *libcrypto_inside_name(enum inside function);

/* As "OpenSSL 3.0.19 27 Jan 2026". */
const char *libcrypto_version_text(const struct libcrypto *libcrypto);

/* Whether its object is still the one that was entered. Asks the loader, without its lock. */
bool libcrypto_is_still(const struct libcrypto *libcrypto);

/*
 * Enters an object, in place of one that lay there before; NULL if another thread is at it, or no
 * place is left, which is reported. Others see it whole or not at all. inside: the functions of a
 * hidden copy; NULL: it is none.
 */
struct libcrypto *libcrypto_enter(const struct loaded *loaded, void *const *inside);

/* The program was started with it. order > 0. */
void libcrypto_of_start(struct libcrypto *libcrypto, unsigned int order);

/* Drops what has been unloaded; whether there was any. */
bool libcrypto_drop_gone(void);

/* Grows whenever an entry comes or goes. */
unsigned int libcrypto_changes(void);

/* The versions of functions that it offers, and its name: what a caller asked for, by the hash. */
bool libcrypto_offers(const struct libcrypto *libcrypto, uint32_t version);

#endif
