/*
 * The provider "osrandom" for OpenSSL 3.0 to 4.0, in the module that is an engine too.
 *
 * It knows nothing of OpenSSL but the tables that are handed over at its start. Each OpenSSL of the
 * process that loads it, and each of its library contexts, has a struct provider.
 */
#ifndef OSRANDOM_PROVIDER_H
#define OSRANDOM_PROVIDER_H

#include "module.h"
#include "provider_abi.h"
#include "provider_status.h"

struct provider {
    const OSSL_CORE_HANDLE *core;
    /* any of these may be NULL: errors are then not told */
    void (*new_error)(const OSSL_CORE_HANDLE *core);
    void (*set_error_debug)(const OSSL_CORE_HANDLE *core, const char *file, int line,
                            const char *function);
    void (*vset_error)(const OSSL_CORE_HANDLE *core, uint32_t reason, const char *format,
                       va_list arguments);
    void *(*zalloc)(size_t size, const char *file, int line);
    void (*free)(void *block, const char *file, int line);
    void *(*secure_malloc)(size_t size, const char *file, int line);
    void (*secure_clear_free)(void *block, size_t size, const char *file, int line);
    struct osrandom_drawing *drawing; /* its OpenSSL's, in the block that osrandom status reads */
};

/* Why a call was refused: on OpenSSL's error queue with a text (provider.c). */
enum provider_reason {
    REASON_NO_SOURCE = 1,
    REASON_STRENGTH,
    REASON_NOT_INSTANTIATED,
    REASON_INSTANTIATED,
    REASON_TOO_LARGE,
    REASON_NO_BUFFER,
    REASON_SEED_RANGE,
};

/* Always 0, which is what the caller answers then. provider may be NULL. */
int provider_refuse(const struct provider *provider, enum provider_reason reason,
                    const char *function, int line);

/* The kernel's generator has a strength of 256 bits. */
enum { PROVIDER_STRENGTH = 256 };

/* 1, or 0 when a greater strength is asked for or no source serves, which is told. Nothing is
 * allocated unless it fails. Thread and signal safe as random_fill() is, as long as it serves. */
int provider_draw(const struct provider *provider, void *buffer, size_t length,
                  unsigned int strength);

/* The entry of the OpenSSL that this function belongs to (provider_status.c): where it is noted
 * that it has drawn. */
struct osrandom_drawing *provider_status_enter(void (*function)(void));
void provider_status_drawn(struct osrandom_drawing *drawing);

/* The functions of the generator, by whatever name it is fetched: provider_rand.c. */
extern const struct dispatch provider_rand_functions[];

/* Answers a parameter with a number, whatever the size that is asked for, or with a text that
 * stays. 1, or 0 if it does not fit. */
int parameter_set_number(struct parameter *parameter, uint64_t number);
int parameter_set_text(struct parameter *parameter, const char *text);

/* <openssl/core.h>: the entry point. out and provctx are set if it answers 1. */
MODULE_EXPORT int OSSL_provider_init(const OSSL_CORE_HANDLE *core, const struct dispatch *in,
                                     const struct dispatch **out, void **provctx);

#endif
