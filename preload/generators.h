/*
 * Which EVP_RAND_CTX (OpenSSL 3.0 and later) is the program's own, and which is a default generator
 * of OpenSSL: the context itself does not tell. The program's are those that EVP_RAND_CTX_new() has
 * made, and these are kept; all others that a program gets to see are OpenSSL's, as many as there
 * are.
 *
 * Takes no lock and allocates nothing. When there are more than there is room for, the owner of any
 * that is not known is unknown from then on.
 */
#ifndef OSRANDOM_GENERATORS_H
#define OSRANDOM_GENERATORS_H

#include <stdbool.h>

#include "openssl_abi.h"

enum owner { OWNER_OPENSSL, OWNER_PROGRAM, OWNER_UNKNOWN };

enum owner generators_owner(const EVP_RAND_CTX *generator);

/* The program has made it. Handed through; NULL is. */
EVP_RAND_CTX *generators_own(EVP_RAND_CTX *generator);

/* OpenSSL has lent it to the program: one of its own, perhaps where one of the program's lay that
 * is gone, or one that the program has put in a default's place. Handed through; NULL is. */
EVP_RAND_CTX *generators_lend(EVP_RAND_CTX *generator);

/* The program puts it in a default's place; it is there no longer, and may be gone. */
void generators_put_in_place(const EVP_RAND_CTX *generator);
void generators_take_away(const EVP_RAND_CTX *generator);

/* Whether any was ever put in a default's place. */
bool generators_replaced(void);

#endif
