/*
 * What the module needs of the system that it is loaded on: module_unix.c, module_windows.c.
 */
#ifndef OSRANDOM_MODULE_H
#define OSRANDOM_MODULE_H

#include "engine.h"

/* Reads the settings and prepares the reports, once. */
void module_start(void);

/* The first time, that and the sources. as: "an engine", "a provider", for what is printed. */
void module_start_once(const char *as);

/* The OpenSSL whose code is at this address; NULL if none is. */
const struct libcrypto *module_openssl_at(const void *address);

/* <openssl/engine.h>: IMPLEMENT_DYNAMIC_CHECK_FN() and IMPLEMENT_DYNAMIC_BIND_FN() define these. */
#if defined(_WIN32)
#define MODULE_EXPORT __declspec(dllexport)
#else
#define MODULE_EXPORT __attribute__((visibility("default")))
#endif

MODULE_EXPORT unsigned long v_check(unsigned long version);
MODULE_EXPORT int bind_engine(ENGINE *engine, const char *wanted_id, const void *callbacks);

#endif
