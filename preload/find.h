/*
 * Finds the OpenSSLs of this process, by what they export, not by name, so that an executable that
 * carries OpenSSL inside counts as one.
 *
 * Another thread may be in dlopen() or dlclose() at any moment, and its object not yet relocated or
 * already going, so only those objects are entered of which the caller knows that they are whole:
 * all at the program's start, the one whose initialiser is running, and the ones that running code
 * is linked to. Only find_all() waits for the loader's lock.
 */
#ifndef OSRANDOM_FIND_H
#define OSRANDOM_FIND_H

#include "libcrypto.h"

/* Enters all that are mapped. To be called while no other thread loads or unloads anything. */
void find_all(void);

/*
 * Enters the object whose initialiser, running in this thread, contains the address and asks for
 * the variable of this name; NULL if that is no OpenSSL. It is a new one even where an older one
 * stood.
 */
struct libcrypto *find_initialising(const void *address, const char *name);

/* Enters those that an object is linked to, if they came in unnoticed; whether there were any. It
 * reads /proc/self/maps. */
bool find_needed(const struct elf_image *image);

/* Calls visit for each object of the start in look-up order, if there are several OpenSSLs among
 * them, or one and a namesake. They are never unloaded. */
void find_at_start(void (*visit)(const struct elf_image *image, void *context), void *context);

/* The file that holds an address, as the loader names it; the program's name for itself. */
const char *find_object_name(const void *address);

/* Whether it is the program, which the loader lists first; false before find_all(). */
bool find_is_program(const struct loaded *loaded);

/* The functions that the host would call without the shim; NULL before find_all(). */
typedef char *getenv_function(const char *name);
typedef int getpid_function(void);
getenv_function *find_getenv(void);
getpid_function *find_getpid(void);

#endif
