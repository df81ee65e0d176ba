/*
 * Which EVP_RAND_CTX is a default generator of OpenSSL (3.0 and later), and which is the program's
 * own: the context itself does not tell. A default one comes to a program by RAND_get0_primary(),
 * RAND_get0_public() or RAND_get0_private(); one that EVP_RAND_CTX_new() has made is the program's.
 *
 * Takes no lock and allocates nothing. A generator that there is no room for is left to OpenSSL
 * until the program asks for it again.
 */
#ifndef OSRANDOM_GENERATORS_H
#define OSRANDOM_GENERATORS_H

#include <stdbool.h>

#include "openssl_abi.h"

enum default_generator { GENERATOR_PRIMARY, GENERATOR_PUBLIC, GENERATOR_PRIVATE };

/* OpenSSL has lent it to the program. Handed through; NULL is. */
EVP_RAND_CTX *generators_lend(enum default_generator which, EVP_RAND_CTX *generator);

/* The program has made it, perhaps where a default one lay that ended with its thread. */
EVP_RAND_CTX *generators_disown(EVP_RAND_CTX *generator);

/* The program puts its own in place of the defaults of this kind. From then on they are not told
 * apart, and OpenSSL keeps what is lent of them. */
void generators_replace(enum default_generator which);

bool generators_are_default(const EVP_RAND_CTX *generator);

#endif
