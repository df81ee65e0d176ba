/*
 * Finds the OpenSSLs of this process, by what they export, not by name, so that an executable that
 * carries OpenSSL inside counts as one.
 *
 * Another thread may be in dlopen() or dlclose() at any moment, and its object not yet relocated or
 * already going, so only those objects are entered of which the caller knows that they are whole:
 * all at the program's start, the one whose initialiser is running, and the one that running code
 * is part of or linked to.
 *
 * Everything here waits for the loader's lock on its list, which a dlopen() of another thread holds
 * for moments, and which is lost in a child that was forked in such a moment.
 */
#ifndef OSRANDOM_FIND_H
#define OSRANDOM_FIND_H

#include "libcrypto.h"

/* Enters all that are mapped. To be called while no other thread loads or unloads anything. */
void find_all(void);

/*
 * Those that were unloaded lose their entries, before anything is read in them. True if the table
 * has changed. Costs one callback of dl_iterate_phdr() as long as nothing was unloaded.
 */
bool find_gone(void);

/*
 * Enters the object whose initialiser, running in this thread, contains the address; NULL if that
 * is no OpenSSL. It is a new one even where an older one stood.
 */
struct libcrypto *find_initialising(const void *address);

/*
 * The one that code at this address means: the one that it is part of or that its object is linked
 * to, which is entered if it came in unnoticed; or the first that has the symbol. NULL if the table
 * is empty.
 */
struct libcrypto *find_meant(const void *address, const char *symbol);

/* The file that holds an address, as the loader names it; the program's name for itself. */
const char *find_object_name(const void *address);

/* The getenv() that the host would call without the shim; NULL before find_all(). */
typedef char *getenv_function(const char *name);
getenv_function *find_getenv(void);

#endif
