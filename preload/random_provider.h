/*
 * OpenSSLs that take no method, as those built with no-deprecated: from 3.5 on, a provider may
 * serve what they draw themselves. It is built in: nothing is loaded, and no configuration is
 * needed.
 */
#ifndef OSRANDOM_RANDOM_PROVIDER_H
#define OSRANDOM_RANDOM_PROVIDER_H

#include "libcrypto.h"

/* Whether this OpenSSL knows such providers. */
bool random_provider_is_known(const struct libcrypto *libcrypto);

/*
 * Has what OpenSSL draws itself in that context come from us; NULL: the default one, whose
 * configuration is then read, if it has not been. Nothing happens where it is not known. It takes
 * OpenSSL's locks and allocates by it: not in a signal handler. errno and what is on the error
 * queue may change.
 */
void random_provider_set(const struct libcrypto *libcrypto, OSSL_LIB_CTX *context);

#endif
